/**
 * Checks of what users pass beside their data: option bags, and single options. Messages name the function and the
 * option; they say what kind of thing stood there, never what it held.
 */

/** What kind of thing a value is, for messages. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (value === undefined) return 'undefined';
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return 'an array';
  if (typeof value !== 'object') return `a ${typeof value}`;
  if (isPlain(value)) return 'an object';
  const made: unknown = (value as { constructor?: unknown }).constructor;
  return typeof made === 'function' && made.name !== ''
    ? `an instance of ${made.name}`
    : 'an instance of a class';
}

const isPlain = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
};

/**
 * Throws TypeError unless `options` is a plain object with no other options than the known ones, none of them null.
 * @param name the function that takes them, first word of the message
 */
export function checkOptions(name: string, options: unknown, known: readonly string[]): void {
  const list = known.length > 0 ? known.join(', ') : 'none';
  if (typeof options !== 'object' || options === null || !isPlain(options)) {
    const wanted = known.length > 0 ? `{ ${list} }` : '{}';
    throw new TypeError(`${name}: expected a plain object ${wanted}, got ${kindOf(options)}`);
  }
  for (const [key, value] of Object.entries(options)) {
    if (!known.includes(key)) {
      const near = nearest(key, known);
      const hint = near === undefined ? '' : `; did you mean "${near}"?`;
      throw new TypeError(`${name}: unknown option ${JSON.stringify(key)} (known: ${list})${hint}`);
    }
    if (value === null) throw new TypeError(`${name}: ${key} must not be null`);
  }
}

/** Throws TypeError unless `value` is a string. */
export function checkText(name: string, value: unknown): asserts value is string {
  if (typeof value !== 'string') throw new TypeError(`${name} must be a string, got ${kindOf(value)}`);
}

/** Longest name of a role, or of something else that roles tell one another. */
const NAME_LENGTH = 100;
/** Control characters, line and paragraph separators, halves of surrogate pairs. */
const UNPRINTABLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u;

/**
 * Throws TypeError unless `name` is text that is not empty, RangeError where it is too long or not for one line.
 * @param what what is named so, first words of the message
 */
export function checkName(what: string, name: unknown): asserts name is string {
  checkText(what, name);
  if (name.trim() === '') throw new TypeError(`${what} is empty`);
  if (name.length > NAME_LENGTH) throw new RangeError(`${what} has more than ${NAME_LENGTH} characters`);
  if (UNPRINTABLE.test(name)) throw new RangeError(`${what} has a line break or another control character`);
}

/** Whether this is a name that {@link checkName} takes. */
export const isName = (name: unknown): name is string =>
  typeof name === 'string' && name.trim() !== '' && name.length <= NAME_LENGTH && !UNPRINTABLE.test(name);

/** Throws TypeError unless `value` is true or false. */
export function checkBoolean(name: string, value: unknown): asserts value is boolean {
  if (typeof value !== 'boolean') throw new TypeError(`${name} must be true or false, got ${kindOf(value)}`);
}

/** Throws TypeError unless `value` is a function or left out. */
export function checkFunction(name: string, value: unknown): void {
  if (value === undefined || typeof value === 'function') return;
  throw new TypeError(`${name} must be a function, got ${kindOf(value)}`);
}

/** Throws TypeError unless `value` is a number. */
export function checkNumber(name: string, value: unknown): asserts value is number {
  if (typeof value !== 'number') throw new TypeError(`${name} must be a number, got ${kindOf(value)}`);
}

/** Throws TypeError unless `value` is a number, RangeError unless it is an integer in least … most. */
export function checkInteger(
  name: string,
  value: unknown,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): asserts value is number {
  checkNumber(name, value);
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const range =
    most < Number.MAX_SAFE_INTEGER
      ? `an integer from ${least} to ${most}`
      : least === 1
        ? 'a positive integer'
        : `an integer, ${least} or more`;
  throw new RangeError(`${name} must be ${range}`);
}

/** Throws TypeError unless `value` is an array without holes, typed arrays not included. */
export function checkArray(name: string, value: unknown): asserts value is readonly unknown[] {
  if (!Array.isArray(value)) throw new TypeError(`${name} must be an array, got ${kindOf(value)}`);
  for (let i = 0; i < value.length; i++) {
    if (!Object.hasOwn(value, i)) throw new TypeError(`${name}: entry ${i} is missing`);
  }
}

/** Throws TypeError unless `value` is an array of strings. */
export function checkTexts(name: string, value: unknown): asserts value is readonly string[] {
  checkArray(name, value);
  for (const [i, entry] of value.entries()) checkText(`${name}: entry ${i}`, entry);
}

/**
 * Throws unless `value` is an array of positive integers: TypeError for another kind, RangeError for other numbers.
 * @param least dimensions at the least: a single number has none
 */
export function checkShape(name: string, value: unknown, least = 1): asserts value is readonly number[] {
  checkArray(name, value);
  for (const [d, length] of value.entries()) checkNumber(`${name}: entry ${d}`, length);
  const fits = value.every((length) => Number.isSafeInteger(length) && Number(length) > 0);
  if (!fits || value.length < least) throw new RangeError(`${name}: [${value}] must hold positive integers`);
}

/** Runs a check and puts `name` before its message. */
export function checking<T>(name: string, value: T, check: (value: T) => void): T {
  within(name, () => check(value));
  return value;
}

/** What `work` returns; puts `name` before the message of an error. */
export function within<T>(name: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof Error) error.message = `${name}: ${error.message}`;
    throw error;
  }
}

/** The known option that was probably meant: the same but for capitals, its initials, begun alike, or a letter or two away. */
function nearest(key: string, known: readonly string[]): string | undefined {
  const lower = key.toLowerCase();
  const alike = (name: string): number => {
    const other = name.toLowerCase();
    const initials = name.replace(/(?!^)[a-z]+/g, '').toLowerCase(); // lr for learningRate
    if (other === lower || (lower.length > 1 && initials === lower)) return 0;
    const short = Math.min(lower.length, other.length);
    const begun = short > 2 && (other.startsWith(lower) || lower.startsWith(other));
    return begun ? 1 : lower.length > 40 ? Infinity : distance(lower, other);
  };
  const [best] = known.map((name) => ({ name, far: alike(name) })).sort((a, b) => a.far - b.far);
  return best && best.far <= Math.min(2, best.name.length / 2) ? best.name : undefined;
}

/** Letters to add, drop or change to get from one word to the other. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 0; i < from.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < to.length; j++) {
      next.push(Math.min(row[j] + Number(from[i] !== to[j]), row[j + 1] + 1, next[j] + 1));
    }
    row = next;
  }
  return row[to.length];
}
