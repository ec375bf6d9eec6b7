/** Rows of several owners in one tensor. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Session } from '../../src/session/session.js';
import type { SecureTensor } from '../../src/tensor/secure-tensor.js';
import { RINGS } from '../world/ring.js';
import { namesOf, withSession } from '../world/sessions.js';

const test = suite('shared rows');

/** Rows of 5, so that parts begin at no multiple of a vector. */
const WIDTH = 5;
const rowsOf = (rows: number, from: number): Float32Array =>
  Float32Array.from({ length: rows * WIDTH }, (_, i) => (from + i) / 512);

const numbersOf = async (x: SecureTensor) => (await x.reveal()).data();

const roundsOf = async (session: Session): Promise<number> =>
  (await session.totals()).get('alice')?.rounds ?? Number.NaN;

for (const ring of RINGS) {
  for (const parties of [2, 3]) {
    for (const mode of ['parallel', 'in-turn', 'parties-in-turn'] as const) {
      test(`ring ${ring}, ${parties} parties, ${mode}: owners' parts stand in order, and are opened in one round`, async () => {
        await withSession({ ring, parties: namesOf(parties), mode }, async (session) => {
          const owners = ['bob', 'alice', 'owner', 'bob', ...namesOf(parties).slice(2)];
          const parts = owners.map((owner, i) => ({ owner, values: rowsOf(2 * i + 1, 100 * i) }));
          const before = await roundsOf(session);
          const x = await session.shareRows(parts, [WIDTH]);
          assert.is((await roundsOf(session)) - before, 1);
          const numbers = parts.flatMap(({ values }) => [...values]);
          assert.equal([...(await numbersOf(x))], numbers);
          // they are multiplied as any others
          const sum = await numbersOf(x.mul(x).sum());
          const wanted = numbers.reduce((total, n) => total + n * n, 0);
          assert.ok(Math.abs(sum[0] - wanted) < numbers.length * 2 ** -11, `${sum[0]}, not ${wanted}`);
        });
      });
    }
  }
}

test('stored outside wasm memory they are the same', async () => {
  await withSession({}, async (session) => {
    const parts = ['alice', 'bob', 'owner'].map((owner, i) => ({ owner, values: rowsOf(i + 3, 50 * i) }));
    const x = await session.shareRows(parts, [WIDTH], { piece: 10 });
    assert.equal(
      [...(await numbersOf(x))],
      parts.flatMap(({ values }) => [...values]),
    );
  });
});

test('piece by piece they outlive the scope in which they were asked for, and nothing is left of them at roles', async () => {
  await withSession({ mode: 'in-turn' }, async (session) => {
    const values = rowsOf(40, 0);
    const parts = ['alice', 'bob'].map((owner) => ({ owner, values }));
    const live = async () => (await session.memoryUse()).get('bob')?.live;
    let before: number | undefined;
    for (let time = 0; time < 5; time++) {
      const asked: Promise<SecureTensor>[] = [];
      session.tidy(() => {
        asked.push(session.shareRows(parts, [WIDTH], { piece: 50 }));
      });
      const x = await asked[0];
      assert.equal([...(await numbersOf(x))], [...values, ...values]);
      x.dispose();
      await session.ready();
      before ??= await live();
    }
    assert.is(await live(), before);
  });
});

test('what an owner brought is its own: changes afterwards do nothing, and its numbers stay', async () => {
  await withSession({ mode: 'in-turn' }, async (session) => {
    const values = rowsOf(4, 0);
    const kept = [...values];
    const asked = session.shareRows(
      [
        { owner: 'alice', values },
        { owner: 'bob', values },
      ],
      [WIDTH],
    );
    assert.equal([...values], kept);
    values.fill(1);
    const x = await asked;
    assert.equal([...(await numbersOf(x))], [...kept, ...kept]);
  });
});

test('bad numbers of a later owner are refused before anything is sent, and the session goes on', async () => {
  await withSession({}, async (session) => {
    const bad = rowsOf(2, 0);
    bad[7] = Number.NaN;
    try {
      await session.shareRows(
        [
          { owner: 'alice', values: rowsOf(2, 0) },
          { owner: 'bob', values: bad },
        ],
        [WIDTH],
      );
      assert.unreachable();
    } catch (error) {
      assert.match(String(error), 'shareRows: bob: row 1, column 2: not a finite number');
    }
    assert.equal([...(await numbersOf(session.share([1, 2])))], [1, 2]);
  });
});

test.run();
