/** Sealed streams: what was written comes back, and nothing else ever does. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TapeInput } from '../../bindings/host/tape.js';
import { JobError } from '../../src/errors.js';
import { host, makeTapeKeys, publicKeyOf, readPublicKey, writtenKey } from '../../src/tape/keys.js';
import {
  CHUNK_BYTES,
  keyFrom,
  keyTo,
  openFirst,
  SealedReader,
  SealedWriter,
  sealedLength,
  sealFirst,
  TAG_BYTES,
} from '../../src/tape/seal.js';
import { Random } from '../world/ring.js';
import { seed } from '../world/seed.js';

const random = new Random(seed);
const key = Uint8Array.from({ length: 32 }, () => random.below(256));
const [alice, bob, provider] = [makeTapeKeys(), makeTapeKeys(), makeTapeKeys()];
const publicOf = (name: string) => readPublicKey('key', name);
const context = new TextEncoder().encode('header');

/** A file in memory. */
const input = (bytes: Uint8Array): TapeInput => ({
  size: bytes.length,
  read(at, into) {
    const part = bytes.subarray(at, at + into.length);
    into.set(part);
    return part.length;
  },
  close() {},
});

/** Bytes that are sealed, written in parts of these lengths in turn. */
function sealed(bytes: Uint8Array, parts: readonly number[] = [7, 70_000, 1, 64]): Uint8Array {
  const out: Uint8Array[] = [];
  const file = { write: (part: Uint8Array) => void out.push(part), close() {} };
  const writer = new SealedWriter(file, key.slice());
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const part = bytes.subarray(at, at + parts[i % parts.length]);
    writer.write(part);
    at += part.length;
    assert.is(writer.length, at);
  }
  writer.end();
  return new Uint8Array(Buffer.concat(out));
}

const open = (bytes: Uint8Array, start = 0) => new SealedReader(input(bytes), 'it', start, key.slice());

/** All of a stream. */
function all(bytes: Uint8Array): Uint8Array {
  const reader = open(bytes);
  const into = new Uint8Array(reader.length);
  reader.read(0, into);
  return into;
}

const bytesOf = (length: number): Uint8Array => Uint8Array.from({ length }, () => random.below(256));

test('a stream comes back, whatever its length, from any byte on', () => {
  const lengths = [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 2 * CHUNK_BYTES, 3 * CHUNK_BYTES + 5];
  for (const length of lengths) {
    const bytes = bytesOf(length);
    const stream = sealed(bytes);
    assert.is(stream.length, sealedLength(length), `${length}`);
    assert.equal(all(stream), bytes, `${length}`);
    const reader = open(stream);
    for (let i = 0; i < 20 && length > 0; i++) {
      const at = random.below(length);
      const into = new Uint8Array(random.below(length - at + 1));
      reader.read(at, into);
      assert.equal(into, bytes.subarray(at, at + into.length));
    }
    assert.throws(() => reader.read(length, new Uint8Array(1)), /there are no bytes/);
    assert.throws(() => reader.read(-1, new Uint8Array(1)), /there are no bytes/);
  }
});

test('a chunk of a sealed stream has 64 KiB, tag included', () => {
  assert.is(CHUNK_BYTES + TAG_BYTES, 2 ** 16);
  assert.is(sealed(bytesOf(2 * CHUNK_BYTES)).length, 2 * 2 ** 16);
});

test('a chunk that is altered, left out, moved, repeated or of another stream is refused', () => {
  const size = 2 ** 16;
  const stream = sealed(bytesOf(3 * CHUNK_BYTES + 100));
  const chunk = (i: number) => stream.subarray(i * size, (i + 1) * size);
  const joined = (...parts: Uint8Array[]) => new Uint8Array(Buffer.concat(parts));
  const other = sealed(bytesOf(3 * CHUNK_BYTES + 100));
  const cases: Record<string, [Uint8Array, RegExp]> = {
    'left out': [joined(chunk(0), chunk(2), chunk(3)), /cut off or altered/],
    moved: [joined(chunk(1), chunk(0), chunk(2), chunk(3)), /altered at byte 0/],
    repeated: [joined(chunk(0), chunk(0), chunk(2), chunk(3)), /altered at byte 65536/],
    'the last cut off': [joined(chunk(0), chunk(1), chunk(2)), /cut off/],
    'a part cut off': [stream.subarray(0, stream.length - 1), /cut off/],
    'less than a tag left': [joined(chunk(0), chunk(1), chunk(2), chunk(3).subarray(0, 5)), /cut off/],
    'nothing left': [new Uint8Array(0), /cut off/],
    'something after it': [joined(stream, new Uint8Array(3)), /cut off/],
  };
  for (const [name, [bytes, expected]] of Object.entries(cases)) {
    assert.throws(
      () => all(bytes),
      (error: Error) => error instanceof JobError && expected.test(error.message),
      name,
    );
  }
  // the same chunk of another stream under the same key would pass, so no two streams have one key
  assert.equal(
    all(joined(chunk(0), chunk(1), other.subarray(2 * size, 3 * size), chunk(3))).length,
    3 * CHUNK_BYTES + 100,
  );
});

