/** One role of a training that the bench runs in processes: a program of its own, told by its parent what to do next. */
import type { SessionOptions } from '../../../src/index.js';
import { startForJob } from '../../../src/jobs/run.js';
import type { DealOptions } from '../../../src/session/tape-options.js';
import { onShares, type Training } from '../trainers.js';
import type { Answer } from './processes.js';

/** What the parent asks for. */
export type Order =
  | {
      readonly do: 'start';
      readonly role: string;
      readonly training: Training;
      readonly options: SessionOptions;
    }
  | {
      readonly do: 'deal';
      readonly role: string;
      readonly training: Training;
      /** Fits that are dealt for. */
      readonly fits: number;
      readonly deal: DealOptions;
    }
  | { readonly do: 'fit' }
  | { readonly do: 'close' };

type Running = Awaited<ReturnType<typeof onShares>>;

let running: Running | null = null;

/** Seconds that the order took. */
async function follow(order: Exclude<Order, { do: 'close' }>): Promise<number> {
  if (order.do === 'fit') return (running as Running).runner.run();
  const { training, role } = order;
  const here = { here: [role], threads: 0 };
  if (order.do === 'start') {
    running = await onShares(training, { ...here, ...order.options }, startForJob);
    return 0;
  }
  const { session, runner } = await onShares(training, { ...here, deal: order.deal });
  for (let fit = 0; fit < order.fits; fit++) await runner.run();
  await session.close();
  return 0;
}

async function answer(order: Order): Promise<void> {
  if (order.do === 'close') {
    await running?.session.close();
    process.disconnect();
    return;
  }
  let said: Answer;
  try {
    said = { seconds: await follow(order) };
  } catch (error) {
    said = { error: error instanceof Error ? error.message : String(error) };
  }
  process.send?.(said);
}

process.on('message', (order: Order) => {
  answer(order).catch((error) => {
    console.error(error);
    process.exit(1);
  });
});
process.on('disconnect', () => process.exit());
