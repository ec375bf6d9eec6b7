/** Frames on one link, moved by hand from end to end: pieces and parts of any length through rings of any size. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Link } from '../../src/links/link.js';
import { createDoorbell, createRingBuffer } from '../../src/links/ring-buffer.js';
import { Random } from '../world/ring.js';
import { seed } from '../world/seed.js';

const random = new Random(seed);

/** Alice's and bob's ends of one link. */
function linked(capacity: number): [alice: Link, bob: Link] {
  const [there, back] = [createRingBuffer(capacity), createRingBuffer(capacity)];
  const bell = createDoorbell();
  return [
    new Link('bob', 'alice', { peer: 'bob', outgoing: there, incoming: back, peerBell: bell }),
    new Link('alice', 'bob', { peer: 'alice', outgoing: back, incoming: there, peerBell: bell }),
  ];
}

const bytesOf = (length: number): Uint8Array => Uint8Array.from({ length }, () => random.below(256));

const totalOf = (lengths: readonly number[]): number => lengths.reduce((sum, length) => sum + length, 0);

/** Moves a frame to its end, the reader now and then only up to a part of it; `more` goes on with it. */
function move(alice: Link, bob: Link, length: number, more: () => readonly Uint8Array[] = () => []): void {
  let limit = 0;
  while (alice.sending || bob.receiving) {
    let moved = alice.write();
    if (!alice.sending && alice.sent < length) {
      alice.goOn(more());
      moved = true;
    }
    const arrived = bob.receiving && bob.arrived;
    const read = bob.read(limit);
    const whole = bob.read(Infinity);
    if (arrived) assert.ok(read || whole, 'what has arrived can be read');
    if (!moved && !read && !whole) throw new Error('the link is stuck');
    limit = bob.received + random.below(20);
  }
  assert.equal([alice.sent, bob.received], [length, length]);
}

const LENGTHS: readonly (readonly number[])[] = [
  [1, 3, 7, 8, 9],
  [9, 8, 7, 3, 1],
  [5, 0, 1, 0],
  [0, 13, 64, 1, 63, 65],
  [1],
  [7, 7, 7, 7, 7, 7, 7, 7, 7],
  [200, 3, 129, 31],
];

for (const capacity of [16, 64, 256]) {
  test(`pieces of odd lengths arrive intact, frame after frame, through a ring of ${capacity} bytes`, () => {
    const [alice, bob] = linked(capacity);
    for (let time = 0; time < 3; time++) {
      for (const [operation, lengths] of LENGTHS.entries()) {
        const sent = lengths.map(bytesOf);
        const got = lengths.map((length) => new Uint8Array(length));
        alice.startWrite(operation, totalOf(lengths), sent);
        bob.startRead(operation, totalOf(lengths), got);
        move(alice, bob, totalOf(lengths));
        assert.equal(got, sent, `pieces of ${lengths}`);
      }
    }
  });

  test(`and in chunks, in whole grains but for the last of a piece, through ${capacity} bytes`, () => {
    for (const grain of [1, 4, 8, 16]) {
      for (const chunkBytes of [grain, 3 * grain]) {
        const chunk = { bytes: new Uint8Array(chunkBytes), grain };
        const [alice, bob] = linked(capacity);
        for (const [operation, lengths] of LENGTHS.entries()) {
          const sent = lengths.map(bytesOf);
          const got: number[][] = lengths.map(() => []);
          alice.startWrite(operation, totalOf(lengths), sent);
          bob.startTake(operation, totalOf(lengths), lengths, 5, chunk, (peer, piece, offset, count) => {
            assert.is(peer, 5);
            assert.is(offset, got[piece].length, 'in order');
            assert.ok(count > 0 && count <= chunkBytes);
            assert.ok(count % grain === 0 || offset + count === lengths[piece], `${count} at ${offset}`);
            got[piece].push(...chunk.bytes.subarray(0, count));
          });
          move(alice, bob, totalOf(lengths));
          assert.equal(
            got,
            sent.map((piece) => [...piece]),
            `pieces of ${lengths}, grain ${grain}`,
          );
        }
      }
    }
  });

  test(`a frame sent in parts whose sizes are no multiples of eight, through ${capacity} bytes`, () => {
    const [alice, bob] = linked(capacity);
    const chunk = { bytes: new Uint8Array(24), grain: 8 };
    for (const parts of [[1, 3, 7, 8, 9], [5], [13, 200, 1, 1, 30], [8, 7], [100, 0, 3]]) {
      for (const taken of [false, true]) {
        const sent = parts.map(bytesOf);
        const length = totalOf(parts);
        const got = new Uint8Array(length);
        const rest = sent.slice(1);
        alice.startWrite(9, length, [sent[0]], false);
        if (taken) {
          bob.startTake(9, length, [length], 0, chunk, (_peer, _piece, offset, count) => {
            got.set(chunk.bytes.subarray(0, count), offset);
          });
        } else bob.startRead(9, length, [got]);
        move(alice, bob, length, () => [rest.shift() as Uint8Array]);
        assert.equal(Buffer.from(got), Buffer.concat(sent), `parts of ${parts}`);
      }
    }
  });
}

test('the frame after one in parts begins where the reader expects it', () => {
  const [alice, bob] = linked(64);
  for (const length of [1, 5, 8, 11]) {
    const part = bytesOf(length);
    const got = [new Uint8Array(length), new Uint8Array(3)];
    alice.startWrite(1, length, [part.subarray(0, 1)], false);
    bob.startRead(1, length, [got[0]]);
    move(alice, bob, length, () => [part.subarray(1)]);
    const next = bytesOf(3);
    alice.startWrite(2, 3, [next]);
    bob.startRead(2, 3, [got[1]]);
    move(alice, bob, 3);
    assert.equal(got, [part, next], `${length} bytes`);
  }
});

test.run();
