/**
 * Rounds in which much is opened go through adders: of every operation the results are those of sending all to all, bit for bit,
 * and the ledgers count what crosses, as costs and dry runs declare it.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { highBytes } from '../../bindings/high-bits.js';
import { DryRuntime } from '../../src/party/dry.js';
import { cut, LEAST_SAVED } from '../../src/party/parts.js';
import { PartyRuntime } from '../../src/party/party.js';
import { type Opening, type Secure, together } from '../../src/party/program.js';
import type { Runtime } from '../../src/party/runtime.js';
import { Share } from '../../src/party/values.js';
import { parallel } from '../../src/protocol/cost.js';
import { open, openCost } from '../../src/protocol/open.js';
import { rescaleNarrow } from '../../src/protocol/truncate.js';
import { type Leftover, type Operation, operations } from '../world/operations.js';
import { Parties } from '../world/parties.js';
import { RINGS } from '../world/ring.js';

/** Values whose openings of 12 bits go through adders too, and no multiple of a block. */
const LONG = 264_149;

/** A party that sends all to all, and lets as many rounds and operations pass. */
class AllToAll extends PartyRuntime {
  protected override *inParts(openings: readonly Opening[]): Secure<void> {
    yield openings;
    this.nextOperation();
    this.ledger.round();
    yield [];
  }
}

/** Bytes of everything that a role has of a result. */
function bytesOf(rt: Runtime, value: Leftover): Uint8Array[] {
  if (value === null) return [];
  if ('ptr' in value && 'blocks' in value)
    return [rt.heap.bytes(value.ptr, value.count * value.blocks * 16).slice()];
  if ('ptr' in value) return [rt.heap.bytes(value.ptr, value.length * rt.ring.bytes).slice()];
  if ('settled' in value) return bytesOf(rt, value.words);
  const parts =
    'delta' in value ? [value.delta, value.mask, value.own] : [value.open, value.mask, value.arithmetic];
  return parts.flatMap((part) => bytesOf(rt, part));
}

const tried = [
  'open of an unsettled share',
  'truncateNarrow by 24 bits',
  'rescaleNarrow by 12 bits', // its second opening is of 12 bits, and the others stay
  'the largest of 3 blinded values',
  'isNegative',
  'select, a fresh bit',
  'relu',
].map((name) => operations.find((operation) => operation.name === name) as Operation);

const SETTINGS = [
  [3, 64],
  [4, 32],
] as const;

for (const operation of tried) {
  test(`${operation.name}: as from all to all, bit for bit, at the declared cost`, () => {
    for (const [parties, bits] of SETTINGS) {
      const outcome = (Party?: typeof PartyRuntime) => {
        const world = new Parties({ parties, bits, unseen: true, runtimeOf: () => Party });
        const program = operation.prepare(world, world.integers(20, LONG));
        const before = world.roles.map(({ operation: number }) => number);
        const { results, cost } = world.run(program);
        const operations = world.roles.map((rt, i) => rt.operation - before[i]);
        const values = results.map((left, i) => left.flatMap((value) => bytesOf(world.roles[i], value)));
        return { world, values, cost, operations };
      };
      const { world, values, cost, operations } = outcome();
      const where = `${parties} parties, ring ${bits}`;
      assert.equal(cost, operation.cost(world.setting, LONG, world.fraction), where);
      const reference = outcome(AllToAll);
      const less = cost.online < 0.9 * reference.cost.online;
      assert.ok(less || parties === 3, `${where}: ${cost.online} bytes of ${reference.cost.online}`);
      assert.equal([values, operations], [reference.values, reference.operations], where);
    }
  });
}

/** Opens a vector of words, in a round with one of bits and another of fewer words. */
const opened = (world: Parties, lengths: readonly number[]) => {
  const shares = lengths.map((length) => world.share(world.random.words(world.bits, length)));
  return world.run((rt, role) => together(...shares.map((of) => open(rt, of[role]))));
};

test('what a party sends of words opened at once: its part to all, of the other parts to each its own', () => {
  const world = new Parties({ parties: 3, bits: 32 });
  const { ledgers, cost } = opened(world, [120_000, 50]);
  // 7500 times 64 bytes, and three times 64 and 8
  const parts = [2500, 2500, 2500].map((grains, i) => 64 * (grains + 1) + (i === 2 ? 8 : 0));
  const all = 4 * 120_050;
  assert.equal(
    ledgers.map(({ rounds, online, openings }) => [rounds, online, openings]),
    [...parts.map((part) => [2, all - part + 2 * part, { open: all }]), [2, 0, {}]],
  );
  assert.is(cost.online, (all * 4) / 3);
  assert.equal(
    cost,
    parallel(openCost(world.setting, 120_000, true), openCost(world.setting, 50, true)),
    'together they go through adders',
  );
});

