import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createMemory, Heap, type Words } from '../../bindings/memory.js';
import { compileKernels, instantiateKernels } from '../../bindings/module.js';
import { imageSize, patchColumns, patchesOps, patchRows, type Window } from '../../bindings/patches.js';

const module = await compileKernels();

const windows: readonly Window[] = [
  { height: 5, width: 4, channels: 1, kernel: [3, 3], strides: [1, 1], padding: [0, 0], output: [3, 2] },
  { height: 5, width: 4, channels: 3, kernel: [3, 3], strides: [1, 1], padding: [1, 1], output: [5, 4] },
  { height: 7, width: 6, channels: 2, kernel: [5, 2], strides: [2, 3], padding: [2, 0], output: [4, 2] },
  { height: 2, width: 2, channels: 5, kernel: [3, 5], strides: [1, 1], padding: [1, 2], output: [2, 2] },
];

function setUp(bits: 32 | 64) {
  const memory = createMemory();
  const heap = new Heap(memory);
  const ops = patchesOps(instantiateKernels(module, memory), heap, bits);
  const words = (length: number, value: (i: number) => number): Words => {
    const ptr = heap.alloc((length * bits) / 8);
    for (let i = 0; i < length; i++) write(ptr, i, value(i));
    return { ptr, length };
  };
  const write = (ptr: number, i: number, value: number) => {
    if (bits === 32) heap.i32(ptr, i + 1)[i] = value;
    else heap.u64(ptr, i + 1)[i] = BigInt.asUintN(64, BigInt(value));
  };
  const read = ({ ptr, length }: Words): number[] =>
    bits === 32
      ? [...heap.i32(ptr, length)]
      : [...heap.u64(ptr, length)].map((word) => Number(BigInt.asIntN(64, word)));
  return { heap, ops, words, read };
}

/** Place in the image under place (ky, kx, c) of patch (oy, ox); −1 outside. */
function place(w: Window, row: number, column: number): number {
  const [oy, ox] = [Math.floor(row / w.output[1]), row % w.output[1]];
  const c = column % w.channels;
  const kx = Math.floor(column / w.channels) % w.kernel[1];
  const ky = Math.floor(column / w.channels / w.kernel[1]);
  const y = oy * w.strides[0] - w.padding[0] + ky;
  const x = ox * w.strides[1] - w.padding[1] + kx;
  const inside = y >= 0 && y < w.height && x >= 0 && x < w.width;
  return inside ? (y * w.width + x) * w.channels + c : -1;
}

for (const bits of [32, 64] as const) {
  test(`ring ${bits}: patches are the image under each window, zero outside`, () => {
    const { ops, words, read } = setUp(bits);
    for (const w of windows) {
      const [size, rows, columns] = [imageSize(w), patchRows(w), patchColumns(w)];
      const images = words(2 * size, (i) => i + 1);
      const out = words(2 * rows * columns, () => -99);
      ops.patches(out, images, w, 2);
      const expected = Array.from({ length: 2 * rows * columns }, (_, i) => {
        const image = Math.floor(i / (rows * columns));
        const at = place(w, Math.floor(i / columns) % rows, i % columns);
        return at < 0 ? 0 : image * size + at + 1;
      });
      assert.equal(read(out), expected);
    }
  });

  test(`ring ${bits}: unpatches is the transpose of patches: ⟨patches(x), y⟩ = ⟨x, unpatches(y)⟩`, () => {
    const { ops, words, read } = setUp(bits);
    for (const w of windows) {
      const [size, all] = [imageSize(w), patchRows(w) * patchColumns(w)];
      const x = words(size, (i) => ((i * 37) % 101) - 50);
      const y = words(all, (i) => ((i * 53) % 97) - 48);
      const patched = words(all, () => 0);
      const back = words(size, () => 0);
      ops.patches(patched, x, w, 1);
      ops.unpatches(back, y, w, 1);
      const dot = (a: Words, b: Words) => {
        const [left, right] = [read(a), read(b)];
        return left.reduce((sum, value, i) => sum + value * right[i], 0);
      };
      assert.is(dot(patched, y), dot(x, back));
    }
  });

  test(`ring ${bits}: addRowsAt adds rows where they belong, and refuses a row outside`, () => {
    const { heap, ops, words, read } = setUp(bits);
    const out = words(9, (i) => i);
    const rows = words(9, (i) => 100 * (i + 1));
    const indices = heap.alloc(12);
    heap.u32(indices, 3).set([2, 0, 2]);
    ops.addRowsAt(out, rows, indices, 3, 3);
    assert.equal(read(out), [400, 501, 602, 3, 4, 5, 806, 1007, 1208]);
    heap.u32(indices, 3).set([0, 3, 1]);
    assert.throws(() => ops.addRowsAt(out, rows, indices, 3, 3), /row 3 is outside/);
    assert.throws(() => ops.patches(out, rows, windows[0], 1), RangeError);
  });
}

test.run();
