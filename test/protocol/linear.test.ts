/** What costs nothing: sums, differences, public factors and constants. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Runtime } from '../../src/party/runtime.js';
import type { Masked } from '../../src/party/values.js';
import {
  add,
  asSettledShare,
  asShare,
  mapMasked,
  neg,
  own,
  reshape,
  scale,
  sub,
} from '../../src/protocol/linear.js';
import { addPublic, constant } from '../../src/protocol/public-terms.js';
import type { Parties } from '../world/parties.js';
import { inEverySetting, SIZES } from '../world/settings.js';

const wrap = (world: Parties, values: readonly bigint[]): bigint[] =>
  values.map((value) => BigInt.asIntN(world.bits, value));

test('add, sub, neg and a public factor act on every value, modulo 2^k', () => {
  inEverySetting((world, where) => {
    for (const size of SIZES) {
      const x = world.random.words(world.bits, size);
      const y = world.random.words(world.bits, size);
      const [mx, my] = [world.masked(x), world.masked(y)];
      const check = (name: string, work: (rt: Runtime, a: Masked, b: Masked) => Masked, truth: bigint[]) => {
        const results = world.each((rt, role) => work(rt, mx[role], my[role]));
        assert.equal(world.opened(results), wrap(world, truth), `${name}, ${where}, ${size} values`);
      };
      check(
        'add',
        add,
        x.map((value, i) => value + y[i]),
      );
      check(
        'sub',
        sub,
        x.map((value, i) => value - y[i]),
      );
      check(
        'neg',
        neg,
        x.map((value) => -value),
      );
      for (const factor of [0, 1, -1, 3, -(2 ** 20)]) {
        check(
          `scale by ${factor}`,
          (rt, a) => scale(rt, a, factor),
          x.map((value) => value * BigInt(factor)),
        );
      }
      assert.equal(world.opened(mx), wrap(world, x), 'the arguments are left alone');
    }
  });
});

test('public constants: masked under zero, and added to a masked value', () => {
  inEverySetting((world, where) => {
    const x = world.random.words(world.bits, 129);
    const c = world.random.words(world.bits, 129);
    const constants = world.each((rt) => constant(rt, world.words(rt, c), [129], world.fraction));
    assert.equal(world.opened(constants), wrap(world, c), where);
    const masked = world.masked(x);
    const sums = world.each((rt, role) => addPublic(rt, masked[role], world.words(rt, c)));
    assert.equal(
      world.opened(sums),
      wrap(
        world,
        x.map((value, i) => value + c[i]),
      ),
      where,
    );
  });
});

test('values of different scales are not added', () => {
  inEverySetting((world) => {
    const [x, y] = [world.masked([1n], 12), world.masked([1n], 13)];
    const work = () => world.each((rt, role) => add(rt, x[role], y[role]));
    assert.throws(
      work,
      (error: Error) => error instanceof RangeError && /12 and 13 fraction bits/.test(error.message),
    );
  });
});

test('a masked value is a share without work, its summands at P₀ and the provider, or settled', () => {
  inEverySetting((world, where) => {
    const x = world.random.words(world.bits, 129);
    const masked = world.masked(x);
    const shares = world.each((rt, role) => asShare(rt, masked[role]));
    assert.equal(world.joined(shares), wrap(world, x), where);
    assert.equal(
      shares.map((share) => share.words !== null),
      world.roles.map((rt) => rt.first || rt.isProvider),
    );
    const settled = world.each((rt, role) => asSettledShare(rt, masked[role]));
    assert.equal(world.joined(settled), wrap(world, x), where);
    assert.ok(settled.every((share) => share.settled));
    const shared = world.parties.map((rt, i) => own(rt, masked[i]));
    assert.equal(
      shared.map((words, i) => words === masked[i].own),
      world.parties.map(() => true),
      'kept',
    );
  });
});

test('reshape and maps keep the values', () => {
  inEverySetting((world, where) => {
    const x = world.random.words(world.bits, 12);
    const masked = world.masked(x, 7, [3, 4]);
    const flat = world.each((rt, role) => reshape(rt, masked[role], [12]));
    assert.equal(world.opened(flat), wrap(world, x), where);
    const turned = world.each((rt, role) =>
      mapMasked(rt, masked[role], [4, 3], (out, words) => rt.ring.transpose(out, words, 3, 4)),
    );
    const expected = Array.from({ length: 12 }, (_, i) => x[(i % 3) * 4 + Math.floor(i / 3)]);
    assert.equal(world.opened(turned), wrap(world, expected), where);
    assert.is(turned[0].fraction, 7);
  });
});

test.run();
