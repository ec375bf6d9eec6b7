/**
 * A program for endings.test.ts, in a process of its own: a session that ends while the program awaits something at top
 * level. It prints what it caught; a promise that never settled would end it with exit code 13 and without a word.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { dense, sgd } from '../../src/model/describe.js';
import { sequential } from '../../src/session/sequential.js';
import { createSession } from '../../src/session/session.js';

const session = await createSession({ ring: 64, threads: 0 });
const x = session.share(Array(64 * 4).fill(0.5), { shape: [64, 4], owner: 'alice' });
const y = session.share(Array(64).fill(0.5), { shape: [64, 1], owner: 'bob' });
const fit = (epochs: number) => {
  const model = sequential([dense({ units: 8, inputShape: [4], activation: 'relu' }), dense({ units: 1 })]);
  model.compile({ optimizer: sgd({ learningRate: 0.25 }), loss: 'meanSquaredError', metrics: [] });
  return model.fit(x, y, { epochs, batchSize: 8 });
};
const failing = { name: 'relu', in: [12_345], out: 99, args: null } as const;

const cases: Readonly<Record<string, () => Promise<unknown>>> = {
  'killed in fit': () => {
    setTimeout(() => session.roles.kill('bob'), 0);
    return fit(50);
  },
  'asked behind a batch that fails': async () => {
    session.roles.send(failing);
    await Promise.resolve();
    await Promise.resolve();
    return x.reveal();
  },
  'closed, then asked': async () => {
    const closed = session.close();
    const totals = await session.roles.totals().catch(({ message }: Error) => message);
    await closed;
    throw new Error(String(totals));
  },
  'nobody listens': async () => {
    session.roles.send(failing);
    void session.roles.call(failing);
    session.roles.flush();
    while (!session.roles.ended) await wait(10);
    return x.square();
  },
};

try {
  await cases[process.argv[2]]();
  console.log('no error');
} catch (error) {
  console.log(error instanceof Error ? error.message : error);
}
await session.close();
