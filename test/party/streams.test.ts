/** Streams: addressed by seed, operation and purpose, and nothing else. */
import { createCipheriv } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createRing } from '../../bindings/ring.js';
import { Purpose, SEED_BYTES, type StreamMode, Streams } from '../../src/party/streams.js';
import { kernels, makeHeap, Random, RINGS } from '../world/ring.js';
import { seed as testSeed } from '../world/seed.js';

const random = new Random(testSeed);
const heap = makeHeap();
const rings = RINGS.map((bits) => createRing(kernels(heap), heap, bits));
const randomSeed = (): Uint8Array => Uint8Array.from({ length: SEED_BYTES }, () => random.below(256));

/** The stream of an address, combined with bytes that are there. */
function stream(
  streams: Streams,
  key: number,
  operation: number,
  purpose: Purpose,
  bytes: number,
  mode: StreamMode = 'set',
  there: Uint8Array = new Uint8Array(bytes),
): Uint8Array {
  const ptr = heap.alloc(bytes);
  heap.bytes(ptr, bytes).set(there);
  streams.apply(mode, ptr, bytes, key, operation, purpose);
  const out = heap.bytes(ptr, bytes).slice();
  heap.free(ptr);
  return out;
}

test('the stream is ChaCha20 of RFC 8439 with the seed as key and (operation, purpose) as nonce', () => {
  const streams = new Streams(rings[0], heap, 20);
  const seed = randomSeed();
  const key = streams.key(seed);
  for (const operation of [0, 1, 77, 2 ** 32 - 1, 2 ** 32, 2 ** 40 + 3]) {
    for (const purpose of Object.values(Purpose)) {
      const nonce = Buffer.alloc(16);
      nonce.writeUInt32LE(operation % 2 ** 32, 4);
      nonce.writeUInt32LE(Math.floor(operation / 2 ** 32), 8);
      nonce.writeUInt32LE(purpose, 12);
      const cipher = createCipheriv('chacha20', seed, nonce);
      const expected = new Uint8Array(cipher.update(new Uint8Array(1000)));
      assert.equal(stream(streams, key, operation, purpose, 1000), expected, `operation ${operation}`);
    }
  }
});

test('another seed, operation or purpose is another stream; the same address is the same one', () => {
  const streams = new Streams(rings[0], heap, 12);
  const keys = [streams.key(randomSeed()), streams.key(randomSeed())];
  const seen = new Map<string, string>();
  for (const key of keys) {
    for (const operation of [1, 2, 3, 2 ** 32 + 1]) {
      for (const purpose of Object.values(Purpose)) {
        const bytes = Buffer.from(stream(streams, key, operation, purpose, 64)).toString('hex');
        const again = Buffer.from(stream(streams, key, operation, purpose, 128)).toString('hex');
        assert.is(again.slice(0, 128), bytes, 'a longer stream begins the same');
        const address = `${key} ${operation} ${purpose}`;
        assert.is(seen.get(bytes), undefined, `${address} differs from ${seen.get(bytes)}`);
        seen.set(bytes, address);
      }
    }
  }
});

test('streams are added, subtracted and xored in the ring’s words', () => {
  for (const ring of rings) {
    const streams = new Streams(ring, heap, 12);
    const key = streams.key(randomSeed());
    const there = Uint8Array.from({ length: 160 }, () => random.below(256));
    const raw = stream(streams, key, 9, Purpose.deal, 160);
    const words = (bytes: Uint8Array): bigint[] => {
      const { buffer } = bytes.slice();
      return ring.bits === 32 ? Array.from(new Uint32Array(buffer), BigInt) : [...new BigUint64Array(buffer)];
    };
    const combine = (mode: StreamMode) => words(stream(streams, key, 9, Purpose.deal, 160, mode, there));
    const truth = (f: (a: bigint, b: bigint) => bigint) =>
      words(there).map((word, i) => BigInt.asUintN(ring.bits, f(word, words(raw)[i])));
    assert.equal(
      combine('add'),
      truth((a, b) => a + b),
    );
    assert.equal(
      combine('subtract'),
      truth((a, b) => a - b),
    );
    assert.equal(
      combine('xor'),
      truth((a, b) => a ^ b),
    );
  }
});

test('ratcheted, a key is what its old stream had for that operation, at every holder; the old one is nowhere', () => {
  const seeds = [randomSeed(), randomSeed(), randomSeed()];
  const holders = [0, 1].map(() => {
    const own = makeHeap();
    const streams = new Streams(createRing(kernels(own), own, 32), own, 12);
    return { own, streams, keys: seeds.map((seed) => streams.key(seed)) };
  });
  const outside = new Streams(rings[0], heap, 12);
  const next = seeds.map((seed) => stream(outside, outside.key(seed), 77, Purpose.ratchet, SEED_BYTES));
  for (const { own, streams, keys } of holders) {
    streams.ratchet(77);
    const memory = Buffer.from(own.memory.buffer);
    keys.forEach((key, i) => {
      assert.equal(own.bytes(key, SEED_BYTES).slice(), next[i]);
      assert.is(memory.indexOf(next[i]), memory.lastIndexOf(next[i]), 'and nowhere else');
      assert.is(memory.indexOf(seeds[i]), -1, 'the old key is gone');
    });
  }
});

test('renewed, a key is what its heir says, however often it was ratcheted; key and heir of before are nowhere', () => {
  const seed = randomSeed();
  const holders = [0, 3].map((ratchets) => {
    const own = makeHeap();
    const streams = new Streams(createRing(kernels(own), own, 32), own, 12);
    const key = streams.key(seed);
    const heir = streams.heir(key);
    for (let i = 1; i <= ratchets; i++) streams.ratchet(i);
    const bytesOf = (ptr: number) => own.bytes(ptr, SEED_BYTES).slice();
    const before = [bytesOf(key), bytesOf(heir)];
    streams.renew(key, heir, 1);
    const memory = Buffer.from(own.memory.buffer);
    const [first, firstHeir] = [bytesOf(key), bytesOf(heir)];
    for (const old of before) assert.is(memory.indexOf(old), -1, 'what was there before is gone');
    for (const fresh of [first, firstHeir]) {
      assert.is(memory.indexOf(fresh), memory.lastIndexOf(fresh), 'and nothing is there twice');
    }
    assert.is.not(Buffer.compare(first, firstHeir), 0);
    streams.renew(key, heir, 2);
    return { before, after: [first, firstHeir, bytesOf(key), bytesOf(heir)] };
  });
  const [one, other] = holders;
  assert.is.not(Buffer.compare(one.before[0], other.before[0]), 0, 'one has been ratcheted');
  assert.equal(one.after, other.after);
  assert.is(new Set(one.after.map((bytes) => Buffer.from(bytes).toString('hex'))).size, 4);
});

test('a seed has 32 bytes', () => {
  const streams = new Streams(rings[0], heap, 12);
  for (const length of [0, 16, 31, 33]) assert.throws(() => streams.key(new Uint8Array(length)), /32 bytes/);
});

test.run();
