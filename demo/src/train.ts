/** Page 1: a training among alice, bob and the provider, beside the same one in clear. */
import { type ClearResult, fashionMnistJob, wineJob } from 'beaverdam/jobs';
import type { ClearAnswer, DataSet } from './clear-worker.js';
import { element } from './dom.js';
import { percent, seconds } from './format.js';
import { TrainingView } from './training.js';

export function startTrain(): void {
  const view = new TrainingView('train');
  element('train-form', HTMLFormElement).addEventListener('submit', async (event) => {
    event.preventDefault();
    const set = new FormData(event.target as HTMLFormElement).get('set') as DataSet;
    let clear: ClearResult | null = null;
    const done = await view.run(async () => {
      const job = set === 'wine' ? await wineJob() : await fashionMnistJob();
      view.loss.begin(job.epochs);
      view.score.begin(job.epochs);
      view.status.textContent = 'First the same training in clear, to have a line to follow …';
      clear = await trainClear(set);
      for (const { epoch, loss, valAccuracy = Number.NaN } of clear.epochs) {
        view.loss.set(1, epoch, loss);
        view.score.set(1, epoch, valAccuracy);
      }
      return job;
    });
    if (!done || !clear) return;
    const { accuracy, ring, seconds: time } = done.result;
    showOutcome(accuracy, time, clear);
    view.status.textContent = `Done: ${percent(accuracy)} of the test rows are right, with numbers modulo ${ring === 32 ? '2³²' : '2⁶⁴'}.`;
  });
}

function showOutcome(accuracy: number, time: number, clear: ClearResult): void {
  const said = {
    'train-accuracy': percent(accuracy),
    'train-time': seconds(time),
    'train-clear-accuracy': percent(clear.accuracy),
    'train-clear-time': seconds(clear.seconds),
  };
  for (const [id, text] of Object.entries(said)) element(id, HTMLElement).textContent = text;
}

/** In a worker of its own, which ends with it. */
async function trainClear(set: DataSet): Promise<ClearResult> {
  const worker = new Worker(new URL('./clear-worker.ts', import.meta.url), { type: 'module' });
  try {
    const answer = await new Promise<ClearAnswer>((resolve, reject) => {
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = () => reject(new Error('the training in clear could not be started'));
      worker.postMessage(set);
    });
    if ('error' in answer) throw new Error(answer.error);
    return answer.result;
  } finally {
    worker.terminate();
  }
}
