/** What a command is, and the help made from it. */
import type { Options, Values } from './options.js';

export interface Command {
  /** The words that call it: 'train wine'. */
  readonly name: string;
  /** One line, no full stop. */
  readonly summary: string;
  /** A few lines more, for the command's own help. */
  readonly about: string;
  /** What stands after the name, all of it needed: 'NAME', 'FILE'. */
  readonly operands?: readonly string[];
  /** What the first operand looks like, where the name is the beginning of others. */
  readonly operandLike?: RegExp;
  readonly options: Options;
  /** Runs it; resolves to the exit code. */
  readonly run: (values: never, operands: readonly string[]) => Promise<number>;
}

/** A command whose values fit its options, as the compiler checks here and forgets afterwards. */
export const command = <O extends Options>(
  definition: Omit<Command, 'options' | 'run'> & {
    readonly options: O;
    readonly run: (values: Values<O>, operands: readonly string[]) => Promise<number>;
  },
): Command => definition;

/** Widest entry of a first column; what is wider has a line of its own. */
const WIDEST = 26;

/** Lines of two columns, the first as wide as it needs to be. */
function columns(rows: readonly (readonly [string, string])[]): string[] {
  const fitting = rows.map(([left]) => left.length).filter((length) => length <= WIDEST);
  const width = Math.max(0, ...fitting);
  return rows.flatMap(([left, right]) =>
    left.length > width
      ? [`  ${left}`, `  ${' '.repeat(width)}  ${right}`]
      : [`  ${left.padEnd(width)}  ${right}`.trimEnd()],
  );
}

/** Help of one command: its options with their defaults. */
export function commandHelp({ name, about, operands = [], options }: Command): string {
  const rows = Object.entries(options).map(([option, { placeholder, describe, shown }]) => {
    const left = `--${option}${placeholder === undefined ? '' : ` ${placeholder}`}`;
    return [left, shown === undefined ? describe : `${describe} (default ${shown})`] as const;
  });
  const called = ['beaverdam', name, ...operands, '[options]'].join(' ');
  return [called, '', about, '', ...columns([...rows, HELP_ROW]), ''].join('\n');
}

/**
 * Help of the program, or of a group of commands.
 * @param group the group's words, '' for the whole program
 */
export function groupHelp(group: string, commands: readonly Command[]): string {
  const rows = commands.map(
    ({ name, operands = [], summary }) => [[name, ...operands].join(' '), summary] as const,
  );
  return [
    `beaverdam ${group ? `${group} ` : ''}<command> [options]`,
    '',
    'Train neural networks on data that nobody reveals.',
    '',
    ...columns(rows),
    '',
    ...columns([HELP_ROW, ['--version', 'print the version']]),
    '',
  ].join('\n');
}

const HELP_ROW = ['--help', 'print this, or the help of a command'] as const;
