/** What is opened is a Float64Array that knows its shape, and is in nobody's way. */
import { deepStrictEqual } from 'node:assert';
import { inspect } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { sessionsOfEverySetting } from '../world/sessions.js';

const { sessions, closeAll } = await sessionsOfEverySetting();
test.after(closeAll);

test('revealed numbers have the shape of their tensor, and become nested arrays', async () => {
  for (const session of sessions) {
    const matrix = [
      [1, 2, 3],
      [4, 5, -6],
    ];
    const x = session.share(matrix, { owner: 'alice' });
    const shown = await x.reveal();
    assert.equal(shown.shape, [2, 3]);
    assert.equal(shown.array(), matrix);
    const box = await x.reshape([3, 1, 2]).reveal({ to: 'bob' });
    assert.equal(box.shape, [3, 1, 2]);
    assert.equal(box.array(), [[[1, 2]], [[3, 4]], [[5, -6]]]);
    const row = await x.slice([0], [1]).reshape([3]).reveal();
    assert.equal(row.array(), [1, 2, 3]);
    const total = await x.sum().reveal();
    assert.equal([total.shape, total.array()], [[], 9]);
    // and go back as they came
    assert.equal((await session.share(box.array() as number[][][]).reveal()).array(), box.array());
  }
});

test('they are a Float64Array to everybody else', async () => {
  const [session] = sessions;
  const shown = await session.share([[0.5, 2]]).reveal();
  const plain = Float64Array.of(0.5, 2);
  assert.instance(shown, Float64Array);
  assert.is(shown.constructor, Float64Array);
  deepStrictEqual(shown, plain);
  assert.equal(shown, plain);
  assert.is(inspect(shown), inspect(plain));
  assert.equal(Object.keys(shown), ['0', '1']);
  assert.equal([...shown], [0.5, 2]);
  deepStrictEqual(structuredClone(shown), plain);
  for (const made of [shown.slice(), shown.map((x) => x), shown.data()]) {
    assert.not.ok('shape' in made);
    deepStrictEqual(made, plain);
  }
  shown.data()[0] = 7;
  assert.is(shown[0], 0.5, 'data() is a copy');
  assert.throws(() => (shown.shape as number[]).push(1), TypeError);
});

test.run();
