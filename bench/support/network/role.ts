/** One role of a training that the bench runs in processes: a program of its own, told by its parent what to do next. */
import type { NetworkOptions } from '../../../src/index.js';
import { onShares, type Training } from '../trainers.js';

/** What the parent asks for. */
export type Order =
  | {
      readonly do: 'start';
      readonly role: string;
      readonly training: Training;
      readonly network: NetworkOptions;
      readonly fewRounds: boolean;
    }
  | { readonly do: 'fit' }
  | { readonly do: 'close' };

/** What it hears: how long it took, or why it failed. */
export type Answer = { readonly seconds: number } | { readonly error: string };

type Running = Awaited<ReturnType<typeof onShares>>;

let running: Running | null = null;

/** Seconds that the order took. */
async function follow(order: Exclude<Order, { do: 'close' }>): Promise<number> {
  if (order.do === 'fit') return (running as Running).runner.run();
  const { training, role, network, fewRounds } = order;
  running = await onShares(training, { here: [role], network, threads: 0, fewRounds });
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
