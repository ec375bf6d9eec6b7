import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chachaOps, StreamMode } from '../../bindings/chacha.js';
import { startHelpers } from '../../bindings/helpers.js';
import type { HostWorker } from '../../bindings/host/types.js';
import { type Accumulate, matmulOps } from '../../bindings/matmul.js';
import type { Words } from '../../bindings/memory.js';
import { Pool } from '../../bindings/pool.js';
import { assertGuards, guarded, kernels, makeHeap, module, Random, RINGS, vector } from '../world/ring.js';

interface Team {
  readonly heap: ReturnType<typeof makeHeap>;
  readonly pool: Pool;
  readonly helpers: HostWorker[];
}

const running: HostWorker[] = [];

/** A memory with a pool of `count` helpers that are all up. */
async function team(count: number): Promise<Team> {
  const heap = makeHeap();
  const helpers = startHelpers(count, { module, memory: heap.memory }, 'test', 1000 * (count - 1));
  running.push(...helpers);
  const pool = new Pool(kernels(heap), heap, count);
  for (let waited = 0; pool.ready < count; waited += 5) {
    assert.ok(waited < 10_000, 'the helpers start');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return { heap, pool, helpers };
}

test.after(async () => {
  await Promise.all(running.map((helper) => helper.stop()));
});

/** Large enough to be split, with rows and columns that no pool size divides. */
const SHAPES = [
  [131, 129, 127],
  [37, 601, 97],
  [3, 1111, 661],
  [1, 2111, 1009],
] as const;

/** A guarded vector of words drawn from a keystream. */
function drawn({ heap }: Team, bits: 32 | 64, length: number, seed: number): Words {
  const bytes = (length * bits) / 8;
  const words = { ptr: guarded(heap, bytes), length };
  const key = heap.alloc(32);
  heap.bytes(key, 32).fill(seed);
  chachaOps(kernels(heap), heap, bits).chacha(words.ptr, bytes, key, 0, 0, 0, 0, 8, StreamMode.set);
  return words;
}

test('products are the same words for pools of 0, 1 and 3 helpers', async () => {
  const teams = [await team(0), await team(1), await team(3)];
  for (const bits of RINGS) {
    const all = teams.map(({ heap, pool }) => matmulOps(kernels(heap), heap, bits, pool));
    for (const [m, k, n] of SHAPES) {
      for (const product of ['matmul', 'matmulTN', 'matmulNT'] as const) {
        for (const mode of [0, 1, 2] as Accumulate[]) {
          const what = `${product}${bits} ${m}x${k}x${n}, mode ${mode}`;
          const [alone, one, three] = teams.map((each, i) => {
            const { heap } = each;
            const scope = heap.beginScope();
            const a = drawn(each, bits, m * k, 1);
            const b = drawn(each, bits, k * n, 2);
            const out = drawn(each, bits, m * n, 3);
            all[i][product](out, a, b, m, k, n, mode);
            assertGuards(heap, out.ptr, (m * n * bits) / 8, what);
            const result = Buffer.from(heap.bytes(out.ptr, (m * n * bits) / 8).slice());
            heap.endScope(scope);
            return result;
          });
          assert.ok(alone.equals(one), `${what}, 1 helper`);
          assert.ok(alone.equals(three), `${what}, 3 helpers`);
        }
      }
    }
  }
});

test('long keystreams are the same bytes for pools of 0, 1 and 3 helpers', async () => {
  const teams = [await team(0), await team(1), await team(3)];
  for (const bytes of [2 ** 20, 2 ** 20 + 64, 1_300_008]) {
    for (const mode of [StreamMode.set, StreamMode.add32, StreamMode.sub64, StreamMode.xor]) {
      const [alone, one, three] = teams.map(({ heap, pool }) => {
        const key = heap.alloc(32);
        heap.bytes(key, 32).fill(7);
        const out = guarded(heap, bytes);
        chachaOps(kernels(heap), heap, 32, pool).chacha(out, bytes, key, 1, 2, 3, 9, 12, mode);
        assertGuards(heap, out, bytes, `${bytes} bytes`);
        return Buffer.from(heap.bytes(out, bytes).slice());
      });
      assert.ok(alone.equals(one), `${bytes} bytes, mode ${mode}, 1 helper`);
      assert.ok(alone.equals(three), `${bytes} bytes, mode ${mode}, 3 helpers`);
    }
  }
});

test('helpers do part of the work: a large product is split among those that are up', async () => {
  const { heap, pool } = await team(2);
  const posted: number[] = [];
  const post = pool.post.bind(pool);
  pool.post = (index, ...rest) => {
    posted.push(index);
    post(index, ...rest);
  };
  const { matmul } = matmulOps(kernels(heap), heap, 32, pool);
  const square = () => vector(heap, 32, new Random(1).words(32, 128 * 128));
  matmul(square(), square(), square(), 128, 128, 128, 0);
  assert.equal(posted, [0, 1]);
  const small = () => vector(heap, 32, new Random(1).words(32, 64));
  matmul(small(), small(), small(), 8, 8, 8, 0);
  assert.equal(posted, [0, 1], 'a small product is not worth a helper');
});

test('a helper whose kernel traps is reported with its number and reason, and works on', async () => {
  const { pool } = await team(1);
  pool.post(0, 'matmul32', 2 ** 32 - 64, 8, 2 ** 32 - 64, 8, 1, 2 ** 32 - 64, 8, 1, 8, 8, 8, 0, 2 ** 32 - 64);
  assert.throws(() => pool.join(1), /helper 1 failed: .*memory/);
  pool.post(0, 'matmul32', 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  pool.join(1);
});

test('a helper that does not answer is named after the time allowed', async () => {
  const { heap, helpers } = await team(1);
  await helpers[0].stop();
  const pool = new Pool(kernels(heap), heap, 1, 50);
  pool.post(0, 'chacha', 0, 0, 0, 0, 0, 0, 0, 8, 0);
  assert.throws(() => pool.join(1), /helper 1 has not answered for 50 ms/);
});

test('the number of helpers is bounded by the control block', () => {
  const heap = makeHeap();
  for (const count of [-1, 1.5, 65]) {
    assert.throws(() => new Pool(kernels(heap), heap, count), /helpers are not in 0..64/);
  }
});

test.run();
