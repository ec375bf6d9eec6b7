/** Roles that are killed in the middle of epochs, and while they write what they keep. */
import { test } from 'uvu';
import { seed } from '../world/seed.js';
import { removeJobs } from './job.js';
import { killOften, type Moment } from './kills.js';

test.after(removeJobs);

const MOMENTS: Moment[] = [
  { name: 'in an epoch', sign: /\d\/40( done| )/, within: 100 },
  { name: 'while it writes a checkpoint', sign: 'checkpoint', within: 0, roles: ['alice', 'bob'] },
];

test('a role is killed in epochs and while checkpoints are written: the others end, and what was kept is enough', async () => {
  await killOften(seed + 1, 7, 40, MOMENTS);
});

test.run();
