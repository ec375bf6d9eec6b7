/**
 * What is worked on in tiles (settleAndMask, dealTiles) beside the same work in one piece (settle, addMask, deal), by the same
 * seeds and operations: every role's words are the same, at lengths around a tile.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Words } from '../../bindings/memory.js';
import { type Runtime, TILE } from '../../src/party/runtime.js';
import { Purpose } from '../../src/party/streams.js';
import type { Share } from '../../src/party/values.js';
import { anewInEveryTile } from '../world/faults.js';
import { loggingTo } from '../world/logged-streams.js';
import { Parties } from '../world/parties.js';
import { RINGS, read } from '../world/ring.js';

const SIZES = [1, TILE - 1, TILE, TILE + 1, 20_000];

/** Two worlds that draw the same, at the same operation; the first also as with helper threads. */
function inTwoWorlds(claim: (tiled: Parties, whole: Parties, where: string) => void): void {
  for (const bits of RINGS) {
    for (const parties of [2, 3]) {
      for (const helped of [false, true]) {
        const [tiled, whole] = [new Parties({ parties, bits, helped }), new Parties({ parties, bits })];
        claim(tiled, whole, `${parties} parties, ring ${bits}${helped ? ', helped' : ''}`);
      }
    }
  }
}

/** Runs work in a world and frees what it allocated. */
const scoped = <T>(world: Parties, work: () => T): T => world.scoped(work);

/** What every role holds, as unsigned integers. */
const held = (world: Parties, words: readonly (Words | null)[]): bigint[][] =>
  world.roles.map((rt, i) => {
    const own = words[i];
    return own ? read(rt.heap, world.bits, own).map((word) => BigInt.asUintN(world.bits, word)) : [];
  });

/** The sums over the parties of the low `bits` bits. */
const sumsOf = (world: Parties, all: readonly (readonly bigint[])[], bits: number = world.bits): bigint[] =>
  all[0].map((_, j) =>
    BigInt.asUintN(
      bits,
      world.parties.reduce((sum, _party, i) => sum + all[i][j], 0n),
    ),
  );

/** Fails unless two lists of words are equal; says where they are not, without printing them all. */
function same(got: readonly bigint[], expected: readonly bigint[], what: string): void {
  assert.is(got.length, expected.length, what);
  const at = got.findIndex((word, j) => word !== expected[j]);
  assert.is(at, -1, `${what}: word ${at}`);
}

/** How many words are as the one a tile before: none but by chance, where a pad does not repeat from tile to tile. */
function repeatedWords(words: readonly bigint[]): number {
  let repeated = 0;
  for (let j = TILE; j < words.length; j++) if (words[j] === words[j - TILE]) repeated++;
  return repeated;
}

function assertNotRepeated(words: readonly bigint[], what: string): void {
  const repeated = repeatedWords(words);
  // words of 32 bits may meet by chance
  assert.ok(repeated < 4, `${what}: ${repeated} words as a tile before`);
}

const settledOf = (rt: Runtime, share: Share): Words => {
  const { words } = rt.settle(share);
  return words ?? rt.zeros(share.size);
};

for (const settled of [false, true]) {
  test(`settleAndMask of a share that is ${settled ? '' : 'not '}settled: the words of settle, and a mask beside them`, () => {
    inTwoWorlds((tiled, whole, where) => {
      for (const size of SIZES) {
        const values = tiled.random.words(tiled.bits, size);
        whole.random.words(whole.bits, size);
        const [hidden, masks] = scoped(tiled, () => {
          const shares = tiled.share(values, 0, settled);
          const parts = tiled.each((rt, role) => rt.settleAndMask(shares[role]));
          assert.ok(parts[parts.length - 1].words === null, 'the provider keeps the mask alone');
          return [
            held(
              tiled,
              parts.map(({ words }) => words),
            ),
            held(
              tiled,
              parts.map(({ mask }) => mask),
            ),
          ];
        });
        const [before, plain, drawn] = scoped(whole, () => {
          const shares = whole.share(values, 0, settled);
          const added = whole.each((rt) => {
            const zeros = rt.zeros(size);
            rt.addMask(zeros);
            return zeros;
          });
          const summands = held(
            whole,
            shares.map(({ words }) => words),
          );
          return [
            summands,
            held(
              whole,
              whole.each((rt, role) => settledOf(rt, shares[role])),
            ),
            held(whole, added),
          ];
        });
        tiled.checkInStep();
        whole.checkInStep();
        assert.is(tiled.provider.operation, whole.provider.operation);
        const what = `${where}, ${size} words`;
        const n = tiled.parties.length;
        same(sumsOf(tiled, masks), masks[n], `${what}: the provider knows the mask`);
        for (let i = 0; i <= n; i++) {
          same(masks[i], drawn[i], `${what}: mask at role ${i}`);
          assertNotRepeated(masks[i], `${what}: mask at role ${i}`);
          if (i === n) break;
          const bare = hidden[i].map((word, j) => BigInt.asUintN(tiled.bits, word - masks[i][j]));
          same(bare, plain[i], `${what}: party ${i}`);
          const pad = bare.map((word, j) => word - before[i][j]);
          if (!settled) assertNotRepeated(pad, `${what}: what party ${i} is dealt`);
        }
        const truth = values.map((value, j) => BigInt.asUintN(tiled.bits, value + masks[n][j]));
        same(sumsOf(tiled, hidden), truth, `${what}: hidden`);
        assert.equal(tiled.provider.ledger.totals(), whole.provider.ledger.totals(), what);
      }
    });
  });
}

