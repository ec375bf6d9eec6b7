/** Sessions ended at random moments: every promise settles, every error says who and where, no worker is left. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { chaosRun } from '../world/chaos.js';

// a thousand: node dist/test/world/chaos.js 0 1000
test('fifty random runs, each repeated by its seed: chaosRun(seed)', async () => {
  let [rejected, fulfilled] = [0, 0];
  for (let seed = 0; seed < 50; seed++) {
    const result = await chaosRun(seed);
    assert.equal(result.problems, [], `seed ${seed}: ${result.story.join(', ')}`);
    rejected += result.rejected;
    fulfilled += result.fulfilled;
  }
  assert.ok(rejected > 50 && fulfilled > 50, `${fulfilled} with a value, ${rejected} rejected`);
});

for (const [who, mode] of [
  ['all roles', 'in-turn'],
  ['all but the provider', 'parties-in-turn'],
] as const) {
  test(`twenty, with ${who} in turn in one thread`, async () => {
    for (let seed = 0; seed < 20; seed++) {
      const result = await chaosRun(seed, mode);
      assert.equal(result.problems, [], `seed ${seed}: ${result.story.join(', ')}`);
    }
  });
}

test.run();
