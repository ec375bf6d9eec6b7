/** What a role in its courier's thread writes and reads: the bytes of rings, in memory that grows, in frames that are whole. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ProtocolError } from '../../src/errors.js';
import { IncomingFrames } from '../../src/links/incoming-frames.js';
import { Link } from '../../src/links/link.js';
import { NO_OPERATION, TURN } from '../../src/links/mailbox.js';
import { OutgoingFrames } from '../../src/links/outgoing-frames.js';
import { createDoorbell, createRingBuffer } from '../../src/links/ring-buffer.js';
import { Random } from '../world/ring.js';
import { seed } from '../world/seed.js';

const says = (pattern: RegExp) => (error: Error) =>
  error instanceof ProtocolError && pattern.test(error.message);

const bytesOf = (random: Random, length: number): Uint8Array =>
  Uint8Array.from({ length }, () => random.below(256));

/** Writes a frame as a role does. */
function write(outgoing: OutgoingFrames, operation: number, ...pieces: Uint8Array[]): void {
  outgoing.begin(
    operation,
    pieces.reduce((sum, { length }) => sum + Math.ceil(length / 8) * 8, 0),
  );
  for (const piece of pieces) {
    outgoing.append(piece);
    outgoing.fill();
  }
}

/** The next bytes that would be sent, at most so many. */
function taken(outgoing: OutgoingFrames, most = outgoing.ready): Uint8Array {
  const bytes = new Uint8Array(Math.min(most, outgoing.ready));
  outgoing.take(bytes);
  return bytes;
}

const incoming = (capacity = 1024) => {
  let told = 0;
  const frames = new IncomingFrames(capacity, () => {
    told++;
  });
  return { frames, told: () => told };
};

/** Reads all frames that are there. */
function readAll(frames: IncomingFrames) {
  const all: { operation: number; bytes: number[] }[] = [];
  for (let frame = frames.next(); frame; frame = frames.next()) {
    all.push({ operation: frame.operation, bytes: [...frame.bytes] });
    frames.give(frame, false);
  }
  return all;
}

test('the bytes are those that a ring would carry', () => {
  const random = new Random(seed);
  const frames = Array.from({ length: 30 }, (_, operation) => ({
    operation,
    pieces: Array.from({ length: random.below(4) }, () => bytesOf(random, random.below(40))),
  }));
  const ring = createRingBuffer(2 ** 14);
  const bells = { outgoing: ring, incoming: createRingBuffer(64), peerBell: createDoorbell() };
  const link = new Link('bob', 'alice', { peer: 'bob', ...bells });
  const outgoing = new OutgoingFrames();
  outgoing.connect(0, 2 ** 20);
  for (const { operation, pieces } of frames) {
    write(outgoing, operation, ...pieces);
    link.startWrite(
      operation,
      pieces.reduce((sum, { length }) => sum + length, 0),
      pieces,
    );
    link.write();
  }
  const bytes = taken(outgoing);
  assert.is(outgoing.allSent, true);
  const written = new Uint8Array(ring).slice(ring.byteLength - 2 ** 14);
  assert.is(new Int32Array(ring)[0], bytes.length);
  assert.equal(bytes, written.subarray(0, bytes.length));
});

test('whatever way they are cut, whole frames come out, in order, and nothing else', () => {
  const random = new Random(seed);
  for (let round = 0; round < 50; round++) {
    const outgoing = new OutgoingFrames();
    outgoing.connect(0, 2 ** 20);
    const { frames } = incoming(2 ** 20);
    const sent = Array.from({ length: 1 + random.below(20) }, (_, operation) => {
      const bytes = bytesOf(random, 8 * random.below(30));
      write(outgoing, operation, bytes);
      return { operation, bytes: [...bytes] };
    });
    const got = [];
    for (let position = 0; outgoing.ready > 0; ) {
      const bytes = taken(outgoing, 1 + random.below(90));
      frames.put(position, bytes);
      position += bytes.length;
      if (random.below(3) === 0) got.push(...readAll(frames));
    }
    got.push(...readAll(frames));
    assert.equal(got, sent);
  }
});

