/**
 * A tape stands for the provider: a run that uses one is, bit for bit, the run with a provider that has the same seeds, and no
 * thread of the provider is started.
 */
import { statSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { adam, dense, momentum, sgd } from '../../src/model/describe.js';
import type { OptimizerConfig } from '../../src/model/optimizers.js';
import { checkpointPositions } from '../../src/session/checkpoint-folder.js';
import type { FitOptions } from '../../src/session/fit-options.js';
import { sequential } from '../../src/session/sequential.js';
import type { Session } from '../../src/session/session.js';
import { tapePath } from '../../src/session/tape.js';
import { tapeSize } from '../../src/session/tape-size.js';
import { createTestSession, transcriptsOf } from '../../src/testing.js';
import type { Program } from '../world/apart.js';
import { valuesOf } from '../world/apart.js';
import { RINGS } from '../world/ring.js';
import { namesOf } from '../world/sessions.js';
import { deal, inFolder, runTaped, users } from '../world/taped.js';
import { wineFold, wineLayers } from '../world/wine.js';

const ROWS = 48;
const { train } = wineFold(3);
const x = Float32Array.from(train.x.slice(0, ROWS * 13));
const y = Float32Array.from(train.y.slice(0, ROWS * 3));
const SEED = { seed: 4321, transcripts: true, leastRows: 1 };

const list = (values: ArrayLike<number> | null) => values && Array.from(values);

/** Rows of alice and bob. */
async function share(session: Session) {
  const half = ROWS / 2;
  const parts = (values: Float32Array, size: number) =>
    ['alice', 'bob'].map((owner, i) => ({
      owner,
      values: session.isHere(owner) ? values.slice(i * half * size, (i + 1) * half * size) : null,
      rows: half,
    }));
  return [await session.shareRows(parts(x, 13), [13]), await session.shareRows(parts(y, 3), [3])] as const;
}

/** Two trainings, an evaluation, predictions for alice, and weights for the owner. */
const programOf =
  (optimizer: OptimizerConfig, epochs = 2) =>
  async (session: Session) => {
    const [inputs, labels] = await share(session);
    const model = sequential(wineLayers());
    model.compile({ optimizer, loss: 'meanSquaredError', metrics: ['accuracy'] });
    const options = { epochs, batchSize: 10, seed: 5 };
    const histories = [
      await model.fit(inputs, labels, options),
      await model.fit(inputs, labels, { ...options, epochs: 1 }),
    ];
    const evaluated = await model.evaluate(inputs, labels);
    const shown = await model.predict(inputs.slice([0], [5])).reveal({ to: 'alice', label: 'prediction' });
    const weights = await model.weights();
    return {
      epochs: histories.flatMap((history) => history.epochs.map(({ seconds, ...log }) => log)),
      evaluated,
      shown: list(shown),
      weights: weights?.map(list) ?? null,
      totals: await session.totals(),
      transcripts: await transcriptsOf(session),
    };
  };

for (const ring of RINGS) {
  for (const parties of [2, 3]) {
    for (const owner of ring === 32 && parties === 2 ? ['owner', 'bob', 'alice'] : ['owner']) {
      test(`ring ${ring}, ${parties} parties, owner ${owner}: the run with a provider, bit for bit`, async () => {
        const options = { ring, parties: namesOf(parties), owner, threads: 0 };
        const program = programOf(momentum({ learningRate: 0.1 }));
        const whole = await createTestSession(options, { ...SEED, oneLine: true });
        const one = await program(whole);
        await whole.close();
        await inFolder(async (dir) => {
          await deal(options, dir, program, SEED);
          const results = valuesOf(await runTaped(options, dir, () => program, SEED));
          const roles = users(parties, owner);
          for (const [place, result] of results.entries()) {
            const [role, where] = [roles[place], `at ${roles[place]}`];
            assert.equal(result.epochs, role === owner ? one.epochs : [], where);
            assert.equal(result.evaluated, role === owner ? one.evaluated : null, where);
            assert.equal(result.weights, role === owner ? one.weights : null, where);
            assert.equal(result.shown, role === 'alice' ? one.shown : null, where);
            assert.equal(
              [...result.totals.keys()],
              role === 'owner' ? [] : [role],
              'nothing of the provider',
            );
            assert.equal(result.totals.get(role), one.totals.get(role), where);
            assert.equal(result.transcripts.get(role), one.transcripts.get(role), where);
          }
        });
      });
    }
  }
}

test('tapes are as large as a dry run says', async () => {
  for (const mayStop of [false, true]) {
    const options = { ring: 32 as const, threads: 0 };
    const program = async (session: Session) => {
      const [inputs, labels] = await share(session);
      const model = sequential(wineLayers());
      model.compile({ optimizer: momentum({ learningRate: 0.1 }), loss: 'meanSquaredError' });
      await model.fit(inputs, labels, { epochs: 2, batchSize: 10, mayStop });
      await model.predict(inputs).reveal();
      return session.totals();
    };
    await inFolder(async (dir) => {
      let dealt = 0;
      await deal(options, dir, async (session) => {
        dealt = (await program(session)).get('provider')?.dealt ?? 0;
      });
      const size = await tapeSize(program, options);
      assert.is(size.dealt, dealt);
      for (const role of users(2)) {
        assert.is(statSync(await tapePath(dir, role)).size, size.bytes[role], role);
      }
    });
  }
});

for (const [name, optimizer] of Object.entries({
  sgd: sgd({ learningRate: 0.1 }),
  momentum: momentum({ learningRate: 0.05 }),
  adam: adam({ learningRate: 0.01 }),
})) {
  test(`${name}: a training that stops early leaves out what was dealt for the rest, and what comes goes on`, async () => {
    const program = async (session: Session) => {
      const [inputs, labels] = await share(session);
      const model = sequential(wineLayers());
      model.compile({ optimizer, loss: 'meanSquaredError' });
      const options = { epochs: 5, batchSize: 8, seed: 5, earlyStopping: { patience: 1, minDelta: 100 } };
      const { epochs } = await model.fit(inputs, labels, options);
      const weights = await model.weights();
      const shown = await model.predict(inputs).reveal();
      const second = await model.fit(inputs, labels, options);
      const after = await model.predict(inputs).reveal();
      const other = sequential([dense({ units: 3, inputShape: [13] })]);
      other.compile({ optimizer, loss: 'meanSquaredError' });
      const third = await other.fit(inputs, labels, { epochs: 2, batchSize: 8, seed: 5 });
      return {
        losses: [epochs, second.epochs].map((logs) => logs.map(({ loss }) => loss)),
        weights: weights?.map(list) ?? null,
        shown: list(shown),
        after: list(after),
        third: third.epochs.map(({ loss }) => loss),
      };
    };
    const parties = name === 'momentum' ? 3 : 2;
    const ring = name === 'adam' ? (64 as const) : (32 as const);
    const owns = name === 'sgd' ? 'bob' : 'owner';
    const options = { ring, parties: namesOf(parties), owner: owns, threads: 0 };
    const whole = await createTestSession(options, { ...SEED, oneLine: true });
    const one = await program(whole);
    await whole.close();
    assert.is(one.losses[0].length, 2, 'it stops');
    await inFolder(async (dir) => {
      await deal(options, dir, program, SEED);
      const results = valuesOf(await runTaped(options, dir, () => program, SEED));
      const owner = results[users(parties, owns).indexOf(owns)];
      const near = (a: readonly number[] | null, b: readonly number[] | null, most: number) =>
        assert.ok(
          a && b && a.length === b.length && a.every((value, i) => Math.abs(value - b[i]) <= most),
          `${a?.slice(0, 6)} and ${b?.slice(0, 6)}`,
        );
      if (name === 'sgd') {
        assert.equal(owner.losses[0], one.losses[0]);
        assert.equal(owner.weights, one.weights);
      }
      near(owner.losses[0], one.losses[0], 0.01);
      near(owner.shown, one.shown, 0.03);
      // the epochs that were left out count as made, so the next training takes rows in another order
      near(owner.losses[1], one.losses[1], 0.05);
      near(owner.after, one.after, 0.3);
      near(owner.third, one.third, 0.01);
    });
  });
}

/**
 * Runs a training on tape that is cut short, then takes it up with a second tape, dealt from its checkpoint on.
 * @returns what it comes to with a provider, and what the owner has on tape
 */
function takenUp<T>(program: (own: FitOptions) => Program<T>, cut: FitOptions): Promise<[T, T]> {
  const options = { ring: 32 as const, threads: 0 };
  return inFolder((checkpoint) =>
    inFolder((first) =>
      inFolder(async (second): Promise<[T, T]> => {
        await deal(options, first, program({ checkpoint }), SEED);
        const short = program({ checkpoint, ...cut });
        for (const outcome of await runTaped(options, first, () => short, SEED)) {
          assert.match('error' in outcome ? outcome.error.message : 'ended well', /a power cut/);
        }
        const entries = ['alice', 'bob', 'owner'].map(
          async (role) => [role, await checkpointPositions(checkpoint, role)] as const,
        );
        const positions = Object.fromEntries(await Promise.all(entries));
        const goOn = program({ resume: { dir: checkpoint, positions } });
        await deal(options, second, goOn, SEED);
        const whole = await createTestSession(options, { ...SEED, oneLine: true });
        const one = await goOn(whole);
        await whole.close();
        const [, , owner] = valuesOf(await runTaped(options, second, () => goOn, SEED));
        return [one, owner];
      }),
    ),
  );
}

const powerCut = (): never => {
  throw new RangeError('a power cut');
};

test('a training that has crashed is taken up with another tape, dealt from its checkpoint on', async () => {
  const program = (own: FitOptions) => async (session: Session) => {
    const [inputs, labels] = await share(session);
    const model = sequential(wineLayers());
    model.compile({ optimizer: momentum({ learningRate: 0.1 }), loss: 'meanSquaredError' });
    const settings = { epochs: 4, batchSize: 10, seed: 5, mayStop: true, ...own };
    const { epochs } = await model.fit(inputs, labels, settings);
    const weights = await model.weights();
    return { losses: epochs.map(({ loss }) => loss), weights: weights?.map(list) ?? null };
  };
  const onEpochBegin = (epoch: number) => {
    if (epoch === 2) powerCut();
  };
  const [one, owner] = await takenUp(program, { callbacks: { onEpochBegin } });
  assert.is(one.losses.length, 2);
  // what the tape settles after an epoch draws other coins of later roundings
  assert.equal(owner.losses[0], one.losses[0]);
  assert.is(owner.losses.length, 2);
  assert.ok(Math.abs(owner.losses[1] - one.losses[1]) < 0.01);
  assert.equal(owner.weights?.length, one.weights?.length);
});

test('a training that had decided to stop before its last run ended is taken up with another tape', async () => {
  for (const loss of ['meanSquaredError', 'softmaxCrossEntropy'] as const) {
    const program = (own: FitOptions) => async (session: Session) => {
      const [inputs, labels] = await share(session);
      const model = sequential(wineLayers());
      model.compile({ optimizer: momentum({ learningRate: 0.1 }), loss, metrics: ['accuracy'] });
      const { epochs, before } = await model.fit(inputs, labels, {
        epochs: 4,
        batchSize: 10,
        seed: 5,
        earlyStopping: { patience: 1, minDelta: 100 },
        validationData: [inputs, labels],
        ...own,
      });
      const { loss: after } = (await model.evaluate(inputs, labels)) ?? {};
      return { made: epochs.length, before, after };
    };
    const [one, owner] = await takenUp(program, { callbacks: { onTrainEnd: powerCut } });
    assert.equal([owner.made, owner.before], [0, 2]);
    assert.ok(Math.abs((owner.after ?? 9) - (one.after ?? 0)) < 0.01, `${owner.after}, ${one.after}`);
  }
});

test.run();
