/** The same training in clear, beside the page, so that it stays smooth. */
import { type ClearResult, fashionMnistJob, runPlain, wineJob } from 'beaverdam/jobs';

export type DataSet = 'wine' | 'fashion-mnist';
export type ClearAnswer = { readonly result: ClearResult } | { readonly error: string };

addEventListener('message', async ({ data }: MessageEvent<DataSet>) => {
  postMessage(await train(data));
});

async function train(set: DataSet): Promise<ClearAnswer> {
  try {
    return { result: runPlain(set === 'wine' ? await wineJob() : await fashionMnistJob()) };
  } catch (error) {
    return { error: String(error) };
  }
}
