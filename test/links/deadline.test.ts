/** When a wait is given up: silence, and slowness by the size of what crosses. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Deadline, LEAST_RATE } from '../../src/links/deadline.js';

/** A deadline of 100 ms in an operation of as many bytes as make `allowed` milliseconds. */
function begun(allowed: number): Deadline {
  const deadline = new Deadline(100);
  deadline.begin(allowed * LEAST_RATE);
  return deadline;
}

test('silence is allowed for the timeout, and a byte begins it anew', () => {
  const deadline = begun(1000);
  assert.is(deadline.left(0, 0), 100);
  deadline.slept(99);
  assert.is(deadline.left(0, 0), 1);
  deadline.moved();
  assert.is(deadline.left(0, 0), 100);
  deadline.slept(100);
  assert.is(deadline.left(0, 0), 0);
  assert.is(deadline.reason, '0.1 s');
});

test('bytes do not stretch the time that the size allows; a step of a peer does', () => {
  const deadline = begun(50);
  for (let i = 0; i < 5; i++) {
    assert.is(deadline.left(7, 0), Math.min(100, 150 - 30 * i));
    deadline.slept(30);
    deadline.moved();
  }
  assert.is(deadline.left(7, 0), 0);
  assert.match(deadline.reason, '0.1 s, in which too few bytes moved');
  assert.is(deadline.left(8, 0), 100);
});

test('what peers have still to read of earlier operations has its time too', () => {
  const deadline = begun(0);
  assert.is(deadline.left(0, 200 * LEAST_RATE), 100);
  for (let i = 0; i < 5; i++) {
    deadline.slept(50);
    deadline.moved();
  }
  assert.is(deadline.left(0, 150 * LEAST_RATE), 50);
});

test('each operation begins anew', () => {
  const deadline = begun(0);
  deadline.left(3, 0);
  deadline.slept(90);
  deadline.begin(0);
  assert.is(deadline.left(3, 0), 100);
});

test.run();
