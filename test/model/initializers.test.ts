import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { publicRandom } from '../../src/data/random.js';
import { glorotUniform, ones, zeros } from '../../src/model/initializers.js';

test('Glorot weights fill ±√(6 / (fanIn + fanOut)) evenly', () => {
  const limit = Math.sqrt(6 / (13 + 16));
  const n = 50_000;
  const weights = glorotUniform(13, 16, n, publicRandom(1));
  let sum = 0;
  let squares = 0;
  for (const w of weights) {
    assert.ok(Math.abs(w) <= limit);
    sum += w;
    squares += w * w;
  }
  assert.ok(Math.abs(sum / n) < (5 * limit) / Math.sqrt(3 * n), 'mean 0 within five standard errors');
  assert.ok(Math.abs(squares / n / (limit ** 2 / 3) - 1) < 0.03, 'variance 2 / (fanIn + fanOut)');
  assert.ok(Math.max(...weights) > 0.999 * limit && Math.min(...weights) < -0.999 * limit);
});

test('the same stream gives the same weights, another stream others', () => {
  assert.equal(glorotUniform(4, 4, 16, publicRandom(5)), glorotUniform(4, 4, 16, publicRandom(5)));
  assert.not.equal(glorotUniform(4, 4, 16, publicRandom(5)), glorotUniform(4, 4, 16, publicRandom(6)));
  assert.equal(zeros(3), new Float32Array(3));
  assert.equal(ones(2), Float32Array.of(1, 1));
  assert.throws(() => glorotUniform(0, 0, 1, publicRandom(1)), /must be positive/);
});

test.run();
