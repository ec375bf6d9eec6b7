import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { blocksFor, createMemory, HEAP_BASE, Heap, wipeMemory } from '../../bindings/memory.js';

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

test('a wiped memory has nothing left in any block, live or freed, before or after it has grown, or below the heap', () => {
  for (const sizes of [[], [32], [1000, 64, 5_000_000, 64]]) {
    const heap = new Heap(createMemory());
    heap.bytes(0, 400).fill(1);
    heap.bytes(HEAP_BASE - 100, 100).fill(1);
    const blocks = sizes.map((bytes) => ({ ptr: heap.alloc(bytes), bytes }));
    for (const { ptr, bytes } of blocks) heap.bytes(ptr, bytes).fill(0xff);
    for (const { ptr } of blocks.slice(1)) heap.free(ptr);
    wipeMemory(heap.memory);
    const left = Buffer.from(heap.memory.buffer);
    assert.ok(left.equals(Buffer.alloc(left.length)), `${sizes}`);
  }
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

/** A block with a number in every word. */
function filled(heap: Heap, words: number, value: number): number {
  const ptr = heap.alloc(4 * words);
  heap.u32(ptr, words).fill(value);
  return ptr;
}

/** Fails unless the block still holds the number in every word. */
function assertFilled(heap: Heap, ptr: number, words: number, value: number, what: string): void {
  assert.ok(heap.isLive(ptr), `${what} is live`);
  assert.ok(
    heap.u32(ptr, words).every((word) => word === value),
    `${what} holds what was written`,
  );
}

test('a block that was freed and allocated again in a scope and then kept lives on, and nobody else gets it', () => {
  const heap = new Heap(createMemory());
  const scope = heap.beginScope();
  const first = heap.alloc(400);
  heap.free(first);
  const again = filled(heap, 100, 7);
  assert.is(again, first, 'the same block, entered twice');
  heap.endScope(scope, [again]);
  const later = Array.from({ length: 50 }, () => filled(heap, 100, 9));
  assert.not.ok(later.includes(again));
  assertFilled(heap, again, 100, 7, 'the block');
  for (const ptr of [again, ...later]) heap.free(ptr);
  assert.is(heap.liveBytes, 0);
});

test('the same across nested scopes, whichever of them frees and allocates it', () => {
  for (const reallocatedBy of ['outer', 'inner', 'both'] as const) {
    const heap = new Heap(createMemory());
    const outer = heap.beginScope();
    let ptr = heap.alloc(400);
    heap.free(ptr);
    ptr = heap.alloc(400);
    if (reallocatedBy === 'both') heap.free(ptr);
    const inner = heap.beginScope();
    if (reallocatedBy === 'inner') heap.free(ptr);
    if (reallocatedBy !== 'outer') {
      heap.free(heap.alloc(400));
      assert.is(heap.alloc(400), ptr);
    }
    heap.u32(ptr, 100).fill(7);
    heap.endScope(inner, [ptr]);
    const between = Array.from({ length: 20 }, () => filled(heap, 100, 8));
    assertFilled(heap, ptr, 100, 7, `after the inner scope, ${reallocatedBy}`);
    heap.endScope(outer, [ptr]);
    for (const gone of between) assert.not.ok(heap.isLive(gone));
    const later = Array.from({ length: 50 }, () => filled(heap, 100, 9));
    assert.is(new Set([ptr, ...later]).size, 51, 'every block is handed out once');
    assertFilled(heap, ptr, 100, 7, `after the outer scope, ${reallocatedBy}`);
    for (const block of [ptr, ...later]) heap.free(block);
    assert.is(heap.liveBytes, 0);
  }
});

test('a block of an outer scope that an inner one frees and takes again goes with the inner one, once', () => {
  const heap = new Heap(createMemory());
  const outer = heap.beginScope();
  const ptr = heap.alloc(400);
  const inner = heap.beginScope();
  heap.free(ptr);
  assert.is(heap.alloc(400), ptr);
  heap.endScope(inner);
  assert.not.ok(heap.isLive(ptr));
  const [a, b] = [heap.alloc(400), heap.alloc(400)];
  assert.not(a === b);
  heap.endScope(outer, [b]);
  assert.equal([heap.isLive(a), heap.isLive(b)], [false, true]);
});

test('a scope remembers as many blocks as there are, and gives back all but those that are kept', () => {
  const heap = new Heap(createMemory());
  const older = filled(heap, 16, 1);
  const scope = heap.beginScope();
  const blocks = Array.from({ length: 5000 }, (_, i) => {
    heap.free(heap.alloc(64)); // passed over in the end
    return filled(heap, 16, i);
  });
  assert.is(new Set(blocks).size, blocks.length);
  const kept = blocks.filter((_, i) => i % 7 === 0);
  heap.endScope(scope, kept);
  blocks.forEach((ptr, i) => {
    if (i % 7 === 0) assertFilled(heap, ptr, 16, i, `block ${i}`);
    else assert.not.ok(heap.isLive(ptr), `block ${i}`);
  });
  assertFilled(heap, older, 16, 1, 'an older block');
  assert.is(heap.liveBytes, 64 * (kept.length + 1));
  Array.from({ length: 5000 }, () => filled(heap, 16, 99_999));
  kept.forEach((ptr, i) => {
    assertFilled(heap, ptr, 16, 7 * i, `block ${7 * i}, later`);
  });
});

test('what is held outside counts in what is held and in its peak, and not among the blocks', () => {
  const heap = new Heap(createMemory());
  const ptr = heap.alloc(1024);
  heap.holdOutside(10_000);
  assert.equal([heap.liveBytes, heap.heldBytes, heap.peakBytes], [1024, 11_024, 11_024]);
  heap.holdOutside(-4000);
  assert.equal([heap.liveBytes, heap.heldBytes, heap.peakBytes], [1024, 7024, 11_024]);
  const more = heap.alloc(8192);
  assert.equal([heap.heldBytes, heap.peakBytes], [15_216, 15_216], 'blocks on top of it');
  heap.free(ptr);
  heap.free(more);
  heap.holdOutside(-6000);
  assert.equal([heap.liveBytes, heap.heldBytes, heap.peakBytes], [0, 0, 15_216]);
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
