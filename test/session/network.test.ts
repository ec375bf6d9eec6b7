/** Roles in processes of their own, linked by TLS: started in any order, they train what one session trains, bit for bit. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sgd } from '../../src/model/describe.js';
import { checkpointPositions } from '../../src/session/checkpoint-folder.js';
import type { FitOptions } from '../../src/session/fit-options.js';
import { sequential } from '../../src/session/sequential.js';
import type { Session } from '../../src/session/session.js';
import { createTestSession, transcriptsOf } from '../../src/testing.js';
import { RolesOnNetwork, rolesWith, runOverNetwork, valueAt } from '../world/network.js';
import { Random } from '../world/ring.js';
import { seed } from '../world/seed.js';
import { namesOf } from '../world/sessions.js';
import { wineFold, wineLayers } from '../world/wine.js';

const { train } = wineFold(2);
const SEED = { seed: 77, transcripts: true };

/** Rows of Wine that alice and bob have, and what comes of a training on them at one process. */
async function trainWine(session: Session, fit: FitOptions, rows: number) {
  const half = rows >> 1;
  const partsOf = (values: ArrayLike<number>, width: number) =>
    ['alice', 'bob'].map((owner, i) => ({
      owner,
      values: session.isHere(owner)
        ? Float32Array.from(values).slice(i * half * width, (i + 1) * half * width)
        : null,
      rows: half,
    }));
  const x = await session.shareRows(partsOf(train.x, 13), [13]);
  const y = await session.shareRows(partsOf(train.y, 3), [3]);
  const model = sequential(wineLayers());
  model.compile({
    optimizer: sgd({ learningRate: 0.25 }),
    loss: 'meanSquaredError',
    metrics: ['accuracy'],
  });
  const { epochs: logs } = await model.fit(x, y, { batchSize: 8, seed: 3, ...fit });
  const weights = await model.weights();
  return {
    logs: logs.map(({ seconds, ...log }) => log),
    weights: weights?.map((values) => [...values]) ?? null,
    totals: await session.totals(),
    seen: await transcriptsOf(session),
  };
}

/** The same in another order. */
function shuffled<T>(list: readonly T[], random: Random): T[] {
  const left = [...list];
  return list.map(() => left.splice(random.below(left.length), 1)[0]);
}

/** `ownLinks`: parties that keep their links in their own thread, the others have a courier. */
const SETTINGS = [
  { parties: 2, ring: 32, epochs: 3, rows: train.rows, ownLinks: ['alice', 'bob'] },
  { parties: 2, ring: 32, epochs: 1, rows: 40, ownLinks: [] },
  { parties: 2, ring: 64, epochs: 1, rows: 40, ownLinks: ['bob'] },
  { parties: 3, ring: 64, epochs: 2, rows: 40, ownLinks: [] },
  { parties: 3, ring: 32, epochs: 2, rows: 40, ownLinks: ['alice', 'carol'] },
] as const;

for (const { parties, ring, epochs, rows, ownLinks } of SETTINGS) {
  const kept = ownLinks.length > 0 ? `, own links at ${ownLinks.join(' and ')}` : '';
  test(`${parties} parties, ring ${ring}, ${epochs} epochs of ${rows} rows${kept}: as in one session`, async () => {
    const options = { ring, parties: namesOf(parties), threads: 0 };
    const whole = await createTestSession(options, SEED);
    const one = await trainWine(whole, { epochs }, rows);
    await whole.close();

    const roles = await RolesOnNetwork.of(rolesWith(parties));
    const order = shuffled(roles.names, new Random(seed ^ parties ^ rows));
    const outcomes = await runOverNetwork({
      roles,
      options,
      testing: SEED,
      ownLinks,
      here: order.map((name) => [name]),
      program: (session) => trainWine(session, { epochs }, rows),
    });
    for (const role of roles.names) {
      const { logs, weights, totals, seen } = valueAt(outcomes, role);
      const where = `at ${role}, of ${order}`;
      assert.equal(weights, role === 'owner' ? one.weights : null, where);
      assert.equal(logs, role === 'owner' ? one.logs : [], where);
      for (const [name, total] of totals) assert.equal(total, one.totals.get(name), where);
      for (const [name, entries] of seen) assert.equal(entries, one.seen.get(name), where);
    }
  });
}

test('a training is taken up where all roles can, as they have told one another when they came', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'beaverdam-network-'));
  try {
    const roles = await RolesOnNetwork.of(rolesWith(2));
    const folders = Object.fromEntries(roles.names.map((name) => [name, join(dir, name)]));
    const run = async (epochs: number) => {
      const have = await Promise.all(
        roles.names.map(async (name) => [name, await checkpointPositions(folders[name], name)] as const),
      );
      const positions = Object.fromEntries(have);
      const outcomes = await runOverNetwork({
        roles,
        ownLinks: ['alice', 'bob'],
        own: ([name]) => ({ checkpoints: { [name]: positions[name] } }),
        program: async (session, [name]) => {
          const elsewhere = Object.fromEntries(session.checkpoints);
          const { [name]: _, ...others } = positions;
          assert.equal(elsewhere, others, `what ${name} knows`);
          const folder = folders[name];
          const fit = { epochs, checkpoint: folder, resume: { dir: folder, positions: elsewhere } };
          return trainWine(session, fit, 40);
        },
      });
      const logs = valueAt(outcomes, 'owner').logs.map(({ epoch }) => epoch);
      for (const role of roles.names) valueAt(outcomes, role);
      return { logs, positions };
    };
    assert.equal((await run(2)).logs, [0, 1]);
    // bob has lost its last epoch, as a process does that is killed between two writings
    await rm(join(folders.bob, 'bob.0-2.checkpoint'));
    const { logs, positions } = await run(3);
    assert.equal(logs, [1, 2], 'from what both have');
    const epochs = (name: string) => positions[name].map(({ epoch }) => epoch);
    assert.equal(['alice', 'bob', 'provider', 'owner'].map(epochs), [[1, 2], [1], [], []]);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

test.run();
