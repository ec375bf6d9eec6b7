/** One ring Z_2^k, k = 32 or 64: every kernel of it behind the same names. */
import { type ChachaOps, chachaOps } from './chacha.js';
import { type CompareOps, compareOps } from './compare.js';
import { type FixedOps, fixedOps } from './fixed.js';
import { type HighBitsOps, highBitsOps } from './high-bits.js';
import { type MatmulOps, matmulOps } from './matmul.js';
import type { Heap } from './memory.js';
import type { Kernels } from './module.js';
import { type NarrowOps, narrowOps } from './narrow.js';
import { type PatchesOps, patchesOps } from './patches.js';
import { type PlanesOps, planesOps } from './planes.js';
import { type PolynomialOps, polynomialOps } from './polynomial.js';
import type { Pool } from './pool.js';
import { type TrigonometricOps, trigonometricOps } from './trigonometric.js';
import { type TruncateOps, truncateOps } from './truncate.js';
import { type VectorOps, vectorOps } from './vector.js';

/** Width of a ring in bits. */
export type RingBits = 32 | 64;

/** The operations of one ring on one role's memory; `bytes` is the size of a word. */
export type Ring = { readonly bits: RingBits; readonly bytes: 4 | 8 } & VectorOps &
  MatmulOps &
  ChachaOps &
  FixedOps &
  HighBitsOps &
  NarrowOps &
  PatchesOps &
  PlanesOps &
  CompareOps &
  TruncateOps &
  PolynomialOps &
  TrigonometricOps;

/** Binds the kernels of the ring Z_2^bits; large ones are split over `pool` when there is one. */
export function createRing(kernels: Kernels, heap: Heap, bits: RingBits, pool?: Pool): Ring {
  return {
    bits,
    bytes: bits === 32 ? 4 : 8,
    ...vectorOps(kernels, heap, bits),
    ...matmulOps(kernels, heap, bits, pool),
    ...chachaOps(kernels, heap, bits, pool),
    ...fixedOps(kernels, heap, bits),
    ...highBitsOps(kernels, heap, bits),
    ...narrowOps(kernels, heap, bits),
    ...patchesOps(kernels, heap, bits),
    ...planesOps(kernels, heap, bits),
    ...compareOps(kernels, heap, bits),
    ...truncateOps(kernels, heap, bits),
    ...polynomialOps(kernels, heap, bits),
    ...trigonometricOps(kernels, heap, bits),
  };
}
