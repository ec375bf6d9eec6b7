/** Loading the kernels: compile once, instantiate in every thread on that role's memory. */

import { instantiateSync } from '@assemblyscript/loader';
import { readAsset } from '#host';
import type { WasmMemory } from './memory.js';

/** A compiled module. The name `WebAssembly` is the DOM's: types that a user may come to do without it. */
export type WasmModule = object;

/** A kernel as the module exports it: addresses, sizes and small public scalars, all plain numbers. */
export type Kernel = (...args: number[]) => number;

/** The module's exports by name; names end in the ring's width where the kernel depends on it (`add32`). */
export type Kernels = Readonly<Record<string, Kernel>>;

/** Compiles the kernel module. Post the result to workers rather than compiling again there. */
export async function compileKernels(): Promise<WasmModule> {
  const bytes = await readAsset(new URL('./kernels.wasm', import.meta.url));
  return WebAssembly.compile(bytes as BufferSource);
}

let compiled: Promise<WasmModule> | null = null;

/** The kernel module, compiled once in this thread; a failure is not kept. */
export async function loadKernels(): Promise<WasmModule> {
  compiled ??= compileKernels();
  try {
    return await compiled;
  } catch (error) {
    compiled = null;
    throw error;
  }
}

/** Instantiates the compiled module on `memory`; synchronous, so that a worker is ready when it answers. */
export function instantiateKernels(module: WasmModule, memory: WasmMemory): Kernels {
  return instantiateSync(module, { env: { memory } }).exports as unknown as Kernels;
}

/** The kernel `name`; asking for one that does not exist fails at start-up rather than in a training. */
export function kernel(kernels: Kernels, name: string): Kernel {
  const found = kernels[name];
  if (typeof found !== 'function') throw new TypeError(`no kernel named ${name}`);
  return found;
}
