/**
 * What n − 1 parties see of an operation, over many runs on the same secrets: each bit is a fair coin, no two are related, and
 * no set of them has a constant sum. privacy.test.ts looks at many values in few runs, this at all bits of few values in many
 * runs, so that what repeats from run to run or joins one frame to another shows.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CHUNK_BYTES } from '../../src/party/exchange.js';
import type { PartyRuntime } from '../../src/party/party.js';
import { TILE } from '../../src/party/runtime.js';
import { Purpose } from '../../src/party/streams.js';
import { multiply } from '../../src/protocol/multiply.js';
import { rescale, rescaleCost } from '../../src/protocol/truncate.js';
import { rank, SPARE_RUNS, unfairness } from '../world/bit-statistics.js';
import { type CoalitionOptions, CoalitionView } from '../world/coalition-view.js';
import { anewInEveryTile, LinearMask, OneMaskForAll, RepeatedMask, ShortMask } from '../world/faults.js';
import { functionOperations } from '../world/function-operations.js';
import {
  type Operation,
  ofMasked,
  operations as plainOperations,
  sentinelOperation,
} from '../world/operations.js';
import { type Bits, Random } from '../world/ring.js';
import { scoreOperations } from '../world/score-operations.js';
import { seed } from '../world/seed.js';

const product = ofMasked(
  'a product, rescaled',
  function* (rt, x) {
    return [yield* rescale(rt, multiply(rt, x, x))];
  },
  rescaleCost,
);

const named = (name: string): Operation => {
  const all = [...plainOperations, ...functionOperations, ...scoreOperations];
  return all.find((operation) => operation.name === name) as Operation;
};

const OPERATIONS: readonly Operation[] = [
  product,
  sentinelOperation,
  ...[
    'open of an unsettled share',
    'truncate by 9 bits',
    'rescaleNarrow by 12 bits',
    'inner products of rows',
    'the largest of 4 blinded values',
    'isNegative',
    'relu',
    'relu in fewer rounds',
    'a dense layer folded with its normalization',
    'select, a fresh bit',
    'sigmoid',
    'isZero',
    'exp below 1',
    'max with its mark',
    'softmax',
    'confusionMatrix of one output',
    'confusionMatrix of several outputs',
    'meanAbsoluteError of one output',
    'r2 of several outputs',
    'pairs in order',
  ].map(named),
];

/** Bits of a view that are looked at: all of short frames, then as many of the others as there is room for. */
const BITS = 512;
/** A tile and a piece of the next. */
const LONG = TILE + 8;
/** Enough for a row of several columns, and for three masks in one opening. */
const VALUES = 4;

/** The coalition's view of one run: what is opened, which says what the honest party sent, and what the provider sends. */
function frames(world: CoalitionView, operation: Operation, values: number): Uint8Array[] {
  const program = operation.prepare(world, Array(values).fill(5n));
  world.takeView(); // what preparing the arguments has sent
  const { results } = world.run(program);
  world.roles.forEach((rt, i) => {
    rt.free(...results[i]);
  });
  const view = world.takeView();
  const dealt = [...view].filter(([link]) => link.startsWith('provider → ')).flatMap(([, own]) => own);
  return [...(view.get('opened') ?? []), ...dealt];
}

/** Places (frame, bit) to look at: whole short frames first; of long ones the lanes of the values and a random rest. */
function places(view: readonly Uint8Array[], random: Random): [number, number][] {
  const short: [number, number][] = [];
  const lanes: [number, number][] = [];
  const rest: [number, number][] = [];
  view.forEach(({ length }, frame) => {
    for (let bit = 0; bit < length * 8; bit++) {
      const place: [number, number] = [frame, bit];
      if (length <= 8 * VALUES) short.push(place);
      else if (bit % 128 < VALUES) lanes.push(place);
      else rest.push(place);
    }
  });
  const drawn = [short, lanes, rest].flatMap((group) => {
    for (let i = group.length - 1; i > 0; i--) {
      const j = random.below(i + 1);
      [group[i], group[j]] = [group[j], group[i]];
    }
    return group;
  });
  return drawn.slice(0, Math.min(BITS, drawn.length - (drawn.length % 8)));
}

/** Of frames of LONG values, all bits of the first word of every tile and chunk. */
function firstOfTiles(view: readonly Uint8Array[], word: number): [number, number][] {
  const starts = new Set([0, CHUNK_BYTES / word, TILE]);
  return view.flatMap(({ length }, frame) => {
    const width = length / LONG;
    assert.ok(Number.isInteger(width), `a frame of ${length} bytes`);
    return [...starts].flatMap((start) =>
      Array.from({ length: width * 8 }, (_, bit): [number, number] => [frame, start * width * 8 + bit]),
    );
  });
}

