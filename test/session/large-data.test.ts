/** Tensors above 2^20 numbers are shared in pieces and stored outside wasm memory; nothing else changes. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dense, sgd } from '../../src/model/describe.js';
import { sequential } from '../../src/session/sequential.js';
import type { Session } from '../../src/session/session.js';
import type { SecureTensor } from '../../src/tensor/secure-tensor.js';
import { transcriptsOf } from '../../src/testing.js';
import { Random } from '../world/ring.js';
import { seed } from '../world/seed.js';
import { namesOf, withSession } from '../world/sessions.js';

const WIDTH = 1024;
/** One whole piece of rows, and a part of another. */
const PIECE_ROWS = 2 ** 20 / WIDTH;
const ROWS = PIECE_ROWS + 76;
const SPLIT = PIECE_ROWS * WIDTH;

const random = new Random(seed);
const numbers = Float32Array.from({ length: ROWS * WIDTH }, () => (random.below(9) - 4) / 16);
const labels = Float32Array.from({ length: ROWS * 2 }, (_, i) =>
  numbers[(i >> 1) * WIDTH] > 0 === (i % 2 === 0) ? 1 : 0,
);

const stored = (session: Session, owner: string): SecureTensor =>
  session.share(numbers, { owner, shape: [ROWS, WIDTH] });

/** The same numbers in the same pieces, put together in wasm memory. */
function unstored(session: Session, owner: string): SecureTensor {
  const first = session.share(numbers.subarray(0, SPLIT), { owner, shape: [PIECE_ROWS, WIDTH] });
  const rest = session.share(numbers.subarray(SPLIT), { owner, shape: [ROWS - PIECE_ROWS, WIDTH] });
  return first.concat(rest);
}

type Share = typeof stored;

/** Everything that a training, an evaluation and a prediction yield. */
async function results(ring: 32 | 64, parties: number, owner: string, share: Share) {
  return withSession({ ring, parties: namesOf(parties) }, score, { seed });

  async function score(session: Session) {
    const x = share(session, owner);
    const y = session.share(labels, { owner: 'bob', shape: [ROWS, 2] });
    const model = sequential([
      dense({ units: 4, inputShape: [WIDTH], activation: 'relu' }),
      dense({ units: 2 }),
    ]);
    model.compile({
      optimizer: sgd({ learningRate: 2 ** -5 }),
      loss: 'meanSquaredError',
      metrics: ['accuracy'],
    });
    const { epochs } = await model.fit(x, y, { epochs: 2, batchSize: 128, seed });
    const weights = await model.weights();
    const { loss, accuracy } = await model.evaluate(x, y, { batchSize: 500 });
    const outputs = model.predict(x, { batchSize: 300 });
    assert.equal(outputs.shape, [ROWS, 2]);
    return {
      history: epochs.map((epoch) => [epoch.loss, epoch.accuracy]),
      weights: weights.map((array) => [...array]),
      scores: { loss, accuracy },
      outputs: [...(await outputs.reveal())],
    };
  }
}

for (const [ring, parties, owner] of [
  [32, 2, 'alice'],
  [64, 3, 'owner'],
] as const) {
  test(`ring ${ring}, ${parties} parties: stored rows train, score and predict as rows in wasm memory do`, async () => {
    const [large, small] = [
      await results(ring, parties, owner, stored),
      await results(ring, parties, owner, unstored),
    ];
    assert.equal(large.history, small.history);
    assert.equal(large.weights, small.weights);
    assert.equal(large.scores, small.scores);
    assert.equal(large.outputs, small.outputs);
    const [first, second] = large.history.map(([loss]) => loss as number);
    assert.ok(second < first, 'it has learned');
  });
}

