/** A training whose numbers would leave the ring ends the command with one line and exit code 1, never with numbers. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { runCli } from './run.js';

const result = /"result"/;

test('a rate far too high is refused before the training starts', async () => {
  const { code, stdout, stderr } = await runCli(['train', 'wine', '--rate', '60', '--json', '--no-compare']);
  assert.is(code, 1);
  assert.match(
    stderr,
    /^beaverdam: createSession: no ring holds the training of the dry run: layer \d \(dense\), .*\n$/,
  );
  assert.not(result.test(stdout));
});

test('on a ring that is asked for it is ended in its first epoch, with what to try', async () => {
  const words = 'train wine --rate 60 --ring 32 --json --no-compare'.split(' ');
  const { code, stdout, stderr } = await runCli(words);
  assert.is(code, 1);
  assert.match(
    stderr,
    /^beaverdam: fit: epoch 1: numbers came near the limit of ring 32, .*layer \d \(dense\): .*try .*\n$/,
  );
  assert.is(stdout, '');
});

test.run();
