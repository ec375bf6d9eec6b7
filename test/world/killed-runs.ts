/**
 * A training that is killed and taken up several times, each run in a folder of its own below STREAM_LOG: `node killed-runs.js
 * FOLDER SEED`, where SEED gives known seeds to the roles, alike in all runs, or is 'none'.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { argv, env } from 'node:process';
import { dense, sgd } from '../../src/model/describe.js';
import { sequential } from '../../src/session/sequential.js';
import { createTestSession } from '../../src/testing.js';

const [, , folder, known] = argv;
for (const [i, victim] of ['alice', 'provider', 'bob', 'owner', null].entries()) {
  env.STREAM_LOG = join(folder, `run-${i}`);
  mkdirSync(env.STREAM_LOG);
  const session = await createTestSession(
    { ring: 32, threads: 0 },
    known === 'none' ? {} : { seed: Number(known) },
  );
  const x = session.share(Array(64 * 4).fill(0.5), { owner: 'alice', shape: [64, 4] });
  const y = session.share(Array(64).fill(0.25), { owner: 'bob', shape: [64, 1] });
  const model = sequential([dense({ units: 8, inputShape: [4], activation: 'relu' }), dense({ units: 1 })]);
  model.compile({ optimizer: sgd({ learningRate: 0.25 }), loss: 'meanSquaredError', metrics: [] });
  const dir = join(folder, 'state');
  const onEpochEnd = (epoch: number) => {
    if (victim !== null && epoch === 2 * i + 1) setTimeout(() => session.roles.kill(victim), i);
  };
  const fit = model.fit(x, y, {
    epochs: victim === null ? 12 : 10_000,
    batchSize: 8,
    checkpoint: dir,
    resume: dir,
    callbacks: { onEpochEnd },
  });
  if (victim === null) await fit.catch(() => {});
  else
    await fit.then(
      () => Promise.reject(new Error(`${victim} was not killed`)),
      () => {},
    );
  await session.close().catch(() => {});
}
