/** Roles that are killed in the middle of epochs, and while they write what they keep. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { seed } from '../world/seed.js';
import { removeJobs } from './job.js';
import { killOften, type Moment } from './kills.js';

test.after(removeJobs);

const MOMENTS: Moment[] = [
  { name: 'in an epoch', sign: /\d\/60( done| )/, within: 100 },
  { name: 'while it writes a checkpoint', sign: 'checkpoint', within: 0, roles: ['alice', 'bob'] },
];

test('a role is killed in epochs and while checkpoints are written: the others end, and what was kept is enough', async () => {
  // a kill that comes late may find the job done
  assert.ok((await killOften(seed + 1, 7, 60, MOMENTS)) >= 4);
});

test.run();
