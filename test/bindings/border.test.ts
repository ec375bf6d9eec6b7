/** What the compiler refuses at the border to the kernels: each line marked so must be an error, or this does not compile. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Source } from '../../bindings/border.js';
import type { ReadonlyWords, Words } from '../../bindings/memory.js';
import { type Kernels, kernel } from '../../bindings/module.js';
import type { Pool } from '../../bindings/pool.js';
import { kernels, read, words } from '../world/shares.js';

const bits = 32 as 32 | 64;

/** Never called: only its types count. */
export function refused(kernels: Kernels, pool: Pool, out: Words, a: ReadonlyWords, indices: Source): void {
  const add = kernel(kernels, `add${bits}`);
  const shl = kernel(kernels, 'shl32');
  const scale = kernel(kernels, 'scale64');
  const n = out.length;
  add(out.ptr, a.ptr, a.ptr, n);
  pool.post(0, 'chacha', out.ptr, n, a.ptr, 0, 0, 0, 0, 8, 0);

  // @ts-expect-error: no such kernel
  kernel(kernels, 'plus32');
  // @ts-expect-error: this one has no width
  kernel(kernels, `xor${bits}`);
  // @ts-expect-error: no such width
  kernel(kernels, 'add16');
  // @ts-expect-error: an argument too few
  add(out.ptr, a.ptr, a.ptr);
  // @ts-expect-error: an argument too many
  add(out.ptr, a.ptr, a.ptr, n, n);
  // @ts-expect-error: a size where an address belongs
  add(out.ptr, a.ptr, n, n);
  // @ts-expect-error: an address where a size belongs
  add(out.ptr, a.ptr, a.ptr, out.ptr);
  // @ts-expect-error: what may only be read, as the output
  add(a.ptr, out.ptr, a.ptr, n);
  // @ts-expect-error: size and shift swapped
  shl(out.ptr, a.ptr, n, 3);
  // @ts-expect-error: size and factor swapped
  scale(out.ptr, a.ptr, n, 3);
  // @ts-expect-error: addresses swapped with a size
  kernel(kernels, `gatherRows${bits}`)(out.ptr, a.ptr, n, indices, 1);
  // @ts-expect-error: a kernel that helpers do not run
  pool.post(0, 'add32', out.ptr, a.ptr, a.ptr, n);
  // @ts-expect-error: size and key swapped
  pool.post(0, 'chacha', out.ptr, a.ptr, n, 0, 0, 0, 0, 8, 0);
  // @ts-expect-error: an argument too few
  pool.post(0, 'chacha', out.ptr, n, a.ptr, 0, 0, 0, 0, 8);
}

test('a kernel asked for by its name and width is the one that the module exports', () => {
  const [a, b, out] = [[1n], [2n], [0n]].map((values) => words(values, 32));
  kernel(kernels, `add${bits}`)(out.ptr, a.ptr, b.ptr, out.length);
  assert.equal(read(out, 32), [3n]);
});

test.run();
