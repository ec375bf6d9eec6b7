/** Turns: one after the other, every promise settles, and what comes too late is refused. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Turns } from '../../src/session/turns.js';

/** Work that ends when the test says so. */
function held<T>() {
  let [resolve, reject]: [(value: T) => void, (error: Error) => void] = [() => {}, () => {}];
  const promise = new Promise<T>((yes, no) => {
    [resolve, reject] = [yes, no];
  });
  let started = false;
  const work = () => {
    started = true;
    return promise;
  };
  return { work, resolve, reject, started: () => started };
}

/** What a promise settles with, as text. */
const outcome = (promise: Promise<unknown>): Promise<string> =>
  promise.then(
    (value) => `value ${value}`,
    (error: Error) => error.message,
  );

const closed = () => new Error('closed');

const settled = (promises: readonly Promise<unknown>[]) => Promise.all(promises.map(outcome));

test('one turn is in flight at a time, in the order in which they were taken', async () => {
  const turns = new Turns(closed);
  const [first, second] = [held<number>(), held<number>()];
  const promises = [turns.take(first.work), turns.take(second.work)];
  assert.equal([first.started(), second.started()], [true, false]);
  first.resolve(1);
  await promises[0];
  assert.ok(second.started());
  second.resolve(2);
  assert.equal(await settled(promises), ['value 1', 'value 2']);
});

test('a turn that fails tells those behind it, and whoever comes later', async () => {
  const ended: string[] = [];
  const turns = new Turns(closed, (reason) => ended.push(reason?.message ?? 'closed'));
  const first = held<number>();
  const behind = held<number>();
  const promises = [turns.take(first.work), turns.take(behind.work)];
  first.reject(new Error('broken'));
  assert.equal(await settled(promises), ['broken', 'broken']);
  assert.is(await outcome(turns.take(behind.work)), 'broken');
  assert.not.ok(behind.started());
  assert.is(turns.refusal?.message, 'broken');
  assert.equal(ended, ['broken']);
});

test('so does a turn that throws before it waits, or with something that is no error', async () => {
  for (const work of [
    () => {
      throw new Error('at once');
    },
    () => Promise.reject('at once'),
  ]) {
    assert.is(await outcome(new Turns(closed).take(work)), 'at once');
  }
});

test('closing does what was asked for before, and refuses what comes after', async () => {
  const turns = new Turns(closed);
  const [first, second] = [held<number>(), held<number>()];
  const promises = [turns.take(first.work), turns.take(second.work)];
  const closing = turns.close();
  const late = outcome(turns.take(async () => 3));
  first.resolve(1);
  second.resolve(2);
  await closing;
  assert.equal(await settled(promises), ['value 1', 'value 2']);
  assert.is(await late, 'closed');
  await turns.close();
  assert.is(turns.refusal?.message, 'closed');
});

test('an end while closing settles what is left, and the closing', async () => {
  const turns = new Turns(closed);
  const held1 = held<number>();
  const promises = [turns.take(held1.work), turns.take(async () => 2)];
  const closing = turns.close();
  turns.end(new Error('killed'));
  await closing;
  assert.equal(await settled(promises), ['killed', 'killed']);
  assert.is(turns.refusal?.message, 'killed');
  held1.resolve(1); // too late for anybody
  turns.end(new Error('again'));
  assert.is(await outcome(turns.take(async () => 3)), 'killed');
});

test('whoever comes after the closing has an error of his own', async () => {
  const turns = new Turns(closed);
  await turns.close();
  const [first, second] = [turns.refusal, turns.refusal];
  assert.is.not(first, second);
  const early = new Error('broken');
  const failed = new Turns(closed);
  failed.end(early);
  await failed.close();
  assert.is(failed.refusal, early);
});

test('closing with nothing to do ends at once', async () => {
  const ended: string[] = [];
  const turns = new Turns(closed, (reason) => ended.push(reason?.message ?? 'closed'));
  await turns.close();
  assert.equal(ended, ['closed']);
});

test.run();
