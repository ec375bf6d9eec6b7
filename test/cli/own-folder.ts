/** A folder of a test file's own, and what it writes there and reads of tables. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export function ownFolder(name: string) {
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  const at = (file: string): string => join(folder, file);
  return {
    folder,
    at,
    /** Writes a file; returns its path. */
    file(name: string, text: string): string {
      writeFileSync(at(name), text);
      return at(name);
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

/** The cells of lines without quotes. */
export const csv = (text: string): string[][] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
