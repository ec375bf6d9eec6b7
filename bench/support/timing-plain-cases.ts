/** A call of each kernel that has no width, on bit planes and keystreams, for the timing bench. */
import { andCount, combineCount, combineScratchBytes, subsetsCount } from '../../bindings/compare.js';
import { kernel } from '../../bindings/module.js';
import { planeBytes } from '../../bindings/planes.js';
import { BLOCKS, N, type PlainKernel, type Prepare } from './timing-cases.js';

/** Bits of a digit, factors of a product, digits of a comparison. */
const M = 3;
/** Bytes of four planes. */
const BYTES = 4 * planeBytes(BLOCKS);

/** Boolean operations on two planes. */
const ofPlanes =
  (name: 'xor' | 'and'): Prepare =>
  (kernels, inputs) => {
    const run = kernel(kernels, name);
    const [out, a, b] = [1, 2, 3].map(() => inputs.planes(4, BLOCKS));
    return () => run(out, a, b, BYTES);
  };

export const PLAIN_CASES: Readonly<Record<PlainKernel, Prepare>> = {
  chacha(kernels, inputs) {
    const run = kernel(kernels, 'chacha');
    const [out, key] = [inputs.bytes(4 * N), inputs.bytes(32)];
    return () => run(out, 4 * N, key, 1, 2, 3, 0, 12, 1);
  },
  xor: ofPlanes('xor'),
  and: ofPlanes('and'),
  not(kernels, inputs) {
    const run = kernel(kernels, 'not');
    const [out, a] = [inputs.planes(4, BLOCKS), inputs.planes(4, BLOCKS)];
    return () => run(out, a, BYTES);
  },
  clearTail(kernels, inputs) {
    const run = kernel(kernels, 'clearTail');
    const planes = inputs.planes(4, BLOCKS);
    return () => run(planes, 100, 4, BLOCKS);
  },
  subsets(kernels, inputs) {
    const run = kernel(kernels, 'subsets');
    const [out, digit] = [inputs.planes(subsetsCount(M), BLOCKS), inputs.planes(M, BLOCKS)];
    return () => run(out, digit, M, BLOCKS);
  },
  leaf(kernels, inputs) {
    const run = kernel(kernels, 'leaf');
    const [lt, eq, delta] = [inputs.planes(1, BLOCKS), inputs.planes(1, BLOCKS), inputs.planes(M, BLOCKS)];
    const products = inputs.planes(subsetsCount(M), BLOCKS);
    return () => run(lt, eq, delta, products, M, BLOCKS, 1);
  },
  leaves(kernels, inputs) {
    const run = kernel(kernels, 'leaves');
    const [out, delta] = [inputs.planes(2 * (2 * 2 - 1), BLOCKS), inputs.planes(2 * (M + M), BLOCKS)];
    const products = inputs.planes(2 * subsetsCount(M), BLOCKS);
    const digits = inputs.heap.alloc(2);
    inputs.heap.bytes(digits, 2).fill(M);
    return () => run(out, delta, products, digits, 2, 2, BLOCKS, 2 * M * planeBytes(BLOCKS), 1);
  },
  andDeal(kernels, inputs) {
    const run = kernel(kernels, 'andDeal');
    const [out, masks] = [inputs.planes(andCount(M), BLOCKS), inputs.planes(M, BLOCKS)];
    return () => run(out, masks, M, BLOCKS);
  },
  andParty(kernels, inputs) {
    const run = kernel(kernels, 'andParty');
    const [out, open, mask] = [1, M, M].map((count) => inputs.planes(count, BLOCKS));
    const products = inputs.planes(andCount(M), BLOCKS);
    const scratch = inputs.heap.alloc(combineScratchBytes(M));
    return () => run(out, open, mask, products, M, BLOCKS, 1, scratch);
  },
  combineDeal(kernels, inputs) {
    const run = kernel(kernels, 'combineDeal');
    const [out, lt, eq] = [combineCount(M, true), M, M].map((count) => inputs.planes(count, BLOCKS));
    return () => run(out, lt, eq, M, 1, BLOCKS);
  },
  combine(kernels, inputs) {
    const run = kernel(kernels, 'combine');
    const [lt, eq, openLt, openEq, maskLt, maskEq] = [1, 1, M, M, M, M].map((n) => inputs.planes(n, BLOCKS));
    const products = inputs.planes(combineCount(M, true), BLOCKS);
    const scratch = inputs.heap.alloc(combineScratchBytes(M));
    return () => run(lt, eq, openLt, openEq, maskLt, maskEq, products, M, 1, BLOCKS, 1, scratch);
  },
};
