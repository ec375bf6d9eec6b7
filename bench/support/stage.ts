/** Where kernels are measured: one memory, both rings on it, alone and with helpers, and the scalar twins. */
import { randomFillSync } from 'node:crypto';
import { cores } from '#host';
import { startHelpers } from '../../bindings/helpers.js';
import type { HostWorker } from '../../bindings/host/types.js';
import { createMemory, Heap, type Words } from '../../bindings/memory.js';
import { compileKernels, instantiateKernels } from '../../bindings/module.js';
import { Pool } from '../../bindings/pool.js';
import { createRing, type Ring, type RingBits } from '../../bindings/ring.js';
import { type ScalarTwin, scalarTwin } from './twins.js';

export interface Stage {
  readonly heap: Heap;
  readonly rings: Readonly<Record<RingBits, Ring>>;
  readonly pooled: Readonly<Record<RingBits, Ring>>;
  readonly scalar: Readonly<Record<RingBits, ScalarTwin>>;
  readonly helpers: readonly HostWorker[];
}

/** Random words on the stage's heap. */
export function randomWords(stage: Stage, bits: RingBits, length: number): Words {
  const words = { ptr: stage.heap.alloc((length * bits) / 8), length };
  randomFillSync(stage.heap.bytes(words.ptr, (length * bits) / 8));
  return words;
}

/** Compiles the kernels and starts helper threads: one a core, at most three. */
export async function setUp(): Promise<Stage> {
  const module = await compileKernels();
  const memory = createMemory();
  const heap = new Heap(memory);
  const kernels = instantiateKernels(module, memory);
  const count = Math.min(3, cores() - 1);
  const helpers = startHelpers(count, { module, memory }, 'bench');
  const pool = new Pool(kernels, heap, count);
  while (pool.ready < count) await new Promise((resolve) => setTimeout(resolve, 5));
  const both = (threads?: Pool) => ({
    32: createRing(kernels, heap, 32, threads),
    64: createRing(kernels, heap, 64, threads),
  });
  const scalar = { 32: await scalarTwin(32, memory), 64: await scalarTwin(64, memory) };
  return { heap, helpers, rings: both(), pooled: both(pool), scalar };
}
