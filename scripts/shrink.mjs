/**
 * Makes what `tsc` has written for the package as small as it can be read: called by scripts/setup.mjs before a package
 * is packed, on dist/src and dist/bindings.
 *
 * Modules lose comments and white space; names stay, so that errors still say where they happened. Comments that users see
 * are in the declarations. Of those, the ones that no entry point leads to are removed: nobody can import them.
 */
import * as fs from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const FOLDERS = ['dist/src', 'dist/bindings'];

/** Paths of all files below the folders of the package whose names end in `end`. */
const filesOf = (root, end) =>
  FOLDERS.flatMap((folder) =>
    fs
      .readdirSync(join(root, folder), { recursive: true })
      .map((file) => join(root, folder, file))
      .filter((file) => file.endsWith(end)),
  );

/** Declarations that an entry point leads to. */
async function reachable(root) {
  const { default: ts } = await import('typescript');
  const { exports: entries } = JSON.parse(fs.readFileSync(join(root, 'package.json'), 'utf8'));
  const waiting = Object.values(entries).flatMap(({ types }) => (types ? [resolve(root, types)] : []));
  const seen = new Set(waiting);
  for (const file of waiting) {
    for (const { fileName } of ts.preProcessFile(fs.readFileSync(file, 'utf8'), true, true).importedFiles) {
      if (!fileName.startsWith('.')) continue;
      const next = resolve(dirname(file), fileName.replace(/\.js$/, '.d.ts'));
      if (!seen.has(next)) waiting.push(next);
      seen.add(next);
    }
  }
  return seen;
}

/** Does nothing more where it has been done. */
export async function shrink(root) {
  const { transform } = await import('esbuild');
  const options = {
    format: 'esm',
    target: 'es2022',
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
  };
  await Promise.all(
    filesOf(root, '.js').map(async (file) => {
      const { code } = await transform(fs.readFileSync(file, 'utf8'), options);
      fs.writeFileSync(file, code);
    }),
  );
  const needed = await reachable(root);
  for (const file of filesOf(root, '.d.ts')) if (!needed.has(file)) fs.rmSync(file);
}
