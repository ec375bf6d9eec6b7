/** Where a role's time goes: every moment counts for one kind of work, under a clock of the test's own. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Ring } from '../../bindings/ring.js';
import type { Links } from '../../src/links/mailbox.js';
import { Profile, type Times, WORK } from '../../src/role/profile.js';
import { withSession } from '../world/sessions.js';

/** A profile, and a clock that goes on by whole seconds when it is told to. */
function profiled() {
  let now = 5000;
  return {
    profile: new Profile(() => now),
    pass: (seconds: number) => {
      now += 1000 * seconds;
    },
  };
}

/** These seconds, and none of any other work. */
const only = (times: Partial<Times>): Times => ({
  ...(Object.fromEntries(WORK.map((work) => [work, 0])) as Times),
  ...times,
});

const totalOf = (times: Times): number => WORK.reduce((sum, work) => sum + times[work], 0);

test('nothing has been counted before anything begins', () => {
  const { profile, pass } = profiled();
  pass(3);
  assert.equal(profile.times(), only({}));
});

test('nested work takes its time off the work around it, and all times sum up to the whole', () => {
  const { profile, pass } = profiled();
  pass(100);
  profile.begin('program');
  pass(1);
  profile.begin('links');
  pass(2);
  profile.begin('waiting');
  pass(4);
  profile.end();
  pass(8);
  profile.begin('vectors');
  pass(16);
  profile.end();
  profile.end();
  pass(32);
  profile.begin('products');
  pass(64);
  profile.end();
  profile.end();
  pass(100); // between commands nobody works
  const expected = only({ program: 33, links: 10, waiting: 4, vectors: 16, products: 64 });
  assert.equal(profile.times(), expected);
  assert.is(totalOf(profile.times()), 127);
  profile.begin('program');
  pass(128);
  profile.end();
  assert.equal(profile.times(), { ...expected, program: 161 });
});

test('work within work of the same kind counts once', () => {
  const { profile, pass } = profiled();
  profile.begin('links');
  profile.begin('links');
  pass(3);
  profile.end();
  pass(4);
  profile.end();
  assert.equal(profile.times(), only({ links: 7 }));
});

test('kernels and links count for their kinds of work, with arguments and results as they were', () => {
  const { profile, pass } = profiled();
  const kernel = (seconds: number) => (argument: unknown) => {
    pass(seconds);
    return argument;
  };
  const ring = profile.ring({
    bits: 32,
    matmulTN: kernel(1),
    chacha: kernel(2),
    subsets: kernel(4),
    addConst: kernel(8),
  } as unknown as Ring) as unknown as Record<string, (argument: unknown) => unknown> & { bits: number };
  assert.is(ring.bits, 32);
  profile.begin('program');
  for (const name of ['matmulTN', 'chacha', 'subsets', 'addConst']) assert.is(ring[name](name), name);
  const told: unknown[] = [];
  const links = profile.links({
    send: (...args: unknown[]) => {
      told.push(...args);
      pass(16);
    },
    sendChunks: () => pass(32),
    receive: () => {
      pass(64);
      ring.addConst(null); // joins what has come
    },
    receiveChunks: () => pass(128),
    exchange: () => pass(256),
  } as Links);
  links.send('bob', 7, []);
  links.sendChunks('bob', 7, 0, () => new Uint8Array(0));
  links.receive('bob', 7, []);
  links.receiveChunks('bob', 7, 0, { bytes: new Uint8Array(0), grain: 1 }, () => {});
  links.exchange([], 7, [], { bytes: new Uint8Array(0), grain: 1 }, () => {});
  profile.end();
  assert.equal(told, ['bob', 7, []]);
  const expected = { products: 1, keystreams: 2, 'bit planes': 4, vectors: 16, links: 496 };
  assert.equal(profile.times(), only(expected));
});

test('work that fails ends all the same', () => {
  const { profile, pass } = profiled();
  const ring = profile.ring({
    add: () => {
      pass(1);
      throw new RangeError('no');
    },
  } as unknown as Ring);
  profile.begin('program');
  const words = { ptr: 0, length: 0 };
  assert.throws(() => ring.add(words, words, words), /no/);
  pass(2);
  profile.end();
  assert.equal(profile.times(), only({ vectors: 1, program: 2 }));
});

for (const profile of [true, false]) {
  test(`a session with profile: ${profile} has ${profile ? 'times' : 'null'} for every role`, async () => {
    const began = performance.now();
    await withSession({ profile, parties: ['alice', 'bob', 'carol'] }, async (session) => {
      const x = session.share([1, 2, 3, 4], { owner: 'alice', shape: [2, 2] });
      await x.matmul(x).relu().reveal();
      const all = await session.roles.times();
      const most = (performance.now() - began) / 1000;
      assert.equal([...all.keys()].sort(), ['alice', 'bob', 'carol', 'provider']);
      for (const [role, times] of all) {
        if (!profile) {
          assert.is(times, null, role);
          continue;
        }
        assert.ok(times, role);
        assert.equal(Object.keys(times), [...WORK], role);
        assert.ok(
          Object.values(times).every((seconds) => seconds >= 0),
          role,
        );
        assert.ok(times.program > 0 && times.links > 0, `${role}: ${JSON.stringify(times)}`);
        assert.ok(totalOf(times) <= most, `${role}: no more than has passed`);
      }
    });
  });
}

test.run();
