/** Loading the kernels: compile once, instantiate in every thread on that role's memory. */

import { instantiateSync } from '@assemblyscript/loader';
import { locationOf, readAsset } from '#host';
import type { Kernels } from './kernels.js';
import type { WasmMemory } from './memory.js';

export type { Kernels } from './kernels.js';

/** A compiled module. The name `WebAssembly` is the DOM's: types that a user may come to do without it. */
export type WasmModule = object;

/**
 * Compiles the kernel module. Post the result to workers rather than compiling again there.
 * @param href where it is, if not beside this file
 */
export async function compileKernels(href?: string): Promise<WasmModule> {
  const url = href === undefined ? new URL('./kernels.wasm', import.meta.url) : locationOf(href);
  const bytes = await readAsset(url);
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
  // the instance's own exports: the loader's wrap each in a function that counts arguments for optional ones, of which
  // kernels have none
  return instantiateSync(module, { env: { memory } }).instance.exports as unknown as Kernels;
}

/**
 * The kernel `name`, or the one of a ring, as in kernel(kernels, `add${bits}`). That a module of another build lacks it
 * shows at start-up rather than in a training.
 */
export function kernel<Name extends keyof Kernels>(kernels: Kernels, name: Name): Kernels[Name] {
  const found = kernels[name];
  if (typeof found !== 'function') throw new TypeError(`no kernel named ${name}`);
  return found;
}
