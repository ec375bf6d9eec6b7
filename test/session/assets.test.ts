/** Sessions whose workers and kernels are where the program says. */
import { readFile } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createSession, type SessionOptions } from '../../src/index.js';

const urlOf = (name: string): URL => new URL(import.meta.resolve(`beaverdam/${name}`));

async function squareOf(options: SessionOptions): Promise<number> {
  const session = await createSession({ ...(options.mode !== 'in-turn' && { threads: 1 }), ...options });
  try {
    const x = session.share([3]);
    return (await x.mul(x).reveal())[0];
  } finally {
    await session.close();
  }
}

test('workers and kernels are taken from where they are said to be', async () => {
  const workerUrl = {
    role: urlOf('workers/role'),
    client: urlOf('workers/client').href,
    helper: urlOf('workers/helper'),
  };
  assert.is(await squareOf({ workerUrl, wasmUrl: urlOf('kernels.wasm') }), 9);
  const wasmModule = await WebAssembly.compile(await readFile(urlOf('kernels.wasm')));
  assert.is(await squareOf({ wasmModule, workerUrl: { role: workerUrl.role } }), 9);
  const inTurn = urlOf('workers/in-turn');
  assert.is(await squareOf({ mode: 'in-turn', wasmModule, workerUrl: { inTurn } }), 9);
});

test('a worker or a wasm file that is not there ends the start, with its place', async () => {
  const nowhere = new URL('nowhere.js', import.meta.url).href;
  const wrong: SessionOptions[] = [
    { workerUrl: { role: nowhere } },
    { wasmUrl: nowhere },
    { mode: 'in-turn', workerUrl: { inTurn: nowhere } },
  ];
  for (const options of wrong) {
    try {
      await squareOf(options);
      assert.unreachable();
    } catch (error) {
      assert.match(String(error), 'nowhere.js');
    }
  }
});

test('what is no URL or no module is refused by name', async () => {
  const refused: [object, string][] = [
    [{ workerUrl: 'worker.js' }, 'workerUrl'],
    [{ workerUrl: { party: 'x' } }, 'unknown option "party"'],
    [{ workerUrl: { role: 3 } }, 'workerUrl.role must be a URL, got a number'],
    [{ wasmUrl: '' }, 'wasmUrl must be a URL'],
    [{ wasmModule: {} }, 'wasmModule must be a WebAssembly.Module'],
  ];
  for (const [options, message] of refused) {
    try {
      await createSession(options as SessionOptions);
      assert.unreachable();
    } catch (error) {
      assert.instance(error, TypeError);
      assert.match((error as Error).message, message);
    }
  }
});

test.run();