test('every single bit counts', () => {
  const stream = sealed(bytesOf(40));
  for (let bit = 0; bit < 8 * stream.length; bit++) {
    const bytes = stream.slice();
    bytes[bit >> 3] ^= 1 << (bit & 7);
    assert.throws(
      () => all(bytes),
      (error: Error) => error instanceof JobError,
    );
  }
});

test('the reader finds the key, and nobody else does', () => {
  for (const from of [null, provider]) {
    const sealing = keyTo(publicOf(bob.publicKey), from?.privateKey ?? null, context);
    assert.ok(sealing);
    const known = from && publicOf(from.publicKey);
    const found = (own: string, ephemeral = sealing.ephemeral, writer = known, at = context) =>
      keyFrom(own, ephemeral, writer, at);
    assert.equal(found(bob.privateKey), sealing.key);
    assert.not.equal(found(alice.privateKey), sealing.key);
    assert.not.equal(found(bob.privateKey, publicOf(alice.publicKey)), sealing.key);
    assert.not.equal(found(bob.privateKey, sealing.ephemeral, publicOf(alice.publicKey)), sealing.key);
    assert.not.equal(
      found(bob.privateKey, sealing.ephemeral, from ? null : publicOf(provider.publicKey)),
      sealing.key,
    );
    assert.not.equal(found(bob.privateKey, sealing.ephemeral, known, new Uint8Array(1)), sealing.key);
    const again = keyTo(publicOf(bob.publicKey), from?.privateKey ?? null, context);
    assert.not.equal(again?.key, sealing.key, 'every stream has its own');
  }
});

test('who knows no private key of the provider cannot seal in its name', () => {
  const forged = keyTo(publicOf(bob.publicKey), alice.privateKey, context);
  assert.ok(forged);
  const expected = keyFrom(bob.privateKey, forged.ephemeral, publicOf(provider.publicKey), context);
  assert.not.equal(expected, forged.key);
});

test('public keys that agree on nothing are refused', () => {
  assert.is(keyTo(new Uint8Array(32), null, context), null);
  assert.is(keyFrom(bob.privateKey, new Uint8Array(32), null, context), null);
  assert.is(keyFrom(bob.privateKey, publicOf(alice.publicKey), new Uint8Array(32), context), null);
});

test('what stands first is no chunk', () => {
  const bytes = bytesOf(32);
  const first = sealFirst(key, bytes);
  assert.equal(openFirst(key, first), bytes);
  assert.throws(() => all(first), /cut off or altered/);
  assert.is(openFirst(key, sealed(bytes)), null);
});

test('ChaCha20-Poly1305 is that of RFC 8439, section 2.8.2', () => {
  const hex = (text: string) => new Uint8Array(Buffer.from(text.replace(/\s/g, ''), 'hex'));
  const text =
    "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it.";
  const out = host().seal(
    hex('808182838485868788898a8b8c8d8e8f909192939495969798999a9b9c9d9e9f'),
    hex('070000004041424344454647'),
    hex('50515253c0c1c2c3c4c5c6c7'),
    new TextEncoder().encode(text),
  );
  assert.equal(out.slice(0, 16), hex('d31a8d34648e60db7b86afbc53ef7ec2'));
  assert.equal(out.slice(-16), hex('1ae10b594f09e26a7e902ecbd0600691'));
});

test('keys are written and read, and others refused', () => {
  assert.match(alice.publicKey, /^x25519:[0-9a-f]{64}$/);
  assert.match(alice.privateKey, /^-----BEGIN PRIVATE KEY-----/);
  assert.is(writtenKey(publicKeyOf('key', alice.privateKey)), alice.publicKey);
  for (const wrong of ['', 'x25519:00', `X25519:${'0'.repeat(64)}`, alice.privateKey]) {
    assert.throws(() => readPublicKey('key', wrong), /^key: expected "x25519:"/);
  }
  for (const wrong of [
    '',
    alice.publicKey,
    '-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n',
  ]) {
    assert.throws(() => publicKeyOf('key', wrong), /^key: expected the PEM of an X25519 private key/);
  }
  assert.throws(() => publicKeyOf('key', 3), TypeError);
});

test('no two chunks are sealed under one keystream', () => {
  const chunks = 4;
  const zeros = sealed(new Uint8Array(chunks * CHUNK_BYTES));
  const length = CHUNK_BYTES + TAG_BYTES;
  const streams = Array.from({ length: chunks }, (_, i) => zeros.slice(i * length, i * length + 64));
  streams.push(sealFirst(key, new Uint8Array(64)).slice(0, 64));
  streams.push(sealed(new Uint8Array(64)).slice(0, 64)); // a first chunk that is the last one
  assert.is(new Set(streams.map(String)).size, streams.length);
});

test.run();
