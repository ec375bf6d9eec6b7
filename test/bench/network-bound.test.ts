/** The bound of a step over a line, worked out by hand. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { boundOf } from '../../bench/support/network/bound.js';

const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-12, `${a} is not ${b}`);

test('rounds wait, bytes take the rate, and work comes on top', () => {
  const bound = boundOf(
    { rounds: 16, online: 500_000, dealt: 2_000_000, line: 1_000_000 },
    { delay: 20, rate: 12.5e6 },
    0.018,
  );
  near(bound.waiting, 0.32);
  near(bound.sending, 0.04);
  near(bound.dealing, 0.08);
  near(bound.seconds, 0.378);
});

test('where the provider deals more than a step takes, its line is the bound', () => {
  const bound = boundOf(
    { rounds: 2, online: 1000, dealt: 19_000_000, line: 10_000_000 },
    { delay: 1, rate: 1e6 },
    0.01,
  );
  near(bound.seconds, 10);
});

test('without a line the work alone is left', () => {
  const line = { delay: 0, rate: Number.POSITIVE_INFINITY };
  near(
    boundOf({ rounds: 16, online: 500_000, dealt: 2_000_000, line: 1_000_000 }, line, 0.018).seconds,
    0.018,
  );
});

test.run();