test('a large tensor is opened in pieces of at most 2^20 numbers, revealed as it was shared, and sliced like any other', async () => {
  const work = async (session: Session) => {
    const x = stored(session, 'alice');
    await session.ready();
    const seen = (await transcriptsOf(session)).get('bob') ?? [];
    assert.equal(
      seen.filter(({ label }) => label === 'input').map(({ opened }) => opened.length / 4),
      [SPLIT, numbers.length - SPLIT],
    );
    assert.equal([...(await x.reveal())], [...numbers]);
    const rows = x.slice([PIECE_ROWS - 1, 0], [2, WIDTH]);
    const start = (PIECE_ROWS - 1) * WIDTH;
    assert.equal([...(await rows.reveal())], [...numbers.subarray(start, start + 2 * WIDTH)]);
    x.dispose();
    rows.dispose();
    await session.ready();
    for (const [role, { live }] of await session.roles.memoryUse()) {
      assert.ok(live < numbers.length, `${role}: ${live} bytes are left`);
    }
  };
  await withSession({}, work, { transcripts: true });
});

test('a large tensor with a number that the ring does not hold is refused by place, before anything is sent', async () => {
  await withSession({}, async (session) => {
    const bad = numbers.slice();
    bad[(ROWS - 1) * WIDTH + 5] = 64;
    assert.throws(
      () => session.share(bad, { owner: 'alice', shape: [ROWS, WIDTH] }),
      (error: unknown) => error instanceof RangeError && /row 1099, column 5/.test(error.message),
    );
    const totals = await session.roles.totals();
    assert.is(totals.get('alice')?.input, 0);
  });
});

test('the peak of memory is the most that was held at once, in wasm memory and outside it', async () => {
  await withSession({}, async (session) => {
    const use = async () => {
      await session.ready();
      return [...(await session.roles.memoryUse()).values()];
    };
    const before = await use();
    const inWasm = session.share(numbers.subarray(0, SPLIT), { shape: [PIECE_ROWS, WIDTH] });
    const loaded = await use();
    inWasm.dispose();
    const rows = await session.shareRows(
      [{ owner: 'alice', values: numbers.subarray(0, 64 * WIDTH) }],
      [WIDTH],
      {
        piece: WIDTH,
      },
    );
    const stored = await use();
    for (const [role, { live, peak }] of stored.entries()) {
      const bytes = live - before[role].live;
      assert.ok(bytes >= 64 * WIDTH * 4, `role ${role}: ${bytes} bytes are stored`);
      assert.ok(peak >= SPLIT * 4 && peak >= live);
      assert.is(peak, loaded[role].peak, `role ${role}: the two were never held together`);
    }
    rows.dispose();
    const large = await session.shareRows(
      [
        { owner: 'bob', values: numbers },
        { owner: 'bob', values: numbers },
      ],
      [WIDTH],
      {
        piece: WIDTH * 16,
      },
    );
    const larger = await use();
    large.dispose();
    const after = await use();
    for (const [role, { live, peak }] of larger.entries()) {
      assert.ok(live >= before[role].live + 2 * numbers.length * 4, `role ${role}: ${live} bytes are held`);
      assert.ok(peak >= live);
      assert.equal(after[role], { live: before[role].live, peak }, `role ${role}: a peak stays`);
    }
  });
});

test('ring 32 refuses more labels than it can sum the losses of', async () => {
  await withSession({ ring: 32 }, async (session) => {
    const rows = 2 ** 20 + 1;
    const x = session.share(new Float32Array(rows), { shape: [rows, 1] });
    const few = session.share(new Float32Array(32), { shape: [32, 1] });
    const model = sequential([dense({ units: 1, inputShape: [1] })]);
    model.compile({ optimizer: sgd({ learningRate: 2 ** -5 }), loss: 'meanSquaredError', metrics: [] });
    for (const [name, run] of [
      ['fit', () => model.fit(x, x)],
      ['validationData', () => model.fit(few, few, { validationData: [x, x] })],
      ['evaluate', () => model.evaluate(x, x)],
    ] as const) {
      const error = await run().then(
        () => null,
        (reason: Error) => reason,
      );
      assert.instance(error, RangeError);
      assert.match(error?.message ?? '', `${name}: 1048577 labels, of which ring 32`);
    }
  });
});

test.run();
