/** A page without a bundler that finds workers: it says where workers and kernels are. */
import { createSession } from 'beaverdam';

async function work() {
  const workerUrl = {
    role: './workers/role.js',
    client: './workers/client.js',
    helper: './workers/helper.js',
  };
  const session = await createSession({ threads: 1, workerUrl, wasmUrl: './kernels.wasm' });
  const x = session.share([
    [1, 2],
    [3, 4],
  ]);
  const product = [...(await x.matmul(x).relu().reveal())];
  await session.close();
  return { product };
}

globalThis.outcome = work().catch((error) => ({ error: String(error) }));
