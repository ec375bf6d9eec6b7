/**
 * What n − 1 parties see together is uniform and independent, whatever the secrets are: the frames that the honest
 * party and the provider send them in every operation, and what these open to. Positive controls with planted faults
 * show that the same test fails when it should. Secrets are all equal, so that anything but the masks would show.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CHUNK_BYTES } from '../../src/party/exchange.js';
import { throughAdders } from '../../src/party/parts.js';
import type { PartyRuntime } from '../../src/party/party.js';
import { TILE } from '../../src/party/runtime.js';
import { Purpose } from '../../src/party/streams.js';
import type { Share } from '../../src/party/values.js';
import { input } from '../../src/protocol/input.js';
import { CoalitionView } from '../world/coalition-view.js';
import { anewInEveryTile, OneMaskForAll, RepeatedMask, ShortMask } from '../world/faults.js';
import { functionOperations } from '../world/function-operations.js';
import { type Operation, operations as plainOperations } from '../world/operations.js';
import type { Parties } from '../world/parties.js';
import { RINGS } from '../world/ring.js';
import { inEverySetting } from '../world/settings.js';
import { dependence, irregularity, recurrence } from '../world/statistics.js';

const operations = [...plainOperations, ...functionOperations];
const COUNT = 640; // whole blocks, so that planes have no padding
const RUNS = 4;
/** Two tiles and a half: in ring 64 five chunks. */
const LONG = 20_480;
/** As many words of ring 64 as three parties open through adders. */
const IN_PARTS = 53_248;
const LONG_RUNS = 2;
const secrets = (count = COUNT): bigint[] => Array(count).fill(5n);

/** The coalition's view of a few runs of the operation on equal secrets: the frames of all runs, one after the other. */
function viewsOf(world: CoalitionView, operation: Operation, count: number, runs: number) {
  const views = new Map<string, Uint8Array[]>();
  for (let run = 0; run < runs; run++) {
    const program = operation.prepare(world, secrets(count));
    world.takeView(); // what preparing the arguments has sent
    const { results } = world.run(program);
    world.roles.forEach((rt, i) => {
      rt.free(...results[i]);
    });
    for (const [source, frames] of world.takeView()) {
      frames.forEach((frame, i) => {
        const view = `${source}, number ${i}`;
        views.set(view, [...(views.get(view) ?? []), frame]);
      });
    }
  }
  return views;
}

/** Bytes of a frame that stand for one of `count` values: those of a word, or of a block of bits. */
const periodOf = (frame: Uint8Array, count: number): number =>
  frame.length % count === 0 ? frame.length / count : 16;

/** The first irregularity in the coalition's view, or null. */
function irregularView(
  world: CoalitionView,
  operation: Operation,
  count = COUNT,
  times = RUNS,
): string | null {
  for (const [view, runs] of viewsOf(world, operation, count, times)) {
    const period = periodOf(runs[0], count);
    const tile = (TILE * runs[0].length) / count;
    for (const distance of count > TILE ? [tile, CHUNK_BYTES] : []) {
      if (!Number.isInteger(distance) || distance > runs[0].length - TILE) continue; // too little is left to say anything
      const again = recurrence(runs[0], distance);
      if (again) return `${view}: ${again}`;
    }
    const problem = irregularity(Buffer.concat(runs), period);
    if (problem) return `${view}: ${problem}`;
    for (let i = 1; i < times; i++) {
      const again = dependence(runs[i], runs[i - 1]);
      if (again) return `${view}: ${again}`;
    }
  }
  return null;
}

/** Worlds with every choice of the honest party, 2 and 3 parties, both rings. */
function eachCoalition(
  visit: (world: CoalitionView, where: string) => void,
  fault?: typeof PartyRuntime,
): void {
  for (const bits of RINGS) {
    for (const parties of [2, 3]) {
      for (let honest = 0; honest < parties; honest++) {
        const world = new CoalitionView({ parties, bits, honest, ...(fault && { fault }) });
        visit(world, `ring ${bits}, ${world.parties[honest].name} honest of ${parties} parties`);
      }
    }
  }
}

test('in every operation, all that a coalition of n − 1 parties receives is uniform', () => {
  eachCoalition((world, where) => {
    for (const operation of operations) {
      assert.is(irregularView(world, operation), null, `${operation.name}, ${where}`);
    }
  });
});

/** Operations whose masks and dealt words are drawn tile by tile and taken from links chunk by chunk. */
const tiled = [
  'open of a settled share',
  'open of an unsettled share',
  'blind',
  'truncate by 9 bits',
  'rescale',
  'rescaleNarrow by 12 bits',
  'times 0.3',
  'select, a fresh bit',
  'relu',
  'relu in fewer rounds',
].map((name) => operations.find((operation) => operation.name === name) as Operation);

test('so is what it receives of vectors of several tiles and chunks, which do not follow from each other', () => {
  eachCoalition((world, where) => {
    const inParts = throughAdders((IN_PARTS * world.bits) / 8, world.parties.length);
    assert.is(inParts, world.bits === 64 && world.parties.length === 3);
    for (const operation of tiled) {
      for (const count of inParts ? [LONG, IN_PARTS] : [LONG]) {
        assert.is(irregularView(world, operation, count, LONG_RUNS), null, `${operation.name}, ${where}`);
      }
    }
  });
});

