/** Roles may be called by names that objects have of their own, or that contain what messages put between names. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { jointStatistics } from '../../src/jobs/index.js';
import { resolveOptions } from '../../src/session/options.js';
import type { Session } from '../../src/session/session.js';
import { bootsOf } from '../world/boots.js';
import { withSession } from '../world/sessions.js';

const NAMES: readonly (readonly [string, string, string])[] = [
  ['constructor', '__proto__', 'toString'],
  ['hasOwnProperty', 'valueOf', '__defineGetter__'],
  ['a → b', 'a', 'b → b'],
  ['日本', 'a "quoted" \\ name', 'x'.repeat(100)],
];

for (const [first, second, provider] of NAMES) {
  test(`${first}, ${second} and ${provider.slice(0, 20)} share, compute, reveal and sum`, async () => {
    const compute = async (session: Session) => {
      const x = session.share([1, 2], { owner: first });
      const y = session.share([3, 5], { owner: second });
      const z = session.share([7, 11]);
      const product = x.mul(y).add(z);
      for (const to of [first, second, 'owner']) assert.equal([...(await product.reveal({ to }))], [10, 21]);
      const parts = Object.fromEntries([
        [first, Float64Array.of(1, 3)],
        [second, Float64Array.of(5, 7)],
      ]);
      assert.equal([...(await jointStatistics(session, parts, 1)).mean], [4]);
      assert.equal([...(await session.roles.totals()).keys()], [first, second, provider]);
    };
    await withSession({ parties: [first, second], provider }, compute, { leastRows: 1 });
  });
}

test('a party that brings nothing of its own is missed, whatever objects have by its name', async () => {
  await withSession({ parties: ['constructor', 'bob'] }, async (session) => {
    try {
      await session.aggregate({ bob: BigInt64Array.of(1n) });
      assert.unreachable();
    } catch (error) {
      assert.match((error as Error).message, /^aggregate: every party \(constructor, bob\) needs a list/);
    }
    assert.not.ok(session.roles.ended);
  });
});

test('every pair of roles has a link of its own', () => {
  const parties = ['a', 'b → c', 'a → b', 'c'];
  const records = bootsOf(resolveOptions({ parties, linkBytes: 256 }, 1), {});
  const outgoing = records.flatMap(({ links }) => links.map((link) => link.outgoing));
  assert.is(new Set(outgoing).size, 6 * 5);
});

test.run();
