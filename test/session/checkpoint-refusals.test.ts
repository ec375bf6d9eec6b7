/** Checkpoints that cannot be used are refused by name, before anything is sent, and the session goes on. */
import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { JobError, ProtocolError } from '../../src/errors.js';
import { dense, momentum, sgd } from '../../src/model/describe.js';
import {
  CHECKPOINT_VERSION,
  type CheckpointHeader,
  decodeCheckpoint,
  encodeCheckpoint,
} from '../../src/party/checkpoint-file.js';
import { checkpointPositions } from '../../src/session/checkpoint-folder.js';
import type { ResumeOptions } from '../../src/session/checkpoint-options.js';
import type { FitOptions } from '../../src/session/fit-options.js';
import type { SessionOptions } from '../../src/session/options.js';
import { sequential } from '../../src/session/sequential.js';
import type { Session } from '../../src/session/session.js';
import { runApart } from '../world/apart.js';
import { withSession } from '../world/sessions.js';

interface Changes {
  readonly session?: SessionOptions;
  readonly fit?: FitOptions;
  readonly units?: number;
  readonly rate?: number;
  readonly momentum?: boolean;
  readonly rows?: number;
  readonly weights?: boolean;
}

async function training(session: Session, options: FitOptions, changes: Changes = {}) {
  const { units = 3, rate = 0.25, rows = 24, fit } = changes;
  const own = (width: number, owner: string) =>
    session.isHere(owner) ? Array.from({ length: rows * width }, (_, i) => (i % 5) / 8) : null;
  const [first, second] = session.parties;
  const x = session.share(own(2, first), { owner: first, shape: [rows, 2] });
  const y = session.share(own(1, second), { owner: second, shape: [rows, 1] });
  const model = sequential([dense({ units, inputShape: [2] }), dense({ units: 1 })]);
  const optimizer = changes.momentum ? momentum({ learningRate: rate }) : sgd({ learningRate: rate });
  if (changes.weights) model.setWeights([6, 3, 3, 1].map((length) => new Float32Array(length)));
  model.compile({ optimizer, loss: 'meanSquaredError' });
  return model.fit(x, y, { batchSize: 8, epochs: 4, ...options, ...fit });
}

const run = (options: FitOptions, changes: Changes = {}) =>
  withSession(changes.session ?? {}, (session) => training(session, options, changes));

/** The error that a training ends with. */
const refusal = (options: FitOptions, changes: Changes = {}): Promise<Error> =>
  run(options, changes).then(
    () => assert.unreachable('it was not refused') as never,
    (error: Error) => error,
  );

const made = await mkdtemp(join(tmpdir(), 'beaverdam-refusals-'));
test.after(() => rm(made, { recursive: true, force: true }));
const [one, other, work] = ['one', 'other', 'work'].map((name) => join(made, name));
await run({ checkpoint: one, epochs: 3 });
await run({ checkpoint: other, epochs: 3 });

/** A copy of the first run's files, in which something happens. */
async function folder(happens: (path: (name: string) => string) => Promise<unknown>): Promise<string> {
  await rm(work, { recursive: true, force: true });
  await cp(one, work, { recursive: true });
  await happens((name) => join(work, `${name}.checkpoint`));
  return work;
}

const change = async (path: string, how: (bytes: Buffer) => Buffer) =>
  writeFile(path, how(await readFile(path)));

/** Changes a file's header, and makes its checksum right again. */
const reheaded = async (path: string, how: (header: CheckpointHeader) => object) => {
  const { header, payload } = await decodeCheckpoint('it', new Uint8Array(await readFile(path)));
  await writeFile(path, await encodeCheckpoint({ header: { ...header, ...how(header) }, payload }));
};

test('files that are torn, altered, of another version or no checkpoint, by name', async () => {
  const cases: [(bytes: Buffer) => Buffer, RegExp][] = [
    [(bytes) => bytes.subarray(0, 0), /alice\.0-3\.checkpoint is torn: it has 0 bytes$/],
    [(bytes) => bytes.subarray(0, 20), /alice\.0-3\.checkpoint is torn: it has 20 bytes$/],
    [(bytes) => bytes.subarray(0, -1), /alice\.0-3\.checkpoint is torn: it has \d+ of \d+ bytes$/],
    [(bytes) => Buffer.concat([bytes, Buffer.from([0])]), /alice\.0-3\.checkpoint has been altered$/],
    [(bytes) => flipped(bytes, 40), /alice\.0-3\.checkpoint has been altered$/],
    [(bytes) => flipped(bytes, bytes.length - 40), /alice\.0-3\.checkpoint has been altered$/],
    [(bytes) => flipped(bytes, bytes.length - 1), /alice\.0-3\.checkpoint has been altered$/],
    [(bytes) => flipped(bytes, 0), /alice\.0-3\.checkpoint is no checkpoint$/],
    [() => Buffer.from('hello'), /alice\.0-3\.checkpoint is no checkpoint$/],
    [(bytes) => versioned(bytes, CHECKPOINT_VERSION - 1), /has version 0 of the format, of an older package/],
    [(bytes) => versioned(bytes, CHECKPOINT_VERSION + 1), /has version 2 of the format, of a later package/],
  ];
  for (const [how, expected] of cases) {
    const resume = await folder((path) => change(path('alice.0-3'), how));
    const error = await refusal({ resume });
    assert.instance(error, JobError);
    assert.match(error.message, expected);
  }
});

