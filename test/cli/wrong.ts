/** Wrong inputs, each with the line that is said of it. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { call } from './in-process.js';

/** What is typed, and the whole line that is said; FOLDER stands for that of the test in both. */
export type Wrong = readonly [args: readonly string[], line: string];

export interface Place {
  readonly folder: string;
  /** Path of a file in the folder. */
  at(name: string): string;
  /** Writes a file in the folder. @returns its path, as the table of wrong inputs has it */
  file(name: string, content: string | Uint8Array): string;
}

/** A folder for the files of a test, which goes away after it. */
export function place(): Place {
  const folder = mkdtempSync(join(tmpdir(), 'wrong-'));
  test.after(() => rmSync(folder, { recursive: true }));
  const at = (name: string): string => join(folder, name);
  return {
    folder,
    at,
    file(name, content) {
      mkdirSync(dirname(at(name)), { recursive: true });
      writeFileSync(at(name), content);
      return `FOLDER/${name}`;
    },
  };
}

/** Every path below a folder, with the bytes of files. */
function contentsOf(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const name of readdirSync(folder, { recursive: true }) as string[]) {
    const path = join(folder, name);
    found.set(name, statSync(path).isDirectory() ? 'a folder' : readFileSync(path, 'base64'));
  }
  return found;
}

/** Each ends with 2, prints nothing, says its line, and leaves the folder as it was. */
export async function refused({ folder }: Place, wrong: readonly Wrong[]): Promise<void> {
  const before = contentsOf(folder);
  for (const [words, line] of wrong) {
    const args = words.map((word) => word.replaceAll('FOLDER', folder));
    const { code, stdout, error } = await call(args);
    assert.is(error.replaceAll(folder, 'FOLDER'), line, words.join(' '));
    assert.equal([code, stdout], [2, ''], words.join(' '));
    assert.equal(contentsOf(folder), before, words.join(' '));
  }
}
