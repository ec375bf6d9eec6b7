/** The same training in clear, by TensorFlow.js, beside the page, so that it stays smooth. */
import { fashionMnistJob, runTensorFlow, type TensorFlowResult, wineJob } from 'beaverdam/jobs';

export type DataSet = 'wine' | 'fashion-mnist';
export type ClearEpoch = TensorFlowResult['epochs'][number];
/** An epoch that is done, what came of all, or what went wrong. */
export type ClearAnswer =
  | { readonly epoch: ClearEpoch }
  | { readonly result: TensorFlowResult }
  | { readonly error: string };

addEventListener('message', async ({ data }: MessageEvent<DataSet>) => {
  try {
    const result = await train(data);
    if (!result) throw new Error('TensorFlow.js has not been found');
    postMessage({ result });
  } catch (error) {
    postMessage({ error: String(error) });
  }
});

async function train(set: DataSet): Promise<TensorFlowResult | null> {
  const job = set === 'wine' ? await wineJob() : await fashionMnistJob();
  const tf = await import('@tensorflow/tfjs');
  const { setWasmPaths } = await import('@tensorflow/tfjs-backend-wasm');
  // one thread, as each role on shares has
  tf.env().set('WASM_HAS_MULTITHREAD_SUPPORT', false);
  const kernels = new URL(
    '../../node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm',
    import.meta.url,
  ).href;
  setWasmPaths({
    'tfjs-backend-wasm-simd.wasm': kernels,
    // never asked for: whoever trains on shares has SIMD
    'tfjs-backend-wasm.wasm': kernels,
    'tfjs-backend-wasm-threaded-simd.wasm': kernels,
  });
  await tf.setBackend('wasm');
  return runTensorFlow(job, { tf, onEpoch: (epoch) => postMessage({ epoch }) });
}