test('dealTiles: the shares of deal in the bytes that are asked for, at every width', () => {
  inTwoWorlds((tiled, whole, where) => {
    for (const size of SIZES) {
      const widths = tiled.bits === 32 ? [1, 2, 3, 4] : [1, 3, 5, 7, 8];
      for (const width of widths) {
        const low = (words: readonly (readonly bigint[])[]) =>
          words.map((own) => own.map((word) => BigInt.asUintN(8 * width, word)));
        const values = tiled.random.words(tiled.bits, size);
        const parts = scoped(tiled, () => {
          const given = tiled.words(tiled.provider, values);
          const all = tiled.each((rt) => {
            const out = rt.zeros(size);
            let next = 0;
            const use = (start: number, share: Words) => {
              assert.is(start, next, 'in order');
              next += share.length;
              rt.ring.copy(rt.part(out, start, share.length), share);
            };
            const compute = (start: number, top: Words) => {
              assert.ok(rt.isProvider, 'only the provider computes');
              use(start, rt.part(given, start, top.length));
              rt.ring.copy(top, rt.part(given, start, top.length));
            };
            rt.dealTiles(size, width, compute, use);
            assert.is(next, size, 'every word once');
            return out;
          });
          return low(held(tiled, all));
        });
        const dealt = scoped(whole, () =>
          low(
            held(
              whole,
              whole.each((rt) => rt.deal(size, () => whole.words(rt, values), width)),
            ),
          ),
        );
        tiled.checkInStep();
        const what = `${where}, ${size} words of ${width} bytes`;
        for (const i of tiled.roles.keys()) same(parts[i], dealt[i], `${what}: role ${i}`);
        same(
          sumsOf(tiled, parts, 8 * width),
          values.map((value) => BigInt.asUintN(8 * width, value)),
          `${what}: sums`,
        );
        if (width >= 3) assertNotRepeated(parts[0], `${what}: first party`);
        assert.equal(tiled.provider.ledger.totals(), whole.provider.ledger.totals(), what);
      }
    }
  });
});

for (const [name, purpose] of [
  ['masks', Purpose.mask],
  ['pads of dealt words', Purpose.deal],
] as const) {
  test(`positive control: ${name} that begin anew in every tile repeat, and every value stays right`, () => {
    for (const bits of RINGS) {
      const streams = loggingTo([], anewInEveryTile(purpose, bits));
      const world = new Parties({ parties: 2, bits, streams });
      const size = 20_000;
      const shares = world.share(Array(size).fill(5n), 0, false);
      const before = held(
        world,
        shares.map(({ words }) => words),
      );
      const parts = world.each((rt, role) => rt.settleAndMask(shares[role]));
      const [hidden, masks] = [parts.map(({ words }) => words), parts.map(({ mask }) => mask)].map((words) =>
        held(world, words),
      );
      const pad = hidden[0].map((word, j) => BigInt.asUintN(bits, word - masks[0][j] - before[0][j]));
      const [expected, other] = purpose === Purpose.mask ? [masks[0], pad] : [pad, masks[0]];
      assert.is(repeatedWords(expected), size - TILE, `ring ${bits}`);
      assertNotRepeated(other, `ring ${bits}`);
      const truth = masks[2].map((mask) => BigInt.asUintN(bits, mask + 5n));
      same(sumsOf(world, hidden), truth, `ring ${bits}: hidden`);
    }
  });
}

test.run();
