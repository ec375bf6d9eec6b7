/**
 * How V8 gets its code. In a checkout the build joins all modules of a thread into one script (scripts/join-command.mjs) and keeps what V8
 * has compiled of it in a run (scripts/keep-code.mjs): that is loaded in a fraction of the time that compiling takes. The package has
 * neither: it would have most of its modules twice.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { Script } from 'node:vm';

/** Defined in the package. */
declare const PACKAGED: unknown;

/** The threads whose modules are joined. */
export type JoinedThread = 'start' | 'role';

/** A joined script that has been run. */
export interface Joined<T> {
  readonly exports: T;
  readonly script: Script;
}

/** Before anything is loaded. Code that was kept is for the same flags. */
export function prepareV8(): void {
  // Node 20 optimises functions early; here they are to have run for seven times as long. Most of a short training's would be optimised,
  // and again when numbers of another kind come by, for fewer calls than that takes; the work is the kernels', and long trainings
  // lose nothing. Later versions, which do not know this flag, wait longer by themselves.
  if (process.versions.v8?.startsWith('11.')) setFlagsFromString('--interrupt-budget=500000');
}

/** Where a thread's script is. */
export const joinedFile = (thread: JoinedThread): string =>
  fileURLToPath(new URL(`../../command/${thread}.cjs`, import.meta.url));

/** Where the code is that V8 has made of it, behind a digest of both. */
export const codeFile = (thread: JoinedThread): string => `${joinedFile(thread)}.code`;

/** V8 by itself looks at no more of a script than its length, and takes damaged code as it is. */
export const digestOf = (script: Uint8Array, code: Uint8Array): Buffer =>
  createHash('sha256').update(script).update(code).digest();

const DIGEST_BYTES = 32;

/** The code that was kept of a script; none where either has changed. */
function keptOf(thread: JoinedThread, script: Uint8Array): Buffer | null {
  const file = codeFile(thread);
  if (!existsSync(file)) return null;
  const bytes = readFileSync(file);
  const [digest, code] = [bytes.subarray(0, DIGEST_BYTES), bytes.subarray(DIGEST_BYTES)];
  return digest.equals(digestOf(script, code)) ? code : null;
}

/** Runs a thread's script; null where there is none. Code of another version of V8 is compiled anew. */
export function runJoined<T>(thread: JoinedThread): Joined<T> | null {
  const file = joinedFile(thread);
  if (typeof PACKAGED !== 'undefined' || !existsSync(file)) return null;
  const source = readFileSync(file);
  const code = keptOf(thread, source);
  const whole = `(function (module, require, load, here, resolve) {${source.toString('latin1')}\n})`;
  const script = new Script(whole, { filename: file, ...(code && { cachedData: code }) });
  const module = { exports: {} as T };
  const load = (name: string) => import(name); // a script whose code was kept has no import of its own
  const { resolve } = import.meta;
  script.runInThisContext()(module, createRequire(file), load, pathToFileURL(file).href, resolve);
  return { exports: module.exports, script };
}
