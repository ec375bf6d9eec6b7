/**
 * Sessions that have some of the roles here: the same program at each, linked by shared memory, gives bit for bit the run
 * of one session, for whoever learns something of it.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LayerConfig } from '../../src/model/config.js';
import { conv2d, dense, dropout, flatten, maxPooling2d, momentum } from '../../src/model/describe.js';
import { rolesOf } from '../../src/party/agreement.js';
import { sequential } from '../../src/session/sequential.js';
import type { Session } from '../../src/session/session.js';
import { createTestSession, transcriptsOf } from '../../src/testing.js';
import { runApart, valuesOf } from '../world/apart.js';
import { Random, RINGS } from '../world/ring.js';
import { namesOf } from '../world/sessions.js';
import { wineFold, wineLayers } from '../world/wine.js';

interface Data {
  readonly layers: LayerConfig[];
  /** Of one row. */
  readonly inputShape: readonly number[];
  readonly rows: number;
  readonly x: Float32Array;
  readonly y: Float32Array;
  readonly classes: number;
}

const { train } = wineFold(3);
const wine: Data = {
  layers: wineLayers(),
  inputShape: [13],
  rows: 48,
  x: Float32Array.from(train.x.slice(0, 48 * 13)),
  y: Float32Array.from(train.y.slice(0, 48 * 3)),
  classes: 3,
};

const random = new Random(7);
const images: Data = {
  layers: [
    conv2d({ filters: 3, kernelSize: 3, activation: 'relu', inputShape: [6, 6, 1] }),
    maxPooling2d(),
    dropout({ rate: 0.25 }),
    flatten(),
    dense({ units: 2, activation: 'softmax' }),
  ],
  inputShape: [6, 6, 1],
  rows: 24,
  x: Float32Array.from({ length: 24 * 36 }, () => random.below(256) / 256),
  y: Float32Array.from({ length: 24 * 2 }, (_, i) => Number((i >> 1) % 2 === i % 2)),
  classes: 2,
};

/** What the program has learnt at one session. */
interface Learnt {
  readonly epochs: unknown;
  readonly evaluated: unknown;
  readonly weights: unknown;
  /** By reader. */
  readonly revealed: Readonly<Record<string, unknown>>;
  readonly sums: unknown;
  readonly totals: ReadonlyMap<string, unknown>;
  readonly transcripts: ReadonlyMap<string, unknown>;
  readonly disclosed: unknown;
}

const list = (values: ArrayLike<number> | null) => values && Array.from(values);

/** Trains on rows of alice, bob and the owner, predicts for alice, and tells each role something. */
const programOf =
  ({ layers, inputShape, rows, x, y, classes }: Data) =>
  async (session: Session): Promise<Learnt> => {
    const { owner } = session.settings;
    const width = x.length / rows;
    const third = rows / 3;
    const partsOf = (values: Float32Array, size: number) =>
      ['alice', 'bob', owner].map((name, i) => ({
        owner: name,
        values: session.isHere(name) ? values.slice(i * third * size, (i + 1) * third * size) : null,
        rows: third,
      }));
    const inputs = await session.shareRows(partsOf(x, width), inputShape);
    const labels = await session.shareRows(partsOf(y, classes), [classes]);
    const model = sequential(layers);
    const loss = classes === 2 ? 'softmaxCrossEntropy' : 'meanSquaredError';
    model.compile({ optimizer: momentum({ learningRate: 0.1 }), loss, metrics: ['accuracy'] });
    const { epochs } = await model.fit(inputs, labels, {
      epochs: 3,
      batchSize: 10,
      seed: 5,
      validationData: [inputs, labels],
      earlyStopping: { patience: 3 },
    });
    const evaluated = await model.evaluate(inputs, labels, {
      metrics: classes === 2 ? ['auc', 'confusionMatrix'] : ['confusionMatrix', 'meanAbsoluteError', 'r2'],
    });
    const asked = inputs.slice([0], [5]);
    const outputs = model.predict(asked);
    const revealed: Record<string, unknown> = {};
    for (const to of rolesOf(session.settings).filter((role) => role !== session.settings.provider)) {
      revealed[to] = list(await outputs.reveal({ to, label: 'prediction' }));
    }
    const weights = await model.weights();
    const lists = session.parties
      .filter((party) => session.isHere(party))
      .map((party, i) => [
        party,
        BigInt64Array.of(5n, BigInt(session.parties.indexOf(party)), BigInt(0 * i)),
      ]);
    const sums = await session.aggregate(Object.fromEntries(lists), { length: 3 });
    return {
      epochs: epochs.map(({ seconds, ...log }) => log),
      evaluated,
      weights: weights?.map(list) ?? null,
      revealed,
      sums: sums && [...sums],
      totals: await session.roles.totals(),
      transcripts: await transcriptsOf(session),
      disclosed: await session.disclosed(),
    };
  };

const SEED = { seed: 1234, transcripts: true, leastRows: 1 };

/** Ways to divide the roles: each on its own, or some together. */
const divisions = (roles: readonly string[]): string[][][] => [
  roles.map((role) => [role]),
  [roles.filter((_, i) => i % 2 === 0), roles.filter((_, i) => i % 2 === 1)],
];

for (const [name, data] of Object.entries({ wine, images })) {
  for (const ring of RINGS) {
    for (const parties of [2, 3]) {
      // an owner that is a party in two of the settings
      for (const owner of ring === 32 && parties === 3
        ? ['bob']
        : ring === 64
          ? ['owner']
          : ['owner', 'bob']) {
        test(`${name}, ring ${ring}, ${parties} parties, owner ${owner}`, async () => {
          const fewRounds = ring === 32 && parties === 3;
          const options = { ring, parties: namesOf(parties), owner, threads: 0, fewRounds };
          const program = programOf(data);
          const whole = await createTestSession(options, SEED);
          const roles = rolesOf(whole.settings);
          const one = await program(whole);
          await whole.close();
          assert.is((one.epochs as unknown[]).length, 3);
          for (const mode of ['in-turn', 'parties-in-turn'] as const) {
            const turns = await createTestSession({ ...options, mode }, SEED);
            assert.equal(await program(turns), one, mode);
            await turns.close();
          }
          for (const here of divisions(roles)) {
            const results = valuesOf(await runApart(options, here, () => program, SEED));
            results.forEach((result, place) => {
              const isHere = (role: string) => here[place].includes(role);
              const where = `at ${here[place]}`;
              assert.equal(result.epochs, isHere(owner) ? one.epochs : [], where);
              assert.equal(result.evaluated, isHere(owner) ? one.evaluated : null, where);
              assert.equal(result.weights, isHere(owner) ? one.weights : null, where);
              for (const [reader, values] of Object.entries(one.revealed)) {
                assert.equal(result.revealed[reader], isHere(reader) ? values : null, `${reader}, ${where}`);
              }
              assert.equal(result.sums, namesOf(parties).some(isHere) ? one.sums : null, where);
              for (const [role, totals] of result.totals) assert.equal(totals, one.totals.get(role), where);
              for (const [role, seen] of result.transcripts) {
                assert.equal(seen, one.transcripts.get(role), `what ${role} sees, ${where}`);
              }
            });
          }
        });
      }
    }
  }
}

test.run();
