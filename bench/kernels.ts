/** Rates of the kernels beside plain twins that do the same work. */
import { createCipheriv, randomBytes } from 'node:crypto';
import { blocksFor, type Planes, type Words } from '../bindings/memory.js';
import { type Candidate, measure } from './support/measure.js';
import { randomWords, type Stage, setUp } from './support/stage.js';
import { digits, duration, printTable } from './support/table.js';
import { tfjsMatmul } from './support/tfjs.js';
import { matmulImul } from './support/twins.js';

/** Rows of a table: time, work per second, and how many times the last candidate's time fits into each. */
function rows(candidates: readonly Candidate[], work: number): string[][] {
  const timings = measure(candidates);
  const base = timings[timings.length - 1].seconds;
  return timings.map(({ name, seconds }) => [
    name,
    duration(seconds),
    digits(work / seconds / 1e9),
    `${digits(base / seconds)}×`,
  ]);
}

/** One large product by every means there is. */
async function benchLargeProduct(stage: Stage): Promise<void> {
  const [m, k, n] = [128, 784, 128];
  for (const bits of [32, 64] as const) {
    const a = randomWords(stage, bits, m * k);
    const b = randomWords(stage, bits, k * n);
    const out = randomWords(stage, bits, m * n);
    const { matmul } = stage.rings[bits];
    const scalar = stage.scalar[bits];
    const candidates: Candidate[] = [{ name: 'kernel', run: () => matmul(out, a, b, m, k, n, 0) }];
    if (stage.helpers.length > 0) {
      const pooled = stage.pooled[bits].matmul;
      const name = `kernel, ${stage.helpers.length + 1} threads`;
      candidates.push({ name, run: () => pooled(out, a, b, m, k, n, 0) });
    }
    if (bits === 32) {
      const view = (words: Words) => stage.heap.i32(words.ptr, words.length);
      const [x, y, z] = [view(a), view(b), view(out)];
      candidates.push({ name: 'JavaScript, Math.imul', run: () => matmulImul(z, x, y, m, k, n) });
      const float = await tfjsMatmul(m, k, n);
      if (float) candidates.push({ name: 'TensorFlow.js wasm, f32, 1 thread', run: float });
    }
    candidates.push({ name: 'scalar wasm', run: () => scalar.matmul(out.ptr, a.ptr, b.ptr, m, k, n) });
    const head = [`${m}×${k} · ${k}×${n}`, 'time', 'G multiply-adds/s', 'of scalar'];
    printTable(`Matrix product mod 2^${bits}`, head, rows(candidates, m * k * n));
  }
}

/** The shapes of small and of medium networks, all three products. */
function benchShapes(stage: Stage): void {
  const shapes = [
    ['matmul', 8, 13, 16],
    ['matmul', 8, 16, 3],
    ['matmulTN', 13, 8, 16],
    ['matmulNT', 8, 3, 16],
    ['matmul', 64, 784, 128],
    ['matmulTN', 784, 64, 128],
    ['matmulNT', 64, 128, 784],
    ['matmul', 64, 64, 10],
    ['matmul', 1, 784, 128],
  ] as const;
  const lines: string[][] = [];
  for (const [product, m, k, n] of shapes) {
    const line = [product, `${m}×${k}×${n}`];
    for (const bits of [32, 64] as const) {
      const scope = stage.heap.beginScope();
      const a = randomWords(stage, bits, m * k);
      const b = randomWords(stage, bits, k * n);
      const out = randomWords(stage, bits, m * n);
      const run = stage.rings[bits][product];
      const scalar = stage.scalar[bits];
      const [fast, plain] = measure([
        { name: 'kernel', run: () => run(out, a, b, m, k, n, 0) },
        { name: 'scalar', run: () => scalar.matmul(out.ptr, a.ptr, b.ptr, m, k, n) },
      ]);
      line.push(duration(fast.seconds), digits((m * k * n) / fast.seconds / 1e9));
      line.push(`${digits(plain.seconds / fast.seconds)}×`);
      stage.heap.endScope(scope);
    }
    lines.push(line);
  }
  const head = ['product', 'm×k×n', 'k = 32', 'G/s', 'of scalar', 'k = 64', 'G/s', 'of scalar'];
  printTable('Matrix products by shape', head, lines);
}

