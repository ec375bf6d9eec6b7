/** aggregate: the sums of the parties' private integers, with what each sends hidden under pairwise masks. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fromWords, toWords } from '../../src/party/wide.js';
import type { Session } from '../../src/session/session.js';
import { transcriptsOf } from '../../src/testing.js';
import { namesOf, withSession } from '../world/sessions.js';
import { irregularity } from '../world/statistics.js';

const add = (session: Session, lists: readonly bigint[][]) =>
  session.aggregate(
    Object.fromEntries(session.parties.map((party, i) => [party, BigInt64Array.from(lists[i])])),
  );

test('sums are exact, negative ones and the ends of the range too', async () => {
  for (const parties of [2, 3, 4]) {
    await withSession({ parties: ['a', 'b', 'c', 'd'].slice(0, parties) }, async (session) => {
      const most = 2n ** 62n;
      const lists = session.parties.map((_, i) => [
        BigInt(i),
        -1n,
        i === 0 ? most : -1n,
        i === 0 ? -most : 0n,
      ]);
      const sums = [0, 1, 2, 3].map((j) => lists.reduce((sum, list) => sum + list[j], 0n));
      assert.equal([...(await add(session, lists))], sums, `${parties} parties`);
    });
  }
});

test('integers of several words are added up with their carries', async () => {
  for (const words of [2, 3]) {
    const most = 2n ** BigInt(64 * words - 3);
    const own = [
      [-1n, most, 2n ** 64n - 1n, -most, 0n],
      [-1n, most, 1n, -most + 1n, 0n],
      [-1n, -1n, 2n ** 64n - 1n, 1n - 2n ** 64n, 0n],
    ];
    await withSession({ parties: namesOf(3), clients: ['clinic'] }, async (session) => {
      const lists = [...session.parties, 'clinic'].map(
        (name, i) => [name, toWords(own[i % 3], words)] as const,
      );
      const options = { words, clients: ['clinic'] };
      const totals = await session.aggregate(Object.fromEntries(lists), options);
      const expected = own[0].map((_, j) => own[0][j] * 2n + own[1][j] + own[2][j]);
      assert.equal(fromWords(totals, words), expected);
      const odd = await session
        .aggregate({}, { words, length: 4 * words + 1 })
        .catch((error: Error) => error);
      assert.match(String(odd), /list of|whole integers/);
    });
  }
});

test('one round, eight bytes a number to each peer, and none to or from the provider', async () => {
  await withSession({ parties: namesOf(3) }, async (session) => {
    const before = await session.roles.totals();
    await add(session, [
      [1n, 2n],
      [3n, 4n],
      [5n, 6n],
    ]);
    const after = await session.roles.totals();
    for (const name of [...session.parties, 'provider']) {
      const [a, b] = [after.get(name), before.get(name)];
      const party = name !== 'provider';
      assert.is((a?.rounds ?? 0) - (b?.rounds ?? 0), party ? 1 : 0, name);
      assert.is((a?.online ?? 0) - (b?.online ?? 0), party ? 2 * 8 * 2 : 0, name);
      assert.equal(a?.openings, party ? { aggregate: 16 } : {}, name);
    }
  });
});

test('what a party receives is uniform, whatever the numbers are, and new in every run', async () => {
  const work = async (session: Session) => {
    const lists = session.parties.map(() => Array<bigint>(4000).fill(7n));
    await add(session, lists);
    await add(session, lists);
    for (const [party, entries] of await transcriptsOf(session)) {
      if (party === 'provider') continue;
      const runs = entries.filter(({ label }) => label === 'aggregate');
      assert.is(runs.length, 2);
      for (const peer of [0, 1]) {
        const [first, second] = runs.map(({ received }) => received[peer]);
        assert.is(irregularity(first, 8), null, party);
        assert.is(
          irregularity(
            first.map((byte, i) => byte - second[i]),
            8,
          ),
          null,
          party,
        );
      }
      assert.is(new BigInt64Array(runs[0].opened.slice().buffer)[0], 21n, 'the sum itself is opened');
    }
  };
  await withSession({ parties: namesOf(3) }, work, { transcripts: true });
});

test('lists that are missing or of different lengths are refused', async () => {
  await withSession({}, async (session) => {
    for (const values of [
      {},
      { alice: BigInt64Array.of(1n) },
      { alice: BigInt64Array.of(1n), bob: BigInt64Array.of(1n, 2n) },
    ]) {
      try {
        await session.aggregate(values as never);
        assert.unreachable();
      } catch (error) {
        assert.instance(error, RangeError);
        assert.match((error as Error).message, /every party \(alice, bob\) needs a list of the same length/);
      }
    }
    assert.not.ok(session.roles.ended);
  });
});

test.run();