const flipped = (bytes: Buffer, at: number): Buffer => {
  bytes[at] ^= 1;
  return bytes;
};
const versioned = (bytes: Buffer, version: number): Buffer => {
  bytes.writeUInt32LE(version, 8);
  return bytes;
};

test('files of another party, of another position than their name says, or with a header that makes no sense', async () => {
  const cases: [(path: (name: string) => string) => Promise<unknown>, RegExp][] = [
    [(path) => cp(path('bob.0-3'), path('alice.0-3')), /alice\.0-3\.checkpoint is bob's, not alice's$/],
    [(path) => cp(path('alice.0-2'), path('alice.0-3')), /alice\.0-3\.checkpoint is of training 0, epoch 2$/],
    [(path) => reheaded(path('bob.0-3'), () => ({ epoch: -1 })), /bob\.0-3\.checkpoint has a header that/],
    [
      (path) => reheaded(path('bob.0-3'), () => ({ agreement: null })),
      /bob\.0-3\.checkpoint has a header that/,
    ],
  ];
  for (const [happens, expected] of cases) {
    const error = await refusal({ resume: await folder(happens) });
    assert.instance(error, JobError);
    assert.match(error.message, expected);
  }
});

test('files of another session, model, training or job say in what they differ', async () => {
  const cases: [Changes, RegExp][] = [
    [
      { session: { parties: ['alice', 'bob', 'carol'] } },
      /alice\.0-2\.checkpoint is of other parties \(alice, bob\)/,
    ],
    [{ session: { parties: ['bob', 'alice'] } }, /is of other parties \(alice, bob\)/],
    [{ session: { ring: 64 } }, /is of a session with other settings: ring, fractionBits/],
    [{ session: { fractionBits: 11 } }, /is of a session with other settings: fractionBits$/],
    [{ session: { leastRows: 12 } }, /is of a session with other settings: leastRows$/],
    [{ units: 4 }, /is of another model$/],
    [{ rate: 0.125 }, /is of another training: optimizer$/],
    [{ momentum: true }, /is of another training: optimizer$/],
    [{ rows: 32 }, /is of another training: rows$/],
    [{ weights: true }, /is of another training: weights$/],
    [{ fit: { batchSize: 12 } }, /is of another training: batchSize$/],
    [{ fit: { seed: 1 } }, /is of another training: seed$/],
    [{ fit: { shuffle: false } }, /is of another training: shuffle$/],
    [{ fit: { resume: { dir: one, job: 'ab' } } }, /is of another job$/],
  ];
  for (const [changes, expected] of cases) {
    const error = await refusal({ resume: one }, changes);
    assert.instance(error, JobError);
    assert.match(error.message, expected);
  }
});

test('what is refused has sent nothing, and the session goes on to train', async () => {
  await withSession({}, async (session) => {
    const resume = await folder((path) => change(path('bob.0-3'), (bytes) => bytes.subarray(1)));
    const error = await training(session, { resume }).catch((reason: Error) => reason);
    assert.match(String(error), /bob\.0-3\.checkpoint is no checkpoint/);
    assert.is((await training(session, { resume: one })).epochs.length, 1);
  });
});

test('positions of which a party has none, or another run’s, and fewer epochs than have been made', async () => {
  const lacking = await folder((path) => Promise.all(['bob.0-2', 'bob.0-3'].map((name) => rm(path(name)))));
  assert.match(
    (await refusal({ resume: lacking })).message,
    /no checkpoint that all roles have: alice has those after epoch 2, 3; bob has none$/,
  );
  const mixed = await folder(async (path) => {
    for (const epoch of [2, 3]) await cp(join(other, `bob.0-${epoch}.checkpoint`), path(`bob.0-${epoch}`));
  });
  assert.match((await refusal({ resume: mixed })).message, /after epoch (2, 3|3, 2) are of different runs$/);
  const late = await refusal({ resume: one, epochs: 2 });
  assert.instance(late, RangeError);
  assert.match(late.message, /a checkpoint after epoch 3, and epochs is 2/);
});

