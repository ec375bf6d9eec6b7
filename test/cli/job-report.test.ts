/** What is told of a job before it runs: the costs are those that are counted, on the line that is asked about. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { describeRoles } from '../../src/cli/job-report.js';
import { parseJobFile } from '../../src/jobs/job-document.js';
import { costsOf, tapesOf } from '../../src/jobs/job-folder.js';
import { trainingJob } from '../../src/jobs/role-job.js';
import { runRole } from '../../src/jobs/run.js';
import { bytes, count, duration } from '../../src/report/format.js';
import { initJob, removeJobs } from './job.js';

test.after(removeJobs);

const dir = await initJob('wine', '--clients', 'clinic');
const file = await parseJobFile('job.json', readFileSync(join(dir, 'job.json')));

test('rounds, bytes, memory and time', async () => {
  const { totals, line: most, peakBytes, multiplyAdds } = await costsOf(file);
  const { rounds, online, dealt, input } = totals;
  const fast = { delay: 20, rate: 12.5e6 };
  const slow = { delay: 0, rate: 1000 };
  const told = await describeRoles(file, [], fast);
  const text = told.join('\n');
  assert.ok(multiplyAdds > 1e5 && multiplyAdds < 1e6, 'less than a million, and not told as none');
  const waits = (rounds * 20) / 1000 + (online + input) / 12.5e6;
  for (const line of [
    `${count(rounds)} rounds between the parties`,
    `${bytes(online)} sent by a party, ${bytes(input)} of shared rows`,
    `${bytes(dealt)} dealt, ${bytes(most)} to one at the most`,
    `${bytes(peakBytes)} of memory`,
    `20 ms one way and 100 Mbit/s at least ${duration(waits)}`,
    `beside it ${(multiplyAdds / 1e6).toFixed(1)} million multiply-adds`,
  ]) {
    assert.ok(text.includes(line), `${line} in ${text}`);
  }
  const dealing = (await describeRoles(file, [], slow)).join('\n');
  assert.ok(most < 0.51 * dealt, `${most} of ${dealt} bytes`);
  const sends = Math.max(most, online + input) / 1000;
  assert.ok(dealing.includes(`at least ${duration(sends)}`), dealing);
  for (const [role, size] of Object.entries(await tapesOf(file))) {
    assert.ok(text.includes(`${role} ${bytes(size)}`), role);
  }
});

test('fewer rounds are told of where they are quicker, and nothing where they are not', async () => {
  const [usual, few] = [file, { ...file, fewRounds: true }];
  const [wan, slow, lan] = [
    { delay: 20, rate: 12.5e6 },
    { delay: 0.01, rate: 12.5e5 },
    { delay: 0.2, rate: 1e9 },
  ];
  const said = async (job: typeof file, line: typeof wan) =>
    (await describeRoles(job, [], line)).filter((text) => text.includes('fewRounds'));
  const { rounds, dealt } = (await costsOf(few)).totals;
  const [told] = await said(usual, wan);
  assert.ok(told.includes(`: ${count(rounds)} rounds, and ${bytes(dealt)} dealt`), told);
  assert.ok(told.includes('with "fewRounds": true in the job'));
  assert.equal(await said(few, wan), []);
  assert.equal(await said(usual, slow), []);
  const [back] = await said(few, slow);
  assert.ok(back.includes('without "fewRounds" in the job'), back);
  assert.is((await said(usual, lan)).length + (await said(few, lan)).length, 1);
});

test('who asks about one role is told what others learn, too', async () => {
  const line = { delay: 1, rate: 1e6 };
  const others = async (job: typeof file, role: string) => {
    const told = await describeRoles(job, [role], line);
    const at = told.indexOf('What this job tells others:');
    return told.slice(at + 1, told.indexOf('', at)).join('\n');
  };
  const told = await others(file, 'bob');
  assert.match(told, /^ {2}- owner learns .*the mean loss of each epoch; .*the trained weights$/m);
  assert.not.match(told, /^ {2}- bob/m);
  const more = [...file.discloses, { label: 'weights', to: 'provider' }];
  assert.match(
    await others({ ...file, discloses: more }, 'bob'),
    /^ {2}- provider learns the trained weights$/m,
  );
  assert.not.match(await others(file, 'owner'), /the trained weights/);
});

test('every key that a role shows or seals with', async () => {
  const text = (await describeRoles(file, ['alice', 'provider', 'clinic'], { delay: 1, rate: 1e6 })).join(
    '\n',
  );
  for (const role of ['alice', 'provider', 'clinic'])
    assert.ok(text.includes(file.roles[role].fingerprint), role);
  assert.ok(text.includes(`takes tapes sealed to ${file.roles.alice.sealing}`));
  assert.ok(text.includes(`signs tapes with ${file.roles.provider.sealing}`));
});

test('a role that is here without its rows is named', async () => {
  if (file.task !== 'train') throw new TypeError('a training');
  const job = trainingJob(file, []);
  const error = await runRole(job, { state: dir }).catch((cause: Error) => cause);
  assert.match(String(error), /TypeError: runRole: clinic is here, and its rows are not/);
});

test.run();
