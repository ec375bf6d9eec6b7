/** From the words on the command line to a command that runs, or to help. */
import { existsSync } from 'node:fs';
import { readAsset } from '#host';
import { type Command, commandHelp, groupHelp } from './command.js';
import { dealCommand } from './deal.js';
import { jobInvite } from './invite.js';
import {
  jobInitEvaluate,
  jobInitFashionMnist,
  jobInitOpen,
  jobInitPredict,
  jobInitWine,
} from './job-init.js';
import { jobInitTable } from './job-init-table.js';
import { jobCheck, keys } from './jobs.js';
import { nearest } from './nearest.js';
import { readArguments } from './options.js';
import { predict } from './predict.js';
import { reportAll, reportFashionMnist, reportWine } from './report-commands.js';
import { runCommand } from './run.js';
import { summary } from './summary.js';
import { sweepFashionMnist, sweepTable, sweepWine } from './sweep.js';
import { trainFashionMnist, trainWine } from './train.js';
import { trainTable } from './train-table.js';
import { exitCodes, UsageError } from './usage.js';

const commands: readonly Command[] = [
  trainWine,
  trainFashionMnist,
  trainTable,
  predict,
  summary,
  sweepWine,
  sweepFashionMnist,
  sweepTable,
  keys,
  jobInitWine,
  jobInitFashionMnist,
  jobInitTable,
  jobInitEvaluate,
  jobInitPredict,
  jobInitOpen,
  jobCheck,
  jobInvite,
  dealCommand,
  runCommand,
  reportWine,
  reportFashionMnist,
  reportAll,
];

/**
 * Runs the command line's words (without the program's own).
 * @returns the exit code
 * @throws UsageError when they make no sense, the command's own errors when it fails
 */
export async function runProgram(args: readonly string[]): Promise<number> {
  const firstOption = args.findIndex((arg) => arg.startsWith('-'));
  const words = firstOption < 0 ? args : args.slice(0, firstOption);
  const rest = args.slice(words.length);
  const called = commands.find((command) => isCalled(command, words));
  if (called) {
    if (wantsHelp(args)) return print(commandHelp(called));
    const own = args.slice(called.name.split(' ').length);
    const { values, operands } = readArguments(called.name, called.options, own, called.operands);
    return called.run(values as never, operands);
  }
  const group = commands.filter(({ name }) => isPrefix(words, name.split(' ')));
  if (group.length === 0) {
    const near = nearestCommand(words);
    const path = fileMeant(words);
    const meant = path ?? near;
    const hint = meant === null ? 'see beaverdam --help' : `did you mean ${meant}?`;
    throw new UsageError(`unknown command "${words.join(' ')}" (${hint})`);
  }
  if (wantsHelp(rest)) return print(groupHelp(words.join(' '), group));
  if (words.length === 0 && rest[0] === '--version') return print(`${await version()}\n`);
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
function nearestCommand(words: readonly string[]): string | null {
  for (const length of [3, 2, 1]) {
    const names = commands.map(({ name }) => name).filter((name) => name.split(' ').length === length);
    const near =
      words.length < length ? null : nearest(words.slice(0, length).join(' '), [...new Set(names)]);
    if (near !== null) return near;
  }
  return null;
}

/** The command on a file without a folder and an ending in its name, where there is such a file; else null. */
function fileMeant(words: readonly string[]): string | null {
  const called = commands.find(({ name, operandLike }) => operandLike && name === words[0]);
  return called && words.length === 2 && existsSync(words[1]) ? `${called.name} ./${words[1]}` : null;
}

const wantsHelp = (args: readonly string[]): boolean => args.some((arg) => arg === '--help' || arg === '-h');

function print(text: string): number {
  process.stdout.write(text);
  return exitCodes.done;
}

async function version(): Promise<string> {
  const bytes = await readAsset(new URL('../../../package.json', import.meta.url));
  return JSON.parse(new TextDecoder().decode(bytes)).version;
}
