/** Operations on shared tensors: time, rounds and bytes a value, in both rings. */

import { publicRandom } from '../src/data/random.js';
import { createSession, type SecureTensor, type Session } from '../src/index.js';
import { median } from './support/measure.js';
import { digits, printTable } from './support/table.js';

/** Values a tensor of the elementwise operations has. */
const COUNT = 2 ** 15;
/** Rows and columns of the matrices. */
const [M, K, N] = [64, 784, 128];
const SAMPLES = 7;

interface Operation {
  readonly name: string;
  /** Values that time and bytes are shared out over. */
  readonly values: number;
  run(): SecureTensor;
}

/** Prints a table for each ring: all operations through a session of two parties. */
export async function benchOperations(): Promise<void> {
  for (const ring of [32, 64] as const) {
    const session = await createSession({ ring });
    try {
      const rows: string[][] = [];
      for (const operation of operations(session)) rows.push(await measureOperation(session, operation));
      const head = ['operation', 'ns a value', 'rounds', 'bytes sent a value', 'bytes dealt a value'];
      printTable(`Operations on shares, ring ${ring}, two parties`, head, rows);
    } finally {
      await session.close();
    }
  }
}

/** Numbers uniform in low..high, shared. */
function shared(session: Session, shape: readonly number[], low = -2, high = 2): SecureTensor {
  const random = publicRandom(1);
  const count = shape.reduce((a, b) => a * b, 1);
  const values = Float64Array.from({ length: count }, () => low + (high - low) * random.uniform());
  return session.share(values, { shape });
}

function operations(session: Session): Operation[] {
  const x = shared(session, [COUNT]);
  const y = shared(session, [COUNT]);
  const a = shared(session, [M, K], -0.1, 0.1);
  const b = shared(session, [K, N], -0.1, 0.1);
  const elementwise: Record<string, () => SecureTensor> = {
    'add (local)': () => x.add(y),
    multiply: () => x.mul(y),
    'multiply by a public number': () => x.mul(0.3),
    square: () => x.square(),
    'polynomial of degree 3': () => x.polynomial([0.5, 0.25, 0, -0.02]),
    greater: () => x.greater(y),
    relu: () => x.relu(),
    sigmoid: () => x.sigmoid(),
    tanh: () => x.tanh(),
  };
  return [
    ...Object.entries(elementwise).map(([name, run]) => ({ name, values: COUNT, run })),
    { name: `matmul ${M}×${K} · ${K}×${N}`, values: M * N, run: () => a.matmul(b) },
  ];
}

async function measureOperation(session: Session, { name, values, run }: Operation): Promise<string[]> {
  const repeat = async (times: number) => {
    for (let i = 0; i < times; i++) run().dispose();
    await session.ready();
  };
  await repeat(3);
  const before = await session.roles.totals();
  await repeat(1);
  const after = await session.roles.totals();
  const crossed = (role: string, what: 'rounds' | 'online' | 'dealt') =>
    (after.get(role)?.[what] ?? 0) - (before.get(role)?.[what] ?? 0);
  const samples: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample++) {
    const start = performance.now();
    await repeat(8);
    samples.push((performance.now() - start) / 8);
  }
  const [party] = session.parties;
  return [
    name,
    digits((median(samples) * 1e6) / values),
    String(crossed(party, 'rounds')),
    digits(crossed(party, 'online') / values),
    digits(crossed(session.settings.provider, 'dealt') / values),
  ];
}