test('what was sent is kept until it has been read, also where the ring has grown or wrapped', () => {
  const random = new Random(seed);
  const outgoing = new OutgoingFrames();
  const all: number[] = [];
  let read = 0;
  outgoing.connect(0, 2 ** 24);
  for (let operation = 1; operation <= 200; operation++) {
    const bytes = bytesOf(random, 8 * random.below(600));
    write(outgoing, operation, bytes);
    all.push(...new Uint8Array(Uint32Array.of(operation, bytes.length).buffer), ...bytes);
    taken(outgoing, random.below(outgoing.ready + 1));
    if (random.below(3) === 0 && outgoing.sent > read) {
      read += random.below(outgoing.sent - read + 1);
      outgoing.credit(read, operation);
    }
    if (random.below(10) > 0) continue;
    const received = read + random.below(outgoing.sent - read + 1);
    outgoing.connect(received, 2 ** 24); // the connection was lost, and this had come
    const again = taken(outgoing);
    assert.equal([...again], all.slice(received, received + again.length));
    assert.is(received + again.length, all.length);
  }
  assert.is(outgoing.unread, all.length - read);
});

test('no more is sent than the peer takes', () => {
  const outgoing = new OutgoingFrames();
  assert.is(outgoing.ready, 0);
  write(outgoing, 1, new Uint8Array(100));
  assert.is(outgoing.ready, 0, 'before there is a connection');
  outgoing.connect(0, 40);
  assert.is(outgoing.ready, 40);
  taken(outgoing);
  assert.is(outgoing.ready, 0);
  outgoing.credit(16, 0);
  assert.is(outgoing.ready, 16);
});

test('what the peer says that it has is held to what was sent', () => {
  const outgoing = new OutgoingFrames();
  outgoing.connect(0, 1000);
  write(outgoing, 1, new Uint8Array(64));
  taken(outgoing, 32);
  for (const read of [33, -1, Number.NaN]) {
    assert.throws(() => outgoing.credit(read, 0), says(/^says that it has read .*, of 32 sent$/));
  }
  outgoing.credit(16, 0);
  assert.throws(() => outgoing.credit(8, 0), says(/read 8 bytes/));
  for (const received of [8, 73]) {
    assert.throws(() => outgoing.connect(received, 1000), says(/received \d+ bytes, of 72$/));
  }
});

test('a turn is counted, and no frame', () => {
  const outgoing = new OutgoingFrames();
  outgoing.connect(0, 1000);
  write(outgoing, 4, new Uint8Array(8));
  outgoing.begin(TURN, 0);
  outgoing.begin(NO_OPERATION, 0);
  const { frames } = incoming();
  frames.put(0, taken(outgoing));
  assert.is(frames.turns, 1);
  assert.is(frames.frames, 2);
  assert.is(frames.messages, 1, 'without what belongs to no operation');
  frames.takeTurn();
  assert.is(frames.turns, 0);
});

/** Sends what can be sent, and says what was read, until nothing moves. */
function cross(outgoing: OutgoingFrames, frames: IncomingFrames): void {
  outgoing.credit(frames.tell().read, 0);
  while (outgoing.ready > 0) {
    const { sent } = outgoing;
    frames.put(sent, taken(outgoing));
    outgoing.credit(frames.tell().read, 0);
  }
}

test('a peer that nobody waits for is held up at the window, also within a frame', () => {
  const outgoing = new OutgoingFrames();
  const { frames } = incoming(64);
  outgoing.connect(0, frames.capacity);
  write(outgoing, 1, new Uint8Array(16));
  write(outgoing, 2, new Uint8Array(1000).fill(7));
  write(outgoing, 3, new Uint8Array(48));
  cross(outgoing, frames);
  assert.is(frames.received, 64);
  assert.is(frames.frames, 1);
  assert.is(outgoing.crowded, true);
  frames.awaited = true; // the role waits for this peer, which may send on however much that is
  cross(outgoing, frames);
  assert.is(frames.frames, 3);
  assert.is(outgoing.crowded, false);
  assert.is(outgoing.allSent, true);
});

