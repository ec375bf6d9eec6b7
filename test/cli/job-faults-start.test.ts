/** Roles that are killed while they start, greet each other and share their rows. */
import { test } from 'uvu';
import { seed } from '../world/seed.js';
import { removeJobs } from './job.js';
import { killOften, type Moment } from './kills.js';

test.after(removeJobs);

const MOMENTS: Moment[] = [
  { name: 'at its start', sign: 'start', within: 600, early: true },
  { name: 'when it listens', sign: /training on secret shares/, within: 200, early: true },
  { name: 'when the first other has come', sign: /is linked/, within: 60, early: true },
  { name: 'when all are linked', sign: /1 connect/, within: 20 },
  { name: 'while rows are shared', sign: /2 share/, within: 100 },
];

test('a role is killed at its start, in handshakes and while rows are shared: the others end or go on', async () => {
  await killOften(seed, 7, 16, MOMENTS);
});

test.run();
