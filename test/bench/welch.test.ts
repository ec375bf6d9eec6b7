import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { largestT, welch } from '../../bench/support/welch.js';
import { Random } from '../world/ring.js';

test("Welch's t of small samples, as worked out by hand", () => {
  // means 3 and 7, variances 2.5 and 10: t = -4 / √(2.5 / 5 + 10 / 5)
  assert.ok(Math.abs(welch([1, 2, 3, 4, 5], [3, 5, 7, 9, 11]) + 4 / Math.sqrt(2.5)) < 1e-12);
  // means 2 and 5, variances 1 and 4, of three and four values: t = -3 / √(1 / 3 + 4 / 4)
  const b = [5 - Math.sqrt(6), 5, 5, 5 + Math.sqrt(6)];
  assert.ok(Math.abs(welch([1, 2, 3], b) + 3 / Math.sqrt(1 / 3 + 1)) < 1e-12);
});

test('equal samples give 0, also where nothing varies', () => {
  assert.is(welch([2, 4, 6], [6, 4, 2]), 0);
  assert.is(welch([3, 3, 3], [3, 3, 3]), 0);
  assert.is(largestT([], []), 0);
});

test('a difference hidden by outliers shows when they are cropped, and no difference stays none', () => {
  const random = new Random(1);
  const times = (mean: number) =>
    Array.from({ length: 2000 }, (_, i) => mean + random.unit() + (i % 50 === 0 ? 1e4 * random.unit() : 0));
  const [a, b, c] = [times(10), times(10), times(10.1)];
  assert.ok(Math.abs(welch(a, c)) < 3, 'outliers hide it');
  assert.ok(largestT(a, c) > 5, 'cropped, it shows');
  assert.ok(largestT(a, b) < 5, 'there is none');
});

test.run();
