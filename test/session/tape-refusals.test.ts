/** Tapes that are refused, and runs that end where they and their tape part: each with an error of its own. */
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { JobError, ProtocolError } from '../../src/errors.js';
import { checkNetwork } from '../../src/session/network.js';
import type { SessionOptions } from '../../src/session/options.js';
import { createSession, type Session } from '../../src/session/session.js';
import { makeTapeKeys, tapePath } from '../../src/session/tape.js';
import type { SecureTensor } from '../../src/tensor/secure-tensor.js';
import { type Outcome, valuesOf } from '../world/apart.js';
import { namesOf } from '../world/sessions.js';
import { deal, inFolder, keys, runTaped, users } from '../world/taped.js';

const options: SessionOptions = { ring: 32, threads: 0 };

/** Shares [−1, 2] of alice, and shows the owner what `middle` makes of it. */
const program =
  (middle: (x: SecureTensor, session: Session) => SecureTensor | Promise<SecureTensor> = (x) => x.relu()) =>
  async (session: Session) => {
    const x = session.share(session.isHere('alice') ? [-1, 2] : null, { owner: 'alice', shape: [2] });
    const shown = await (await middle(x, session)).reveal();
    return shown && [...shown];
  };

const messageOf = (outcome: Outcome<unknown>): string =>
  'error' in outcome ? outcome.error.message : `ended well with ${JSON.stringify(outcome.value)}`;

const refusal = (own: SessionOptions): Promise<Error> =>
  createSession({ ...options, ...own }).then(
    async (session) => {
      await session.close();
      throw new Error('it was not refused');
    },
    (error: Error) => error,
  );

test('a tape is used once, by each party, also where the run has crashed', async () => {
  for (const crashes of [false, true]) {
    await inFolder(async (dir) => {
      await deal(options, dir, program());
      const outcomes = await runTaped(options, dir, (place) =>
        program((x) => {
          if (crashes && place === 1) throw new RangeError('I have had enough');
          return x.relu();
        }),
      );
      if (!crashes) assert.equal(valuesOf(outcomes), [null, null, [0, 2]]);
      for (const role of namesOf(2)) {
        const file = await tapePath(dir, role);
        const own = { here: [role], tape: { file, key: keys[role].privateKey } };
        const again = await refusal(own);
        assert.instance(again, JobError);
        assert.match(again.message, /has been used before, as .*\.used says.*hide two values under one mask/);
        const marks = () => readdirSync(dir).filter((name) => name.endsWith('.used'));
        const [mark, ...others] = marks().filter((name) =>
          readFileSync(join(dir, name), 'utf8').includes(` of ${role}:`),
        );
        assert.equal(others, []);
        rmSync(join(dir, mark));
        assert.match(
          (await refusal(own)).message,
          /used before, though .* did not say so: its seed has been taken/,
        );
        assert.not.ok(marks().includes(mark), 'what is refused is not marked');
      }
    });
  }
});

test('the tape of another party, session, provider or key is refused, and a missing one', async () => {
  await inFolder(async (dir) => {
    const provider = makeTapeKeys();
    await deal(options, dir, program(), {}, provider.privateKey);
    const [alices, bobs] = await Promise.all(namesOf(2).map((role) => tapePath(dir, role)));
    const alice = { file: alices, key: keys.alice.privateKey };
    const cases: [SessionOptions, RegExp][] = [
      [
        { here: ['alice'], tape: { ...alice, file: bobs } },
        /bob\.tape is the tape of bob, where alice is here/,
      ],
      [
        { here: ['alice'], tape: { ...alice, key: keys.bob.privateKey } },
        /sealed to another key than the one whose/,
      ],
      [
        { here: ['alice'], tape: alice, ring: 64 },
        /dealt for a session with other settings: ring, fractionBits$/,
      ],
      [{ here: ['alice'], tape: alice, parties: ['alice', 'bob', 'carol'] }, /with other settings: parties$/],
      [{ here: ['alice'], tape: alice, owner: 'bob' }, /with other settings: owner$/],
      [{ here: ['alice'], tape: alice, leastRows: 11 }, /with other settings: leastRows$/],
      [
        { here: ['alice'], tape: { ...alice, from: keys.bob.publicKey } },
        /was dealt by another provider; expected/,
      ],
      [{ here: ['alice'], tape: { ...alice, file: `${dir}/no.tape` } }, /no\.tape cannot be read: .*ENOENT/],
      [{ here: ['owner'], tape: { file: alices }, ring: 64 }, /with other settings: ring, fractionBits$/],
    ];
    for (const [own, expected] of cases) {
      const error = await refusal(own);
      assert.match(error.message, expected);
      assert.instance(error, JobError);
    }
    assert.equal(readdirSync(dir).sort(), ['alice.tape', 'bob.tape', 'owner.tape'], 'nothing was marked');
    const from = { from: provider.publicKey };
    const own = (place: number): SessionOptions => {
      const role = users(2)[place];
      const key = keys[role] && { key: keys[role].privateKey };
      return { tape: { file: [alices, bobs, alices][place], ...key, ...from } };
    };
    // any tape has the public part that an owner needs
    assert.equal(valuesOf(await runTaped(options, dir, () => program(), {}, own)), [null, null, [0, 2]]);
  });
});

