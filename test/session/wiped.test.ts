/** Keys in shared memory: where they are while a session works, that they move on, and that nothing is left at its end. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { publicRandom } from '../../src/data/random.js';
import { HEADER_BYTES } from '../../src/links/ring-buffer.js';
import { dense, sgd } from '../../src/model/describe.js';
import { SEED_BYTES } from '../../src/party/streams.js';
import { sequential } from '../../src/session/sequential.js';
import type { Session } from '../../src/session/session.js';
import { createSessionHere } from '../../src/session/this-thread.js';
import { createTestSession } from '../../src/testing.js';
import { seed } from '../world/seed.js';

const PARTIES = ['alice', 'bob', 'carol'];
const NAMES = [...PARTIES, 'provider', 'owner'];
/** An owner shares seeds with all parties but the last. */
const ofOwner = PARTIES.slice(0, -1).map((to) => ['owner', to]);

const sessions: Session[] = [];
test.after(async () => {
  for (const session of sessions) await session.close();
});

/** The memory that a session shares: one of wasm a role, in the order of NAMES, and doorbells and rings. */
async function watchedSession(mode: 'parallel' | 'parties-in-turn' = 'parallel') {
  const memories: WebAssembly.Memory[] = [];
  const buffers: SharedArrayBuffer[] = [];
  const own = { Memory: WebAssembly.Memory, SharedArrayBuffer };
  WebAssembly.Memory = class extends own.Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      super(descriptor);
      memories.push(this);
    }
  };
  globalThis.SharedArrayBuffer = class extends own.SharedArrayBuffer {
    constructor(bytes: number) {
      super(bytes);
      buffers.push(this);
    }
  } as typeof SharedArrayBuffer;
  const options = { parties: PARTIES, threads: 0, ring: 32, mode } as const;
  const session = await createTestSession(options, { seed }).finally(() => {
    WebAssembly.Memory = own.Memory;
    globalThis.SharedArrayBuffer = own.SharedArrayBuffer;
  });
  sessions.push(session);
  const all = mode === 'parallel'; // else the provider's alone
  assert.is(memories.length, all ? NAMES.length : 1);
  const links = buffers.filter(({ byteLength }) => byteLength > 4);
  assert.is(links.length, (all ? NAMES.length : 2) * (NAMES.length - 1));
  const views = {
    memories: () => memories.map(({ buffer }) => Buffer.from(buffer)),
    links: links.map((ring) => Buffer.from(ring, HEADER_BYTES)),
  };
  return { session, ...views };
}

/** Every key of a session, and who holds it. */
function firstKeys() {
  const shared = [...PARTIES.flatMap((from) => NAMES.slice(0, -1).map((to) => [from, to])), ...ofOwner];
  return shared.map(([from, to]) => {
    const random = publicRandom(seed, NAMES.indexOf(from) * NAMES.length + NAMES.indexOf(to));
    const key = Uint8Array.from({ length: SEED_BYTES }, () => random.below(256));
    return {
      name: `${from} ${to}`,
      key,
      holders: [from, to].filter((name, k, all) => all.indexOf(name) === k),
    };
  });
}

const times = (where: Buffer, key: Uint8Array): number => {
  let count = 0;
  for (let at = where.indexOf(key); at >= 0; at = where.indexOf(key, at + 1)) count++;
  return count;
};

/** Trains for some epochs, so that all kinds of message cross. */
async function train(session: Session, epochs: number): Promise<void> {
  const rows = Array.from({ length: 24 }, (_, i) => Math.sin(i));
  const x = session.share(rows, { owner: 'alice', shape: [12, 2] });
  const y = session.share(rows.slice(12), { owner: 'carol', shape: [12, 1] });
  const model = sequential([dense({ units: 3, inputShape: [2], activation: 'relu' }), dense({ units: 1 })]);
  model.compile({ optimizer: sgd({ learningRate: 0.125 }), loss: 'meanSquaredError', metrics: [] });
  await model.fit(x, y, { epochs, batchSize: 4 });
  await model.predict(x).reveal({ to: 'bob' });
  await session.aggregate(Object.fromEntries(PARTIES.map((party) => [party, BigInt64Array.of(1n)])));
}

const isZero = (bytes: Buffer): boolean => bytes.equals(Buffer.alloc(bytes.length));

test('a key lies once with each of its holders and on no link; each epoch replaces it, and the old one is nowhere', async () => {
  const { session, memories, links } = await watchedSession();
  const counts = (key: Uint8Array) =>
    Object.fromEntries(
      memories().flatMap((bytes, i) => (times(bytes, key) ? [[NAMES[i], times(bytes, key)]] : [])),
    );
  for (const { name, key, holders } of firstKeys()) {
    assert.equal(counts(key), Object.fromEntries(holders.map((holder) => [holder, 1])), name);
    assert.ok(
      links.every((bytes) => times(bytes, key) === 0),
      `${name}: nothing is left on a link`,
    );
  }
  await session.share([1, 2]).mul(3).reveal();
  assert.is(times(memories()[0], firstKeys()[0].key), 1, 'an operation leaves keys alone');
  await train(session, 1);
  for (const { name, key } of firstKeys()) {
    assert.equal(counts(key), {}, `${name}: the old key is gone`);
    assert.ok(links.every((bytes) => times(bytes, key) === 0));
  }
  await session.close();
});

test('after the end, closed or killed, every byte that roles have shared is zero', async () => {
  for (const end of ['close', 'kill'] as const) {
    const { session, memories, links } = await watchedSession();
    await train(session, 2);
    assert.not.ok(memories().some(isZero), 'there was something');
    assert.ok(links.some((bytes) => !isZero(bytes)));
    if (end === 'kill') {
      const pending = session.share([1]).square().reveal();
      session.roles.kill('bob');
      assert.is(
        await pending.then(
          () => 'opened',
          () => 'failed',
        ),
        'failed',
      );
    }
    await session.close();
    memories().forEach((bytes, i) => {
      assert.ok(isZero(bytes), `${end}: memory of ${NAMES[i]}`);
    });
    assert.ok(links.every(isZero), `${end}: links`);
  }
});

test('so is the memory of roles that had this thread', async () => {
  const memories: WebAssembly.Memory[] = [];
  const { Memory } = WebAssembly;
  WebAssembly.Memory = class extends Memory {
    constructor(descriptor: WebAssembly.MemoryDescriptor) {
      super(descriptor);
      memories.push(this);
    }
  };
  const session = await createSessionHere({ parties: PARTIES, mode: 'in-turn' }).finally(() => {
    WebAssembly.Memory = Memory;
  });
  await train(session, 1);
  const bytes = () => memories.map(({ buffer }) => Buffer.from(buffer));
  assert.is(memories.length, NAMES.length);
  assert.not.ok(bytes().some(isZero), 'there was something');
  await session.close();
  assert.ok(bytes().every(isZero));
});

test('so is what parties in turn and the provider have shared', async () => {
  const { session, memories, links } = await watchedSession('parties-in-turn');
  await train(session, 2);
  assert.not.ok(memories().some(isZero), 'there was something');
  assert.ok(links.filter((bytes) => !isZero(bytes)).length >= PARTIES.length);
  await session.close();
  assert.ok(memories().every(isZero), 'memory of the provider');
  assert.ok(links.every(isZero), 'links');
});

test.run();
