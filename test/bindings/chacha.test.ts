import { createCipheriv } from 'node:crypto';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chachaOps, type Rounds, StreamMode } from '../../bindings/chacha.js';
import { assertGuards, guarded, kernels, makeHeap, Random, scoped } from '../world/ring.js';

const heap = makeHeap();
const { chacha } = chachaOps(kernels(heap), heap, 32);

const hex = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text.replace(/\s/g, ''), 'hex'));

function keyAt(bytes: Uint8Array): number {
  const ptr = heap.alloc(32);
  heap.bytes(ptr, 32).set(bytes);
  return ptr;
}

/** Keystream by node's cipher, 20 rounds: counter and nonce form its 16-byte initialisation vector. */
function oracle(key: Uint8Array, nonce: number[], counter: number, bytes: number): Uint8Array {
  const iv = Buffer.alloc(16);
  for (const [i, word] of [counter, ...nonce].entries()) iv.writeUInt32LE(word >>> 0, 4 * i);
  return createCipheriv('chacha20', key, iv).update(new Uint8Array(bytes));
}

/** One block straight from the definition, in 32-bit words, for any number of rounds. */
function block(key: Uint8Array, nonce: number[], counter: number, rounds: number): Uint8Array {
  const words = new DataView(key.buffer, key.byteOffset);
  const start = Uint32Array.of(
    0x61707865,
    0x3320646e,
    0x79622d32,
    0x6b206574,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    counter,
    ...nonce,
  );
  for (let i = 0; i < 8; i++) start[4 + i] = words.getUint32(4 * i, true);
  const x = start.slice();
  const turn = (to: number, by: number, bits: number) => {
    const v = x[to] ^ x[by];
    x[to] = (v << bits) | (v >>> (32 - bits));
  };
  const quarter = (a: number, b: number, c: number, d: number) => {
    x[a] += x[b];
    turn(d, a, 16);
    x[c] += x[d];
    turn(b, c, 12);
    x[a] += x[b];
    turn(d, a, 8);
    x[c] += x[d];
    turn(b, c, 7);
  };
  for (let round = 0; round < rounds; round += 2) {
    for (let i = 0; i < 4; i++) quarter(i, 4 + i, 8 + i, 12 + i);
    for (let i = 0; i < 4; i++) quarter(i, 4 + ((i + 1) % 4), 8 + ((i + 2) % 4), 12 + ((i + 3) % 4));
  }
  const out = new DataView(new ArrayBuffer(64));
  for (let i = 0; i < 16; i++) out.setUint32(4 * i, x[i] + start[i], true);
  return new Uint8Array(out.buffer);
}

/** The kernel's stream from block `counter` on, with its guards checked. */
function stream(
  key: Uint8Array,
  nonce: number[],
  counter: number,
  bytes: number,
  rounds: Rounds,
): Uint8Array {
  let result = new Uint8Array();
  scoped(heap, () => {
    const out = guarded(heap, bytes);
    chacha(out, bytes, keyAt(key), nonce[0], nonce[1], nonce[2], counter, rounds, StreamMode.set);
    assertGuards(heap, out, bytes, `${bytes} bytes`);
    result = heap.bytes(out, bytes).slice();
  });
  return result;
}

const SIZES = [
  0, 1, 3, 4, 15, 16, 17, 31, 32, 63, 64, 65, 100, 127, 128, 191, 192, 200, 255, 256, 257, 320, 512, 777,
  4096,
];

test('the block of RFC 8439, section 2.3.2', () => {
  const key = Uint8Array.from({ length: 32 }, (_, i) => i);
  const expected = hex(`10f1e7e4d13b5915500fdd1fa32071c4 c7d1f4c733c068030422aa9ac3d46c4e
    d2826446079faa0914c2d705d98b02a2 b5129cd1de164eb9cbd083e8a2503c4e`);
  assert.equal(stream(key, [0x09000000, 0x4a000000, 0], 1, 64, 20), expected);
});

test('the keystreams of the zero key and nonce for 8, 12 and 20 rounds (draft-strombergson-chacha-test-vectors)', () => {
  const first = {
    8: '3e00ef2f895f40d67f5bb8e81f09a5a1 2c840ec3ce9a7f3b181be188ef711a1e',
    12: '9bf49a6a0755f953811fce125f2683d5 0429c3bb49e074147e0089a52eae155f',
    20: '76b8e0ada0f13d90405d6ae55386bd28 bdd219b8a08ded1aa836efcc8b770dc7',
  } as const;
  for (const rounds of [8, 12, 20] as const) {
    assert.equal(
      stream(new Uint8Array(32), [0, 0, 0], 0, 32, rounds),
      hex(first[rounds]),
      `${rounds} rounds`,
    );
  }
});

