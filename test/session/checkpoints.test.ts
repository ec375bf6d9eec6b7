/** Trainings that are kept in files and taken up by other sessions: bit for bit what was kept, no epoch lost or made twice. */
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LayerConfig } from '../../src/model/config.js';
import {
  adam,
  batchNormalization,
  dense,
  dropout,
  exponentialDecay,
  momentum,
  sgd,
} from '../../src/model/describe.js';
import type { OptimizerConfig } from '../../src/model/optimizers.js';
import { checkpointPositions } from '../../src/session/checkpoint-folder.js';
import { listDisclosures } from '../../src/session/dry-roles.js';
import type { FitOptions } from '../../src/session/fit-options.js';
import type { History } from '../../src/session/history.js';
import { type Sequential, sequential } from '../../src/session/sequential.js';
import type { Session } from '../../src/session/session.js';
import { runApart, valuesOf } from '../world/apart.js';
import { RINGS } from '../world/ring.js';
import { namesOf, withSession } from '../world/sessions.js';
import { wineFold, wineLayers } from '../world/wine.js';

const { train, test: held } = wineFold(3);
const LEARNING = sgd({ learningRate: 0.25 });

interface Run {
  readonly optimizer?: OptimizerConfig;
  readonly layers?: LayerConfig[];
}

/** Shares Wine and trains on it. */
async function trained(
  session: Session,
  options: FitOptions,
  { optimizer = LEARNING, layers = wineLayers() }: Run = {},
): Promise<{ model: Sequential; history: History }> {
  const own = (owner: string, values: Float32Array) => (session.isHere(owner) ? values : null);
  const x = session.share(own('alice', train.x), { owner: 'alice', shape: [train.rows, 13] });
  const y = session.share(own('bob', train.y), { owner: 'bob', shape: [train.rows, 3] });
  const model = sequential(layers);
  model.compile({ optimizer, loss: 'meanSquaredError', metrics: ['accuracy'] });
  const history = await model.fit(x, y, { batchSize: 8, seed: 2, ...options });
  return { model, history };
}

async function accuracyOf(session: Session, model: Sequential): Promise<number> {
  const x = session.share(held.x, { owner: 'alice', shape: [held.rows, 13] });
  const y = session.share(held.y, { owner: 'bob', shape: [held.rows, 3] });
  return (await model.evaluate(x, y)).accuracy as number;
}

const numbersOf = ({ epochs }: History): number[] => epochs.map(({ epoch }) => epoch);

/** Runs `work` with a folder of its own. */
async function inFolder<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'beaverdam-checkpoints-'));
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

const RUNS: Record<string, Run> = {
  sgd: {},
  'momentum at a rate that decays': {
    optimizer: momentum({ learningRate: exponentialDecay({ rate: 0.1, decayRate: 0.9, decaySteps: 7 }) }),
  },
  'batch normalization and dropout': {
    optimizer: momentum({ learningRate: 0.05, nesterov: true }),
    layers: [
      dense({ units: 8, inputShape: [13], activation: 'relu' }),
      batchNormalization(),
      dropout({ rate: 0.25 }),
      dense({ units: 3 }),
    ],
  },
};
const ADAM: Run = { optimizer: adam({ learningRate: 0.01 }) };

for (const ring of RINGS) {
  for (const parties of [2, 3]) {
    for (const [name, run] of Object.entries(ring === 64 ? { ...RUNS, adam: ADAM } : RUNS)) {
      test(`${name}, ring ${ring}, ${parties} parties: another session has the weights bit for bit`, () =>
        inFolder(async (dir) => {
          const options = { ring, parties: namesOf(parties) };
          const weights = await withSession(options, async (session) => {
            const { model } = await trained(session, { epochs: 2, checkpoint: dir }, run);
            return model.weights();
          });
          await withSession(options, async (session) => {
            const { model, history } = await trained(session, { epochs: 2, resume: dir }, run);
            assert.equal(numbersOf(history), [], 'no epoch is made again');
            assert.equal(await model.weights(), weights);
          });
        }));
    }
  }
}