/** What speaks against the coalition's view of an operation on few or on LONG values, or null. */
function unfairView(world: CoalitionView, operation: Operation, values = VALUES): string | null {
  const long = values === LONG;
  const first = frames(world, operation, values);
  const chosen = long ? firstOfTiles(first, world.bits / 8) : places(first, new Random(seed));
  const runs = Array.from({ length: (long ? chosen.length : BITS) + SPARE_RUNS }, () => {
    const view = frames(world, operation, values);
    const sample = new Uint8Array(chosen.length / 8);
    chosen.forEach(([frame, bit], i) => {
      sample[i >> 3] |= ((view[frame][bit >> 3] >> (bit & 7)) & 1) << (i & 7);
    });
    return sample;
  });
  assert.ok(runs[0].length > 0, 'something is seen');
  return unfairness(runs);
}

const WORLDS: readonly (CoalitionOptions & { bits: Bits })[] = [
  { parties: 2, bits: 32, honest: 0 },
  { parties: 3, bits: 64, honest: 1 },
  { parties: 2, bits: 32, honest: 1 },
];

for (const options of WORLDS) {
  const world = new CoalitionView(options);
  const where = `ring ${options.bits}, ${world.parties[options.honest].name} honest of ${options.parties} parties`;
  test(`over many runs, what a coalition sees are independent fair coins: ${where}`, () => {
    for (const operation of OPERATIONS) assert.is(unfairView(world, operation), null, operation.name);
  });
}

for (const options of WORLDS.slice(0, 2)) {
  test(`the first words of tiles and chunks are, beside each other: ring ${options.bits}`, () => {
    const world = new CoalitionView({ ...options, honest: 0 });
    for (const name of ['open of an unsettled share', 'truncate by 9 bits']) {
      assert.is(unfairView(world, named(name), LONG), null, name);
    }
  });

  test(`positive control: keystreams that begin anew in every tile, ring ${options.bits}`, () => {
    for (const purpose of [Purpose.mask, Purpose.deal]) {
      const misplace = anewInEveryTile(purpose, options.bits);
      const world = new CoalitionView({ ...options, honest: 0, misplace });
      const found = unfairView(world, named('open of an unsettled share'), LONG);
      assert.match(String(found), /^bits \d+ and \d+ depend/);
    }
  });
}

const FAULTS: readonly [string, typeof PartyRuntime, RegExp][] = [
  ['masks drawn again in each run', RepeatedMask, /^bit \d+ is biased/],
  ['masks whose upper half is 0', ShortMask, /^bit \d+ is biased/],
  ['one mask for all values', OneMaskForAll, /^bits \d+ and \d+ depend/],
  ['masks that are sums of two others', LinearMask, /^the bits depend on each other: rank/],
];

for (const [name, fault, says] of FAULTS) {
  test(`positive control: ${name}`, () => {
    const world = new CoalitionView({ parties: 2, bits: 32, honest: 0, fault });
    assert.match(String(unfairView(world, named('open of a settled share'))), says);
    assert.match(String(unfairView(world, named('relu'))), says);
  });
}

test('the statistics: random bits pass; one bit, a pair, and a sum of several that are not free are each found', () => {
  const honest = Array.from({ length: 300 }, () => crypto.getRandomValues(new Uint8Array(32)));
  assert.is(unfairness(honest), null);
  const spoilt = (change: (bytes: Uint8Array, run: number) => void) =>
    String(
      unfairness(
        honest.map((bytes, run) => {
          const copy = bytes.slice();
          change(copy, run);
          return copy;
        }),
      ),
    );
  assert.match(
    spoilt((bytes, run) => {
      if (run % 3) bytes[4] |= 8;
    }),
    /^bit 35 is biased/,
  );
  assert.match(
    spoilt((bytes) => {
      bytes[9] = (bytes[9] & ~1) | ((bytes[2] & 1) ^ 1);
    }),
    /^bits 16 and 72 depend/,
  );
  assert.match(
    spoilt((bytes) => {
      bytes[31] = bytes.subarray(0, 31).reduce((sum, byte) => sum ^ byte, 0xff);
    }),
    /rank 248 of 256/,
  );
  assert.is(rank([Uint32Array.of(3), Uint32Array.of(5), Uint32Array.of(6)]), 2);
});

test.run();
