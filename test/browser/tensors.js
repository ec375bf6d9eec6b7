/** A page that has tensors and nothing else: scripts/browser-check.mjs counts what it loads. */
import { createSession } from 'beaverdam';

async function work() {
  const session = await createSession({ threads: 1 });
  const x = session.share(
    [
      [1, 2],
      [3, 4],
    ],
    { owner: 'alice' },
  );
  const y = session.share([[0.5], [-2]], { owner: 'bob' });
  const product = [...(await x.matmul(y).relu().add(1).reveal())];
  await session.close();
  return { product };
}

globalThis.outcome = work().catch((error) => ({ error: String(error) }));
