import { readFile } from 'node:fs/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createMemory, HEAP_BASE } from '../../bindings/memory.js';
import { compileKernels, instantiateKernels, kernel } from '../../bindings/module.js';

/** Ids of the module's sections (WebAssembly core specification, section 5.5.2), in order. */
async function sections(): Promise<number[]> {
  const bytes = await readFile(new URL('../../bindings/kernels.wasm', import.meta.url));
  const ids: number[] = [];
  for (let at = 8; at < bytes.length; ) {
    ids.push(bytes[at++]);
    let size = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++];
      size |= (byte & 0x7f) << shift;
      if (byte < 0x80) break;
    }
    at += size;
  }
  return ids;
}

test('the module has no data segment, no global and no start function: a thread that starts writes nothing', async () => {
  const ids = await sections();
  assert.ok(ids.includes(10), 'there is code');
  for (const [name, id] of [
    ['data', 11],
    ['data count', 12],
    ['global', 6],
    ['start', 8],
  ] as const) {
    assert.not.ok(ids.includes(id), `no ${name} section`);
  }
});

test('a second instance leaves the memory of the first as it is', async () => {
  const module = await compileKernels();
  const memory = createMemory();
  instantiateKernels(module, memory);
  const bytes = new Uint8Array(memory.buffer);
  bytes.fill(0xa5, 0, 2 * HEAP_BASE);
  instantiateKernels(module, memory);
  assert.ok(bytes.subarray(0, 2 * HEAP_BASE).every((byte) => byte === 0xa5));
});

test('asking for a kernel that does not exist fails at once', async () => {
  const kernels = instantiateKernels(await compileKernels(), createMemory());
  assert.throws(() => kernel(kernels, 'add16' as 'add32'), /no kernel named add16/);
});

test('the module exports what its types say: the same kernels, each with as many arguments', async () => {
  const types = await readFile(new URL('../../../bindings/kernels.ts', import.meta.url), 'utf8');
  const declared = [...types.matchAll(/readonly (\w+): \(([^)]*)\) =>/g)].map(([, name, list]) => {
    return [name, list.split(':').length - 1] as const;
  });
  const module = (await compileKernels()) as WebAssembly.Module;
  const { exports } = await WebAssembly.instantiate(module, { env: { memory: createMemory() } });
  const exported = Object.entries(exports).map(([name, run]) => [name, (run as () => void).length] as const);
  assert.equal(Object.fromEntries(declared), Object.fromEntries(exported));
});

test.run();