test('a tape that does not say who has dealt it is refused where that is asked for', async () => {
  await inFolder(async (dir) => {
    await deal(options, dir, program());
    const tape = { file: await tapePath(dir, 'bob'), key: keys.bob.privateKey, from: keys.carol.publicKey };
    assert.match(
      (await refusal({ here: ['bob'], tape })).message,
      /does not say who has dealt it; expected provider/,
    );
  });
});

test('tapes of two dealings do not go together', async () => {
  await inFolder((first) =>
    inFolder(async (second) => {
      for (const dir of [first, second]) await deal(options, dir, program());
      copyFileSync(await tapePath(second, 'bob'), await tapePath(first, 'bob'));
      for (const outcome of await runTaped(options, first, () => program())) {
        assert.match(messageOf(outcome), /have not agreed on the session: tape differ|left/);
      }
      assert.not.ok(
        readdirSync(first).some((name) => name.endsWith('.used')),
        'nothing was used',
      );
    }),
  );
});

test('roles of which one expects a provider end before anything is used', async () => {
  await inFolder(async (dir) => {
    await deal(options, dir, program());
    const own = (place: number) => (place === 2 ? ({ tape: undefined, timeout: 3000 } as object) : {});
    for (const outcome of await runTaped(options, dir, () => program(), {}, own)) {
      assert.match(messageOf(outcome), /have not agreed on the session: tape differ|left/);
    }
    assert.equal(readdirSync(dir).length, 3, 'nothing was marked');
  });
});

const others: Record<string, [Parameters<typeof program>[0], RegExp]> = {
  'other arguments': [(x) => x.add(2).relu(), /at command 2 it has addPublic with other arguments/],
  'another operation': [(x) => x.sub(x).relu(), /at command 2 it has addPublic, where the program has sub/],
  'a command too few': [(x) => x.add(1), /at command 3 it has relu, where the program has reveal/],
  'a command too many': [
    async (x) => {
      const y = x.add(1).relu();
      await y.reveal();
      return y;
    },
    /the tape ends before command 5: the program has reveal, for which nothing was dealt/,
  ],
};
for (const [name, [other, expected]] of Object.entries(others)) {
  test(`${name} than the tape was dealt for: the run ends by the command`, async () => {
    await inFolder(async (dir) => {
      await deal(
        options,
        dir,
        program((x) => x.add(1).relu()),
      );
      const outcomes = await runTaped(options, dir, () => program(other));
      const bob = outcomes[1];
      assert.ok('error' in bob && bob.error instanceof ProtocolError);
      assert.match(messageOf(bob), expected);
      for (const outcome of [outcomes[0], outcomes[2]]) {
        if (name !== 'a command too many') assert.match(messageOf(outcome), expected, 'all hear of it');
      }
    });
  });
}

test('a tape that was altered far behind ends the run there', async () => {
  await inFolder(async (dir) => {
    const large = program((x) =>
      x
        .reshape([1, 2])
        .concat(...Array(5000).fill(x.reshape([1, 2])))
        .relu()
        .slice([0, 0], [1, 2]),
    );
    await deal(options, dir, large);
    const file = await tapePath(dir, 'bob');
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1] ^= 1;
    writeFileSync(file, bytes);
    const [, bob] = await runTaped(options, dir, () => large);
    assert.match(messageOf(bob), /bob\.tape has been altered at byte \d+ \(the tape, \w+\)/);
  });
});

