/**
 * Wrong inputs: each is refused at once with a message that names the function and the option, tells nothing of the data,
 * and leaves the session as it was.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as data from '../../src/data/index.js';
import * as beaverdam from '../../src/index.js';
import * as jobs from '../../src/jobs/index.js';
import * as sharing from '../../src/sharing.js';

/** A number that must not turn up in any message. */
export const SECRET = 31.4159265;

/** Everything of the package, whatever it is given. */
// biome-ignore lint/suspicious/noExplicitAny: wrong inputs are the subject
export type Anything = any;
export const any: Anything = { ...beaverdam, ...sharing, ...data, ...jobs };

/** The kind of an error, its message, and what calls for it. */
export type Refusal = readonly [typeof TypeError | typeof RangeError, RegExp, () => unknown];

/** A session with two tensors, whose messages would give SECRET away. */
export async function refusingSession() {
  const session = await beaverdam.createSession({ threads: 0, ring: 32 });
  test.after(() => session.close());
  const x = session.share(Array(12).fill(SECRET), { shape: [4, 3], owner: 'alice' });
  const y = session.share([1, 0, 0, 1, 0, 1, 1, 0], { shape: [4, 2], owner: 'bob' });
  return { session, x, y };
}

/** [first, a hole, last]. */
export function holed(first: unknown, last: unknown): unknown[] {
  const array = [first];
  array[2] = last;
  return array;
}

/** A test for each refusal, and one that the session works on after all of them. */
export function testRefusals(
  { session, y }: Awaited<ReturnType<typeof refusingSession>>,
  refusals: readonly Refusal[],
): void {
  refusals.forEach(([kind, pattern, work], i) => {
    test(`${i}: ${pattern.source}`, async () => {
      let error: unknown = null;
      try {
        await work();
      } catch (thrown) {
        error = thrown;
      }
      assert.instance(error, kind, String(error));
      const { message } = error as Error;
      assert.match(message, pattern);
      assert.not.match(message, /31|4159/);
      assert.not.ok(session.roles.ended, 'the session goes on');
    });
  });

  test('the session works on after all of these, and nothing but the two tensors has crossed', async () => {
    const { rounds } = (await session.roles.totals()).get('alice') as { rounds: number };
    assert.is(rounds, 2);
    assert.equal([...(await y.sum(0).reveal())], [2, 2]);
  });
}
