/**
 * The entry points export what the README's table says, each thing once, and every type that a public signature names, so
 * that users can name it too.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

/** What appears in signatures that only this package calls: how layers and optimizers are described. */
const INTERNAL = ['LayerKind', 'OptimizerKind'];

const root = new URL('../../', import.meta.url);
const read = (path: string): string => readFileSync(new URL(path, root), 'utf8');

/** The entry points of package.json by the names that users import. */
const entries: Record<string, { types: string; default: string }> = Object.fromEntries(
  Object.entries(JSON.parse(read('package.json')).exports as Record<string, never>)
    .filter(([, targets]) => typeof targets === 'object')
    .map(([path, targets]) => [path.replace(/^\./, 'beaverdam'), targets]),
);

/** The functions and classes of each entry point, by the README. */
const documented: Record<string, string[]> = Object.fromEntries(
  [...read('README.md').matchAll(/^\| `(beaverdam[\w/]*)` \| [^|]+ \| ([^|]+) \|$/gm)].map(
    ([, entry, names]) => [entry, [...names.matchAll(/`(\w+)`/g)].map(([, name]) => name).sort()],
  ),
);

const files = Object.fromEntries(
  Object.entries(entries).map(([name, { types }]) => [name, fileURLToPath(new URL(types, root))]),
);
const program = ts.createProgram(Object.values(files), {
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts'],
  types: ['node'],
  noEmit: true,
});
const checker = program.getTypeChecker();

const original = (symbol: ts.Symbol): ts.Symbol =>
  symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol;

/** Declarations in this project. */
const declarations = (symbol: ts.Symbol): ts.Declaration[] =>
  (symbol.declarations ?? []).filter((node) => !node.getSourceFile().fileName.includes('node_modules'));

/** Names of types that the signatures of `exported` need and that are not among them, with where each is needed. */
function missing(exported: ReadonlySet<ts.Symbol>): Map<string, string> {
  const found = new Map<string, string>();
  const seen = new Set<ts.Symbol>();
  for (const symbol of exported) visit(symbol, symbol.name);
  return found;

  function visit(symbol: ts.Symbol, where: string): void {
    if (seen.has(symbol)) return;
    seen.add(symbol);
    for (const node of declarations(symbol)) walk(node, where);
  }

  function walk(node: ts.Node, where: string): void {
    if (ts.isTypeReferenceNode(node)) named(node.typeName, where, true);
    if (ts.isImportTypeNode(node) && node.qualifier) named(node.qualifier, where, true);
    // a base class or interface needs no name of its own, but what it names does
    if (ts.isExpressionWithTypeArguments(node)) named(node.expression, where, false);
    ts.forEachChild(node, (child) => walk(child, where));
  }

  function named(name: ts.Node, where: string, needed: boolean): void {
    const symbol = checker.getSymbolAtLocation(name);
    if (!symbol) return;
    const type = original(symbol);
    const [declaration] = declarations(type);
    if (!declaration || type.flags & ts.SymbolFlags.TypeParameter || INTERNAL.includes(type.name)) return;
    const own = ts.getCombinedModifierFlags(declaration) & ts.ModifierFlags.Export;
    if (needed && own && !exported.has(type)) found.set(type.name, where);
    visit(type, where);
  }
}

/** What an entry point exports, types included, by name. */
function exportsOf(entry: string): Map<string, ts.Symbol> {
  const source = program.getSourceFile(files[entry]);
  const module = source && checker.getSymbolAtLocation(source);
  assert.ok(module, `${entry} has been compiled`);
  return new Map(
    checker.getExportsOfModule(module as ts.Symbol).map((symbol) => [symbol.name, original(symbol)]),
  );
}

test('the entry points are those of the README, and so are their functions and classes', async () => {
  assert.equal(Object.keys(entries).sort(), Object.keys(documented).sort());
  for (const entry of Object.keys(entries)) {
    assert.equal(Object.keys(await import(entry)).sort(), documented[entry], entry);
  }
});

test('nothing is exported by two entry points', () => {
  const seen = new Map<ts.Symbol, string>();
  for (const entry of Object.keys(entries)) {
    for (const [name, symbol] of exportsOf(entry)) {
      assert.is(seen.get(symbol), undefined, `${name} of ${entry}`);
      seen.set(symbol, entry);
    }
  }
});

test('every type in a public signature is exported', () => {
  const exported = new Set(Object.keys(entries).flatMap((entry) => [...exportsOf(entry).values()]));
  assert.ok(exported.size > 60, `${exported.size} exports`);
  assert.equal([...missing(exported)], []);
});

test('every type that is exported is one that a signature names', () => {
  const all = Object.keys(entries).flatMap((entry) => [...exportsOf(entry)]);
  const unused = all.filter(([name, symbol]) => {
    if (symbol.flags & ts.SymbolFlags.Value) return false;
    return !missing(new Set(all.map(([, other]) => other).filter((other) => other !== symbol))).has(name);
  });
  assert.equal(
    unused.map(([name]) => name),
    [],
  );
});

test.run();
