/** Wrong uses of guests on the command line: each has its own line, and exit code 2. */
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { call } from './in-process.js';
import { place, refused } from './wrong.js';

const here = place();
const JOB = 'FOLDER/job/job.json';
const made = await call([
  'job',
  'init',
  'wine',
  '--out',
  here.at('job'),
  '--clients',
  'clinic,lab',
  '--guest',
  'clinic',
]);
assert.is(made.error, '');
const job = JSON.parse(readFileSync(here.at('job/job.json'), 'utf8'));
const { alice, bob } = job.roles;
job.roles.bob = { ...bob, web: 'wss://bob.example' };
writeFileSync(here.at('job/remote.json'), JSON.stringify(job));
const [line] = readFileSync(here.at('job/keys/clinic/clinic.invitations'), 'utf8').split('\n');
here.file('none.txt', 'secret\n');
here.file('half.txt', `\n${line}\n`);
here.file('other.txt', `${line.replace('alice/', 'carol/')}\n`);

const init = (...words: string[]) => ['job', 'init', 'wine', '--out', 'FOLDER/new', ...words];

test('which roles can be guests', () =>
  refused(here, [
    [
      init('--guest', 'clinic,owner'),
      'job init wine: --guest: "clinic" is none of alice, bob, provider, owner',
    ],
    [
      init('--guest', 'provider'),
      'job init wine: --guest: the provider deals to all by a certificate, and is no guest',
    ],
    [
      init('--guest', 'alice,bob'),
      'job init wine: --guest: alice and bob are guests, and two guests cannot be linked to each other',
    ],
    [
      init('--clients', 'clinic', '--guest', 'clinic,bob'),
      'job init wine: --guest: bob and clinic are guests, and two guests cannot be linked to each other',
    ],
    [
      init('--guest', 'bob', '--save-as', 'wine'),
      'job init wine: --save-as: bob is a guest, and keeps nothing',
    ],
  ]));

const invite = (...words: string[]) => ['job', 'invite', JOB, ...words];

test('who invites whom', () =>
  refused(here, [
    [['job', 'invite'], 'job invite: FILE is missing (see beaverdam job invite --help)'],
    [invite(), 'job invite: --role is needed (see beaverdam job invite --help)'],
    [invite('--role', 'alice'), 'job invite: --for is needed (see beaverdam job invite --help)'],
    [
      invite('--role', 'alice', '--for', 'mallory'),
      `job invite: no role named "mallory" in ${JOB} (roles: alice, bob, provider, owner, clinic, lab)`,
    ],
    [invite('--role', 'alice', '--for', 'lab'), 'job invite: lab is no guest of alice, which takes clinic'],
    [
      invite('--role', 'provider', '--for', 'clinic'),
      'job invite: clinic is no guest of provider, which takes nobody',
    ],
    [
      invite('--role', 'alice', '--for', 'clinic', '--expires', '366d'),
      'job invite: --expires: expected days, 1d to 365d',
    ],
    [
      invite('--role', 'alice', '--for', 'clinic', '--expires', '12h'),
      'job invite: --expires: expected days, 1d to 365d',
    ],
    [
      invite('--role', 'alice', '--for', 'clinic', '--keys', 'FOLDER/job/keys/bob'),
      'job invite: cannot read FOLDER/job/keys/bob/alice.crt (option --keys; beaverdam keys makes them)',
    ],
  ]));

const run = (role: string, ...words: string[]) => ['run', JOB, '--role', role, ...words];

test('options of those that take guests', () =>
  refused(here, [
    [run('lab', '--web', '127.0.0.1:1'), 'run: --web: lab takes no guests in this job'],
    [run('provider', '--origin', 'https://a.example'), 'run: --origin: provider takes no guests in this job'],
    [run('alice', '--web', 'here'), 'run: --web: expected host:port, with a port from 1 to 65535'],
    [
      run('alice', '--web', '0.0.0.0:9480'),
      'run: --web: 0.0.0.0 is open to others, which needs --web-cert and --web-key',
    ],
    [
      run('alice', '--origin', 'https://a.example/'),
      "run: --origin: expected an origin as browsers say it, 'https://host' or 'https://host:port'",
    ],
    [run('alice', '--web-cert', 'FOLDER/none.txt'), 'run: --web-cert and --web-key come together'],
    [
      run('alice', '--web-cert', 'FOLDER/none.txt', '--web-key', 'FOLDER/none.txt'),
      'run: FOLDER/none.txt and FOLDER/none.txt are no certificate and its private key',
    ],
    [
      run('alice', '--web-cert', 'FOLDER/no.pem', '--web-key', 'FOLDER/none.txt'),
      'cannot read FOLDER/no.pem: no such file',
    ],
    [
      ['run', 'FOLDER/job/remote.json', '--role', 'bob'],
      'run: bob takes guests at wss://bob.example/: give --web-cert and --web-key, or with --web an address of this machine, behind a proxy that has them',
    ],
    [run('alice', '--invitations', 'FOLDER/none.txt'), 'run: --invitations: alice is no guest'],
  ]));

test('options and invitations of a guest', () =>
  refused(here, [
    [run('clinic', '--keys', 'FOLDER/job/keys/alice'), 'run: --keys: clinic is a guest, and has none'],
    [run('clinic', '--listen', '127.0.0.1:1'), 'run: --listen: clinic is a guest, whom nobody dials'],
    [run('clinic', '--web', '127.0.0.1:1'), 'run: --web: clinic is a guest itself'],
    [run('clinic', '--invitations', 'FOLDER/no.txt'), 'cannot read FOLDER/no.txt: no such file'],
    [
      run('clinic', '--invitations', 'FOLDER/none.txt'),
      'run: FOLDER/none.txt: line 1: expected the line of an invitation',
    ],
    [run('clinic', '--invitations', 'FOLDER/half.txt'), 'run: FOLDER/half.txt: lacks the invitation of bob'],
    [
      run('clinic', '--invitations', 'FOLDER/other.txt'),
      'run: FOLDER/other.txt: line 1: it is not for clinic at alice or bob',
    ],
  ]));

test('nothing of a job is taken up where a party keeps nothing', async () => {
  const { error } = await call(['job', 'init', 'wine', '--out', here.at('page'), '--guest', 'bob']);
  assert.is(error, '');
  await refused(here, [
    [
      ['run', 'FOLDER/page/job.json', '--role', 'alice', '--resume'],
      'run: --resume: no party keeps checkpoints where one is a guest',
    ],
    [
      ['deal', 'FOLDER/page/job.json', '--out', 'FOLDER/tapes'],
      'roles.bob has no sealing key to which its tape could be sealed',
    ],
  ]);
});

test('a role invites with its own certificate alone', async () => {
  job.roles.alice = { ...alice, fingerprint: `${alice.fingerprint.slice(0, -4)}0000` };
  writeFileSync(here.at('job/other.json'), JSON.stringify(job));
  await refused(here, [
    [
      ['job', 'invite', 'FOLDER/job/other.json', '--role', 'alice', '--for', 'clinic'],
      'job invite: FOLDER/job/keys/alice/alice.crt is not the certificate that the job has of alice',
    ],
  ]);
});

test.run();
