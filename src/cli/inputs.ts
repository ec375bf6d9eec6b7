/** What users bring, looked at before anything runs: where it makes no sense, one line says so, and the exit code is 2. */
import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { JobError } from '../errors.js';
import { UsageError } from './usage.js';

/** A function of the library at the beginning of its message; a user of the command line has not called it. */
const CALLER = /^[a-z]+[A-Z]\w*: /;

/** Options as the library's messages write them, and as they are typed. */
const OPTIONS: readonly (readonly [RegExp, string])[] = [
  [/\bmissing: 'mean', 'median' or 'drop'/, '--missing mean, median or drop'],
  [/\bmissing: \{ .*: 'drop' \}/, '--missing drop'],
  [/\bkinds: \{ "(.*)": 'category' \}/, "--categories '$1'"],
  [/\bignore: \["(.*?)"\]/, "--ignore '$1'"],
  [/\boption encoding, '([\w-]+)'/, '--encoding $1'],
  [/\boption decimal: ','/, '--decimal ,'],
  [/\boption header: false/, '--no-header'],
  [/\boption (ignore|delimiter)\b/, '--$1'],
  [/\braise maxCategories/, 'raise --max-categories'],
  [/\btask: 'regress'/, '--task regress'],
  [/^(sgd|momentum|adam): learningRate\b/, '--rate'],
  [/ \(option leastRows\)/, ''],
];

/** What the library says of options and rows, as the command says it. @param name the command's */
export function ofCommand(name: string, message: string): string {
  const typed = OPTIONS.reduce((text, [written, option]) => text.replace(written, option), message);
  return CALLER.test(typed) ? typed.replace(CALLER, `${name}: `) : typed;
}

const READING: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'it is a folder',
  ENOTDIR: 'no such file',
  EACCES: 'not allowed',
};

/** What is wrong with a file that cannot be read, in words where it is something usual; else null. */
export function unreadable(error: unknown): string | null {
  const { code } = Object(error) as NodeJS.ErrnoException;
  return code !== undefined && Object.hasOwn(READING, code) ? READING[code] : null;
}

/**
 * Reads and checks what a user has given.
 * @param name the command's, for messages
 * @param path the file that is read, for those where it cannot be
 * @throws UsageError for files, rows and options that cannot be used
 */
export async function meant<T>(name: string, path: string, work: () => T | Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const reading = unreadable(error);
    if (reading !== null) throw new UsageError(`cannot read ${path}: ${reading}`);
    const known = error instanceof RangeError || error instanceof TypeError || error instanceof JobError;
    throw known ? new UsageError(ofCommand(name, error.message)) : error;
  }
}

/**
 * Runs what was checked: numbers that a ring cannot hold and rows that are too few are found when roles come to them.
 * @throws UsageError for a RangeError
 */
export async function ranged<T>(name: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(ofCommand(name, error.message)) : error;
  }
}

const isFolder = async (path: string): Promise<boolean> =>
  (await stat(path).catch(() => null))?.isDirectory() ?? false;

/** @throws UsageError for a file that is not there or cannot be read */
export async function checkReadable(path: string): Promise<void> {
  if (await isFolder(path)) throw new UsageError(`cannot read ${path}: it is a folder`);
  await access(path, constants.R_OK).catch((error) => {
    throw new UsageError(`cannot read ${path}: ${unreadable(error) ?? error.message}`);
  });
}

/** @throws UsageError where there is no folder for `path` */
export async function checkParent(name: string, path: string): Promise<void> {
  const folder = dirname(resolve(path));
  if (!(await isFolder(folder))) throw new UsageError(`${name}: there is no folder ${folder}`);
}

/**
 * Looks whether a file can be written there, before anything runs.
 * @param name the command's and the option's
 * @throws UsageError for a folder, and where there is no folder for it
 */
export async function checkFile(name: string, path: string): Promise<void> {
  if (await isFolder(path)) throw new UsageError(`${name}: ${path} is a folder`);
  await checkParent(name, path);
}
