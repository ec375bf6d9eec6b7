/** The thread of an alarm (alarm.ts): sleeps until the moment that is set, and rings. */
import { readlinkSync, writeFileSync } from 'node:fs';
import { workerData } from 'node:worker_threads';
import { type AlarmMemory, viewsOf } from './alarm.js';

const { words, due } = viewsOf(workerData as AlarmMemory);

try {
  // Linux may wake a thread 50 µs late, to wake several at a time, unless the thread asks for less
  const thread = readlinkSync('/proc/thread-self').split('/').at(-1);
  writeFileSync(`/proc/${thread}/timerslack_ns`, '1');
} catch {
  // it wakes a little later
}

for (;;) {
  const set = Atomics.load(words, 0);
  const at = due[0];
  const left = at - (performance.timeOrigin + performance.now());
  if (at === Number.POSITIVE_INFINITY) Atomics.wait(words, 0, set);
  else if (left > 0) Atomics.wait(words, 0, set, left);
  else if (Atomics.compareExchange(words, 0, set, set + 1) === set) {
    due[0] = Number.POSITIVE_INFINITY;
    Atomics.add(words, 1, 1);
    Atomics.notify(words, 1);
  }
}
