/** Plain twins of the kernels: scalar loops compiled to wasm, and loops in JavaScript. */
import asc from 'assemblyscript/asc';
import type { WasmMemory } from '../../bindings/memory.js';

/**
 * out (m x n) = a (m x k) times b (k x n), one word at a time, the inner loop along the rows of b and out; and the
 * sum of two vectors.
 */
const source = (word: string, size: number) => `
export function matmul(out: usize, a: usize, b: usize, m: i32, k: i32, n: i32): void {
  for (let i = 0; i < m; i++) {
    const row = out + ((i * n) as usize) * ${size};
    memory.fill(row, 0, (n as usize) * ${size});
    for (let p = 0; p < k; p++) {
      const s = load<${word}>(a);
      a += ${size};
      let x = row;
      let y = b + ((p * n) as usize) * ${size};
      for (let j = 0; j < n; j++) {
        store<${word}>(x, load<${word}>(x) + s * load<${word}>(y));
        x += ${size};
        y += ${size};
      }
    }
  }
}

export function add(out: usize, a: usize, b: usize, n: i32): void {
  for (let i: usize = 0; i < (n as usize) * ${size}; i += ${size}) {
    store<${word}>(out + i, load<${word}>(a + i) + load<${word}>(b + i));
  }
}
`;

export interface ScalarTwin {
  matmul(out: number, a: number, b: number, m: number, k: number, n: number): void;
  add(out: number, a: number, b: number, n: number): void;
}

/** Compiles a source to a module on the memory that the kernels use too. */
export async function compileTwin<Exports>(source: string, memory: WasmMemory): Promise<Exports> {
  const { binary, error, stderr } = await asc.compileString(source, {
    optimizeLevel: 3,
    runtime: 'stub',
    noExportMemory: true,
    importMemory: true,
    sharedMemory: true,
    initialMemory: 1,
    maximumMemory: 65536,
    enable: ['threads', 'bulk-memory'],
  });
  if (!binary) throw new Error(`a twin of the kernels does not compile: ${error ?? stderr.toString()}`);
  const module = await WebAssembly.compile(binary as BufferSource);
  const { exports } = await WebAssembly.instantiate(module, {
    env: { memory: memory as WebAssembly.Memory },
  });
  return exports as Exports;
}

/** The scalar twin for words of 32 or 64 bits. */
export const scalarTwin = (bits: 32 | 64, memory: WasmMemory): Promise<ScalarTwin> =>
  compileTwin<ScalarTwin>(source(`i${bits}`, bits / 8), memory);

/** The same product in JavaScript, mod 2^32. */
export function matmulImul(
  out: Int32Array,
  a: Int32Array,
  b: Int32Array,
  m: number,
  k: number,
  n: number,
): void {
  out.fill(0);
  for (let i = 0; i < m; i++) {
    for (let p = 0; p < k; p++) {
      const s = a[i * k + p];
      for (let j = 0; j < n; j++) out[i * n + j] = (out[i * n + j] + Math.imul(s, b[p * n + j])) | 0;
    }
  }
}
