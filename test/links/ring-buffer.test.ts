/** A ring of bytes: first in, first out, whatever the sizes; never more than fits, never a wait. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  createDoorbell,
  createRingBuffer,
  Doorbell,
  HEADER_BYTES,
  leaveRing,
  RingReader,
  RingWriter,
  wipeRing,
} from '../../src/links/ring-buffer.js';
import { Random } from '../world/ring.js';
import { seed } from '../world/seed.js';

function ring(capacity: number) {
  const buffer = createRingBuffer(capacity);
  const bells = [createDoorbell(), createDoorbell()];
  return {
    buffer,
    writer: new RingWriter(buffer, new Doorbell(bells[0])),
    reader: new RingReader(buffer, new Doorbell(bells[1])),
    readersBell: bells[0],
    writersBell: bells[1],
  };
}

test('what is written in pieces of any size is read in pieces of any size, in order, many times around', () => {
  const random = new Random(seed);
  const { writer, reader } = ring(64);
  const sent = Uint8Array.from({ length: 10_000 }, () => random.below(256));
  const got: number[] = [];
  for (let at = 0; got.length < sent.length; ) {
    at += writer.write(sent, at, Math.min(sent.length - at, random.below(100)));
    writer.publish();
    const piece = new Uint8Array(random.below(100));
    got.push(...piece.subarray(0, reader.read(piece, 0)));
    reader.publish();
  }
  assert.equal(got, [...sent]);
});

test('bytes that are read to be wiped leave no trace, others stay until the ring is wiped, also what nobody was shown', () => {
  const { buffer, writer, reader } = ring(16);
  const inside = () => [...new Uint8Array(buffer, HEADER_BYTES)];
  const bytes = Uint8Array.from({ length: 12 }, (_, i) => i + 1);
  const into = new Uint8Array(12);
  for (const wipe of [false, true]) {
    writer.write(bytes, 0);
    writer.publish();
    assert.is(reader.read(into.fill(0), 0, 12, wipe), 12); // the second time around the ring's end
    assert.equal(into, bytes);
    reader.publish();
  }
  assert.equal(inside(), [0, 0, 0, 0, 0, 0, 0, 0, 9, 10, 11, 12, 0, 0, 0, 0]);
  writer.write(bytes, 0, 7);
  assert.equal(inside(), [0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 0]);
  wipeRing(buffer);
  assert.equal(inside(), Array(16).fill(0));

  const unseen = ring(16);
  unseen.writer.write(bytes, 0, 7);
  wipeRing(unseen.buffer);
  assert.equal([...new Uint8Array(unseen.buffer, HEADER_BYTES)], Array(16).fill(0));
});

test('a full ring takes no more, an empty one gives nothing', () => {
  const { writer, reader } = ring(16);
  const bytes = Uint8Array.from({ length: 20 }, (_, i) => i);
  const into = new Uint8Array(20);
  assert.is(reader.read(into, 0), 0);
  assert.is(writer.write(bytes, 0), 16);
  assert.is(writer.write(bytes, 16), 0);
  assert.is(reader.read(into, 0), 0, 'not published yet');
  writer.publish();
  assert.is(reader.read(into, 0), 16);
  assert.is(writer.write(bytes, 16), 0, 'not published yet');
  reader.publish();
  assert.is(writer.write(bytes, 16), 4);
  writer.publish();
  assert.is(reader.read(into, 16), 4);
  assert.equal([...into], [...bytes]);
});

test('offsets: writing goes on where the source stopped, reading where the target stopped', () => {
  const { writer, reader } = ring(16);
  writer.write(Uint8Array.of(9, 9, 1, 2), 2);
  writer.publish();
  const into = new Uint8Array(4);
  assert.is(reader.read(into, 3), 1);
  assert.is(reader.read(into, 0), 1);
  assert.equal([...into], [2, 0, 0, 1]);
});

test('positions count modulo 2^32', () => {
  const start = 2 ** 32 - 10;
  class LateWriter extends RingWriter {
    protected override position = start;
  }
  class LateReader extends RingReader {
    protected override position = start;
  }
  const buffer = createRingBuffer(16);
  new Int32Array(buffer, 0, 2).fill(start | 0);
  const bell = new Doorbell(createDoorbell());
  const [writer, reader] = [new LateWriter(buffer, bell), new LateReader(buffer, bell)];
  for (let i = 0; i < 10; i++) {
    const sent = Uint8Array.from({ length: 7 }, (_, j) => 7 * i + j);
    const got = new Uint8Array(7);
    assert.is(writer.write(sent, 0), 7);
    writer.publish();
    assert.is(reader.read(got, 0), 7);
    reader.publish();
    assert.equal(got, sent);
  }
});

test('a bell rings once, only for a role that waits for this ring, and a ring before the sleep is not lost', () => {
  const { writer, reader, readersBell } = ring(16);
  const role = new Doorbell(readersBell);
  const count = () => new Int32Array(readersBell)[0];
  const send = (...bytes: number[]) => {
    writer.write(Uint8Array.of(...bytes), 0);
    writer.publish();
  };
  send(1);
  assert.is(count(), 0, 'nobody waits');
  reader.mark(1);
  role.prepare();
  send(2);
  send(3);
  assert.is(count(), 1, 'rung once');
  assert.ok(role.sleep(10_000), 'returns at once');
  reader.mark(1);
  reader.mark(0);
  send(4);
  assert.is(count(), 1, 'there was work after all');
});

test('a reader is woken when there is as much as it waits for, which is at most half the ring', () => {
  const { writer, reader, readersBell } = ring(16);
  const count = () => new Int32Array(readersBell)[0];
  reader.mark(4);
  for (const rings of [0, 0, 0, 1, 1]) {
    writer.write(Uint8Array.of(1), 0);
    writer.publish();
    assert.is(count(), rings);
  }
  reader.read(new Uint8Array(5), 0);
  reader.publish();
  reader.mark(100);
  writer.write(new Uint8Array(7), 0);
  writer.publish();
  assert.is(count(), 1);
  writer.write(new Uint8Array(1), 0);
  writer.publish();
  assert.is(count(), 2);
});

test('a reader wakes a writer that waits for room, and no other', () => {
  const { writer, reader, writersBell } = ring(16);
  const count = () => new Int32Array(writersBell)[0];
  const take = (bytes: number) => {
    reader.read(new Uint8Array(bytes), 0);
    reader.publish();
  };
  writer.write(new Uint8Array(16), 0);
  writer.publish();
  take(4);
  assert.is(count(), 0, 'the writer has nothing to write');
  writer.mark(8);
  take(2);
  assert.is(count(), 0, 'not enough room');
  take(2);
  assert.is(count(), 1);
});

test('a sleep ends after its time when nobody rings', () => {
  const role = new Doorbell(createDoorbell());
  role.prepare();
  const start = performance.now();
  assert.not.ok(role.sleep(30));
  assert.ok(performance.now() - start >= 25);
});

test('a capacity that is no power of two is refused', () => {
  for (const capacity of [0, 3, 100]) assert.throws(() => createRingBuffer(capacity), /power of two/);
});

test('whoever leaves a ring says why, in as many bytes as there is room for; nothing that was written is lost', () => {
  for (const reason of ['', 'enough', 'x'.repeat(1000)]) {
    const { buffer, writer, reader } = ring(16);
    assert.equal([reader.left, writer.left], [null, null]);
    writer.write(Uint8Array.of(1, 2, 3), 0);
    writer.publish();
    leaveRing(buffer, reason);
    assert.equal([reader.left, writer.left], [reason.slice(0, 480), reason.slice(0, 480)]);
    const into = new Uint8Array(3);
    reader.read(into, 0);
    assert.equal([...into], [1, 2, 3]);
  }
});

test.run();
