/** The first signal is heard; the next one finds nobody who listens, so that it ends the process. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { onSignal, untilSignal } from '../../src/cli/signals.js';
import { exitCodeOf } from '../../src/cli/usage.js';

const listeners = (): number[] =>
  (['SIGINT', 'SIGTERM'] as const).map((signal) => process.listenerCount(signal));

test('a signal is told once, with its exit code, and then nobody listens any more', () => {
  const before = listeners();
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    const codes: number[] = [];
    onSignal((ending) => codes.push(ending.code));
    process.emit(signal, signal);
    assert.equal(codes, [code]);
    assert.equal(listeners(), before);
  }
});

test('what has ended by itself does not listen', () => {
  const before = listeners();
  onSignal(() => {})();
  assert.equal(listeners(), before);
});

test('work that a signal ends is told who was ended, and fails with what is said and the exit code', async () => {
  const before = listeners();
  const reasons: unknown[] = [];
  const work = (signal: AbortSignal) =>
    new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(reasons.push(signal.reason)));
      process.emit('SIGTERM', 'SIGTERM');
    });
  const error = await untilSignal('bob', 'all is over', work).catch((thrown: Error) => thrown);
  assert.is(String(error), 'Interrupted: terminated; all is over');
  assert.is(exitCodeOf(error), 143);
  assert.is(String(reasons[0]), 'JobError: bob was terminated');
  assert.equal(listeners(), before);
  const late = untilSignal('bob', 'all is over', async () => void process.emit('SIGINT', 'SIGINT'));
  assert.is(exitCodeOf(await late.catch((thrown: Error) => thrown)), 130, 'also when it was just done');
  assert.is(await untilSignal('bob', '', async () => 7), 7);
  const own = untilSignal('bob', '', () => Promise.reject(new RangeError('its own')));
  assert.instance(await own.catch((thrown: Error) => thrown), RangeError);
});

test.run();
