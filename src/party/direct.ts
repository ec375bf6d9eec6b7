/**
 * Programs that whoever drives a role runs itself. A round of a program passes through all programs that wait for it, which
 * takes as long as the round where many do; a program that is called directly stands at the top meanwhile.
 */
import type { Opening, Secure } from './program.js';

/** A call: to whoever does not know of it an empty step. */
class Call extends Array<Opening> {
  result: { readonly value: unknown } | null = null;

  constructor(readonly program: Secure<unknown>) {
    super();
  }
}

/**
 * What `program` gives, as `yield* program` does, run by the driver if that is a {@link Driven}. Not for programs that share
 * their rounds with others.
 */
export function* directly<T>(program: Secure<T>): Secure<T> {
  const call = new Call(program);
  yield call;
  return call.result ? (call.result.value as T) : yield* program;
}

/** A step of a program that is driven. */
type Step<T> = IteratorResult<readonly Opening[], T>;

/** A program to be driven, step by step. */
export class Driven<T> {
  /** Those that wait for the last one, and their calls. */
  readonly #waiting: { readonly program: Secure<unknown>; readonly call: Call }[] = [];
  #program: Secure<unknown>;

  constructor(program: Secure<T>) {
    this.#program = program;
  }

  next(): Step<T> {
    for (;;) {
      const step = this.#step();
      if (step.done) {
        const caller = this.#waiting.pop();
        if (!caller) return step as Step<T>;
        caller.call.result = { value: step.value };
        this.#program = caller.program;
      } else if (step.value instanceof Call) {
        this.#waiting.push({ program: this.#program, call: step.value });
        this.#program = step.value.program;
      } else return step;
    }
  }

  /** A step of the last program; its errors go to those that wait for it. */
  #step(): Step<unknown> {
    let error: unknown;
    try {
      return this.#program.next();
    } catch (caught) {
      error = caught;
    }
    for (let caller = this.#waiting.pop(); caller; caller = this.#waiting.pop()) {
      this.#program = caller.program;
      try {
        return caller.program.throw(error);
      } catch (caught) {
        error = caught;
      }
    }
    throw error;
  }
}
