/**
 * Checks that modules depend on each other in one direction: no import runs from a folder to one further down in
 * ARCHITECTURE.md's table "Modules, in the order in which they depend on each other", and no files import each other
 * in a circle. Type imports and re-exports count like all others.
 *
 *     node scripts/check-imports.mjs [FOLDER]    of another project than this one
 *
 * A worker that is started by its URL is no import.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = resolve(process.argv[2] ?? dirname(dirname(fileURLToPath(import.meta.url))));
const FOLDERS = ['bindings', 'src'];
const HEADING = /^## Modules, in the order in which they depend on each other$/;

const read = (path) => readFileSync(join(root, path), 'utf8');

/** Paths of all TypeScript files below `folder`, relative to the project, with forward slashes. */
function walk(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return walk(path);
    return entry.name.endsWith('.ts') ? [path] : [];
  });
}

/** The paths in the first column of the table, row by row: folders end in a slash, files in .ts. */
function readOrder() {
  const lines = read('ARCHITECTURE.md').split('\n');
  const start = lines.findIndex((line) => HEADING.test(line)) + 1;
  const end = lines.findIndex((line, i) => i >= start && line.startsWith('## '));
  const rows = lines.slice(start, end < 0 ? undefined : end).filter((line) => /^\| *`/.test(line));
  if (start === 0 || rows.length === 0) throw new Error('ARCHITECTURE.md has no table of modules');
  return rows.map((row) => [...row.split('|')[1].matchAll(/`([^`]+)`/g)].map(([, path]) => path));
}

/** The row that a file belongs to, by the longest path that it lies in; −1 when there is none. */
function rowOf(file, order) {
  let [longest, found] = ['', -1];
  order.forEach((paths, row) => {
    for (const path of paths) {
      const inside = path.endsWith('/') ? file.startsWith(path) : file === path;
      if (inside && path.length > longest.length) [longest, found] = [path, row];
    }
  });
  return found;
}

/** What a file imports, as it is written, with the line. */
function importsOf(file) {
  const source = ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true);
  const found = [];
  const note = (node) => {
    if (!node || !ts.isStringLiteralLike(node)) return;
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
    found.push({ text: node.text, line: line + 1 });
  };
  const visit = (node) => {
    if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) note(node.moduleSpecifier);
    else if (ts.isImportTypeNode(node)) note(ts.isLiteralTypeNode(node.argument) && node.argument.literal);
    else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword)
      note(node.arguments[0]);
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

/** Files that `#name` stands for, one a platform. */
function readAliases() {
  const { imports = {} } = existsSync(join(root, 'package.json')) ? JSON.parse(read('package.json')) : {};
  return new Map(
    Object.entries(imports).map(([name, targets]) => [
      name,
      Object.values(targets).map((path) => sourceOf(path.replace(/^\.\/dist\//, ''))),
    ]),
  );
}

const sourceOf = (path) => path.replace(/\.js$/, '.ts');

/** Every import of a file of the project: { from, line, to }. */
function readEdges(files, aliases) {
  return files.flatMap((from) =>
    importsOf(from).flatMap(({ text, line }) => {
      const relative = text.startsWith('.') ? [sourceOf(posix.join(posix.dirname(from), text))] : [];
      return [...relative, ...(aliases.get(text) ?? [])].map((to) => ({ from, line, to }));
    }),
  );
}

/** Strongly connected components of two files or more, or of one that imports itself (R. Tarjan, 1972). */
function circles(files, edges) {
  const next = new Map(files.map((file) => [file, []]));
  for (const { from, to } of edges) next.get(from).push(to);
  const [index, low, stack, found] = [new Map(), new Map(), [], []];
  const visit = (file) => {
    index.set(file, index.size);
    low.set(file, index.get(file));
    stack.push(file);
    for (const to of next.get(file)) {
      if (!index.has(to)) visit(to);
      if (stack.includes(to)) low.set(file, Math.min(low.get(file), low.get(to)));
    }
    if (low.get(file) < index.get(file)) return;
    const component = stack.splice(stack.indexOf(file));
    if (component.length > 1 || next.get(file).includes(file)) found.push(component.sort());
  };
  for (const file of files) if (!index.has(file)) visit(file);
  return found;
}

function check() {
  const order = readOrder();
  const files = FOLDERS.flatMap(walk).sort();
  const all = readEdges(files, readAliases());
  const edges = all.filter(({ to }) => files.includes(to));
  const strays = files
    .filter((file) => rowOf(file, order) < 0)
    .map((file) => `${file}: in no row of ARCHITECTURE.md's table of modules`);
  const outside = all
    .filter(({ to }) => !files.includes(to))
    .map(
      ({ from, line, to }) => `${from}:${line}: imports ${to}, which is no module of ${FOLDERS.join(', ')}`,
    );
  const upward = edges
    .filter(({ from, to }) => rowOf(from, order) >= 0 && rowOf(from, order) < rowOf(to, order))
    .map(({ from, line, to }) => `${from}:${line}: imports ${to}, which stands further down in the table`);
  const circular = circles(files, edges).map((component) => {
    const within = edges.filter(({ from, to }) => component.includes(from) && component.includes(to));
    const lines = within.map(({ from, line, to }) => `    ${from}:${line}: imports ${to}`);
    return [`a circle of ${component.length}: ${component.join(', ')}`, ...lines].join('\n');
  });
  return { count: files.length, problems: [...strays, ...outside, ...upward, ...circular] };
}

const { count, problems } = check();
for (const problem of problems) console.log(problem);
if (problems.length) {
  console.log(`imports: ${problems.length} found in ${count} files`);
  process.exitCode = 1;
} else console.log(`imports: ${count} files, one direction, no circle`);
