import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { matmul, matmulNt, matmulTn } from '../../src/baseline/matmul.js';
import { publicRandom } from '../../src/data/random.js';

const random = publicRandom(1);
const integers = (count: number) => Float32Array.from({ length: count }, () => random.below(201) - 100);

test('the three products equal the definition for every edge of the blocks', () => {
  for (const m of [1, 2, 3, 5]) {
    for (const k of [1, 2, 7]) {
      for (const n of [1, 3, 4, 5, 9]) {
        const [a, b, c] = [integers(m * k), integers(k * n), integers(m * n)];
        const nn = new Float32Array(m * n);
        const tn = new Float32Array(k * n);
        const nt = new Float32Array(m * k);
        matmul(nn, a, b, m, k, n);
        matmulTn(tn, a, c, m, k, n);
        matmulNt(nt, c, b, m, k, n);
        const expected = {
          nn: new Float32Array(m * n),
          tn: new Float32Array(k * n),
          nt: new Float32Array(m * k),
        };
        for (let i = 0; i < m; i++) {
          for (let p = 0; p < k; p++) {
            for (let j = 0; j < n; j++) {
              expected.nn[i * n + j] += a[i * k + p] * b[p * n + j];
              expected.tn[p * n + j] += a[i * k + p] * c[i * n + j];
              expected.nt[i * k + p] += c[i * n + j] * b[p * n + j];
            }
          }
        }
        assert.equal({ nn, tn, nt }, expected, `${m}×${k}×${n}`);
      }
    }
  }
});

test.run();