test('positions can be looked at while a training replaces them', () =>
  inFolder((dir) =>
    withSession({ ring: 32 }, async (session) => {
      let over = false;
      const fit = trained(session, { epochs: 60, checkpoint: dir }).finally(() => {
        over = true;
      });
      const seen = new Set<number>();
      while (!over) {
        for (const { epoch } of await checkpointPositions(dir, 'alice')) seen.add(epoch);
      }
      await fit;
      assert.ok(seen.size > 10, `${seen.size} positions were seen`);
      assert.is((await checkpointPositions(dir, 'alice')).at(-1)?.epoch, 60);
    }),
  ));

test('a training that is taken up twice makes every epoch once, and learns as much', () =>
  inFolder(async (dir) => {
    const made: number[] = [];
    for (const epochs of [1, 3, 6]) {
      await withSession({ leastRows: 10 }, async (session) => {
        const begun: number[] = [];
        const progress = new Set<number>();
        const callbacks = {
          onEpochBegin: (epoch: number) => void begun.push(epoch),
          onProgress: ({ epoch }: { epoch: number }) => void progress.add(epoch),
        };
        const { model, history } = await trained(session, {
          epochs,
          checkpoint: dir,
          resume: dir,
          callbacks,
        });
        assert.equal(begun, numbersOf(history));
        assert.ok([...progress].every((epoch) => begun.includes(epoch)));
        made.push(...begun);
        if (epochs === 6) assert.ok((await accuracyOf(session, model)) >= 0.9);
      });
    }
    assert.equal(made, [0, 1, 2, 3, 4, 5]);
  }));

test('each party keeps two files, of its own, that only the user may read, and nobody else keeps any', () =>
  inFolder(async (parent) => {
    const dir = join(parent, 'made', 'here');
    await withSession({}, (session) => trained(session, { epochs: 4, checkpoint: dir }));
    const names = (await readdir(dir)).sort();
    assert.equal(
      names,
      ['alice', 'bob'].flatMap((name) => [3, 4].map((epoch) => `${name}.0-${epoch}.checkpoint`)),
    );
    if (process.platform !== 'win32') {
      for (const name of names) assert.is((await stat(join(dir, name))).mode & 0o777, 0o600, name);
      assert.is((await stat(dir)).mode & 0o777, 0o700);
    }
    const [older, newer] = await checkpointPositions(dir, 'alice');
    assert.equal(await checkpointPositions(dir, 'bob'), [older, newer], 'the same runs at both');
    assert.not.equal(older.id, newer.id);
    const sizes = await Promise.all(names.map(async (name) => (await readFile(join(dir, name))).length));
    const words = 14 * 16 + 17 * 3;
    for (const size of sizes) assert.ok(size > words * 4 && size < words * 4 + 2000, `${size} bytes`);
  }));

test('a model is kept between trainings too, and a program of several trainings is taken up in its second', () =>
  inFolder(async (dir) => {
    const program = async (session: Session, second: FitOptions, resume: boolean) => {
      const { model, history } = await trained(session, { epochs: 2, ...(resume && { resume: dir }) });
      if (!resume) await model.checkpoint(dir);
      const x = session.share(train.x, { owner: 'alice', shape: [train.rows, 13] });
      const y = session.share(train.y, { owner: 'bob', shape: [train.rows, 3] });
      const more = await model.fit(x, y, { batchSize: 16, seed: 3, checkpoint: dir, ...second });
      return [numbersOf(history), numbersOf(more), await model.weights()];
    };
    const first = await withSession({}, (session) => program(session, { epochs: 2 }, false));
    const second = await withSession({}, (session) => program(session, { epochs: 2, resume: dir }, true));
    assert.equal(first.slice(0, 2), [
      [0, 1],
      [0, 1],
    ]);
    assert.equal(second.slice(0, 2), [[], []]);
    assert.equal(second[2], first[2]);
  }));

