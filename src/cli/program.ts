/** From the words on the command line to a command that runs, or to help. */
import { existsSync } from 'node:fs';
import { VERSION } from '../version.js';
import { type Command, commandHelp, groupHelp } from './command.js';
import { nearest } from './nearest.js';
import { readArguments } from './options.js';
import { exitCodes, UsageError } from './usage.js';

/** Commands of one module, which is loaded for a command of its own, or for help. */
interface Module {
  /** What they are called. */
  readonly names: readonly string[];
  readonly load: () => Promise<readonly Command[]>;
}

/** All commands, in the order of the help. */
export const modules: readonly Module[] = [
  {
    names: ['train wine', 'train fashion-mnist'],
    load: async () => {
      const { trainFashionMnist, trainWine } = await import('./train.js');
      return [trainWine, trainFashionMnist];
    },
  },
  { names: ['train'], load: async () => [(await import('./train-table.js')).trainTable] },
  { names: ['predict'], load: async () => [(await import('./predict.js')).predict] },
  { names: ['summary'], load: async () => [(await import('./summary.js')).summary] },
  {
    names: ['sweep wine', 'sweep fashion-mnist', 'sweep'],
    load: async () => {
      const { sweepFashionMnist, sweepTable, sweepWine } = await import('./sweep.js');
      return [sweepWine, sweepFashionMnist, sweepTable];
    },
  },
  { names: ['keys'], load: async () => [(await import('./jobs.js')).keys] },
  {
    names: ['job init wine', 'job init fashion-mnist'],
    load: async () => {
      const { jobInitFashionMnist, jobInitWine } = await import('./job-init.js');
      return [jobInitWine, jobInitFashionMnist];
    },
  },
  { names: ['job init table'], load: async () => [(await import('./job-init-table.js')).jobInitTable] },
  {
    names: ['job init evaluate', 'job init predict', 'job init open'],
    load: async () => {
      const { jobInitEvaluate, jobInitOpen, jobInitPredict } = await import('./job-init.js');
      return [jobInitEvaluate, jobInitPredict, jobInitOpen];
    },
  },
  { names: ['job check'], load: async () => [(await import('./jobs.js')).jobCheck] },
  { names: ['job invite'], load: async () => [(await import('./invite.js')).jobInvite] },
  { names: ['deal'], load: async () => [(await import('./deal.js')).dealCommand] },
  { names: ['run'], load: async () => [(await import('./run.js')).runCommand] },
  {
    names: ['report wine', 'report fashion-mnist', 'report'],
    load: async () => {
      const { reportAll, reportFashionMnist, reportWine } = await import('./report-commands.js');
      return [reportWine, reportFashionMnist, reportAll];
    },
  },
];

const loaded = async (some: readonly Module[]): Promise<Command[]> =>
  (await Promise.all(some.map(({ load }) => load()))).flat();

/** The command that is called; undefined where none is. */
async function commandOf(words: readonly string[]): Promise<Command | undefined> {
  for (const module of modules) {
    if (!module.names.some((name) => isPrefix(name.split(' '), words))) continue;
    const called = (await module.load()).find((command) => isCalled(command, words));
    if (called) return called;
  }
  return undefined;
}

/**
 * Runs the command line's words (without the program's own).
 * @returns the exit code
 * @throws UsageError when they make no sense, the command's own errors when it fails
 */
export async function runProgram(args: readonly string[]): Promise<number> {
  const firstOption = args.findIndex((arg) => arg.startsWith('-'));
  const words = firstOption < 0 ? args : args.slice(0, firstOption);
  const rest = args.slice(words.length);
  const called = await commandOf(words);
  if (called) {
    if (wantsHelp(args)) return print(commandHelp(called));
    const own = args.slice(called.name.split(' ').length);
    const { values, operands } = readArguments(called.name, called.options, own, called.operands);
    return called.run(values as never, operands);
  }
  if (words.length === 0 && rest[0] === '--version' && !wantsHelp(rest)) {
    return print(`${VERSION}\n`);
  }
  const commands = await loaded(modules);
  const group = commands.filter(({ name }) => isPrefix(words, name.split(' ')));
  if (group.length === 0) {
    const near = nearestCommand(commands, words);
    const path = fileMeant(commands, words);
    const meant = path ?? near;
    const hint = meant === null ? 'see beaverdam --help' : `did you mean ${meant}?`;
    throw new UsageError(`unknown command "${words.join(' ')}" (${hint})`);
  }
  if (wantsHelp(rest)) return print(groupHelp(words.join(' '), group));
  const own = group.find(({ name }) => name === words.join(' '));
  if (own?.operands && rest.length > 0) return runBehindOptions(own, own.operands[0], rest);
  if (rest.length > 0) {
    const near = nearest(rest[0].replace(/^-+/, ''), ['version', 'help']);
    const hint = near === null ? 'see beaverdam --help' : `did you mean --${near}?`;
    throw new UsageError(`unknown option ${rest[0]} (${hint})`);
  }
  const missing = words.length === 0 ? 'no command' : `incomplete command "${words.join(' ')}"`;
  throw new UsageError(`${missing}; known: ${group.map(calledAs).join(', ')}`);
}

/** Runs a command whose options stand before what it takes: `train --target y FILE`. */
function runBehindOptions(own: Command, operand: string, args: readonly string[]): Promise<number> {
  const called = calledAs(own);
  const { values, operands } = readArguments(own.name, own.options, args, own.operands, called);
  if (own.operandLike && !own.operandLike.test(operands[0])) {
    throw new UsageError(
      `${called}: "${operands[0]}" is no ${operand} (a path is, ./${operands[0]}; options of a command stand behind its name)`,
    );
  }
  return own.run(values as never, operands);
}

/** Whether the words are a command's name, and behind it what it takes, where other names begin like its own. */
function isCalled({ name, operandLike }: Command, words: readonly string[]): boolean {
  const own = name.split(' ');
  return isPrefix(own, words) && (operandLike === undefined || operandLike.test(words[own.length] ?? ''));
}

const isPrefix = (start: readonly string[], whole: readonly string[]): boolean =>
  start.every((word, i) => word === whole[i]);

/** A command with what it takes, 'train FILE'. */
const calledAs = ({ name, operands = [] }: Command): string => [name, ...operands].join(' ');

/** The command that somebody may have meant; words behind its own are what it takes. */
function nearestCommand(commands: readonly Command[], words: readonly string[]): string | null {
  for (const length of [3, 2, 1]) {
    const names = commands.map(({ name }) => name).filter((name) => name.split(' ').length === length);
    const near =
      words.length < length ? null : nearest(words.slice(0, length).join(' '), [...new Set(names)]);
    if (near !== null) return near;
  }
  return null;
}

/** The command on a file without a folder and an ending in its name, where there is such a file; else null. */
function fileMeant(commands: readonly Command[], words: readonly string[]): string | null {
  const called = commands.find(({ name, operandLike }) => operandLike && name === words[0]);
  return called && words.length === 2 && existsSync(words[1]) ? `${called.name} ./${words[1]}` : null;
}

const wantsHelp = (args: readonly string[]): boolean => args.some((arg) => arg === '--help' || arg === '-h');

function print(text: string): number {
  process.stdout.write(text);
  return exitCodes.done;
}
