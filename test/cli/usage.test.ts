/** The command line: help, and what is said of a line that makes no sense. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { choice, flag, integer, integers, positive, readArguments, text } from '../../src/cli/options.js';
import { modules, runProgram } from '../../src/cli/program.js';
import { UsageError } from '../../src/cli/usage.js';
import { runCli } from './run.js';

test('help is there for the program, a group and each command, on standard output', async () => {
  const whole = await runCli(['--help']);
  const group = await runCli(['train', '--help']);
  for (const { code, stdout, stderr } of [whole, group]) {
    assert.equal([code, stderr], [0, '']);
    assert.match(stdout, 'train wine');
    assert.match(stdout, 'train fashion-mnist');
  }
  const wine = await runCli(['train', 'wine', '--epochs', '3', '--help']);
  assert.equal([wine.code, wine.stderr], [0, '']);
  const fashion = await runCli(['train', 'fashion-mnist', '--help']);
  const shown: [string, RegExp][] = [
    [wine.stdout, /--fold N .*\(default 0\)/],
    [wine.stdout, /--epochs N .*\(default 5\)/],
    [wine.stdout, /--batch N .*\(default 8\)/],
    [wine.stdout, /--rate X .*\(default 0\.375\)/],
    [wine.stdout, /--hidden N,… .*\(default 16\)/],
    [wine.stdout, /--ring auto\|32\|64 .*\(default auto\)/],
    [wine.stdout, /--parties 2\|3 .*\(default 2\)/],
    [wine.stdout, /--seed N .*\(default 0\)/],
    [wine.stdout, /--json /],
    [fashion.stdout, /--images N .*\(default 640\)/],
    [fashion.stdout, /--data DIR /],
    [fashion.stdout, /--model mlp\|lenet .*\(default mlp\)/],
    [fashion.stdout, /--epochs N .*\(default 3\)/],
    [fashion.stdout, /--batch N .*\(default 16\)/],
    [fashion.stdout, /--hidden N,… .*\(default 128,64\)/],
  ];
  for (const [help, line] of shown) assert.match(help, line);
});

test('--version prints the version of the package', async () => {
  const { code, stdout } = await runCli(['--version']);
  assert.is(code, 0);
  assert.match(stdout, /^\d+\.\d+\.\d+\S*\n$/);
});

const senseless: [string, RegExp][] = [
  ['', /no command; known: train wine, train fashion-mnist/],
  ['train', /incomplete command "train"; known: train wine/],
  ['train --target y', /train FILE: FILE is missing \(see beaverdam train FILE --help\)/],
  [
    'train --epochs 3 wine',
    /train FILE: "wine" is no FILE \(a path is, \.\/wine; options of a command stand/,
  ],
  ['train --target y ./none.csv', /cannot read \.\/none\.csv: no such file/],
  ['train --target y ./none.csv ./two.csv', /train: unexpected argument "\.\/two\.csv"/],
  ['trian wine', /unknown command "trian wine"/],
  ['train mnist', /unknown command "train mnist"/],
  ['--verbose', /unknown option --verbose/],
  ['train wine --epoch 3', /train wine: unknown option --epoch \(did you mean --epochs\?\)/],
  ['train wine -e 3', /unknown option -e/],
  ['train wine 3', /unexpected argument "3"/],
  ['train wine --epochs', /--epochs needs a value/],
  ['train wine --epochs 0', /--epochs: expected a whole number, 1 or more/],
  ['train wine --epochs 2.5', /--epochs: expected a whole number/],
  ['train wine --epochs=', /--epochs: expected a whole number/],
  ['train wine --fold 5', /--fold: expected a whole number, from 0 to 4/],
  ['train wine --ring 16', /--ring: expected auto or 32 or 64/],
  ['train wine --parties 4', /--parties: expected 2 or 3/],
  ['train wine --seed -1', /--seed: expected a whole number, 0 or more/],
  ['train wine --rate -0.5', /--rate: expected a positive number/],
  ['train wine --rate fast', /--rate: expected a positive number/],
  ['train wine --hidden 16,,8', /--hidden: expected positive whole numbers/],
  ['train wine --json=yes', /--json takes no value/],
  ['train wine --images 640', /train wine: unknown option --images/],
  ['train fashion-mnist --model gpt', /--model: expected mlp or lenet/],
  ['train fashion-mnist --images 3000', /--images 3000 needs --data DIR: only 2000 images are built in/],
];

test('modules are listed with the commands that they have', async () => {
  for (const { names, load } of modules) {
    assert.equal(
      (await load()).map(({ name }) => name),
      names,
    );
  }
});

test('a line that makes no sense is refused with one line that says why', async () => {
  for (const [line, message] of senseless) {
    const error = await runProgram(line.split(' ').filter(Boolean)).catch((cause) => cause);
    assert.instance(error, UsageError, line);
    assert.match(error.message, message);
    assert.not.match(error.message, '\n');
  }
});

test('it goes to standard error alone, and the exit code is 2', async () => {
  for (const line of ['', 'trian wine', 'train wine --epoch 3', 'train wine --epochs 0']) {
    const { code, stdout, stderr } = await runCli(line.split(' ').filter(Boolean));
    assert.is(code, 2, line);
    assert.is(stdout, '', line);
    assert.match(stderr, /^beaverdam: [^\n]+\n$/);
  }
});

test('options are read by their kind, the last of a name counts, and defaults fill the rest', () => {
  const options = {
    size: integer('', 7, 1),
    rate: positive('', undefined, 'the usual'),
    widths: integers('', [16]),
    ring: choice('', 32, [32, 64]),
    dir: text('', 'DIR'),
    json: flag(''),
  };
  assert.equal(readArguments('run', options, []).values, {
    size: 7,
    rate: undefined,
    widths: [16],
    ring: 32,
    dir: undefined,
    json: false,
  });
  const args = '--size 3 --rate=1e-3 --widths 8,4 --ring 64 --json --dir --odd --size 12'.split(' ');
  assert.equal(readArguments('run', options, args).values, {
    size: 12,
    rate: 0.001,
    widths: [8, 4],
    ring: 64,
    dir: '--odd',
    json: true,
  });
  assert.throws(
    () => readArguments('run', options, ['--size', '0x10']),
    /run: --size: expected a whole number/,
  );
  assert.throws(
    () => readArguments('run', options, ['--toString']),
    (error: unknown) => error instanceof UsageError,
  );
});

test.run();