/** Keystreams beside the platform's cipher, which is native code. */
function benchStreams(stage: Stage): void {
  const key = stage.heap.alloc(32);
  const secret = randomBytes(32);
  stage.heap.bytes(key, 32).set(secret);
  const lines = [64, 1024, 400_000].map((bytes) => {
    const out = stage.heap.alloc(bytes);
    const { chacha } = stage.rings[32];
    const zeros = new Uint8Array(bytes);
    const iv = new Uint8Array(16);
    const timings = measure([
      ...([8, 12, 20] as const).map((rounds) => ({
        name: `${rounds}`,
        run: () => chacha(out, bytes, key, 1, 2, 3, 0, rounds, 0),
      })),
      { name: 'node:crypto', run: () => void createCipheriv('chacha20', secret, iv).update(zeros) },
    ]);
    return [`${bytes} bytes`, ...timings.map(({ seconds }) => digits(bytes / seconds / 1e9))];
  });
  const head = ['GB/s', 'ChaCha8', 'ChaCha12', 'ChaCha20', 'node:crypto ChaCha20'];
  printTable('Keystreams', head, lines);
}

/** Passes over vectors of a layer's size: gigabytes read and written a second. */
function benchVectors(stage: Stage): void {
  const n = 12_288;
  for (const bits of [32, 64] as const) {
    const bytes = bits / 8;
    const ring = stage.rings[bits];
    const a = randomWords(stage, bits, n);
    const b = randomWords(stage, bits, n);
    const out = randomWords(stage, bits, n);
    const reals = stage.heap.alloc(8 * n);
    stage.heap.f64(reals, n).fill(1.25);
    const scalar = stage.scalar[bits];
    const vectors: [string, number, () => void][] = [
      ['scalar wasm add', 3 * bytes, () => scalar.add(out.ptr, a.ptr, b.ptr, n)],
      ['add', 3 * bytes, () => ring.add(out, a, b)],
      ['mulAdd', 4 * bytes, () => ring.mulAdd(out, a, b)],
      ['scale', 2 * bytes, () => ring.scale(out, a, 3)],
      [
        'addRow, 128 columns',
        2 * bytes,
        () => ring.addRow(out, a, { ptr: b.ptr, length: 128 }, n / 128, 128),
      ],
      ['sumRows, 128 columns', bytes, () => ring.sumRows({ ptr: out.ptr, length: 128 }, a, n / 128, 128, 0)],
      ['transpose, 128 columns', 2 * bytes, () => ring.transpose(out, a, n / 128, 128)],
      ['encode', 8 + bytes, () => void ring.encode(out, reals, 12)],
      ['decode', 8 + bytes, () => ring.decode(reals, a, 12)],
      ['pack to 3 bytes', bytes + 3, () => ring.pack(out.ptr, a, 3)],
      ['unpack from 3 bytes', bytes + 3, () => ring.unpack(out, a.ptr, 3)],
    ];
    const timings = measure(vectors.map(([name, , run]) => ({ name, run })));
    const lines = timings.map(({ name, seconds }, i) => {
      return [
        name,
        duration(seconds),
        digits(n / seconds / 1e9),
        digits((n * vectors[i][1]) / seconds / 1e9),
      ];
    });
    printTable(`Vectors of ${n} words mod 2^${bits}`, ['kernel', 'time', 'Gwords/s', 'GB/s'], lines);
  }
}

/** What a comparison and a truncation spend their time on. */
function benchProtocol(stage: Stage): void {
  const n = 12_288;
  const blocks = blocksFor(n);
  for (const bits of [32, 64] as const) {
    const ring = stage.rings[bits];
    const [x, y, z, u, v, out] = Array.from({ length: 6 }, () => randomWords(stage, bits, n));
    const planes = (count: number): Planes => ({ ptr: stage.heap.alloc(count * blocks * 16), count, blocks });
    const low = planes(bits - 1);
    const bit = planes(1);
    const [lt, eq, products] = [planes(1), planes(1), planes(31)];
    const kernels: Candidate[] = [
      { name: `toPlanes, ${bits - 1} planes`, run: () => ring.toPlanes(low, x, 0) },
      { name: 'leaf, 5 bits', run: () => ring.leaf(lt.ptr, eq.ptr, low.ptr, products.ptr, 5, blocks, true) },
      { name: 'truncate', run: () => ring.truncate(out, null, x, y, 12, true) },
      { name: 'select', run: () => ring.select(out, bit, x, y, z, u, v, 12, true) },
    ];
    const lines = measure(kernels).map(({ name, seconds }) => [
      name,
      duration(seconds),
      digits(n / seconds / 1e9),
    ]);
    printTable(
      `Bit planes and truncation of ${n} words mod 2^${bits}`,
      ['kernel', 'time', 'Gvalues/s'],
      lines,
    );
  }
}

/** Prints the tables of all kernels. */
export async function benchKernels(): Promise<void> {
  const stage = await setUp();
  try {
    await benchLargeProduct(stage);
    benchShapes(stage);
    benchStreams(stage);
    benchVectors(stage);
    benchProtocol(stage);
  } finally {
    await Promise.all(stage.helpers.map((helper) => helper.stop()));
  }
}
