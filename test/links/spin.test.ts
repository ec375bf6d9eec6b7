/** How long a role spins before it sleeps, counted in polls by a clock of the test's own. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { SpinTime } from '../../src/links/spin.js';

/** Milliseconds that pass from one reading of the clock to the next. */
const TICK = 0.0005;

function spinning() {
  let now = 1000;
  const spinTime = new SpinTime(() => {
    now += TICK;
    return now;
  });
  let looks = 0;
  return {
    /** Looks for something that is there at the look `at`; how often it has looked, and what it says. */
    look: (kind: number, at = Infinity) => {
      looks = 0;
      const found = spinTime.spin(kind, () => ++looks >= at);
      return { looks, found };
    },
  };
}

/** Looks in vain, and how many there were. */
function inVain({ look }: ReturnType<typeof spinning>, kind: number): number {
  const { looks, found } = look(kind);
  assert.is(found, false);
  return looks;
}

test('it ends with the first look that finds something', () => {
  for (const at of [1, 2, 31, 32, 33, 100]) assert.equal(spinning().look(0, at), { looks: at, found: true });
});

test('it gives up after a bounded number of looks, however often it has', () => {
  const waiting = spinning();
  for (let time = 0; time < 100; time++) {
    const looks = inVain(waiting, 5);
    // 0.05 milliseconds at the most, and 32 looks to each reading of the clock
    assert.ok(looks > 0 && looks <= 32 * (0.05 / TICK + 2), `${looks} looks`);
  }
});

test('looking in vain makes the next look shorter, down to a least time', () => {
  const waiting = spinning();
  const looks = Array.from({ length: 10 }, () => inVain(waiting, 3));
  for (const [i, count] of looks.entries()) {
    if (i === 0) continue;
    assert.ok(count <= looks[i - 1], String(looks));
  }
  assert.ok(looks[1] < 0.7 * looks[0], `half of the time: ${looks}`);
  assert.is(looks[9], looks[8], 'the least time');
  assert.ok(looks[9] > 64, `some time is left: ${looks}`);
});

test('success makes the next look longer, up to a most', () => {
  const waiting = spinning();
  const length = () => inVain(waiting, 7);
  const first = length(); // halves the time
  for (let time = 0; time < 3; time++) assert.ok(waiting.look(7, 1).found);
  const halved = length();
  for (let time = 0; time < 200; time++) waiting.look(7, 1);
  const most = length();
  for (let time = 0; time < 400; time++) waiting.look(7, 1);
  assert.ok(
    halved > 0.6 * first,
    `${halved} after ${first}: three successes make up for a part of the failure`,
  );
  assert.ok(most > 2 * first, `${most} after ${first}`);
  assert.is(length(), most, 'the most time');
});

test('every kind of wait has a time of its own', () => {
  const waiting = spinning();
  const fresh = inVain(spinning(), 0);
  for (let time = 0; time < 10; time++) {
    inVain(waiting, 0);
    waiting.look(63, 1);
  }
  assert.is(inVain(waiting, 1), fresh, 'untouched');
  assert.ok(inVain(waiting, 0) < fresh);
  assert.ok(inVain(waiting, 63) > fresh);
});

test('without a clock it takes the time of day, and comes to an end', () => {
  const spinTime = new SpinTime();
  assert.is(
    spinTime.spin(0, () => true),
    true,
  );
  assert.is(
    spinTime.spin(0, () => false),
    false,
  );
});

test.run();
