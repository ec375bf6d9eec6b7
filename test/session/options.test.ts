/** Options of a session: defaults, and what is refused before any worker starts. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { resolveOptions, type SessionOptions } from '../../src/session/options.js';
import { createSession } from '../../src/session/session.js';

test('defaults: alice, bob and a provider, ring 64 with 20 fraction bits, ring 32 with 12', () => {
  assert.equal(resolveOptions({}, 1), {
    parties: ['alice', 'bob'],
    provider: 'provider',
    ring: 64,
    ringReason: 'no dry run of a training',
    fractionBits: 20,
    prgRounds: 12,
    threads: 0,
    timeout: 30_000,
    linkBytes: 2 ** 20,
    leastRows: 10,
    profile: false,
    owner: 'owner',
    clients: [],
    here: ['alice', 'bob', 'provider', 'owner'],
    discloses: null,
    mode: 'parallel',
  });
  assert.is(resolveOptions({ ring: 32 }, 1).fractionBits, 12);
});

test('cores left over after the roles are shared out as helper threads', () => {
  const threads = (cores: number, parties = ['alice', 'bob']) => resolveOptions({ parties }, cores).threads;
  assert.equal(
    [1, 3, 5, 6, 9, 16].map((cores) => threads(cores)),
    [0, 0, 0, 1, 2, 4],
  );
  assert.is(threads(16, ['a', 'b', 'c']), 3);
  assert.is(resolveOptions({ threads: 0 }, 16).threads, 0);
});

const REFUSED: [SessionOptions, typeof TypeError | typeof RangeError, RegExp][] = [
  [
    { colour: 'red' } as never,
    TypeError,
    /unknown option "colour" \(known: parties, provider, owner, clients, here, mode, network, deal, tape, discloses, ring/,
  ],
  [{ parties: ['alice'] }, RangeError, /at least two parties/],
  [{ parties: [] }, RangeError, /at least two parties/],
  [{ parties: 'alice' as never }, TypeError, /parties must be an array, got a string/],
  [{ parties: ['alice', ''] }, TypeError, /the name of party 1 is empty/],
  [{ parties: ['alice', 7 as never] }, TypeError, /the name of party 1 must be a string, got a number/],
  [{ parties: ['alice', 'alice'] }, RangeError, /the name "alice" is taken twice/],
  [{ parties: ['alice', 'provider'] }, RangeError, /the name "provider" is taken twice/],
  [{ parties: ['alice', 'owner'] }, RangeError, /the name "owner" is taken twice/],
  [{ provider: '' }, TypeError, /the name of the provider is empty/],
  [{ provider: 'bob' }, RangeError, /the name "bob" is taken twice/],
  [{ ring: 16 as never }, RangeError, /ring must be one of auto, 32, 64/],
  [{ ring: '32' as never }, RangeError, /ring must be one of auto, 32, 64/],
  [{ ring: 32, fractionBits: 0 }, RangeError, /fractionBits must be an integer from 1 to 14/],
  [{ ring: 32, fractionBits: 15 }, RangeError, /from 1 to 14/],
  [{ ring: 64, fractionBits: 31 }, RangeError, /from 1 to 30/],
  [{ dryRun: {} as never }, TypeError, /dryRun must be what model.dryRun resolves to/],
  [{ fractionBits: 1.5 }, RangeError, /integer/],
  [{ fractionBits: '12' as never }, TypeError, /fractionBits must be a number/],
  [{ prgRounds: 10 as never }, RangeError, /prgRounds must be one of 8, 12, 20/],
  [{ fewRounds: 1 as never }, TypeError, /fewRounds must be true or false/],
  [{ threads: -1 }, RangeError, /threads must be an integer from 0 to 64/],
  [{ timeout: 0 }, RangeError, /timeout/],
  [{ timeout: Number.POSITIVE_INFINITY }, RangeError, /timeout/],
  [{ linkBytes: 1000 }, RangeError, /linkBytes must be a power of two/],
  [{ linkBytes: 32 }, RangeError, /linkBytes must be an integer from 256/],
  [{ leastRows: 9 }, RangeError, /leastRows must be an integer from 10/],
  [{ leastRows: 10.5 }, RangeError, /leastRows must be an integer/],
  [{ insecureTestSeed: 1 } as never, TypeError, /unknown option "insecureTestSeed"/],
  [{ recordTranscripts: true } as never, TypeError, /unknown option "recordTranscripts"/],
];

for (const [options, kind, pattern] of REFUSED) {
  test(`${JSON.stringify(options)} is refused`, async () => {
    try {
      await createSession(options);
      assert.unreachable();
    } catch (error) {
      assert.instance(error, kind);
      assert.match((error as Error).message, pattern);
      assert.match((error as Error).message, /^createSession: /);
    }
  });
}

test('the roles that are here come in the order of all sessions, however they are listed, and once', () => {
  const { here } = resolveOptions({ here: ['owner', 'provider', 'alice', 'owner'] }, 4);
  assert.equal(here, ['alice', 'provider', 'owner']);
});

test.run();
