/** Statistics told to one role: the same numbers to the last bit, to it alone, whatever their size. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { tellOwner, tellRole } from '../../src/jobs/tell.js';
import { runApart, valuesOf } from '../world/apart.js';
import { RINGS } from '../world/ring.js';

const KNOWN = {
  mean: Float64Array.of(1e9 + 1 / 3, -7e-12, 0),
  deviation: Float64Array.of(Math.PI * 1e30, 2 ** -40, 0.1),
};

for (const ring of RINGS) {
  test(`ring ${ring}: the owner, or another role, and nobody else`, async () => {
    const places = [['alice'], ['bob'], ['provider'], ['owner']];
    const told = valuesOf(
      await runApart({ ring }, places, (place) => async (session) => {
        const known = places[place][0] === 'bob' ? KNOWN : null;
        return [await tellOwner(session, 'bob', known, 3), await tellRole(session, 'bob', 'alice', known, 3)];
      }),
    );
    assert.equal(told, [
      [null, KNOWN],
      [KNOWN, KNOWN],
      [null, null],
      [KNOWN, null],
    ]);
  });
}

test.run();
