/** Every type that a public signature names can be imported from the package, so that users can name it too. */
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

/** What appears in signatures that only this package calls: commands, how layers are described, settings of tests. */
const INTERNAL = ['Command', 'Progress', 'TakeArgs', 'LayerKind', 'TestSettings'];

const index = fileURLToPath(new URL('../src/index.d.ts', import.meta.url));
const program = ts.createProgram([index], {
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

test('every type in a public signature is exported', () => {
  const source = program.getSourceFile(index);
  const module = source && checker.getSymbolAtLocation(source);
  assert.ok(module, 'the package has been compiled');
  const exported = new Set(checker.getExportsOfModule(module as ts.Symbol).map(original));
  assert.ok(exported.size > 60, `${exported.size} exports`);
  assert.equal([...missing(exported)], []);
});

test.run();