test('one party that is a position behind, or on another run’s branch, takes all back to the last common one', async () => {
  const behind = await folder((path) => rm(path('bob.0-3')));
  assert.is((await run({ resume: behind })).epochs[0].epoch, 2);
  const branch = await folder((path) => cp(join(other, 'bob.0-3.checkpoint'), path('bob.0-3')));
  assert.is((await run({ resume: branch, checkpoint: branch, epochs: 3 })).epochs[0].epoch, 2);
  assert.equal((await readdir(branch)).length, 4);
  assert.equal(await checkpointPositions(branch, 'alice'), await checkpointPositions(branch, 'bob'));
});

test('shares of different runs that pass for one are found out by the parties', async () => {
  // bob's process believes that its file is of alice's run
  const resume = await folder(async (path) => {
    await cp(join(other, 'bob.0-3.checkpoint'), path('bob.0-3'));
  });
  const [alice, bob] = await Promise.all(['alice', 'bob'].map((role) => checkpointPositions(resume, role)));
  const outcomes = await runApart(
    { ring: 32 },
    [['alice'], ['bob'], ['provider'], ['owner']],
    (place) => (session) => {
      const positions: ResumeOptions['positions'] = place === 1 ? { alice: bob } : { alice, bob: alice };
      return training(session, { resume: { dir: resume, positions }, epochs: 4 });
    },
  );
  const errors = outcomes.map((outcome) => ('error' in outcome ? outcome.error : null));
  assert.ok(errors.every((error) => error !== null));
  assert.instance(errors[0], ProtocolError);
  assert.ok(
    errors.some((error) =>
      /checkpoint: (alice|bob) and (alice|bob) bring different runs/.test(String(error)),
    ),
    String(errors),
  );
});

test('a role elsewhere of which nothing is known, and folders that hold another run', async () => {
  const [outcome] = await runApart(
    { ring: 32, timeout: 3000 },
    [['alice'], ['bob', 'provider', 'owner']],
    () => (session) => training(session, { resume: one }),
  );
  assert.match(
    String('error' in outcome && outcome.error),
    /resume: bob is not here, and positions does not say/,
  );
  const error = await refusal({ checkpoint: one });
  assert.instance(error, JobError);
  assert.match(
    error.message,
    /alice\.0-3\.checkpoint is of another run; give the folder as resume too, or another/,
  );
  await withSession({}, async (session) => {
    const model = sequential([dense({ units: 1, inputShape: [2] })]);
    assert.match(
      String(await model.checkpoint(work).catch((reason: Error) => reason)),
      /not been trained yet/,
    );
    const name = await session.ready().then(() => readdir(one));
    assert.is(name.length, 4, 'the files are still there');
  });
});

test('a folder that cannot be written ends the training, and says which', async () => {
  const blocked = join(made, 'blocked');
  await writeFile(blocked, 'a file');
  const error = await refusal({ checkpoint: join(blocked, 'within') });
  assert.match(error.message, /blocked/);
});

test('options that make no sense', async () => {
  const cases: [unknown, RegExp][] = [
    [{ checkpoint: 3 }, /fit: checkpoint: expected a plain object/],
    [{ checkpoint: '' }, /fit: checkpoint: dir is empty/],
    [{ checkpoint: { dir: 'x', every: 1 } }, /fit: checkpoint: unknown option "every"/],
    [{ resume: { dir: 'x', job: 5 } }, /fit: resume: job must be a string/],
    [{ resume: { dir: 'x', positions: { bob: 1 } } }, /fit: resume: positions of bob must be an array/],
    [
      { resume: { dir: 'x', positions: { bob: [{ epoch: -1, training: 0, id: '' }] } } },
      /fit: resume: epoch must be/,
    ],
  ];
  for (const [options, expected] of cases) {
    assert.match((await refusal(options as FitOptions)).message, expected);
  }
});

test('files hold the public header and the share alone', async () => {
  const bytes = await readFile(join(one, 'alice.0-3.checkpoint'));
  const { header, payload } = await decodeCheckpoint('it', new Uint8Array(bytes));
  assert.is(payload.length, (9 + 4) * 4);
  assert.equal(Object.keys(header).sort(), ['agreement', 'epoch', 'id', 'job', 'model', 'role', 'training']);
  assert.equal(Object.keys(header.training).sort(), [
    ...[
      'batchSize',
      'before',
      'delay',
      'gradientFraction',
      'loss',
      'mayStop',
      'number',
      'optimizer',
      'rows',
      'seed',
    ],
    ...['shuffle', 'weights'],
  ]);
});

test.run();
