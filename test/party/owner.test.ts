/** The model owner as a role of its own: what it shares, what it is shown, and what it decides. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ProtocolError } from '../../src/errors.js';
import { difference } from '../../src/party/ledger.js';
import type { OwnerEndpoint } from '../../src/party/owner.js';
import { input } from '../../src/protocol/input.js';
import { reveal } from '../../src/protocol/reveal.js';
import { Parties } from '../world/parties.js';
import { RINGS, read, write } from '../world/ring.js';
import { irregularity } from '../world/statistics.js';

const OWNER = 'the model owner';

/** A world of every setting that has an owner apart. */
function inEveryWorld(check: (world: Parties, owner: OwnerEndpoint, where: string) => void): void {
  for (const bits of RINGS) {
    for (const parties of [2, 3]) {
      const world = new Parties({ parties, bits, owner: OWNER });
      check(world, world.owner as OwnerEndpoint, `ring ${bits}, ${parties} parties`);
    }
  }
}

/** The owner shares these integers; [x] at every role. */
function shared(world: Parties, owner: OwnerEndpoint, values: readonly bigint[]) {
  const words = { ptr: owner.heap.alloc(values.length * owner.ring.bytes), length: values.length };
  write(owner.heap, world.bits, words, values);
  owner.share(words);
  owner.heap.free(words.ptr);
  return world.each((rt) => input(rt, OWNER, null, [values.length], 7));
}

const integers = (bits: number, bytes: Uint8Array): bigint[] => {
  const { buffer } = bytes.slice();
  return bits === 32 ? Array.from(new Int32Array(buffer), BigInt) : [...new BigInt64Array(buffer)];
};

test("the parties' shares of an owner's input add up to it, input after input", () => {
  inEveryWorld((world, owner, where) => {
    for (const size of [1, 5, 1000]) {
      const x = world.random.words(world.bits, size);
      const shares = shared(world, owner, x);
      assert.equal(world.joined(shares), x, where);
      assert.ok(shares.every(({ settled, fraction }) => settled && fraction === 7));
    }
    world.checkInStep();
  });
});

test("any shares but all of an owner's input are uniform, and new ones are drawn each time", () => {
  inEveryWorld((world, owner, where) => {
    const split = () =>
      shared(world, owner, Array<bigint>(20_000).fill(3n))
        .slice(0, -1)
        .map((share, i) => read(world.roles[i].heap, world.bits, share.words as never));
    const [first, second] = [split(), split()];
    const bytesOf = (words: readonly bigint[]) =>
      new Uint8Array(
        world.bits === 32
          ? Int32Array.from(words, (word) => Number(BigInt.asIntN(32, word))).buffer
          : BigInt64Array.from(words, (word) => BigInt.asIntN(64, word)).buffer,
      );
    first.forEach((_, left) => {
      const others = first.filter((_, i) => i !== left);
      const joined = others[0].map((_, j) => others.reduce((sum, share) => sum + share[j], 0n));
      assert.is(irregularity(bytesOf(joined), world.bits / 8), null, `${where}, without share ${left}`);
      const change = first[left].map((word, j) => word - second[left][j]);
      assert.is(irregularity(bytesOf(change), world.bits / 8), null, `${where}, against another split`);
    });
  });
});

test('what is disclosed to the owner is the value, with its scale and what is public of it', () => {
  inEveryWorld((world, owner, where) => {
    for (const facts of [[], [4, 2 ** 31, 7]]) {
      const x = world.random.words(world.bits, 129);
      const shares = world.share(x, 9, true);
      const before = world.roles.map((rt) => rt.ledger.totals());
      const here = world.each((rt, role) =>
        reveal(rt, OWNER, [{ label: 'a value', share: shares[role], facts }]),
      );
      assert.ok(
        here.every((words) => words === null),
        'no party sees it',
      );
      const clear = owner.receive([{ label: 'a value', count: 129 }])[0];
      assert.equal(integers(world.bits, clear.words), x, where);
      assert.equal([clear.count, clear.fraction, clear.facts], [129, 9, facts]);
      const sent = world.roles.map((rt, i) => difference(rt.ledger.totals(), before[i]).revealed);
      assert.equal(sent, [...world.parties.map(() => (129 * world.bits) / 8), 0]);
      assert.equal(
        world.roles.map((rt) => rt.disclosures.done.at(-1)?.to),
        world.roles.map(() => OWNER),
      );
    }
    world.checkInStep();
  });
});

test('the owner refuses a value of another name or size, and parties that do not agree on it', () => {
  const cases: ((world: Parties, owner: OwnerEndpoint) => unknown)[] = [
    (world, owner) => {
      const shares = world.share([1n, 2n], 0, true);
      world.each((rt, role) => reveal(rt, OWNER, [{ label: 'weights', share: shares[role] }]));
      return owner.receive([{ label: 'fit: loss' }]);
    },
    (world, owner) => {
      const shares = world.share([1n, 2n], 0, true);
      world.each((rt, role) => reveal(rt, OWNER, [{ label: 'fit: loss', share: shares[role] }]));
      return owner.receive([{ label: 'fit: loss', count: 1 }]);
    },
    (world, owner) => {
      const shares = world.share([1n, 2n], 0, true);
      world.each((rt, role) =>
        reveal(rt, OWNER, [{ label: 'fit: loss', share: shares[role], facts: [role] }]),
      );
      return owner.receive([{ label: 'fit: loss', count: 2 }]);
    },
    (world, owner) => {
      const [first, second] = [world.share([1n], 0, true), world.share([1n], 3, true)];
      world.each((rt, role) =>
        reveal(rt, OWNER, [{ label: 'fit: loss', share: (role === 1 ? second : first)[role] }]),
      );
      return owner.receive([{ label: 'fit: loss', count: 1 }]);
    },
  ];
  inEveryWorld(() => {
    for (const run of cases) {
      const world = new Parties({ parties: 2, bits: 32, owner: OWNER });
      const refused = (error: Error) =>
        error instanceof ProtocolError && /^the model owner: what (alice|bob) discloses/.test(error.message);
      assert.throws(() => run(world, world.owner as OwnerEndpoint), refused);
    }
  });
});

test('a decision of the owner reaches every role, the provider too', () => {
  inEveryWorld((world, owner) => {
    for (const say of [true, false]) {
      owner.decide('stop', say);
      assert.equal(
        world.each((rt) => rt.decide('stop', OWNER, null)),
        world.roles.map(() => say),
      );
    }
    const told = world.roles.map((rt) => rt.disclosures.done.filter(({ label }) => label === 'stop'));
    for (const list of told) {
      assert.equal(
        list.map(({ to, times }) => [to, times]),
        world.roles.map(({ name }) => [name, 2]),
      );
    }
    world.checkInStep();
  });
});

test('a decision of an owner that is a party reaches every other role', () => {
  for (const parties of [2, 3]) {
    const world = new Parties({ parties, bits: 32 });
    const [alice] = world.parties;
    const said = alice.decide('stop', alice.name, true);
    const heard = [...world.parties.slice(1), world.provider].map((rt) =>
      rt.decide('stop', alice.name, null),
    );
    assert.equal(
      [said, ...heard],
      world.roles.map(() => true),
    );
    world.checkInStep();
  }
});

test.run();
