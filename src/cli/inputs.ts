/** What users bring, looked at before anything runs: where it makes no sense, one line says so, and the exit code is 2. */
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { JobError } from '../errors.js';
import { UsageError } from './usage.js';

/** A function of the library at the beginning of its message; a user of the command line has not called it. */
const CALLER = /^[a-z]+[A-Z]\w*: /;

/** What the library says of options and rows, as the command says it. @param name the command's */
const ofCommand = (name: string, message: string): string =>
  CALLER.test(message) ? message.replace(CALLER, `${name}: `) : message;

const READING: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  EISDIR: 'it is a folder',
  ENOTDIR: 'no such file',
  EACCES: 'not allowed',
};

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
    const { code, message } = error as NodeJS.ErrnoException;
    const reading = code !== undefined && Object.hasOwn(READING, code) ? READING[code] : undefined;
    if (reading !== undefined) throw new UsageError(`cannot read ${path}: ${reading}`);
    const known = error instanceof RangeError || error instanceof TypeError || error instanceof JobError;
    throw known ? new UsageError(ofCommand(name, message)) : error;
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