test('a dealing that fails leaves no tape, and one does not overwrite another', async () => {
  await inFolder(async (dir) => {
    const failing = deal(options, dir, async (session) => {
      await program()(session);
      throw new RangeError('no more');
    });
    assert.match(String(await failing.catch((error: Error) => error)), /no more/);
    assert.equal(readdirSync(dir), []);
    await deal(options, dir, program());
    const again = await deal(options, dir, program()).catch((error: Error) => error);
    assert.match(String(again), /alice\.tape is there already/);
    assert.equal(readdirSync(dir).sort(), ['alice.tape', 'bob.tape', 'owner.tape']);
    assert.equal(valuesOf(await runTaped(options, dir, () => program())), [null, null, [0, 2]]);
  });
});

test('options that make no sense are refused by name', async () => {
  const parties = { alice: keys.alice.publicKey, bob: keys.bob.publicKey };
  const dealing = { dir: 'tapes', parties };
  const tape = { file: 'alice.tape', key: keys.alice.privateKey };
  const cases: [unknown, RegExp][] = [
    [{ deal: dealing }, /deal: provider alone must be here, got alice, bob, provider, owner/],
    [{ here: ['provider'], deal: 'tapes' }, /createSession: deal/],
    [{ here: ['provider'], deal: { ...dealing, dir: '' } }, /deal: dir is empty/],
    [{ here: ['provider'], deal: { ...dealing, folder: 'x' } }, /deal: unknown option/],
    [
      { here: ['provider'], deal: { ...dealing, parties: { alice: parties.alice } } },
      /deal: parties lacks bob/,
    ],
    [{ here: ['provider'], deal: { ...dealing, parties: { ...parties, carol: parties.bob } } }, /carol/],
    [
      { here: ['provider'], deal: { ...dealing, parties: { ...parties, bob: 'x' } } },
      /deal: parties\.bob: expected/,
    ],
    [
      { here: ['provider'], deal: { ...dealing, parties: { ...parties, bob: parties.alice } } },
      /deal: parties\.bob has another party's key/,
    ],
    [{ here: ['provider'], deal: { ...dealing, key: 'x' } }, /deal: key: expected the PEM/],
    [{ here: ['provider'], deal: { ...dealing, job: '' } }, /deal: job must have 1 to 64 characters, got 0/],
    [{ here: ['alice'], tape: { ...tape, job: 5 } }, /tape: job must be a string/],
    [{ here: ['provider'], deal: dealing, tape }, /deal goes with neither network nor tape/],
    [{ here: ['alice', 'provider'], tape }, /tape stands for provider, which cannot be here/],
    [{ tape }, /tape stands for provider, which cannot be here/],
    [{ here: ['alice', 'bob'], tape }, /tape is one party's, and alice and bob are here/],
    [{ here: ['alice'], tape: { file: 'x' } }, /tape: key must be/],
    [{ here: ['alice'], tape: { ...tape, key: 'x' } }, /tape: key: expected the PEM/],
    [{ here: ['alice'], tape: { ...tape, file: '' } }, /tape: file is empty/],
    [{ here: ['alice'], tape: { ...tape, from: 'x' } }, /tape: from: expected/],
    [{ here: ['owner'], tape }, /tape: key is a party's, and no party is here/],
  ];
  for (const [own, expected] of cases) {
    const error = await refusal(own as SessionOptions);
    assert.match(error.message, expected);
    assert.not.instance(error, JobError);
  }
});

test('a network has no provider where a tape stands for it', () => {
  const fingerprint = (digit: number) => `sha256:${String(digit).repeat(64)}`;
  const roles = Object.fromEntries(
    users(2).map((role, i) => [role, { fingerprint: fingerprint(i), address: `127.0.0.1:${4000 + i}` }]),
  );
  const network = { roles, keys: { alice: { certificate: 'c', key: 'k' } } };
  const agreement = { parties: namesOf(2), provider: 'provider', owner: 'owner', ring: 32 as const };
  const rest = { fractionBits: 12, prgRounds: 12 as const, leastRows: 10 };
  checkNetwork(network, { ...agreement, ...rest, tape: '' }, ['alice']);
  assert.throws(() => checkNetwork(network, { ...agreement, ...rest }, ['alice']), /roles lacks provider/);
});

test.run();
