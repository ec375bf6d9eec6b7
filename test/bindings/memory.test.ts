import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { blocksFor, createMemory, HEAP_BASE, Heap } from '../../bindings/memory.js';

test('blocks are 64-byte aligned, above the guard, and do not overlap', () => {
  const heap = new Heap(createMemory());
  const blocks: [number, number][] = [];
  for (const bytes of [1, 63, 64, 65, 256, 257, 1000, 4096, 5000, 100_000, 1_000_000]) {
    for (let i = 0; i < 3; i++) blocks.push([heap.alloc(bytes), bytes]);
  }
  blocks.sort(([a], [b]) => a - b);
  blocks.forEach(([ptr, bytes], i) => {
    assert.is(ptr % 64, 0);
    assert.ok(ptr >= HEAP_BASE);
    if (i + 1 < blocks.length) assert.ok(ptr + bytes <= blocks[i + 1][0]);
  });
});

test('a freed block is the next of its size to be handed out', () => {
  const heap = new Heap(createMemory());
  const first = heap.alloc(1000);
  heap.alloc(1000);
  heap.free(first);
  assert.is(heap.alloc(1001), first, 'same size class');
});

test('freeing twice, or what was never allocated, is an error', () => {
  const heap = new Heap(createMemory());
  const ptr = heap.alloc(8);
  heap.free(ptr);
  assert.throws(() => heap.free(ptr), /not allocated/);
  assert.throws(() => heap.free(12345), RangeError);
});

test('a scope frees what it allocated but for what is kept, and leaves older blocks alone', () => {
  const heap = new Heap(createMemory());
  const older = heap.alloc(64);
  const scope = heap.beginScope();
  const kept = heap.alloc(64);
  const gone = heap.alloc(64);
  const early = heap.alloc(64);
  heap.free(early);
  heap.endScope(scope, [kept]);
  assert.ok(heap.isLive(older));
  assert.ok(heap.isLive(kept));
  assert.not.ok(heap.isLive(gone));
  assert.is(heap.liveBytes, 128);
});

test('what an inner scope keeps belongs to the outer one', () => {
  const heap = new Heap(createMemory());
  const outer = heap.beginScope();
  const inner = heap.beginScope();
  const kept = heap.alloc(64);
  assert.throws(() => heap.endScope(outer), /reverse order/);
  heap.endScope(inner, [kept]);
  assert.ok(heap.isLive(kept));
  heap.endScope(outer);
  assert.is(heap.liveBytes, 0);
});

test('the memory grows while views of live blocks stay good, and says when its maximum is reached', () => {
  const heap = new Heap(createMemory(8 * 2 ** 20));
  const ptr = heap.alloc(8);
  const view = heap.u32(ptr, 2);
  view.set([1, 2]);
  heap.alloc(5 * 2 ** 20);
  view[1] = 7;
  assert.equal([...heap.u32(ptr, 2)], [1, 7]);
  assert.throws(() => heap.alloc(8 * 2 ** 20), /out of wasm memory/);
  assert.ok(heap.peakBytes >= 5 * 2 ** 20);
});

test('a plane of n values takes a block for each 128', () => {
  assert.equal([0, 1, 128, 129, 256].map(blocksFor), [0, 1, 1, 2, 2]);
});

test.run();
