/** TensorFlow.js with its wasm backend on one thread, when it is installed: the float baseline. */
import { createRequire } from 'node:module';
import { dirname, sep } from 'node:path';

/** A product of two float matrices that stay where the backend keeps them, or null without TensorFlow.js. */
export async function tfjsMatmul(m: number, k: number, n: number): Promise<(() => void) | null> {
  try {
    const require = createRequire(import.meta.url);
    const tf = await import('@tensorflow/tfjs');
    const backend = await import('@tensorflow/tfjs-backend-wasm');
    backend.setWasmPaths(dirname(require.resolve('@tensorflow/tfjs-backend-wasm')) + sep);
    backend.setThreadsCount(1);
    if (!(await tf.setBackend('wasm'))) return null;
    await tf.ready();
    const a = tf.randomNormal([m, k]);
    const b = tf.randomNormal([k, n]);
    return () => tf.matMul(a, b).dispose();
  } catch {
    return null;
  }
}