// dealt words under a pad that repeats are told by the words themselves where these are equal, and elsewhere only beside
// what is opened: test/party/keystreams.test.ts finds every region of a stream that is used twice
for (const { name, purpose, shows } of [
  {
    // the summands of a product by a constant are uniform without a mask, and what is opened then has no tiles
    name: 'masks',
    purpose: Purpose.mask,
    shows: tiled.filter((operation) => operation.name !== 'times 0.3'),
  },
  {
    name: 'pads of dealt words',
    purpose: Purpose.deal,
    shows: tiled.filter((operation) => operation.name === 'open of an unsettled share'),
  },
]) {
  test(`positive control: ${name} that begin anew in every tile show in vectors of several tiles, and only there`, () => {
    for (const bits of RINGS) {
      for (const parties of [2, 3]) {
        const misplace = anewInEveryTile(purpose, bits);
        const world = new CoalitionView({ parties, bits, honest: 0, misplace });
        for (const operation of shows) {
          const where = `${operation.name}, ring ${bits}, ${parties} parties`;
          assert.match(
            String(irregularView(world, operation, LONG, LONG_RUNS)),
            /changes over \d+ bytes/,
            where,
          );
          assert.is(irregularView(world, operation), null, where);
        }
      }
    }
  });
}

for (const { name, fault } of [
  { name: 'one mask for a whole tensor', fault: OneMaskForAll },
  { name: 'masks whose upper half is 0', fault: ShortMask },
  { name: 'masks drawn twice', fault: RepeatedMask },
]) {
  test(`positive control: ${name} at the honest party shows in every operation that opens something`, () => {
    for (const bits of RINGS) {
      const world = new CoalitionView({ parties: 2, bits, honest: 0, fault });
      for (const operation of operations) {
        if (operation.cost(world.setting, COUNT, world.fraction).rounds === 0) continue;
        assert.ok(irregularView(world, operation), `${operation.name}, ring ${bits}`);
      }
    }
  });
}

/** The sum of some parties' shares, as bytes, for every set of parties but all of them. */
function coalitionSums(world: Parties, words: readonly { ptr: number; length: number }[]) {
  const n = world.parties.length;
  const shares = world.parties.map((rt, i) => {
    const { buffer } = rt.heap.bytes(words[i].ptr, words[i].length * rt.ring.bytes).slice();
    return world.bits === 32 ? Array.from(new Uint32Array(buffer), BigInt) : [...new BigUint64Array(buffer)];
  });
  return Array.from({ length: 2 ** n - 2 }, (_, i) => {
    const members = world.parties.map((_, p) => p).filter((p) => ((i + 1) >> p) & 1);
    const sums = shares[0].map((_, j) => members.reduce((sum, p) => sum + shares[p][j], 0n));
    const bytes =
      world.bits === 32
        ? Uint32Array.from(sums, (sum) => Number(BigInt.asUintN(32, sum)))
        : BigUint64Array.from(sums);
    return { who: members.map((p) => world.parties[p].name).join('+'), bytes: new Uint8Array(bytes.buffer) };
  });
}

test('shares of an input are uniform at every party and every coalition but all', () => {
  inEverySetting((world, where) => {
    for (const owner of world.parties) {
      const shares = world.each((rt) =>
        input(rt, owner.name, rt === owner ? world.words(rt, secrets(2560)) : null, [2560], 0),
      );
      const words = world.parties.map((_, i) => shares[i].words as NonNullable<Share['words']>);
      for (const { who, bytes } of coalitionSums(world, words)) {
        assert.is(irregularity(bytes, world.bits / 8), null, `${where}, input of ${owner.name}, ${who}`);
      }
    }
  });
});

test('dealt shares of equal words are uniform at every party and every coalition but all', () => {
  inEverySetting((world, where) => {
    const dealt = world.each((rt) => rt.deal(2560, () => world.words(rt, secrets(2560))));
    for (const { who, bytes } of coalitionSums(world, dealt.slice(0, -1))) {
      assert.is(irregularity(bytes, world.bits / 8), null, `${where}, ${who}`);
    }
  });
});

test('the statistic: uniform bytes pass, constant, short, counting and repeated ones do not', () => {
  const honest = new Uint8Array(20_000);
  crypto.getRandomValues(honest);
  assert.is(irregularity(honest, 4), null);
  const broken = {
    constant: honest.map(() => 77),
    'without a bit': honest.map((byte) => byte & 0xfe),
    counting: honest.map((_, i) => i),
    repeated: honest.map((_, i) => honest[i % 4]),
    'an arithmetic progression': honest.map((_, i) => honest[i % 4] + 3 * Math.floor(i / 4)),
  };
  for (const [name, bytes] of Object.entries(broken)) assert.ok(irregularity(bytes, 4), name);
});

test.run();
