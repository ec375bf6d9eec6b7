/** Programs share rounds: what runs side by side opens together, and nothing waits longer than it must. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { withBackground } from '../../src/party/background.js';
import { type Opening, type Secure, together } from '../../src/party/program.js';

const opening = (label: string): Opening => ({ ptr: 0, bytes: 4, join: 'add', label });

/** A program of so many rounds that opens its name and the round's number. */
function* rounds(name: string, count: number): Secure<string> {
  for (let i = 1; i <= count; i++) yield [opening(`${name}${i}`)];
  return name;
}

/** Runs a program; the labels of each round and the result. */
function trace<T>(program: Secure<T>): { rounds: string[]; result: T } {
  const labels: string[] = [];
  for (;;) {
    const step = program.next();
    if (step.done) return { rounds: labels, result: step.value };
    labels.push(step.value.map(({ label }) => label).join(' '));
  }
}

test('together: the longest decides the rounds, results in the order of the parts', () => {
  const { rounds: seen, result } = trace(
    together(rounds('a', 1), rounds('b', 3), rounds('c', 0), rounds('d', 2)),
  );
  assert.equal(seen, ['a1 b1 d1', 'b2 d2', 'b3']);
  assert.equal(result, ['a', 'b', 'c', 'd']);
});

test('together with nothing, and within itself', () => {
  assert.equal(trace(together()), { rounds: [], result: [] });
  const nested = together(together(rounds('a', 2), rounds('b', 1)), rounds('c', 3));
  assert.equal(trace(nested), { rounds: ['a1 b1 c1', 'a2 c2', 'c3'], result: [['a', 'b'], 'c'] });
});

function* silent(program: Secure<string>): Secure<void> {
  yield* program;
}

test('background: a task starts in the round of the step that started it and may outlive the program', () => {
  const program = withBackground(function* (start): Secure<string> {
    start(silent(rounds('t', 3)));
    const first = yield* rounds('m', 1);
    start(silent(rounds('u', 3)));
    return first;
  });
  assert.equal(trace(program), { rounds: ['m1 t1', 't2 u1', 't3 u2', 'u3'], result: 'm' });
});

test('background: a task that opens nothing costs nothing, and a program without tasks runs as it is', () => {
  const done: string[] = [];
  // biome-ignore lint/correctness/useYield: local, no round
  const local = function* (): Secure<void> {
    done.push('local');
  };
  const program = withBackground(function* (start): Secure<string> {
    start(local());
    return yield* rounds('m', 2);
  });
  assert.equal(trace(program), { rounds: ['m1', 'm2'], result: 'm' });
  assert.equal(done, ['local']);
  assert.equal(trace(withBackground(() => rounds('m', 0))), { rounds: [], result: 'm' });
});

test('background: tasks started by tasks join too', () => {
  const program = withBackground(function* (start): Secure<string> {
    start(
      (function* (): Secure<void> {
        yield* rounds('t', 1);
        start(silent(rounds('v', 1)));
      })(),
    );
    return yield* rounds('m', 3);
  });
  assert.equal(trace(program), { rounds: ['m1 t1', 'm2 v1', 'm3'], result: 'm' });
});

test.run();
