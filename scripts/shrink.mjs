/**
 * Makes what `tsc` has written for the package small: called by scripts/setup.mjs before a package is packed, on dist/src and
 * dist/bindings.
 *
 * Modules lose comments, white space and what statements can do without, and local variables their names; functions and classes keep theirs, so that stack
 * traces still say where they are. Comments for users are in the declarations. Of those, the ones that no entry point leads to
 * are removed, for nobody can import them, and the ones from which no entry exports lose their comments, for nobody sees them.
 */
import * as fs from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { minify } from 'terser';
import ts from 'typescript';

const FOLDERS = ['dist/src', 'dist/bindings'];
const NAMES = { keep_fnames: true, keep_classnames: true, toplevel: false, module: false };
/** Comments that bundlers go by stay. */
const OPTIONS = {
  module: true,
  compress: { keep_fnames: true, keep_classnames: true, inline: 0, reduce_funcs: false },
  mangle: NAMES,
  format: { comments: /webpackIgnore|@vite-ignore/ },
};

/** Paths of all files below the folders of the package whose names end in `end`. */
const filesOf = (root, end) =>
  FOLDERS.flatMap((folder) =>
    fs
      .readdirSync(join(root, folder), { recursive: true })
      .map((file) => join(root, folder, file))
      .filter((file) => file.endsWith(end)),
  );

/** The declarations that one names. */
const namedBy = (file) =>
  ts
    .preProcessFile(fs.readFileSync(file, 'utf8'), true, true)
    .importedFiles.filter(({ fileName }) => fileName.startsWith('.'))
    .map(({ fileName }) => resolve(dirname(file), fileName.replace(/\.js$/, '.d.ts')));

function shrinkDeclarations(root) {
  const { exports: entries } = JSON.parse(fs.readFileSync(join(root, 'package.json'), 'utf8'));
  const own = Object.values(entries).flatMap(({ types }) => (types ? [resolve(root, types)] : []));
  const seen = new Set([...own, ...own.flatMap(namedBy)]);
  const reached = new Set(seen);
  for (const file of reached) for (const next of namedBy(file)) reached.add(next);
  const printer = ts.createPrinter({ removeComments: true });
  for (const file of filesOf(root, '.d.ts')) {
    if (!reached.has(file)) fs.rmSync(file);
    else if (!seen.has(file)) {
      const source = ts.createSourceFile(file, fs.readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true);
      fs.writeFileSync(file, printer.printFile(source));
    }
  }
}

/** Does nothing more where it has been done. */
export async function shrink(root) {
  for (const file of filesOf(root, '.js')) {
    const { code } = await minify(fs.readFileSync(file, 'utf8'), OPTIONS);
    fs.writeFileSync(file, code);
  }
  shrinkDeclarations(root);
}
