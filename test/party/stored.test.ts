/** Values stored outside wasm memory: put in pieces, taken out by rows, in any order, with nothing left behind. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Stored } from '../../src/party/stored.js';
import { gatherRows } from '../../src/protocol/gather.js';
import { sizeOf } from '../../src/shape.js';
import { inEverySetting } from '../world/settings.js';

const SHAPE = [10, 3, 2];
const ROW = 6;

test('rows come out as they were put in, whatever the pieces and the order', () => {
  inEverySetting((world, where) => {
    const values = world.random.words(world.bits, sizeOf(SHAPE));
    const stored = world.each((rt) => new Stored(rt, SHAPE, 7));
    for (const [start, rows] of [
      [4, 6],
      [0, 1],
      [1, 3],
    ]) {
      const piece = world.masked(values.slice(start * ROW, (start + rows) * ROW), 7, [rows, 3, 2]);
      world.each((rt, role) => stored[role].put(rt, start, piece[role]));
    }
    const whole = world.each((rt, role) => stored[role].load(rt));
    assert.equal(whole[0].shape, SHAPE);
    assert.is(whole[0].fraction, 7);
    assert.equal(world.opened(whole), values, where);
    const order = Uint32Array.of(9, 0, 0, 5);
    const expected = [...order].flatMap((row) => values.slice(row * ROW, (row + 1) * ROW));
    const some = world.each((rt, role) => gatherRows(rt, stored[role], order));
    assert.equal(some[0].shape, [4, 3, 2]);
    assert.equal(world.opened(some), expected, where);
    const direct = world.each((rt, role) => gatherRows(rt, whole[role], order));
    assert.equal(world.opened(direct), expected, `${where}, from wasm memory`);
  });
});

test('what is stored takes no wasm memory, and its bytes are counted', () => {
  inEverySetting((world) => {
    const before = world.roles.map((rt) => rt.heap.liveBytes);
    const stored = world.each((rt) => new Stored(rt, SHAPE, 7));
    assert.equal(
      world.roles.map((rt) => rt.heap.liveBytes),
      before,
    );
    const bytes = (sizeOf(SHAPE) * world.bits) / 8;
    assert.equal(
      stored.map((value) => value.bytes),
      world.roles.map((rt) => (rt.isProvider && !rt.factored ? bytes : 2 * bytes)),
    );
    assert.is(stored[0].size, sizeOf(SHAPE));
  });
});

test.run();
