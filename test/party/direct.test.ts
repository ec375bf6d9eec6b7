import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Driven, directly } from '../../src/party/direct.js';
import { type Opening, type Secure, together } from '../../src/party/program.js';

const opening = (label: string): Opening => ({ ptr: 0, bytes: 16, join: 'add', label });

/** A program of some rounds. */
function* rounds(...labels: string[]): Secure<string> {
  for (const label of labels) yield [opening(label)];
  return labels.join('');
}

/** The labels of each round, without empty steps, and the result. */
function play<T>(program: Pick<Secure<T>, 'next'>): { labels: string[]; value: T } {
  const labels: string[] = [];
  for (;;) {
    const step = program.next();
    if (step.done) return { labels, value: step.value };
    if (step.value.length > 0) labels.push(step.value.map(({ label }) => label).join('+'));
  }
}

function* nested(): Secure<string> {
  const first = yield* rounds('a');
  const inner = yield* directly(
    (function* (): Secure<string> {
      const deep = yield* directly(rounds('b', 'c'));
      return deep + (yield* rounds('d'));
    })(),
  );
  return `${first} ${inner} ${yield* directly(rounds())}${yield* rounds('e')}`;
}

test('a program that is called directly has its rounds and its result, whoever drives it', () => {
  const expected = { labels: ['a', 'b', 'c', 'd', 'e'], value: 'a bcd e' };
  assert.equal(play(new Driven(nested())), expected);
  assert.equal(play(nested()), expected);
});

test('who drives it sees no step but those of the program that is called', () => {
  const driven = new Driven(directly(rounds('a', 'b')));
  for (const label of ['a', 'b']) assert.equal(driven.next(), { done: false, value: [opening(label)] });
  assert.equal(driven.next(), { done: true, value: 'ab' });
});

test('beside others, such programs share their rounds', () => {
  const beside = () => together(directly(rounds('a', 'b')), rounds('x', 'y', 'z'));
  for (const program of [beside(), new Driven(beside())]) {
    const { labels, value } = play<unknown>(program);
    assert.equal(value, ['ab', 'xyz']);
    assert.equal(labels, ['x', 'a+y', 'b+z']);
  }
});

test('an error goes through all that wait, which may go on', () => {
  const seen: string[] = [];
  function* fails(): Secure<void> {
    yield [opening('a')];
    throw new Error('broken');
  }
  function* waits(name: string, program: Secure<void>): Secure<void> {
    try {
      yield* directly(program);
    } finally {
      seen.push(name);
    }
  }
  function* catches(): Secure<string> {
    try {
      yield* directly(waits('outer', waits('inner', fails())));
    } catch (error) {
      seen.push((error as Error).message);
    }
    return yield* rounds('b');
  }
  assert.equal(play(new Driven(catches())), { labels: ['a', 'b'], value: 'b' });
  assert.equal(seen, ['inner', 'outer', 'broken']);
  assert.throws(() => play(new Driven(waits('alone', fails()))), /broken/);
});

test.run();
