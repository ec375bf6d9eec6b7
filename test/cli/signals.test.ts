/** The first signal is heard; the next one finds nobody who listens, so that it ends the process. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { onSignal } from '../../src/cli/signals.js';

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

test.run();
