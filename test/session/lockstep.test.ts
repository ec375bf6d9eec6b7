/**
 * Roles in different processes run one program. Where the program of one differs, or its agreement, or it leaves, every
 * other ends with an error that says at which command.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LeftError, ProtocolError } from '../../src/errors.js';
import { dense, sgd } from '../../src/model/describe.js';
import { rolesOf } from '../../src/party/agreement.js';
import type { SessionOptions } from '../../src/session/options.js';
import { sequential } from '../../src/session/sequential.js';
import { createSession, type Session } from '../../src/session/session.js';
import type { SecureTensor } from '../../src/tensor/secure-tensor.js';
import { createTestSession, sharedLinks } from '../../src/testing.js';
import { type Outcome, type Program, runApart, valuesOf } from '../world/apart.js';
import { namesOf } from '../world/sessions.js';

const OWN = 'alice';
/** Each role in a session of its own. */
const apart = (parties = 2): string[][] =>
  rolesOf({ parties: namesOf(parties), provider: 'provider', owner: 'owner' }).map((role) => [role]);

const options = (parties = 2): SessionOptions => ({ ring: 32, parties: namesOf(parties), timeout: 20_000 });

/** Commands 1 and 2 share x and y; `middle` comes then, and at last something crosses. */
const program =
  (middle: (x: SecureTensor, y: SecureTensor, session: Session) => unknown): Program<unknown> =>
  async (session) => {
    const share = (values: number[]) =>
      session.share(session.isHere(OWN) ? values : null, { owner: OWN, shape: [2] });
    const [x, y] = [share([1, 2]), share([3, 4])];
    await middle(x, y, session);
    const [shown] = await Promise.all([x.mul(y).reveal(), x.mul(x).reveal({ to: 'alice' })]);
    return shown && [...shown];
  };

const messageOf = (outcome: Outcome<unknown>): string =>
  'error' in outcome ? outcome.error.message : `ended well with ${JSON.stringify(outcome.value)}`;

test('the same program everywhere ends well everywhere', async () => {
  for (const parties of [2, 3]) {
    const middle = (x: SecureTensor, y: SecureTensor) => x.add(y).neg();
    const shown = valuesOf(await runApart(options(parties), apart(parties), () => program(middle)));
    assert.equal(shown, [...Array(parties + 1).fill(null), [3, 8]]);
  }
});

/** Ways in which the program of one role can differ, and what all roles say then. */
const differences: Record<string, [Parameters<typeof program>[0], Parameters<typeof program>[0], RegExp]> = {
  'another local operation': [
    (x, y) => x.add(y).neg(),
    (x, y) => x.sub(y).neg(),
    /differ at command 3: \w+ has (add, where \w+ has sub|sub, where \w+ has add)/,
  ],
  'other arguments': [(x) => x.add(2), (x) => x.add(3), /differ at command 3: \w+ has addPublic with other/],
  'other operands': [
    (x) => x.add(x),
    (x, y) => x.add(y),
    /differ at command 3: \w+ has add with other arguments/,
  ],
  'a command too few': [
    (x, y) => x.add(y).neg(),
    (x, y) => x.add(y),
    /differ at command 4: \w+ has (neg|mul)/,
  ],
  'another operation that crosses': [
    (x) => x.relu(),
    (x) => x.square(),
    /differ at command 3: \w+ has (relu|mul), where/,
  ],
  'another batch size': [
    (x, y) => train(x, y, 5),
    (x, y) => train(x, y, 6),
    /differ at command \d+: \w+ has fitEpoch with other arguments/,
  ],
  'other weights at the start': [
    (x, y) => train(x, y, 5),
    (x, y) => train(x, y, 5, 1),
    /differ at command \d+: \w+ has createModel with other arguments/,
  ],
  'a reveal to somebody else': [
    (x) => x.reveal({ to: 'bob' }),
    (x) => x.reveal({ to: 'alice' }),
    /differ at command 3: \w+ has reveal with other arguments/,
  ],
};

function train(x: SecureTensor, y: SecureTensor, batchSize: number, seed = 0) {
  const model = sequential([dense({ units: 1, inputShape: [1] })]);
  model.compile({ optimizer: sgd({ learningRate: 0.125 }), loss: 'meanSquaredError' });
  const [first, second] = [x, y].map((part) =>
    part.reshape([2, 1]).concat(...Array(5).fill(part.reshape([2, 1]))),
  );
  return model.fit(first, second, { batchSize, seed });
}

for (const [i, [name, [usual, other, expected]]] of Object.entries(differences).entries()) {
  // the first at every role, the others at one each
  for (const [odd, [role]] of apart().entries()) {
    if (i > 0 && i % 4 !== odd) continue;
    test(`${name} at ${role}: all end, with the first command that differs`, async () => {
      const outcomes = await runApart(options(), apart(), (place) => program(place === odd ? other : usual));
      for (const [place, outcome] of outcomes.entries()) {
        assert.match(messageOf(outcome), expected, `${apart()[place]}`);
        assert.ok('error' in outcome && outcome.error instanceof ProtocolError);
      }
    });
  }
}

test('of three parties, one that differs ends all', async () => {
  const [usual, other, expected] = differences['another local operation'];
  const outcomes = await runApart(options(3), apart(3), (place) => program(place === 2 ? other : usual));
  for (const outcome of outcomes) assert.match(messageOf(outcome), expected);
});