test('early stopping goes on from what it has seen, and a training that was stopped stays so', () =>
  inFolder(async (dir) => {
    const earlyStopping = { patience: 2, minDelta: 100 }; // nothing is an improvement behind the first
    const run = (epochs: number, resume?: string) =>
      withSession({}, async (session) => {
        const options = { epochs, checkpoint: dir, earlyStopping, ...(resume && { resume }) };
        return numbersOf((await trained(session, options)).history);
      });
    assert.equal(await run(2), [0, 1]);
    assert.ok((await readdir(dir)).includes('owner.0-2.checkpoint'));
    assert.equal(await run(9, dir), [2], 'one more without improvement');
    assert.equal(await run(9, dir), []);
    const error = await withSession({}, (session) =>
      trained(session, { epochs: 9, resume: dir, earlyStopping: { monitor: 'accuracy' } }),
    ).catch(({ message }: Error) => message);
    assert.match(String(error), /early stopping has watched loss, and is now to watch accuracy/);
  }));

test('a role that is killed in the middle of an epoch costs that epoch alone', () =>
  inFolder(async (dir) => {
    for (const [i, role] of ['alice', 'bob', 'provider', 'owner'].entries()) {
      const own = join(dir, role);
      const first = await withSession({}, async (session) => {
        const onEpochBegin = (epoch: number) => {
          if (epoch === 2) setTimeout(() => session.roles.kill(role), 2 * i);
        };
        return trained(session, { epochs: 400, checkpoint: own, callbacks: { onEpochBegin } });
      }).catch((error: Error) => error);
      assert.instance(first, Error, `${role} was killed`);
      const [{ epoch }] = (await checkpointPositions(own, 'alice')).slice(-1);
      const epochs = epoch + 2;
      await withSession({}, async (session) => {
        const { model, history } = await trained(session, { epochs, checkpoint: own, resume: own });
        assert.equal(numbersOf(history).slice(-2), [epochs - 2, epochs - 1]);
        assert.ok(history.epochs.length <= 3);
        assert.ok((await accuracyOf(session, model)) > 0.6);
      });
    }
  }));

const ROLES = ['alice', 'bob', 'provider', 'owner'];

test('sessions with some of the roles here write the same files, and take up each other’s', () =>
  inFolder(async (dir) => {
    const run = async (here: readonly (readonly string[])[], epochs: number, resumed: boolean) => {
      const lists = await Promise.all(
        ['alice', 'bob'].map(async (role) => [role, await checkpointPositions(dir, role)] as const),
      );
      const resume = { dir, positions: Object.fromEntries(lists) };
      const outcomes = await runApart({ ring: 32 }, here, () => async (session) => {
        const options = { epochs, checkpoint: dir, ...(resumed && { resume }) };
        const { model, history } = await trained(session, options);
        return { numbers: numbersOf(history), weights: await model.weights() };
      });
      return valuesOf(outcomes)[here.findIndex((roles) => roles.includes('owner'))];
    };
    const apart = ROLES.map((role) => [role]);
    assert.equal((await run(apart, 2, false)).numbers, [0, 1]);
    const same = await run([ROLES.slice(0, 2), ROLES.slice(2)], 2, true);
    assert.equal((await run(apart, 2, true)).weights, same.weights);
    assert.equal((await run(apart, 4, true)).numbers, [2, 3]);
  }));

test('a list of disclosures is the same with checkpoints as without, and writes nothing', () =>
  inFolder(async (dir) => {
    const list = (options: FitOptions) =>
      listDisclosures((session) => trained(session, { epochs: 3, ...options }), { ring: 32 });
    assert.equal(await list({ checkpoint: dir, resume: dir }), await list({}));
    assert.equal(await readdir(dir), []);
  }));

test.run();
