/** Means of up to the largest values that a layer may have, over any count. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { meanOf } from '../../src/protocol/mean-of-sum.js';
import { inEverySetting } from '../world/settings.js';

/** The largest mean, as the head of mean-of-sum.ts has it for the usual fraction bits. */
const LARGEST = { 32: 64, 64: 4096 } as const;

for (const count of [1, 2, 3, 6, 7, 12, 27, 100, 128, 784]) {
  for (const scales of [1, 2]) {
    test(`the mean of ${count} values from a sum at ${scales === 1 ? 'the working' : 'the double'} scale`, () => {
      inEverySetting((world, where) => {
        const { bits, fraction } = world;
        const f = scales * fraction;
        // a sum has to fit the ring itself
        const largest = Math.min(LARGEST[bits], 2 ** (bits - 2 - f) / count) * 0.999;
        const means = [0, 0.01, -0.2, 1, -1, 1 / 3].map((part) => part * largest);
        const sums = means.map((mean) => BigInt(Math.round(mean * count * 2 ** f)));
        const shares = world.share(sums, f, false);
        const { results } = world.run((rt, role) => meanOf(rt, shares[role], count));
        const got = world.opened(results);
        // two roundings, and the reciprocal's last bit
        const relative = bits === 32 ? 2 ** -12 : 2 ** -20;
        means.forEach((mean, i) => {
          const error = Math.abs(Number(got[i]) / 2 ** fraction - mean);
          assert.ok(
            error <= Math.abs(mean) * relative + 4 * 2 ** -fraction,
            `${where}: ${mean} off by ${error}`,
          );
        });
      });
    });
  }
}

test.run();
