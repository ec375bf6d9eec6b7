/**
 * Options of a command as data: what they are called, what they take, what they are when left out. The parser and
 * the help both read these, so that they cannot differ.
 */
import { parseArgs } from 'node:util';
import { nearest } from './nearest.js';
import { UsageError } from './usage.js';

export interface Option<T> {
  /** What stands for the value in the help; none for a switch. */
  readonly placeholder?: string;
  readonly describe: string;
  readonly fallback: T;
  /** The default as the help shows it; none when there is nothing to show. */
  readonly shown?: string;
  /** Reads the value. @throws UsageError without the option's name: 'expected …' */
  readonly read: (text: string) => T;
}

export type Options = Readonly<Record<string, Option<unknown>>>;

/** The values that a command gets. */
export type Values<O extends Options> = { readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never };

/** A whole number in least..most. */
export function integer(
  describe: string,
  fallback: number,
  least: number,
  most = Number.MAX_SAFE_INTEGER,
): Option<number> {
  const range = most === Number.MAX_SAFE_INTEGER ? `${least} or more` : `from ${least} to ${most}`;
  return {
    placeholder: 'N',
    describe,
    fallback,
    shown: String(fallback),
    read(text) {
      const value = Number(text);
      if (/^\d+$/.test(text) && value >= least && value <= most) return value;
      throw new UsageError(`expected a whole number, ${range}`);
    },
  };
}

/** A whole number of 1 or more that may be left out; `shown` says what is then. */
export const count = (describe: string, shown: string): Option<number | undefined> => ({
  ...integer(describe, 1, 1),
  fallback: undefined,
  shown,
});

/** A positive number; `fallback` undefined where the command works it out, `shown` then says how. */
export function positive<T extends number | undefined>(
  describe: string,
  fallback: T,
  shown = String(fallback),
): Option<number | T> {
  return {
    placeholder: 'X',
    describe,
    fallback,
    shown,
    read(text) {
      const value = Number(text);
      if (text.trim() !== '' && value > 0 && Number.isFinite(value)) return value;
      throw new UsageError('expected a positive number');
    },
  };
}

/** One of a few. */
export function choice<T extends string | number>(
  describe: string,
  fallback: T,
  values: readonly T[],
): Option<T> {
  return {
    placeholder: values.join('|'),
    describe,
    fallback,
    shown: String(fallback),
    read(text) {
      const value = values.find((candidate) => String(candidate) === text);
      if (value !== undefined) return value;
      throw new UsageError(`expected ${values.join(' or ')}`);
    },
  };
}

/** Positive whole numbers with commas between them, widths of layers for instance, or `none`. */
export function integers(describe: string, fallback: readonly number[]): Option<readonly number[]> {
  return {
    placeholder: 'N,…',
    describe,
    fallback,
    shown: fallback.join(','),
    read(text) {
      if (text === 'none') return [];
      const parts = text.split(',');
      if (parts.every((part) => /^[1-9]\d{0,5}$/.test(part))) return parts.map(Number);
      throw new UsageError('expected positive whole numbers with commas between them, or none');
    },
  };
}

/** Several values of an option, with a sign between them, none of them twice. */
export function several<T>(
  option: Option<T>,
  sign: ',' | ':',
  fallback: readonly T[],
  shown: string,
): Option<readonly T[]> {
  const { placeholder = '', describe } = option;
  return {
    placeholder: `${placeholder}${sign}…`,
    describe,
    fallback,
    shown,
    read(text) {
      const parts = text.split(sign);
      const twice = parts.find((part, p) => parts.indexOf(part) !== p);
      if (twice !== undefined) throw new UsageError(`${twice} stands there twice`);
      return parts.map((part) => option.read(part));
    },
  };
}

/** Any text that is not empty. */
export function text(describe: string, placeholder: string, shown?: string): Option<string | undefined> {
  return {
    placeholder,
    describe,
    fallback: undefined,
    ...(shown && { shown }),
    read(value) {
      if (value === '') throw new UsageError('expected a value');
      return value;
    },
  };
}

/** Text that must be given. */
export const needed = (describe: string, placeholder: string): Option<string | undefined> =>
  text(`${describe}; needed`, placeholder);

/** A switch, off by default. */
export const flag = (describe: string): Option<boolean> => ({
  describe,
  fallback: false,
  read: () => true,
});

/**
 * Reads a command's arguments. A repeated option counts as it was given last.
 * @param command the command's name, for messages
 * @param names of its operands
 * @param called the command where one is missing
 * @throws UsageError for an unknown option, an operand too many or too few, a missing or bad value
 */
export function readArguments<O extends Options>(
  command: string,
  options: O,
  args: readonly string[],
  names: readonly string[] = [],
  called: string = command,
): { values: Values<O>; operands: string[] } {
  const config = Object.fromEntries(
    Object.entries(options).map(([name, { placeholder }]) => [
      name,
      { type: placeholder === undefined ? ('boolean' as const) : ('string' as const) },
    ]),
  );
  const { tokens } = parseArgs({ args: [...args], options: config, strict: false, tokens: true });
  const values: Record<string, unknown> = {};
  const operands: string[] = [];
  for (const [name, { fallback }] of Object.entries(options)) values[name] = fallback;
  for (const token of tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      if (operands.push(token.value) <= names.length) continue;
      throw new UsageError(`${command}: unexpected argument "${token.value}"`);
    }
    if (!Object.hasOwn(options, token.name)) {
      const near = nearest(token.name, Object.keys(options));
      const hint = near === null ? `see beaverdam ${command} --help` : `did you mean --${near}?`;
      throw new UsageError(`${command}: unknown option ${token.rawName} (${hint})`);
    }
    values[token.name] = readValue(command, options[token.name], token.rawName, token.value);
  }
  if (operands.length < names.length) {
    throw new UsageError(`${called}: ${names[operands.length]} is missing (see beaverdam ${called} --help)`);
  }
  return { values: values as Values<O>, operands };
}

function readValue(command: string, option: Option<unknown>, name: string, value: string | undefined) {
  const isSwitch = option.placeholder === undefined;
  if (isSwitch && value !== undefined) throw new UsageError(`${command}: ${name} takes no value`);
  if (!isSwitch && value === undefined) throw new UsageError(`${command}: ${name} needs a value`);
  try {
    return option.read(value ?? '');
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${command}: ${name}: ${error.message}`);
    throw error;
  }
}