test('20 rounds agree with the platform cipher for every size', () => {
  const random = new Random(20);
  for (const bytes of SIZES) {
    const key = Uint8Array.from({ length: 32 }, () => random.below(256));
    const nonce = [0, 1, 2].map(() => random.below(2 ** 32));
    const counter = random.below(2 ** 31);
    assert.equal(stream(key, nonce, counter, bytes, 20), Uint8Array.from(oracle(key, nonce, counter, bytes)));
  }
});

test('8 and 12 rounds agree with the definition for every size', () => {
  const random = new Random(8);
  for (const rounds of [8, 12] as const) {
    for (const bytes of SIZES) {
      const key = Uint8Array.from({ length: 32 }, () => random.below(256));
      const nonce = [0, 1, 2].map(() => random.below(2 ** 32));
      const blocks = Array.from({ length: Math.ceil(bytes / 64) }, (_, i) => [
        ...block(key, nonce, 5 + i, rounds),
      ]);
      assert.equal(stream(key, nonce, 5, bytes, rounds), Uint8Array.from(blocks.flat().slice(0, bytes)));
    }
  }
});

test('every mode combines the same stream with what is there', () => {
  const random = new Random(5);
  const key = Uint8Array.from({ length: 32 }, () => random.below(256));
  const add = (width: number, sign: bigint) => (there: Buffer, pad: Buffer) => {
    for (let i = 0; i < there.length; i += width) {
      const word = (from: Buffer) => (width === 4 ? BigInt(from.readUInt32LE(i)) : from.readBigUInt64LE(i));
      const sum = BigInt.asUintN(8 * width, word(there) + sign * word(pad));
      if (width === 4) there.writeUInt32LE(Number(sum), i);
      else there.writeBigUInt64LE(sum, i);
    }
  };
  const xor = (there: Buffer, pad: Buffer) => {
    for (const [i, byte] of pad.entries()) there[i] ^= byte;
  };
  const modes = [
    [StreamMode.set, 1, (there: Buffer, pad: Buffer) => void pad.copy(there)],
    [StreamMode.add32, 4, add(4, 1n)],
    [StreamMode.add64, 8, add(8, 1n)],
    [StreamMode.sub32, 4, add(4, -1n)],
    [StreamMode.sub64, 8, add(8, -1n)],
    [StreamMode.xor, 1, xor],
  ] as const;
  for (const [mode, grain, twin] of modes) {
    for (const bytes of SIZES.filter((size) => size % grain === 0)) {
      scoped(heap, () => {
        const there = Buffer.from(Array.from({ length: bytes }, () => random.below(256)));
        const out = guarded(heap, bytes);
        heap.bytes(out, bytes).set(there);
        chacha(out, bytes, keyAt(key), 1, 2, 3, 0, 20, mode);
        twin(there, Buffer.from(oracle(key, [1, 2, 3], 0, bytes)));
        assert.equal(Buffer.from(heap.bytes(out, bytes)), there, `mode ${mode}, ${bytes} bytes`);
        assertGuards(heap, out, bytes, `mode ${mode}, ${bytes} bytes`);
      });
    }
  }
});

test('broken words, unknown rounds and modes and an exhausted counter are refused', () => {
  assert.throws(() => chacha(0, 6, 0, 0, 0, 0, 0, 20, StreamMode.add32), /6 bytes are no whole words/);
  assert.throws(() => chacha(0, 12, 0, 0, 0, 0, 0, 20, StreamMode.sub64), /12 bytes are no whole words/);
  assert.throws(() => chacha(0, 8, 0, 0, 0, 0, 0, 10 as Rounds, StreamMode.set), /10 rounds/);
  assert.throws(() => chacha(0, 8, 0, 0, 0, 0, 0, 8, 6 as StreamMode), /no mode 6/);
  assert.throws(() => chacha(0, 128, 0, 0, 0, 0, 2 ** 32 - 1, 8, StreamMode.set), /block counter overflows/);
});

test.run();
