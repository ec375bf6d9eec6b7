/**
 * A training on shares equals, bit for bit, its clear twin on plain integers (twins/twin.ts): every trained weight,
 * every epoch's loss and accuracy. The coins of the roundings are read from what the parties saw and kept.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Dataset, selectRows } from '../../src/data/dataset.js';
import { epochPermutation } from '../../src/data/random.js';
import { columnStatistics, standardise } from '../../src/data/scale.js';
import { loadWine } from '../../src/data/wine.js';
import type { LayerConfig } from '../../src/model/config.js';
import { dense, sgd } from '../../src/model/describe.js';
import { planModel } from '../../src/model/plan.js';
import { initialWeights } from '../../src/model/weights.js';
import { gradientFraction } from '../../src/nn/scales.js';
import { sequential } from '../../src/session/sequential.js';
import type { Session } from '../../src/session/session.js';
import { transcriptsOf } from '../../src/testing.js';
import { roundWithCoin, roundWithCoins } from '../twins/clear.js';
import {
  encode,
  gather,
  type Matrix,
  matrix,
  Twin,
  type TwinActivation,
  type TwinLayer,
} from '../twins/twin.js';
import { wordsOf } from '../world/roles.js';
import { seed } from '../world/seed.js';
import { nameOf, sessionsOfEverySetting } from '../world/sessions.js';

/** Public seed of weights and batches; the masks' seed is the test's. */
const PUBLIC_SEED = 1;
const EPOCHS = 2;
const BATCH = 8;
/** 17 batches of 8 and one of 4, so that 0.375 · (2/3) / batch is 2^−5, and 2^−4 for the last batch. */
const ROWS = 140;
const LEARNING_RATE = 0.375;
const EXPONENT = 5;

const wine = await loadWine();
const chosen = selectRows(
  wine,
  Uint32Array.from({ length: ROWS }, (_, i) => Math.floor((i * wine.rows) / ROWS)),
);
const data: Dataset = { ...chosen, x: standardise(chosen.x, columnStatistics(chosen.x, 13)) };

interface Network {
  readonly name: string;
  readonly layers: LayerConfig[];
  readonly activations: readonly TwinActivation[];
  /** The learning rate is 2^−slower of the usual one. */
  readonly slower?: number;
}

const hidden = (activation: Parameters<typeof dense>[0]['activation'], units = 16) =>
  dense({ units, activation });

const NETWORKS: readonly Network[] = [
  { name: 'relu', layers: [hidden('relu')], activations: ['relu'] },
  {
    name: 'two hidden layers of relu',
    layers: [hidden('relu'), hidden('relu', 12)],
    activations: ['relu', 'relu'],
  },
  { name: 'square', layers: [hidden('square', 8)], activations: ['square'], slower: 5 },
  {
    name: 'a polynomial',
    layers: [hidden({ polynomial: [0.5, 0.5, 0.125] }, 8)],
    activations: ['halfPlusHalfXPlusEighthXX'],
  },
];

const { sessions, closeAll } = await sessionsOfEverySetting({}, { seed, transcripts: true });
test.after(closeAll);

/** What the first party has seen so far. */
const seenBy = async (session: Session) => (await transcriptsOf(session)).get(session.parties[0]) ?? [];

/** Roundings with the coins of those that the parties made after their first `skip` openings, in order. */
async function roundings(session: Session, skip: number) {
  const { ring, parties } = session.settings;
  const transcripts = await transcriptsOf(session);
  const views = parties.map((party) =>
    (transcripts.get(party) ?? []).slice(skip).filter(({ label }) => label === 'truncate'),
  );
  let next = 0;
  return (z: readonly bigint[], s: number): bigint[] => {
    const seen = views.map((view) => view[next]);
    next++;
    const coins = seen.map(({ coins: own }) => own && wordsOf(ring, own));
    const opened = wordsOf(ring, seen[0].coins ?? seen[0].opened);
    assert.is(opened.length, z.length, 'the twin rounds what the roles rounded');
    return z.map((value, i) => {
      if (!coins[0]) return roundWithCoin(value, s, opened[i]);
      const sum = coins.reduce((total, own) => total + (own?.[i] ?? 0n), 0n);
      return roundWithCoins(value, s, sum, parties.length);
    });
  };
}

function twinLayers(
  layers: readonly LayerConfig[],
  activations: readonly TwinActivation[],
  f: number,
): TwinLayer[] {
  const weights = initialWeights(planModel({ inputShape: [13], layers: [...layers] }), PUBLIC_SEED);
  return layers.map((layer, l) => {
    const units = (layer as { units: number }).units;
    return {
      activation: activations[l] ?? 'linear',
      kernel: matrix(weights[2 * l], units, f),
      bias: Array.from(weights[2 * l + 1], (x) => encode(x, f)),
    };
  });
}

