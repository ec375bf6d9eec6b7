/** One direction of the bench's proxy as arithmetic: every time is worked out by hand. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Wire } from '../../bench/support/proxy/wire.js';
import { Random } from '../world/ring.js';

/** Bytes that have come out by a time, joined. */
const out = (wire: Wire, now: number): number[] => wire.take(now).flatMap((part) => [...part]);
const bytes = (length: number, first = 0) => Uint8Array.from({ length }, (_, i) => first + i);
/** Close enough for a sum of a few doubles. */
const near = (a: number, b: number) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);

test('a message takes the delay and its bytes over the rate; the next waits until the line is free', () => {
  const wire = new Wire({ delay: 20, rate: 1000 }); // a byte a millisecond
  wire.push(bytes(10), 100);
  wire.push(bytes(5, 10), 104);
  assert.equal(out(wire, 120.9), [], 'no byte is through');
  assert.equal(out(wire, 121), [0]);
  assert.equal(out(wire, 125.5), [1, 2, 3, 4]);
  assert.equal(out(wire, 130), [5, 6, 7, 8, 9]);
  assert.equal(out(wire, 135), [10, 11, 12, 13, 14], 'the delay is paid once');
  assert.is(wire.held, 0);
  wire.push(bytes(2), 200);
  near(wire.next(), 221);
  assert.equal(out(wire, 222), [0, 1], 'an idle line saves nothing up');
});

test('a line without a limit takes all at once, and passes it a delay later', () => {
  const wire = new Wire({ delay: 0.2, rate: Number.POSITIVE_INFINITY });
  wire.push(bytes(200), 1);
  wire.push(bytes(50), 1.1);
  near(wire.next(), 1.2);
  assert.is(out(wire, 1.2).length, 200);
  near(wire.next(), 1.3);
  assert.is(out(wire, 1.3).length, 50);
  assert.is(wire.next(), Number.POSITIVE_INFINITY);
});

test('bytes come out in order and all, whenever one looks, and never earlier than they may', () => {
  const random = new Random(4);
  const [delay, rate] = [3, 2e6];
  const wire = new Wire({ delay, rate });
  let [now, pushed, taken] = [0, 0, 0];
  let earliest = 0; // when the line is free
  for (let turn = 0; turn < 3000; turn++) {
    now += random.unit();
    if (random.below(2) === 0) {
      const part = Uint8Array.from({ length: random.below(5000) }, (_, i) => (pushed + i) % 251);
      wire.push(part, now);
      if (part.length > 0) earliest = Math.max(earliest, now) + (part.length / rate) * 1000;
      pushed += part.length;
    }
    for (const part of wire.take(now)) for (const byte of part) assert.is(byte, taken++ % 251);
    assert.is(wire.held, pushed - taken);
    // all that is behind the last byte's time must be out; a byte's before the delay must not
    if (now >= earliest + delay + 1e-6) assert.is(wire.held, 0);
    assert.ok(taken <= pushed && (now >= delay || taken === 0));
  }
  while (wire.held > 0) {
    now = wire.next() + 1e-9;
    const before = taken;
    for (const part of wire.take(now)) taken += part.length;
    assert.ok(taken > before, 'at the time that it names, bytes come out');
  }
  assert.is(taken, pushed);
  assert.ok(now <= earliest + delay + 1e-6, 'none came later than the line allows');
});

test('the end comes behind the bytes, and the first end counts', () => {
  const wire = new Wire({ delay: 5, rate: 1000 });
  wire.push(bytes(3), 0);
  wire.end('end', 1);
  wire.end('reset', 2);
  assert.is(wire.ended(100), null, 'bytes are still there');
  assert.is(out(wire, 8).length, 3);
  assert.is(wire.ended(7.9), null);
  assert.is(wire.ended(8), 'end');
  const idle = new Wire({ delay: 5, rate: 1000 });
  idle.end('reset', 1);
  near(idle.next(), 6);
  assert.is(idle.ended(5.9), null);
  assert.is(idle.ended(6), 'reset');
});

test('a change puts what is held on the line anew', () => {
  const wire = new Wire({ delay: 0, rate: 1000 });
  wire.push(bytes(100), 0);
  assert.is(out(wire, 10).length, 10);
  wire.change({ delay: 0, rate: 10 }, 10); // a byte each 100 ms
  assert.equal(out(wire, 109), []);
  assert.equal(out(wire, 110), [10]);
  wire.change({ delay: 0, rate: 1e6 }, 120);
  wire.push(bytes(1, 100), 120);
  assert.equal(out(wire, 121), [...bytes(90, 11)], 'in order, behind what was held before');
});

test('a line is full when it holds what is under way and some, and says so until it has room', () => {
  const wire = new Wire({ delay: 20, rate: 12.5e6 }); // 250,000 bytes are under way
  wire.push(new Uint8Array(300_000), 0);
  assert.not(wire.full);
  wire.push(new Uint8Array(300_000), 0);
  assert.ok(wire.full);
  wire.take(30); // 10 ms of serialisation
  assert.is(wire.held, 600_000 - 125_000);
  assert.not(wire.full);
});

test('what is no line is refused', () => {
  for (const delay of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
    assert.throws(() => new Wire({ delay, rate: 1 }), /^delay: expected milliseconds from 0/);
  }
  for (const rate of [0, -1, Number.NaN]) {
    assert.throws(() => new Wire({ delay: 0, rate }), /^rate: expected bytes a second above 0/);
  }
});

test.run();
