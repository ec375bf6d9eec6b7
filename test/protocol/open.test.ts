/** The ways in and out: input, open, blind, settle, reveal. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { difference } from '../../src/party/ledger.js';
import { input } from '../../src/protocol/input.js';
import { blind, open } from '../../src/protocol/open.js';
import { reveal } from '../../src/protocol/reveal.js';
import { read } from '../world/ring.js';
import { inEverySetting, SIZES } from '../world/settings.js';

test('open: the same value under a mask, whether or not the provider held a summand', () => {
  inEverySetting((world, where) => {
    for (const size of SIZES) {
      for (const settled of [true, false]) {
        const x = world.random.words(world.bits, size);
        const shares = world.share(x, 7, settled);
        const { results } = world.run((rt, role) => open(rt, shares[role]));
        assert.equal(world.opened(results), x, `${where}, ${size} values, settled: ${settled}`);
        assert.is(results[0].fraction, 7);
      }
    }
  });
});

test('blind: parties see z + r for a mask r that the provider alone knows', () => {
  inEverySetting((world, where) => {
    for (const settled of [true, false]) {
      const z = world.random.words(world.bits, 129);
      const shares = world.share(z, 7, settled);
      const { results } = world.run((rt, role) => blind(rt, shares[role], 'truncate'));
      const words = world.roles.map((rt, role) => read(rt.heap, world.bits, results[role]));
      const r = words[world.parties.length];
      for (const c of words.slice(0, -1)) {
        assert.equal(
          c.map((word, i) => BigInt.asIntN(world.bits, word - r[i])),
          z,
          where,
        );
      }
    }
  });
});

test('settle moves the provider’s summand to the parties', () => {
  inEverySetting((world, where) => {
    for (const settled of [true, false]) {
      const x = world.random.words(world.bits, 129);
      const shares = world.share(x, 7, settled);
      const settledShares = world.each((rt, role) => rt.settle(shares[role]));
      assert.equal(world.joined(settledShares), x, where);
      assert.ok(settledShares.every((share) => share.settled));
      assert.is(settledShares[world.parties.length].words, null);
    }
  });
});

test('input: every owner can share its words; each party holds its part, the provider nothing', () => {
  inEverySetting((world, where) => {
    for (const size of SIZES) {
      for (const owner of world.parties) {
        const x = world.random.words(world.bits, size);
        const before = world.roles.map((rt) => rt.ledger.totals());
        const shares = world.each((rt) =>
          input(rt, owner.name, rt === owner ? world.words(rt, x) : null, [size], world.fraction),
        );
        world.checkInStep();
        assert.equal(world.joined(shares), x, `${where}, ${owner.name}, ${size} values`);
        const crossed = world.roles.map((rt, i) => difference(rt.ledger.totals(), before[i]));
        const bytes = owner.last ? 0 : (size * world.bits) / 8;
        assert.equal(
          crossed.map((ledger) => ledger.input),
          world.roles.map((rt) => (rt === owner || rt.last ? bytes : 0)),
        );
        assert.ok(
          crossed.every(({ rounds, online, dealt, revealed }) => rounds + online + dealt + revealed === 0),
        );
      }
    }
  });
});

test('an owner without values is told so, by name', () => {
  inEverySetting((world) => {
    const { name } = world.parties[0];
    const work = () => input(world.parties[0], name, null, [1], 0);
    assert.throws(work, (error: Error) => error instanceof TypeError && error.message.includes(name));
  });
});

test('reveal to a party: that party alone has the clear words', () => {
  inEverySetting((world, where) => {
    for (const to of world.parties) {
      const x = world.random.words(world.bits, 129);
      const shares = world.share(x, 0, true);
      const before = world.roles.map((rt) => rt.ledger.totals());
      const words = world.each(
        (rt, role) => rt.disclose(to.name, [{ label: 'x', share: shares[role] }])[0],
        to.name,
      );
      world.checkInStep();
      world.roles.forEach((rt, role) => {
        const got = words[role];
        assert.equal(got && read(rt.heap, world.bits, got), rt === to ? x : null, `${where}, ${rt.name}`);
      });
      const sent = world.roles.map((rt, i) => difference(rt.ledger.totals(), before[i]).revealed);
      const bytes = (129 * world.bits) / 8;
      assert.equal(
        sent,
        world.roles.map((rt) => (rt === to || rt.isProvider ? 0 : bytes)),
      );
    }
  });
});

test('a share of which the provider holds a part cannot be revealed', () => {
  inEverySetting((world) => {
    const shares = world.share([1n], 0, false);
    const refused = (error: Error) => error instanceof TypeError && /settled/.test(error.message);
    for (const { name } of world.parties) {
      assert.throws(() => reveal(world.parties[0], name, [{ label: 'x', share: shares[0] }]), refused);
    }
  });
});

test.run();
