/** Training from the command line: what is printed, how it ends. */
import { closeSync, existsSync, openSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runCli } from './run.js';

const lines = (text: string): string[] => text.trimEnd().split('\n');

const isShare = (value: unknown): boolean => typeof value === 'number' && value >= 0 && value <= 1;
const isPositive = (value: unknown): boolean =>
  typeof value === 'number' && Number.isFinite(value) && value > 0;

test('train wine --json prints one object an epoch and the result, and trains to more than 85 %', async () => {
  const { code, stdout, stderr } = await runCli(['train', 'wine', '--json', '--fold', '1', '--seed', '3']);
  assert.equal([code, stderr], [0, '']);
  const records = lines(stdout).map((line) => JSON.parse(line));
  assert.is(records.length, 6);
  let seconds = 0;
  for (const [i, record] of records.slice(0, 5).entries()) {
    assert.equal(Object.keys(record), ['epoch', 'loss', 'accuracy', 'valLoss', 'valAccuracy', 'seconds']);
    assert.is(record.epoch, i + 1);
    assert.ok(isPositive(record.loss) && isPositive(record.valLoss));
    assert.ok(isShare(record.accuracy) && isShare(record.valAccuracy));
    assert.ok(record.seconds > seconds);
    seconds = record.seconds;
  }
  const { result, ...rest } = records[5];
  assert.equal(rest, {});
  assert.equal(Object.keys(result), [
    'accuracy',
    'loss',
    'seconds',
    'plainSeconds',
    'plainAccuracy',
    'rounds',
    'bytesOnline',
    'bytesDealt',
    'ring',
    'parties',
  ]);
  assert.ok(result.accuracy > 0.85 && result.plainAccuracy > 0.85);
  assert.equal([result.accuracy, result.loss], [records[4].valAccuracy, records[4].valLoss]);
  assert.ok(result.seconds >= seconds && isPositive(result.plainSeconds));
  for (const key of ['rounds', 'bytesOnline', 'bytesDealt']) {
    assert.ok(Number.isInteger(result[key]) && result[key] > 0, key);
  }
  assert.equal([result.ring, result.parties], [32, 2]);
});

test('--hidden none trains a linear model of images too, at a rate of its own', async () => {
  const { code, stdout } = await runCli(
    'train fashion-mnist --hidden none --images 320 --epochs 2 --json --no-compare'.split(' '),
  );
  assert.is(code, 0);
  assert.ok(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '').result.accuracy > 0.4);
});

test('ring, parties, epochs and hidden layers are those asked for; --no-compare leaves null', async () => {
  const line = 'train wine --json --ring 64 --parties 3 --epochs 1 --hidden 8,8 --batch 16 --no-compare';
  const { code, stdout } = await runCli(line.split(' '));
  assert.is(code, 0);
  const records = lines(stdout).map((text) => JSON.parse(text));
  assert.is(records.length, 2);
  const { result } = records[1];
  assert.equal([result.ring, result.parties], [64, 3]);
  assert.equal([result.plainSeconds, result.plainAccuracy], [null, null]);
});

test('fashion-mnist prints the same records', async () => {
  const line = 'train fashion-mnist --json --images 32 --epochs 2 --hidden 8';
  const { code, stdout, stderr } = await runCli(line.split(' '));
  assert.equal([code, stderr], [0, '']);
  const records = lines(stdout).map((text) => JSON.parse(text));
  assert.equal(
    records.map((record) => Object.keys(record)[0]),
    ['epoch', 'epoch', 'result'],
  );
  assert.ok(isShare(records[2].result.plainAccuracy));
});

test('a person gets the four steps, the epochs, the results side by side and the note, without colours in a pipe', async () => {
  const { code, stdout, stderr } = await runCli(['train', 'wine', '--epochs', '2']);
  assert.equal([code, stderr], [0, '']);
  assert.not.match(stdout, '\x1b');
  assert.not.match(stdout, '\r');
  const wanted = [
    /^Wine, fold 0: training on secret shares$/m,
    /^1 connect .*alice, bob hold data and compute, provider deals randomness$/m,
    /^2 share .*alice 71 \+ 18, bob 71 \+ 18 rows/m,
    /26 sums opened, no row/,
    /^3 exchange .*kB/m,
    /^4 train .*13-16-3/m,
    /^ {2}1\/2 /m,
    /^ {2}2\/2 /m,
    /275 weights opened, to the model owner alone/,
    /predictions for alice, opened to alice alone: class/,
    /^ {2}provider .*sent .*kB .*kB$/m,
    /^ {2}on secret shares .*%.*s$/m,
    /^ {2}in clear, float .*%.*s$/m,
    /^ {2}in clear, TensorFlow\.js \d.*\((tensorflow|wasm|cpu)\) .*%.*s$/m,
    /protects nothing from whoever owns the process/,
  ];
  let at = 0;
  for (const pattern of wanted) {
    const found = stdout.slice(at).search(pattern);
    assert.ok(found >= 0, `${pattern} in order in\n${stdout}`);
    at += found;
  }
});

test('a folder without the images ends with one line and exit code 2', async () => {
  const { code, stdout, stderr } = await runCli(
    'train fashion-mnist --images 3000 --data /no/such/folder'.split(' '),
  );
  assert.equal([code, stdout], [2, '']);
  assert.match(stderr, /^beaverdam: neither train-images-idx3-ubyte nor [^\n]+\n$/);
});

const signals = [
  ['SIGINT', 130, 'interrupted'],
  ['SIGTERM', 143, 'terminated'],
] as const;

for (const [signal, expected, word] of signals) {
  test(`${signal} ends a training at once, with whole lines, one message and exit code ${expected}`, async () => {
    let interrupted = 0;
    const { code, stdout, stderr } = await runCli('train wine --epochs 100000 --json'.split(' '), {
      onOutput(text, child) {
        if (interrupted || !text.includes('\n')) return;
        interrupted = performance.now();
        child.kill(signal);
      },
    });
    assert.ok(performance.now() - interrupted < 5000, 'within five seconds');
    assert.is(code, expected);
    assert.is(stderr, `beaverdam: ${word}; the session has ended\n`);
    for (const line of lines(stdout)) JSON.parse(line);
  });
}

test('so they do while the trainings in clear run, which hear of nothing', async () => {
  for (const [signal, expected] of signals) {
    let sent = false;
    const line = 'train wine --epochs 1 --batch 142 --hidden 500,500';
    const { code, stdout } = await runCli(line.split(' '), {
      onOutput(text, child) {
        if (sent || !/^ {2}provider /m.test(text)) return;
        sent = child.kill(signal);
      },
    });
    assert.is(code, expected);
    assert.not.match(stdout, 'on secret shares  ');
  }
});

test('output that cannot be written ends the command with one line and exit code 1', async () => {
  if (!existsSync('/dev/full')) return;
  for (const line of ['--help', '--version', 'train wine', 'train wine --json']) {
    const full = openSync('/dev/full', 'w');
    const { code, stderr } = await runCli(line.split(' '), { stdout: full });
    closeSync(full);
    assert.is(code, 1, line);
    assert.match(stderr, /^beaverdam: cannot write to standard output: ENOSPC[^\n]*\n$/);
  }
});

test('a reader that stops reading ends the command quietly', async () => {
  const { code, stderr } = await runCli('train wine --epochs 100000 --json'.split(' '), {
    onOutput: (_text, child) => void child.stdout?.destroy(),
  });
  assert.equal([code, stderr], [0, '']);
});

test.run();
