/** A reader's end that makes room: the same bytes in the same order as without, whenever it does so. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type Chunk, Link } from '../../src/links/link.js';
import {
  createDoorbell,
  createRingBuffer,
  Doorbell,
  Field,
  HEADER_BYTES,
  RingWriter,
  STATE_WORDS,
} from '../../src/links/ring-buffer.js';
import { SpillingReader } from '../../src/links/spilling-reader.js';
import { Random } from '../world/ring.js';
import { seed } from '../world/seed.js';

const CAPACITY = 64;

function ring() {
  const buffer = createRingBuffer(CAPACITY);
  return {
    buffer,
    writer: new RingWriter(buffer, new Doorbell(createDoorbell())),
    reader: new SpillingReader(buffer, new Doorbell(createDoorbell())),
    state: new Int32Array(buffer, 0, STATE_WORDS),
  };
}

test('what is written in pieces of any size is read in order, whatever has been moved meanwhile', () => {
  const random = new Random(seed);
  const { writer, reader } = ring();
  const sent = Uint8Array.from({ length: 10_000 }, () => random.below(256));
  const got: number[] = [];
  for (let at = 0; got.length < sent.length; ) {
    at += writer.write(sent, at, Math.min(sent.length - at, random.below(100)));
    writer.publish();
    if (random.below(3) === 0) reader.spill();
    const ready = reader.ready;
    const piece = new Uint8Array(random.below(100));
    const count = reader.read(piece, 0, piece.length, random.below(2) === 0);
    assert.is(count, Math.min(ready, piece.length));
    assert.is(reader.ready, ready - count);
    got.push(...piece.subarray(0, count));
    reader.publish();
  }
  assert.equal(got, [...sent]);
});

test('frames of a link come whole, with pieces of all lengths, taken at once or in chunks', () => {
  const random = new Random(seed + 1);
  const [there, back, bell] = [createRingBuffer(CAPACITY), createRingBuffer(CAPACITY), createDoorbell()];
  const sender = new Link('alice', 'provider', {
    peer: 'alice',
    outgoing: there,
    incoming: back,
    peerBell: bell,
  });
  const receiver = new Link(
    'provider',
    'alice',
    {
      peer: 'provider',
      self: 'alice',
      outgoing: back,
      incoming: there,
      peerBell: bell,
    },
    SpillingReader,
  );
  const bytes = new Uint8Array(24);
  const chunk: Chunk = { bytes, grain: 8 };
  for (let operation = 1; operation < 300; operation++) {
    const pieces = Array.from({ length: 1 + random.below(3) }, () =>
      Uint8Array.from({ length: random.below(120) }, () => random.below(256)),
    );
    const length = pieces.reduce((sum, piece) => sum + piece.length, 0);
    const got = pieces.map((piece) => new Uint8Array(piece.length));
    if (random.below(2) === 0) receiver.startRead(operation, length, got, random.below(2) === 0);
    else {
      const lengths = pieces.map((piece) => piece.length);
      receiver.startTake(operation, length, lengths, 0, chunk, (_peer, piece, offset, count) => {
        got[piece].set(bytes.subarray(0, count), offset);
      });
    }
    sender.startWrite(operation, length, pieces);
    for (let turns = 0; sender.sending || receiver.receiving; turns++) {
      assert.ok(turns < 1000);
      if (sender.sending) sender.write();
      if (random.below(2) === 0) (receiver.reader as SpillingReader).spill();
      if (random.below(3) === 0) (receiver.reader as SpillingReader).makeRoom();
      if (receiver.receiving && random.below(2) === 0) receiver.read(Number.POSITIVE_INFINITY);
    }
    assert.equal(got, pieces);
  }
});

test('room is made where the ring is half full, at once, and leaves nothing there', () => {
  const { buffer, writer, reader } = ring();
  const bytes = new Uint8Array(CAPACITY / 2 - 1).fill(7);
  writer.write(bytes, 0);
  writer.publish();
  assert.not(reader.makeRoom());
  writer.write(bytes, 0, 1);
  writer.publish();
  assert.ok(reader.makeRoom());
  assert.not(reader.makeRoom());
  assert.is(writer.ready, CAPACITY);
  assert.is(reader.ready, CAPACITY / 2);
  assert.ok(new Uint8Array(buffer, HEADER_BYTES).every((byte) => byte === 0));
});

test('a mark counts what has been moved, which nobody writes again', () => {
  const { writer, reader, state } = ring();
  writer.write(new Uint8Array(10), 0);
  writer.publish();
  reader.spill();
  reader.mark(24);
  assert.is(state[Field.readerWaits], 14);
  writer.write(new Uint8Array(14), 0);
  writer.publish();
  assert.is(state[Field.readerWaits], 0, 'the writer has rung');
  reader.mark(1);
  assert.is(state[Field.readerWaits], 1);
  reader.mark(0);
  assert.is(state[Field.readerWaits], 0);
});

test.run();