/** One epoch of the twin; loss and accuracy as they are reported. */
function twinEpoch(
  twin: Twin,
  x: Matrix,
  t: Matrix,
  epoch: number,
  exponent: number,
): { loss: number; accuracy: number } {
  const order = [...epochPermutation(PUBLIC_SEED, epoch, ROWS)];
  const ahead: bigint[] = [];
  for (let from = 0; from < ROWS; from += BATCH) {
    const batch = order.slice(from, from + BATCH);
    ahead.push(
      ...twin.step(gather(x, batch), gather(t, batch), batch.length === BATCH ? exponent : exponent - 1).data,
    );
  }
  const targets = gather(t, order).data;
  const total = sumOfSquares(twin, ahead);
  const y = ahead.map((difference, i) => (difference << BigInt(twin.f - twin.g)) + targets[i]);
  const argmax = (row: readonly bigint[]) => row.findIndex((value) => row.every((other) => other <= value));
  const hits = order.filter(
    (_, i) => argmax(y.slice(3 * i, 3 * i + 3)) === argmax(targets.slice(3 * i, 3 * i + 3)),
  ).length;
  return { loss: total / (3 * ROWS), accuracy: hits / ROWS };
}

/**
 * The sum of squares of differences. They are rounded to 9 bits in ring 32 and to 16 in ring 64 first; the squares are
 * rounded once more, for the sum's upper half, but the sum is exact.
 */
function sumOfSquares(twin: Twin, differences: readonly bigint[]): number {
  const { g, bits } = twin;
  const near = Math.min(g, bits === 32 ? 9 : 16);
  const few = near < g ? twin.round(differences, g - near) : differences;
  const squares = few.map((value) => value * value);
  twin.round(squares, Math.ceil(Math.log2(squares.length)) - 1);
  return Number(squares.reduce((sum, value) => sum + value, 0n)) / 2 ** (2 * near);
}

async function compare(session: Session, { layers, activations, slower = 0 }: Network): Promise<void> {
  const { ring, fractionBits: f } = session.settings;
  const where = nameOf(session);
  const skip = (await seenBy(session)).length;
  const all = [...layers, dense({ units: 3 })].map((layer, l) =>
    l === 0 ? { ...layer, inputShape: [13] } : layer,
  );
  const model = sequential(all);
  const learningRate = LEARNING_RATE / 2 ** slower;
  model.compile({ optimizer: sgd({ learningRate }), loss: 'meanSquaredError', metrics: ['accuracy'] });
  const x = session.share(data.x, { owner: 'alice', shape: [ROWS, 13] });
  const y = session.share(data.y, { owner: 'bob', shape: [ROWS, 3] });
  const history = await model.fit(x, y, { epochs: EPOCHS, batchSize: BATCH, seed: PUBLIC_SEED });
  const trained = await model.weights();
  const rounded = await roundings(session, skip);
  const [inputs, labels] = [matrix(data.x, 13, f), matrix(data.y, 3, f)];

  // the labels were rounded to integers once
  assert.equal(
    rounded(labels.data, f),
    labels.data.map((label) => label >> BigInt(f)),
  );
  const g = gradientFraction(ring, f, BATCH);
  const extra = session.parties.length === 2 ? 1 : 0;
  const twin = new Twin(twinLayers(all, activations, f), f, g, ring, rounded, extra);
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    const { loss, accuracy } = history.epochs[epoch];
    const expected = twinEpoch(twin, inputs, labels, epoch, EXPONENT + slower);
    assert.equal({ loss, accuracy }, expected, `${where}, epoch ${epoch}`);
  }
  const expected = twin.layers.flatMap(({ kernel, bias }) => [kernel.data, bias]);
  trained.forEach((array, i) => {
    const numbers = expected[i].map((w) => Math.fround(Number(w) / 2 ** f));
    assert.equal([...array], numbers, `${where}, weight array ${i}`);
  });
  const initial = initialWeights(planModel({ inputShape: [13], layers: all }), PUBLIC_SEED);
  const moved = trained.every((array, i) => array.some((w, j) => Math.abs(w - initial[i][j]) > 0.01));
  assert.ok(moved, 'the model has learned something');
}

for (const network of NETWORKS) {
  test(`${network.name}: weights, losses and accuracies after ${EPOCHS} epochs of Wine equal the clear twin’s`, async () => {
    for (const session of sessions) await compare(session, network);
  });
}

test('in all these trainings, everything that was opened stands in the ledger under its label', async () => {
  for (const session of sessions) {
    const [totals, transcripts] = [await session.roles.totals(), await transcriptsOf(session)];
    for (const party of session.parties) {
      const seen: Record<string, number> = {};
      for (const { label, opened, received } of transcripts.get(party) ?? []) {
        seen[label] = (seen[label] ?? 0) + opened.length;
        assert.ok(received.every((bytes) => bytes.length === opened.length));
      }
      const ledger = totals.get(party);
      assert.equal(ledger?.openings, seen, `${nameOf(session)}, ${party}`);
      const bytes = Object.values(seen).reduce((sum, more) => sum + more, 0);
      assert.is(ledger?.online, bytes * (session.parties.length - 1), `${nameOf(session)}, ${party}`);
    }
    assert.is(totals.get(session.settings.provider)?.online, 0);
    assert.equal(transcripts.get(session.settings.provider), [], 'the provider sees nothing opened');
  }
});

test.run();