test('however long a role waits, a peer cannot send without end for a single step', () => {
  const { frames } = incoming(2 ** 28);
  frames.awaited = true;
  const header = new Uint8Array(Uint32Array.of(1, 2 ** 27).buffer);
  const part = new Uint8Array(2 ** 24);
  let position = 0;
  const put = (bytes: Uint8Array) => {
    frames.put(position, bytes);
    position += bytes.length;
    frames.tell();
  };
  assert.throws(
    () => {
      for (;;) {
        put(header);
        for (let sent = 0; sent < 2 ** 27; sent += part.length) put(part);
      }
    },
    says(/^sent \d+ bytes for a single step$/),
  );
  assert.ok(position <= 2 ** 28 + 2 ** 25, `${position}`);
});

test('bytes that came before, that are too early or too many, and frames that cannot be end the link', () => {
  const header = (operation: number, length: number) =>
    new Uint8Array(Uint32Array.of(operation, length).buffer);
  const { frames } = incoming(64);
  frames.put(0, header(1, 0));
  assert.throws(() => frames.put(0, header(2, 0)), says(/^sent position 0 again: 8 bytes have come$/));
  assert.throws(() => frames.put(16, header(2, 0)), says(/^sent position 16 too early/));
  assert.throws(() => frames.put(8, new Uint8Array(65)), says(/^sent more than fits: 64 bytes/));
  for (const length of [2 ** 28 + 8, 12, 2 ** 32 - 8]) {
    assert.throws(
      () => incoming().frames.put(0, header(1, length)),
      says(/^announced a frame of \d+ bytes$/),
    );
  }
  assert.throws(() => incoming().frames.put(0, header(TURN, 9)), says(/frame of 9 bytes/));
  const record = header(NO_OPERATION, 264); // longer than anything that belongs to no operation
  assert.throws(() => incoming().frames.put(0, record), says(/frame of 264 bytes/));
});

test('a long frame gets its memory as it comes', () => {
  const outgoing = new OutgoingFrames();
  outgoing.connect(0, 2 ** 24);
  const bytes = bytesOf(new Random(seed), 5 * 2 ** 20);
  write(outgoing, 1, bytes);
  const { frames } = incoming(2 ** 24);
  for (let position = 0; outgoing.ready > 0; ) {
    const part = taken(outgoing, 2 ** 16);
    frames.put(position, part);
    position += part.length;
  }
  assert.ok(Buffer.from(frames.next()?.bytes ?? []).equals(bytes));
});

test('ten thousand mutated streams end with frames, or with an error of the peer, and hold no more than has come', () => {
  const random = new Random(seed);
  const outgoing = new OutgoingFrames();
  outgoing.connect(0, 2 ** 20);
  for (let operation = 1; operation < 6; operation++)
    write(outgoing, operation, bytesOf(random, 8 * operation));
  const stream = taken(outgoing);
  let refused = 0;
  for (let i = 0; i < 10_000; i++) {
    const bytes = stream.slice(0, 1 + random.below(stream.length));
    for (let flips = random.below(4); flips > 0; flips--)
      bytes[random.below(bytes.length)] = random.below(256);
    const { frames } = incoming(512);
    try {
      for (let at = 0; at < bytes.length; ) {
        const part = bytes.subarray(at, at + 1 + random.below(64));
        frames.put(at, part);
        at += part.length;
      }
    } catch (error) {
      assert.instance(error, ProtocolError);
      refused++;
    }
    assert.ok(frames.held <= bytes.length);
  }
  assert.ok(refused > 100, `${refused}`);
});

test('what is wiped is zero, and so is what was read at the other end', () => {
  const { frames } = incoming();
  const outgoing = new OutgoingFrames();
  outgoing.connect(0, 1000);
  const secret = new Uint8Array(16).fill(9);
  write(outgoing, 1, secret);
  frames.put(0, taken(outgoing));
  const frame = frames.next();
  assert.equal(frame?.bytes, secret);
  if (frame) frames.give(frame, true);
  assert.equal(frame?.bytes, new Uint8Array(16));
  outgoing.credit(24, 1);
  outgoing.connect(24, 1000);
  write(outgoing, 2, secret);
  outgoing.wipe();
  assert.equal(taken(outgoing), new Uint8Array(24));
});

test('an end that is left keeps its first reason, and tells whoever waits', () => {
  const { frames, told } = incoming();
  frames.leave('it could not be reached');
  frames.leave('later');
  assert.is(frames.left, 'it could not be reached');
  assert.is(told(), 2);
});

test.run();
