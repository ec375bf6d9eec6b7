/** The sentinel: which values it tells of, what it reveals, and what it costs. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Alarms, placeOf, Sentinel, sentinelCost, siteOf, watchedKinds } from '../../src/nn/sentinel.js';
import { sentinelOperation } from '../world/operations.js';
import type { Parties } from '../world/parties.js';
import { inEverySetting } from '../world/settings.js';

/** Looks at some values with a limit of 2^limit; the words that are revealed, by site. */
function alarms(
  world: Parties,
  values: Readonly<Record<number, readonly bigint[]>>,
  limit = world.bits - 2,
): Map<number, bigint> {
  return world.scoped(() => {
    const sites = Object.keys(values).map(Number);
    const masked = sites.map((site) => world.masked([...values[site]]));
    const sentinels = world.each((rt) => new Sentinel(rt, 0));
    const { results } = world.run(function* (_rt, role) {
      sites.forEach((site, i) => {
        const x = masked[i][role];
        sentinels[role].site = site;
        sentinels[role].watch(x.delta ?? x.mask, x.fraction, limit);
      });
      return (yield* sentinels[role].alarms()) as Alarms;
    });
    const words = world.joined(results.map((result) => result.words));
    return new Map(results[0].sites.map((site, i) => [site, words[i]]));
  });
}

test('values up to half the limit are none, from five eighths of it on every one is an alarm', () => {
  inEverySetting((world, where) => {
    for (const limit of [world.bits - 2, world.bits / 2 - 1, 28]) {
      const unit = 1n << BigInt(limit - 3);
      for (const sign of [1n, -1n]) {
        for (const quiet of [0n, 1n, unit, 4n * unit]) {
          assert.is(
            alarms(world, { 0: [sign * quiet] }, limit).get(0),
            0n,
            `${where}: ${sign * quiet} of 2^${limit}`,
          );
        }
        for (const loud of [5n * unit, 6n * unit, 8n * unit, (27n * unit) / 2n]) {
          assert.is.not(
            alarms(world, { 0: [sign * loud] }, limit).get(0),
            0n,
            `${where}: ${sign * loud} of 2^${limit}`,
          );
        }
      }
    }
  });
});

test('an alarm names its site alone, and one value among many is found where it is looked at', () => {
  inEverySetting((world, where) => {
    const loud = 6n << BigInt(world.bits - 5);
    const quiet = Array<bigint>(8).fill(3n);
    const [a, b, c] = [siteOf(0, 'product'), siteOf(2, 'update'), siteOf(5, 'loss')];
    const found = alarms(world, { [a]: quiet, [b]: quiet.with(5, loud), [c]: quiet });
    assert.equal([...found.keys()], [a, b, c], where);
    assert.is(found.get(a), 0n, where);
    assert.is.not(found.get(b), 0n, where);
    assert.is(found.get(c), 0n, where);
    assert.equal(placeOf(b), { layer: 2, kind: 'update' });
  });
});

test('what an alarm reveals is random, however many values have set it off', () => {
  inEverySetting((world, where) => {
    const loud = 7n << BigInt(world.bits - 5);
    const seen = new Set<bigint>();
    for (let i = 0; i < 40; i++) seen.add(alarms(world, { 0: Array(1 + (i % 8)).fill(loud) }).get(0) ?? 0n);
    assert.is(seen.size, 40, where);
    const ones = [...seen].reduce((sum, word) => sum + Number(word & 1n), 0);
    assert.ok(ones > 5 && ones < 35, `${where}: ${ones} of 40 are odd`);
  });
});

test('of long vectors every place has its turn', () => {
  inEverySetting((world) => {
    const length = 64;
    const loud = 6n << BigInt(world.bits - 5);
    world.scoped(() => {
      const masked = world.masked(Array<bigint>(length).fill(0n).with(37, loud));
      const sentinels = world.each((rt) => new Sentinel(rt, 3));
      const { results } = world.run(function* (_rt, role) {
        const x = masked[role];
        sentinels[role].site = 0;
        // 8 of 64 places a call
        for (let call = 0; call < 20; call++) sentinels[role].watch(x.delta ?? x.mask, x.fraction);
        return (yield* sentinels[role].alarms()) as Alarms;
      });
      assert.is.not(world.joined(results.map(({ words }) => words))[0], 0n);
    });
  });
});

test('it costs a round, and four bytes dealt a sample, as declared', () => {
  inEverySetting((world, where) => {
    for (const count of [1, 16, 130, 5000, 100_000]) {
      world.scoped(() => {
        const { cost } = world.run(sentinelOperation.prepare(world, Array<bigint>(count).fill(3n)));
        assert.equal(
          cost,
          sentinelOperation.cost(world.setting, count, world.fraction),
          `${where}: ${count}`,
        );
      });
    }
    assert.is(sentinelCost(world.setting, [100_000, 64], 2).rounds, 1);
  });
});

test('sites are numbers of a layer and a kind', () => {
  const all = [0, 1, 7].flatMap((layer) => watchedKinds.map((kind) => ({ layer, kind })));
  assert.equal(
    all.map(({ layer, kind }) => placeOf(siteOf(layer, kind))),
    all,
  );
});

test.run();
