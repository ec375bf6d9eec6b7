/** A protocol that starts others beside itself; their openings join its rounds, and it ends when all have ended. */
import type { Opening, Secure } from './program.js';

export function* withBackground<T>(main: (start: (task: Secure<void>) => void) => Secure<T>): Secure<T> {
  const tasks: Secure<void>[] = [];
  const program = main((task) => tasks.push(task));
  let result: { value: T } | null = null;
  for (;;) {
    const openings: Opening[] = [];
    if (!result) {
      const step = program.next();
      if (step.done) result = { value: step.value };
      else openings.push(...step.value);
    }
    // tasks started while the main program moved take their first step in the same round
    for (let i = 0; i < tasks.length; ) {
      const step = tasks[i].next();
      if (step.done) tasks.splice(i, 1);
      else {
        openings.push(...step.value);
        i++;
      }
    }
    if (openings.length > 0) yield openings;
    else if (result && tasks.length === 0) return result.value;
  }
}
