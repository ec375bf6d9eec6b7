/** Two functions whose time depends on what they read: what the timing bench has to find, or it finds nothing. */
import type { WasmMemory } from '../../bindings/memory.js';
import { compileTwin } from './twins.js';

const source = `
/** Whether n words are the same: stops at the first that differ. */
export function compare(a: usize, b: usize, n: i32): i32 {
  for (let i: usize = 0; i < (n as usize) * 4; i += 4) {
    if (load<u32>(a + i) != load<u32>(b + i)) return 0;
  }
  return 1;
}

/** Counts in memory, one after the other, the words whose lowest bit is set: a branch on each. */
export function count(out: usize, a: usize, n: i32): void {
  for (let i: usize = 0; i < (n as usize) * 4; i += 4) {
    if (load<u32>(a + i) & 1) {
      store<u32>(out, load<u32>(out) + 1);
      out += 4;
    }
  }
}
`;

export interface Leaky {
  compare(a: number, b: number, n: number): number;
  count(out: number, a: number, n: number): void;
}

/** The leaky functions on a memory. */
export const leaky = (memory: WasmMemory): Promise<Leaky> => compileTwin<Leaky>(source, memory);