test('a role that asks for more than the others ends nobody well', async () => {
  for (const odd of apart().keys()) {
    const outcomes = await runApart(options(), apart(), (place) => async (session) => {
      await program(() => {})(session);
      if (place === odd) session.share(session.isHere(OWN) ? [1] : null, { owner: OWN, shape: [1] }).neg();
    });
    for (const outcome of outcomes) {
      assert.match(
        messageOf(outcome),
        /differ at command \d+: \w+ has (share, where \w+ has sync|sync, where)/,
      );
    }
  }
});

test('what the sessions have agreed on is compared before anything else, by field', async () => {
  const cases: [SessionOptions, string][] = [
    [{ ring: 64 }, 'ring, fractionBits'],
    [{ fractionBits: 10 }, 'fractionBits'],
    [{ prgRounds: 20 }, 'prgRounds'],
    [{ leastRows: 20 }, 'leastRows'],
    [{ fewRounds: true }, 'fewRounds'],
  ];
  for (const [own, fields] of cases) {
    const outcomes = await runApart(
      options(),
      apart(),
      () => program(() => {}),
      {},
      (place) => (place === 1 ? own : {}),
    );
    for (const outcome of outcomes) {
      assert.match(messageOf(outcome), new RegExp(`have not agreed on the session: ${fields} differ`));
    }
  }
});

test('local settings may differ', async () => {
  const shown = await runApart(
    options(),
    apart(),
    () => program((x) => x.relu()),
    {},
    (place) => [{ timeout: 1000 }, { profile: true }, { threads: 1 }, {}][place],
  );
  assert.equal(valuesOf(shown).at(-1), [3, 8]);
});

test('a role that leaves or dies ends the others at once, with who left and why', async () => {
  for (const odd of apart().keys()) {
    const started = performance.now();
    const outcomes = await runApart(options(), apart(), (place) =>
      program(async (x, _y, session) => {
        if (place === odd) throw new RangeError('I have had enough');
        for (let i = 0; i < 3; i++) await x.relu().reveal();
        await session.ready();
      }),
    );
    for (const [place, outcome] of outcomes.entries()) {
      assert.match(
        messageOf(outcome),
        place === odd ? /^I have had/ : /left( at operation \d+)?: .*I have had enough/,
      );
      if (place !== odd) assert.ok('error' in outcome && outcome.error instanceof LeftError);
    }
    assert.ok(performance.now() - started < 15_000, 'nobody waits for the timeout');
  }
});

test('a killed worker ends the other processes too', async () => {
  const outcomes = await runApart(options(), apart(), (place) =>
    program(async (x, _y, session) => {
      if (place === 1) setTimeout(() => session.roles.kill('bob'), 5);
      for (let i = 0; i < 2000; i++) await x.relu().reveal();
    }),
  );
  for (const outcome of outcomes) assert.match(messageOf(outcome), /bob failed|left( at operation \d+)?:/);
});

test('what belongs to a role elsewhere is refused, and what is missing of a role here', async () => {
  const outcomes = await runApart(
    options(),
    [
      ['alice', 'provider'],
      ['bob', 'owner'],
    ],
    () => async (session) => {
      const { isHere } = { isHere: (role: string) => session.isHere(role) };
      const wrong = isHere('alice') ? 'bob' : 'alice';
      const right = isHere('alice') ? 'alice' : 'bob';
      assert.throws(
        () => session.share([1], { owner: wrong }),
        /is not here, so its numbers cannot be; give null/,
      );
      assert.throws(() => session.share(null, { owner: wrong }), /share: shape must be an array/);
      assert.throws(
        () => session.share(null, { owner: right, shape: [1] }),
        /share: expected numbers, got null/,
      );
      const part = (owner: string, values: number[] | null, rows?: number) => [
        { owner, values, ...(rows !== undefined && { rows }) },
      ];
      const refused = async (parts: ReturnType<typeof part>, expected: RegExp) => {
        const error = await session.shareRows(parts, [2]).catch(({ message }: Error) => message);
        assert.match(String(error), expected);
      };
      await refused(part(wrong, [1, 2]), /is not here, so its rows cannot be; give null/);
      await refused(part(wrong, null), /rows must be a number/);
      await refused(part(right, null, 1), /expected flat numbers, got null/);
      await refused(part(right, [1, 2], 2), /has 1 rows, not 2/);
      const list = { [wrong]: BigInt64Array.of(1n) };
      assert.match(
        String(await session.aggregate(list).catch(({ message }: Error) => message)),
        /unknown option/,
      );
      assert.is(session.isHere('mallory'), false);
    },
  );
  valuesOf(outcomes);
});

test('a role whose peers never come gives up after the timeout, the owner too', async () => {
  for (const here of [['alice'], ['owner']]) {
    const links = sharedLinks();
    const error = await createTestSession({ here, timeout: 300 }, { links }).catch((reason: Error) => reason);
    assert.instance(error, ProtocolError);
    assert.match((error as Error).message, new RegExp(`^${here} waited for (alice|bob|provider) for 0.3 s `));
  }
});

test('a session with roles elsewhere needs links to them', async () => {
  const error = await createSession({ here: ['alice'] }).catch(({ message }: Error) => message);
  assert.match(String(error), /roles that are not here need the option `network`/);
  for (const [here, expected] of [
    [[], /here names no role/],
    [['mallory'], /here: no role named "mallory"/],
    ['alice', /here must be an array/],
  ]) {
    const refused = await createSession({ here } as never).catch(({ message }: Error) => message);
    assert.match(String(refused), expected as RegExp);
  }
});

test.run();
