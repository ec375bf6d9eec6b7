/** Roles that are killed when a job is about to end, or just has. */
import { test } from 'uvu';
import { seed } from '../world/seed.js';
import { removeJobs } from './job.js';
import { killOften, type Moment } from './kills.js';

test.after(removeJobs);

const MOMENTS: Moment[] = [
  { name: 'while the model is evaluated', sign: /4 train/, within: 200 },
  { name: 'at its very end', sign: /trained in|weights opened/, within: 30 },
];

test('a role is killed at the very end: each other has ended well, or says who it was', async () => {
  await killOften(seed + 2, 4, 1, MOMENTS);
});

test.run();
