/** Page 1: a training among alice, bob and the provider, beside the same one in clear, by TensorFlow.js. */
import { fashionMnistJob, type TensorFlowResult, wineJob } from 'beaverdam/jobs';
import type { ClearAnswer, ClearEpoch, DataSet } from './clear-worker.js';
import { element } from './dom.js';
import { percent, seconds } from './format.js';
import { TrainingView } from './training.js';

export function startTrain(): void {
  const view = new TrainingView('train');
  element('train-form', HTMLFormElement).addEventListener('submit', async (event) => {
    event.preventDefault();
    const set = new FormData(event.target as HTMLFormElement).get('set') as DataSet;
    let clear: TensorFlowResult | null = null;
    const done = await view.run(async () => {
      const job = set === 'wine' ? await wineJob() : await fashionMnistJob();
      view.loss.begin(job.epochs);
      view.score.begin(job.epochs);
      view.status.textContent =
        'First the same training in clear with TensorFlow.js, to have a line to follow …';
      clear = await trainClear(set, view.signal, ({ epoch, loss, valAccuracy = Number.NaN }) => {
        view.loss.set(1, epoch, loss);
        view.score.set(1, epoch, valAccuracy);
      });
      return job;
    });
    if (!done || !clear) return;
    const { accuracy, ring, seconds: time } = done.result;
    showOutcome(accuracy, time, clear);
    view.status.textContent = `Done: ${percent(accuracy)} of the test rows are right, with numbers modulo ${ring === 32 ? '2³²' : '2⁶⁴'}.`;
  });
}

function showOutcome(accuracy: number, time: number, clear: TensorFlowResult): void {
  const said = {
    'train-accuracy': percent(accuracy),
    'train-time': seconds(time),
    'train-clear-accuracy': percent(clear.accuracy),
    'train-clear-time': seconds(clear.seconds),
  };
  for (const [id, text] of Object.entries(said)) element(id, HTMLElement).textContent = text;
}

/** In a worker of its own, which ends with it. */
async function trainClear(
  set: DataSet,
  signal: AbortSignal,
  onEpoch: (epoch: ClearEpoch) => void,
): Promise<TensorFlowResult> {
  const worker = new Worker(new URL('./clear-worker.ts', import.meta.url), { type: 'module' });
  try {
    return await new Promise<TensorFlowResult>((resolve, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason));
      worker.onmessage = ({ data }: MessageEvent<ClearAnswer>) => {
        if ('epoch' in data) onEpoch(data.epoch);
        else if ('result' in data) resolve(data.result);
        else reject(new Error(data.error));
      };
      worker.onerror = () => reject(new Error('the training in clear could not be started'));
      worker.postMessage(set);
    });
  } finally {
    worker.terminate();
  }
}
