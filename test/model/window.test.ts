import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { planWindows } from '../../src/model/window.js';

/** Windows along one axis: [number, padding before]. */
function along(length: number, kernel: number, stride: number, padding: 'valid' | 'same') {
  const plan = planWindows([length, 1, 1], [kernel, 1], [stride, 1], padding);
  return [plan.outputHeight, plan.padTop];
}

test('valid windows lie inside, as many as fit', () => {
  assert.equal(along(28, 5, 1, 'valid'), [24, 0]);
  assert.equal(along(7, 3, 2, 'valid'), [3, 0]);
  assert.equal(along(8, 3, 2, 'valid'), [3, 0]);
  assert.equal(along(5, 5, 3, 'valid'), [1, 0]);
});

test('padded windows are ⌈length / stride⌉, the smaller half of the padding first', () => {
  assert.equal(along(28, 5, 1, 'same'), [28, 2]);
  assert.equal(along(7, 2, 1, 'same'), [7, 0]);
  assert.equal(along(7, 3, 2, 'same'), [4, 1]);
  assert.equal(along(8, 3, 2, 'same'), [4, 0]);
  assert.equal(along(8, 4, 3, 'same'), [3, 1]);
  assert.equal(along(9, 1, 2, 'same'), [5, 0]);
  assert.equal(along(2, 5, 1, 'same'), [2, 2]);
});

test('height and width are laid apart', () => {
  assert.equal(planWindows([9, 4, 3], [2, 3], [1, 2], 'same'), {
    inputHeight: 9,
    inputWidth: 4,
    channels: 3,
    kernelHeight: 2,
    kernelWidth: 3,
    strideHeight: 1,
    strideWidth: 2,
    outputHeight: 9,
    outputWidth: 2,
    padTop: 0,
    padLeft: 0,
  });
});

test('windows larger than the image are refused unless it is padded', () => {
  assert.throws(
    () => planWindows([4, 4, 1], [5, 2], [1, 1], 'valid'),
    /windows of \[5,2\] do not fit inputs of \[4,4,1\]/,
  );
  assert.is(planWindows([4, 4, 1], [5, 2], [1, 1], 'same').outputHeight, 4);
});

test.run();
