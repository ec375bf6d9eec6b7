/** Jobs that end when the test rows' loss gets better no more. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runJob, wineJob } from '../../src/jobs/index.js';
import { parseJobFile } from '../../src/jobs/job-document.js';
import type { TrainingFile } from '../../src/jobs/job-file.js';
import { initJob, ROLES, recordsOf, removeJobs, resultOf, runRoles } from '../cli/job.js';
import { runCli } from '../cli/run.js';

const test = suite('stopped early');
const dirs: string[] = [];
test.after(() => {
  removeJobs();
  for (const dir of dirs) rmSync(dir, { recursive: true });
});

/** Nothing is better by a hundred than the first epoch. */
const AFTER_THREE = { patience: 2, minDelta: 100 };

test('it ends, says after how many epochs, and what is resumed behind its end has the same result', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'stopped-'));
  dirs.push(dir);
  const job = { ...(await wineJob()), epochs: 9, earlyStopping: AFTER_THREE };
  const result = await runJob(job, { checkpoint: dir });
  assert.equal([result.made, result.epochs.length], [3, 3]);
  assert.is(result.loss, result.epochs[2].valLoss);
  const again = await runJob(job, { checkpoint: dir, resume: dir });
  assert.equal([again.made, again.epochs.length], [3, 0]);
  assert.is(again.accuracy, result.accuracy);
  assert.ok(Math.abs(again.loss - result.loss) < 0.01);
});

test('without it all epochs are made', async () => {
  const result = await runJob({ ...(await wineJob()), epochs: 2 });
  assert.equal([result.made, result.epochs.length], [2, 2]);
});

test('what no training can be stopped by is refused before anything is shared', async () => {
  const job = await wineJob();
  const refused: [object, RegExp][] = [
    [{ earlyStopping: { patience: 0 } }, /runJob: job\.earlyStopping: patience/],
    [{ earlyStopping: { wait: 1 } }, /runJob: job\.earlyStopping: unknown option "wait"/],
    [{ earlyStopping: { monitor: 'f1' } }, /runJob: job\.earlyStopping: cannot monitor "f1"/],
    [
      { earlyStopping: { monitor: 'valAccuracy' }, task: 'regress' },
      /runJob: job\.earlyStopping: valAccuracy is not measured/,
    ],
  ];
  for (const [more, message] of refused) {
    try {
      await runJob({ ...job, ...more });
      assert.unreachable(String(message));
    } catch (error) {
      assert.match((error as Error).message, message);
    }
  }
});

test('train --patience ends early, and compares with trainings in clear of as many epochs', async () => {
  const { code, stdout } = await runCli('train wine --epochs 200 --patience 1 --json'.split(' '));
  assert.is(code, 0);
  const records = recordsOf({ code, stdout, stderr: '' });
  const losses = records.slice(0, -1).map(({ valLoss }) => valLoss);
  assert.ok(losses.length < 200, `${losses.length} epochs`);
  const last = losses.at(-1);
  assert.ok(last >= Math.min(...losses.slice(0, -1)), 'the last is not the best');
  for (let i = 1; i < losses.length - 1; i++) assert.ok(losses[i] < losses[i - 1], `epoch ${i + 1}`);
  assert.is(records.at(-1).result.loss, last);
  const clear = await runCli(`train wine --epochs ${losses.length} --json`.split(' '));
  const plain = resultOf({ code, stdout: clear.stdout, stderr: '' });
  assert.is(records.at(-1).result.plainAccuracy, plain.plainAccuracy);
});

test('train says why it ended', async () => {
  const { stdout } = await runCli('train wine --epochs 200 --patience 1 --no-compare'.split(' '));
  assert.match(stdout, / at most 200 epochs in batches of 8\n/);
  assert.match(
    stdout,
    /\n {2}ended after \d+ of 200 epochs: the test loss has got no smaller for an epoch\n/,
  );
});

test('roles on machines of their own end together, as their job files say', async () => {
  const dir = await initJob('wine', '--epochs', '60', '--patience', '1');
  const { readFile, writeFile } = await import('node:fs/promises');
  const path = join(dir, 'job.json');
  const file = (await parseJobFile('job.json', await readFile(path))) as TrainingFile;
  assert.equal(file.training.earlyStopping, { patience: 1 });
  const stops = file.discloses.filter(({ label }) => label === 'fit: stop').map(({ to }) => to);
  assert.equal(stops.sort(), ['alice', 'bob', 'provider']);
  file.training.earlyStopping = AFTER_THREE;
  await writeFile(path, JSON.stringify(file));
  const { stdout } = await runCli(['job', 'check', path]);
  assert.match(stdout, /at most 60 epochs/);
  assert.match(stdout, /after which epoch the owner ends the training, if it does/);
  const ended = await runRoles(dir, ROLES);
  for (const [role, { code, stderr }] of ended) assert.equal([role, code, stderr], [role, 0, '']);
  assert.match(String(ended.get('owner')?.stdout), /ended after 3 of 60 epochs/);
  assert.match(String(ended.get('bob')?.stdout), /epoch 3\/60 done\n/);
  assert.not.match(String(ended.get('bob')?.stdout), /epoch 4\/60/);
});

test('a training that nobody sees cannot end early', async () => {
  const words = 'job init wine --out x --owner-away --save-as m --patience 2'.split(' ');
  const { code, stderr } = await runCli(words);
  assert.is(code, 2);
  assert.match(stderr, /--patience and --owner-away: nobody sees a loss then/);
});

test.run();
