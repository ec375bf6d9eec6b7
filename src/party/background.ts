/** A protocol that starts others beside itself. They share its rounds, and it ends when all of them have ended. */
import type { Opening, Secure } from './program.js';

/**
 * Starts a program.
 * @param resume called each time before it goes on
 */
export type Start = (program: Secure<void>, resume?: () => void) => void;

const NONE: readonly Opening[] = [];

/** @param back called after the started programs have moved, each time before the main program goes on */
export function* withBackground<T>(main: (start: Start) => Secure<T>, back?: () => void): Secure<T> {
  const tasks: { readonly program: Secure<void>; readonly resume: (() => void) | undefined }[] = [];
  const program = main((task, resume) => tasks.push({ program: task, resume }));
  let result: { value: T } | null = null;
  for (;;) {
    let openings: readonly Opening[] = NONE;
    if (!result) {
      const step = program.next();
      if (step.done) result = { value: step.value };
      else openings = step.value;
    }
    // tasks started while the main program moved take their first step in the same round
    for (let i = 0; i < tasks.length; ) {
      tasks[i].resume?.();
      const step = tasks[i].program.next();
      if (step.done) tasks.splice(i, 1);
      else {
        openings = openings.length > 0 ? [...openings, ...step.value] : step.value;
        i++;
      }
    }
    back?.();
    if (openings.length > 0) yield openings;
    else if (result && tasks.length === 0) return result.value;
  }
}
