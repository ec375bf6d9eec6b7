/**
 * Makes what `tsc` has written for the package small: called by scripts/setup.mjs before a package is packed, on dist/src and
 * dist/bindings.
 *
 * Modules are joined (scripts/join.mjs). They lose comments, white space and what statements
 * can do without, and local variables their names; functions and classes keep theirs, so that stack traces still say where they are.
 * Comments for users are in the declarations. Of those, files and names that no entry point leads to are removed, for nobody can
 * import them, and files from which no entry exports lose their comments, for nobody sees them; what is left is joined into a file an entry,
 * and what several of them share. The schema of job files has no white space.
 */
import * as fs from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';
import { minify } from 'terser';
import ts from 'typescript';
import { joinModules } from './join.mjs';

const FOLDERS = ['dist/src', 'dist/bindings'];
const NAMES = { keep_fnames: true, keep_classnames: true, toplevel: false, module: false };
/** Comments that bundlers go by stay. */
const OPTIONS = {
  module: true,
  ecma: 2020,
  compress: {
    passes: 3,
    ...{ keep_fnames: true, keep_classnames: true, inline: 0, reduce_funcs: false },
    global_defs: { PACKAGED: true },
  },
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

/** The names that a declaration stands for, and those that it mentions. */
function namesIn(statement) {
  const declared = statement.declarationList?.declarations ?? [statement];
  const mentioned = new Set();
  const visit = (node) => {
    if (ts.isIdentifier(node)) mentioned.add(node.text);
    ts.forEachChild(node, visit);
  };
  visit(statement);
  return { own: declared.flatMap(({ name }) => (name ? [name.text] : [])), mentioned };
}

/** What a declaration file takes from others by name: the name here, the name there, and the file. */
const importsOf = (path, source) =>
  source.statements.flatMap((statement) => {
    const from = statement.moduleSpecifier?.text;
    const named = statement.importClause?.namedBindings ?? statement.exportClause;
    if (!from?.startsWith('.') || !named?.elements) return [];
    const file = resolve(dirname(path), from.replace(/\.js$/, '.d.ts'));
    return named.elements.map(({ name, propertyName }) => ({
      here: name.text,
      there: (propertyName ?? name).text,
      file,
    }));
  });

/** Whether a file only names what it takes and declares, so that what nobody asks for can be told. */
const isPlain = (source) =>
  source.statements.every((statement) =>
    ts.isImportDeclaration(statement)
      ? !statement.importClause || statement.importClause.namedBindings?.elements
      : !ts.isExportAssignment(statement) && !(ts.isExportDeclaration(statement) && !statement.exportClause),
  );

/** Files all of whose names a declaration exports, and those of the classes and interfaces that its own extend. */
function handedOn(path, source) {
  const imports = importsOf(path, source);
  return source.statements.flatMap((statement) => {
    const from = statement.moduleSpecifier?.text;
    if (ts.isExportDeclaration(statement) && !statement.exportClause && from?.startsWith('.')) {
      return [resolve(dirname(path), from.replace(/\.js$/, '.d.ts'))];
    }
    const bases = (statement.heritageClauses ?? []).flatMap(({ types }) =>
      types.map(({ expression }) => expression.text),
    );
    return imports.flatMap(({ here, file }) => (bases.includes(here) ? [file] : []));
  });
}

function shrinkDeclarations(root) {
  const { exports: entries } = JSON.parse(fs.readFileSync(join(root, 'package.json'), 'utf8'));
  const own = Object.values(entries).flatMap(({ types }) => (types ? [resolve(root, types)] : []));
  const entered = new Set(own);
  /** Files from which users have something by an entry: its comments stay. */
  const seen = new Set([...own, ...own.flatMap(namedBy)]);
  const sources = new Map();
  const sourceOf = (file) => {
    if (!sources.has(file)) {
      const text = fs.readFileSync(file, 'utf8');
      sources.set(file, ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
    }
    return sources.get(file);
  };
  for (const file of seen) for (const more of handedOn(file, sourceOf(file))) seen.add(more);
  /** Names that are asked for, by file; null for a file of which all are. */
  const wanted = new Map(own.map((file) => [file, null]));
  const open = own.map((file) => [file, null]);
  const want = (file, name) => {
    const whole = name === null || !isPlain(sourceOf(file));
    const names = wanted.get(file);
    if (names === null || names?.has(name)) return;
    if (whole) wanted.set(file, null);
    else if (names) names.add(name);
    else wanted.set(file, new Set([name]));
    open.push([file, whole ? null : name]);
  };
  for (const [file, name] of open) {
    const source = sourceOf(file);
    const imports = importsOf(file, source);
    if (name === null) for (const next of namedBy(file)) if (!isPlain(source)) want(next, null);
    const mentioned = new Set(name === null ? imports.map(({ here }) => here) : [name]);
    for (const statement of source.statements) {
      const names = namesIn(statement);
      if (name !== null && names.own.includes(name))
        for (const other of names.mentioned) mentioned.add(other);
    }
    for (const { here, there, file: from } of imports) if (mentioned.has(here)) want(from, there);
    if (name === null) continue;
    const declared = new Set(source.statements.flatMap((statement) => namesIn(statement).own));
    for (const other of mentioned) if (other !== name && declared.has(other)) want(file, other);
  }
  for (const file of filesOf(root, '.d.ts')) {
    if (!wanted.has(file)) fs.rmSync(file);
    else if (!entered.has(file)) {
      const printer = ts.createPrinter({ removeComments: !seen.has(file) });
      fs.writeFileSync(file, printer.printFile(withNames(sourceOf(file), wanted.get(file))));
    }
  }
}

/** A declaration file with these of its names, and what they mention. @param names null for all */
function withNames(source, names) {
  if (names === null) return source;
  const kept = source.statements.filter((statement) => {
    if (ts.isImportDeclaration(statement)) return false;
    if (ts.isExportDeclaration(statement)) return false;
    return namesIn(statement).own.some((name) => names.has(name));
  });
  const mentioned = new Set(kept.flatMap((statement) => [...namesIn(statement).mentioned]));
  const links = source.statements.flatMap((statement) => {
    const { factory } = ts;
    const chosen = (elements, used) => elements.filter(({ name }) => used.has(name.text));
    if (ts.isImportDeclaration(statement)) {
      const { importClause, moduleSpecifier } = statement;
      const elements = chosen(importClause?.namedBindings?.elements ?? [], mentioned);
      if (elements.length === 0) return [];
      const clause = factory.createImportClause(
        true,
        undefined,
        factory.createNamedImports(elements.map(plain)),
      );
      return [factory.createImportDeclaration(undefined, clause, moduleSpecifier)];
    }
    if (!ts.isExportDeclaration(statement)) return [];
    const elements = chosen(statement.exportClause?.elements ?? [], names);
    if (elements.length === 0) return [];
    const clause = factory.createNamedExports(elements);
    return [
      factory.createExportDeclaration(undefined, statement.isTypeOnly, clause, statement.moduleSpecifier),
    ];
  });
  return ts.factory.updateSourceFile(source, [
    ...links,
    ...kept,
    ts.factory.createExportDeclaration(undefined, false, ts.factory.createNamedExports([])),
  ]);
}

/** An import's name without a `type` of its own, since the whole import is one of types. */
const plain = ({ propertyName, name }) => ts.factory.createImportSpecifier(false, propertyName, name);

/** Joins the declarations that the entries lead to: a file for each entry, and some that several share, in dist/types. */
async function joinDeclarations(root) {
  const { exports: entries } = JSON.parse(fs.readFileSync(join(root, 'package.json'), 'utf8'));
  const types = Object.values(entries).flatMap(({ types }) => types ?? []);
  const bundle = await rollup({
    input: Object.fromEntries(
      types.map((file) => [file.slice('./'.length, -'.d.ts'.length), join(root, file)]),
    ),
    external: (name) => !name.startsWith('.') && !name.startsWith('/'),
    plugins: [dts()],
    onwarn() {}, // of types that no entry exports: they are used, and cannot be named
  });
  const { output } = await bundle.generate({
    entryFileNames: '[name].d.ts',
    chunkFileNames: ({ name }) => `dist/types/${name.replace(/\.d$/, '')}.d.ts`,
  });
  await bundle.close();
  for (const file of filesOf(root, '.d.ts')) fs.rmSync(file);
  fs.rmSync(join(root, 'dist/types'), { recursive: true, force: true });
  for (const { fileName, code } of output) {
    const file = join(root, fileName);
    fs.mkdirSync(dirname(file), { recursive: true });
    fs.writeFileSync(file, code);
  }
}

/** Does nothing more where it has been done. */
export async function shrink(root) {
  for (const file of await joinModules(root, filesOf(root, '.js'))) {
    const { code } = await minify(fs.readFileSync(file, 'utf8'), OPTIONS);
    fs.writeFileSync(file, code);
  }
  shrinkDeclarations(root);
  await joinDeclarations(root);
  const schema = JSON.parse(fs.readFileSync(join(root, 'schemas/job.json'), 'utf8'));
  fs.writeFileSync(join(root, 'dist/src/job.schema.json'), JSON.stringify(schema));
  const shared = fs.readdirSync(join(root, 'dist/types')).map((file) => join(root, 'dist/types', file));
  for (const file of [...filesOf(root, '.d.ts'), ...shared]) {
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace(/^ +/gm, ''));
  }
}
