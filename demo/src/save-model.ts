/** The trained model as TensorFlow.js takes it: `tf.loadLayersModel(tf.io.browserFiles([model.json, weights.bin]))`. */
import type { TableShape } from 'beaverdam/data';
import { toLayersModel } from 'beaverdam/interchange';
import type { JobResult, LocalTrainingJob } from 'beaverdam/jobs';

/** What a model is without its weights, with what its inputs are to be scaled by; and the weights. */
export function saveModel(
  part: 'json' | 'bin',
  { job, result, shape }: { job: LocalTrainingJob; result: JobResult; shape: TableShape },
): void {
  const { weightData, weightSpecs, ...model } = toLayersModel(job.layers, result.weights);
  if (part === 'bin') {
    download('weights.bin', new Blob([weightData], { type: 'application/octet-stream' }));
    return;
  }
  const lists = (_: string, value: unknown) =>
    ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value;
  const json = JSON.stringify(
    {
      ...model,
      weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }],
      userDefinedMetadata: { shape, scaling: result.scaling },
    },
    lists,
    1,
  );
  download('model.json', new Blob([json], { type: 'application/json' }));
}

function download(name: string, blob: Blob): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
