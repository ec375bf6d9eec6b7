/** The model owner as a role of its own: what it shares, what it is shown, and what it decides. */
import { randomBytes } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ProtocolError } from '../../src/errors.js';
import { ClientEndpoint } from '../../src/party/client.js';
import { InTurn } from '../../src/party/in-turn.js';
import { difference } from '../../src/party/ledger.js';
import { SEED_BYTES } from '../../src/party/streams.js';
import { input } from '../../src/protocol/input.js';
import { reveal } from '../../src/protocol/reveal.js';
import { Parties } from '../world/parties.js';
import { module, Random, RINGS, read, write } from '../world/ring.js';
import { irregularity } from '../world/statistics.js';

const OWNER = 'the model owner';

/** A world of every setting that has an owner apart. */
function inEveryWorld(check: (world: Parties, owner: ClientEndpoint, where: string) => void): void {
  for (const bits of RINGS) {
    for (const parties of [2, 3]) {
      const world = new Parties({ parties, bits, owner: OWNER });
      check(world, world.owner as ClientEndpoint, `ring ${bits}, ${parties} parties`);
    }
  }
}

/** The owner shares these integers; [x] at every role. */
function shared(world: Parties, owner: ClientEndpoint, values: readonly bigint[]) {
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
  const cases: ((world: Parties, owner: ClientEndpoint) => unknown)[] = [
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
      assert.throws(() => run(world, world.owner as ClientEndpoint), refused);
    }
  });
});

test('the owner refuses more numbers than a value can have, none, and more facts than numbers', () => {
  for (const [count, facts, most, fits] of [
    [2, 0, 3, true],
    [3, 3, 3, true],
    [3, 0, 2, false],
    [0, 0, 2, false],
    [1, 2, undefined, false],
  ] as const) {
    const world = new Parties({ parties: 2, bits: 32, owner: OWNER });
    const shares = world.share(Array<bigint>(count).fill(1n), 0, true);
    const about = Array.from({ length: facts }, (_, i) => i);
    world.each((rt, role) => reveal(rt, OWNER, [{ label: 'weights', share: shares[role], facts: about }]));
    const owner = world.owner as ClientEndpoint;
    const receive = () => owner.receive([{ label: 'weights', ...(most && { most }) }]);
    if (fits) assert.is(receive()[0].count, count);
    else assert.throws(receive, /what alice discloses is not the "weights" that was expected/);
  }
});

test('what the owner is shown and tells is on its list, and it refuses to tell what its list lacks', () => {
  const world = new Parties({ parties: 2, bits: 32, owner: OWNER });
  const owner = world.owner as ClientEndpoint;
  for (const values of [[1n, 2n], [3n]]) {
    const shares = world.share(values, 0, true);
    world.each((rt, role) => reveal(rt, OWNER, [{ label: 'a value', share: shares[role] }]));
    owner.receive([{ label: 'a value', count: values.length }]);
  }
  owner.decide('stop', true);
  assert.equal(owner.disclosures.done, [
    { label: 'a value', to: OWNER, values: 3, times: 2 },
    ...world.roles.map(({ name }) => ({ label: 'stop', to: name, values: 1, times: 1 })),
  ]);
  for (const missing of ['alice', 'bob', 'provider']) {
    const discloses = ['alice', 'bob', 'provider']
      .filter((name) => name !== missing)
      .map((to) => ({ label: 'stop', to }));
    const sent: string[] = [];
    const mailbox = { ...world.post.links(OWNER), send: (peer: string) => void sent.push(peer) };
    const { ring, heap } = owner;
    const names = { name: OWNER, parties: ['alice', 'bob'], provider: 'provider' };
    const seed = () => new Uint8Array(SEED_BYTES);
    const strict = new ClientEndpoint({ ...names, ring, heap, mailbox, prgRounds: 12, discloses, seed });
    sent.length = 0;
    assert.throws(() => strict.decide('stop', true), `refuses to disclose "stop" to ${missing}`);
    assert.equal(sent, [], 'nothing has been sent');
  }
});

test('a key that the owner shares with a party is replaced after each input and at each ratchet, at both alike', () => {
  const first = Buffer.from(Array.from({ length: SEED_BYTES }, (_, i) => i + 1));
  const random = new Random(3);
  const given: Uint8Array[] = [];
  const seed = (from: string) => {
    const bytes = Uint8Array.from(from === OWNER ? first : Array.from(first, () => random.below(256)));
    if (from === OWNER) given.push(bytes);
    return bytes;
  };
  for (const how of ['input', 'ratchet'] as const) {
    const names = { parties: ['alice', 'bob'], owner: OWNER };
    const world = new InTurn(module, { ...names, ring: 32, fractionBits: 12, seed });
    const owner = world.owner as ClientEndpoint;
    const holders = () =>
      [owner, ...world.roles].map(({ heap }) => Buffer.from(heap.memory.buffer).includes(first));
    assert.equal(holders(), [true, true, false, false]);
    assert.ok(
      given.every((bytes) => bytes.every((byte) => byte === 0)),
      'what was drawn is forgotten',
    );
    if (how === 'input') {
      const words = { ptr: owner.heap.alloc(4), length: 1 };
      owner.share(words);
      world.each((rt) => input(rt, OWNER, null, [1], 0));
    } else {
      owner.ratchet();
      world.each((rt) => rt.ratchet());
    }
    assert.equal(holders(), [false, false, false, false], how);
  }
});

test("an owner's inputs before and after ratchets are what it brought", () => {
  inEveryWorld((world, owner, where) => {
    for (let epoch = 0; epoch < 3; epoch++) {
      const x = world.random.words(world.bits, 3);
      assert.equal(world.joined(shared(world, owner, x)), x, where);
      owner.ratchet();
      world.each((rt) => rt.ratchet());
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

test('where a tape stands for the provider, a decision is told to the parties alone', () => {
  for (const owner of [OWNER, 'alice']) {
    const world = new InTurn(module, {
      parties: ['alice', 'bob', 'carol'],
      ...(owner === OWNER && { owner }),
      ring: 32,
      fractionBits: 12,
      taped: true,
      seed: () => randomBytes(SEED_BYTES),
    });
    world.owner?.decide('stop', true);
    for (const rt of world.parties) assert.is(rt.decide('stop', owner, rt.name === owner || null), true);
    assert.equal(
      world.post.undelivered.filter((link) => link.includes('provider')),
      [],
    );
    const lists = [...world.parties, ...(world.owner ? [world.owner] : [])];
    for (const { disclosures } of lists) assert.not(disclosures.done.some(({ to }) => to === 'provider'));
  }
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