test('only what saves enough goes through adders, all of a round or nothing, and nothing among two parties', () => {
  const least = (LEAST_SAVED * 3) / 2 / 4;
  for (const [parties, lengths, rounds] of [
    [3, [least - 1], 1],
    [3, [least], 2],
    [3, [least / 2, least / 2], 2],
    [3, [least / 2, least / 2 - 1], 1],
    [4, [Math.floor((LEAST_SAVED * 4) / 6 / 4)], 1],
    [4, [Math.ceil((LEAST_SAVED * 4) / 6 / 4)], 2],
    [2, [500_000], 1],
  ] as const) {
    const world = new Parties({ parties, bits: 32 });
    const { cost } = opened(world, lengths);
    const declared = parallel(...lengths.map((length) => openCost(world.setting, length, true)));
    assert.equal(cost, declared, `${parties} parties, ${lengths}`);
    const bytes = 4 * lengths.reduce((sum, length) => sum + length, 0);
    const sent = (rounds === 2 ? 2 / parties : 1) * (parties - 1) * bytes;
    assert.is(cost.rounds, rounds, `${parties} parties, ${lengths}`);
    assert.ok(Math.abs(cost.online - sent) < 1e-6);
  }
});

test('a party sees the summands of its own part, which all to all would show it too, and of others the sums alone', () => {
  const world = new Parties({ parties: 3, bits: 32 });
  const x = world.random.words(32, LONG);
  const shares = world.share(x);
  world.forget();
  const { results } = world.run((rt, role) => open(rt, shares[role]));
  const delta = Buffer.from(bytesOf(world.parties[0], results[0])[0]);
  for (const [i, { name }] of world.parties.entries()) {
    const seen = world.seen.filter(({ party }) => party === name);
    const others = [0, 1, 2].filter((peer) => peer !== i);
    assert.equal(
      seen.map(({ adder, received }) => [adder, received.map((bytes) => bytes.length > 0)]),
      [[i, [true, true]], ...others.map((other) => [other, others.map((peer) => peer === other)])],
      name,
    );
    const parts = [...seen].sort((a, b) => Number(a.adder) - Number(b.adder));
    assert.equal(Buffer.concat(parts.map(({ opened }) => opened)), delta);
    for (const { adder, opened, received } of seen) {
      const sums = received.filter((bytes) => bytes.length > 0 && Buffer.compare(bytes, opened) === 0);
      assert.is(sums.length, adder === i ? 0 : 1, 'a sum is what is opened, a summand is not');
    }
  }
});

test('a dry run counts as the last party, which sends the most', () => {
  for (const parties of [3, 4]) {
    for (const bits of RINGS) {
      const world = new Parties({ parties, bits });
      const shares = world.share(world.roundable(LONG, 12), 2 * world.fraction, false);
      const { ledgers } = world.run((rt, role) => rescaleNarrow(rt, shares[role], 12));
      const { online, rounds } = ledgers[parties - 1];
      assert.ok(ledgers.every((ledger) => ledger.online <= online));
      const dry = new DryRuntime({ ring: bits, fractionBits: world.fraction, parties });
      const share = new Share(dry.words(LONG), [LONG], 2 * world.fraction, false);
      dry.run(rescaleNarrow(dry, share, 12));
      const counted = dry.ledger.totals();
      assert.equal([counted.online, counted.rounds], [online, rounds], `${parties} parties, ring ${bits}`);
    }
  }
});

test('integers are not cut: all parties add them, beside what goes through adders', () => {
  const world = new Parties({ parties: 3, bits: 32 });
  const sums = world.drive((rt, role) =>
    rt.sumOfParties('sums', rt.isProvider ? null : new BigInt64Array(60_000).fill(BigInt(role + 1)), 60_000),
  );
  assert.equal([...(sums[1] as BigInt64Array)], Array(60_000).fill(6n));
  assert.is(world.parties[0].ledger.totals().rounds, 1);
  assert.is(world.parties[0].ledger.totals().online, 2 * 8 * 60_000);
});

test('parts are whole blocks one after the other, the last with the rest', () => {
  const narrow = { words: { ptr: 4096, length: 1000 }, width: 5, keep: false };
  const whole: Opening = { ptr: 64, bytes: highBytes(1000, 5), join: 'add', label: 'x', narrow };
  // seven blocks of 128 words
  assert.equal(
    cut([whole], 3, 4).map(({ ptr, bytes, adder, narrow }) => [ptr, bytes, adder, narrow?.words]),
    [
      [64, 160, 0, { ptr: 4096, length: 256 }],
      [224, 160, 1, { ptr: 4096 + 1024, length: 256 }],
      [384, 305, 2, { ptr: 4096 + 2048, length: 488 }],
    ],
  );
});

test.run();
