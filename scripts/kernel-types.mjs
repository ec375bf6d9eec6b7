/**
 * Writes bindings/kernels.ts, the types of the exported kernels, from the signatures in assembly/.
 *
 *     node scripts/kernel-types.mjs            writes the file when it is out of date
 *     node scripts/kernel-types.mjs --check    fails when it is out of date
 *
 * The file is kept in the repository, so that editors and `tsc` find it in a fresh clone. The kernels' sources are
 * TypeScript as far as this goes; that the module exports what they say is tested (test/bindings/module.test.ts).
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const ENTRY = join(root, 'assembly', 'index.ts');
const TARGET = join(root, 'bindings', 'kernels.ts');
/** Types of parameters, and what the bindings call them. A bare usize could be an address or a size, written or read. */
const PARAMETERS = {
  Address: 'Address',
  Source: 'Source',
  Count: 'Count',
  Size: 'Size',
  i32: 'I32',
  f64: 'F64',
};
const RESULTS = { void: 'void', i32: 'number' };
const LINE = 110;

/** The exported functions of a file and of all that it hands on. */
function kernelsOf(path) {
  const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest);
  return file.statements.flatMap((statement) => {
    if (ts.isExportDeclaration(statement)) {
      if (statement.exportClause) throw new Error(`${path}: only 'export *' is understood`);
      return kernelsOf(resolve(dirname(path), `${statement.moduleSpecifier.text}.ts`));
    }
    const exported = statement.modifiers?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
    return exported && ts.isFunctionDeclaration(statement) ? [signature(statement, file)] : [];
  });
}

/** One kernel as a property of the interface. */
function signature({ name, parameters, type }, file) {
  const kindOf = (node, kinds) => {
    const kind = kinds[node?.getText(file)];
    if (kind) return kind;
    const known = Object.keys(kinds).join(', ');
    throw new Error(
      `${file.fileName}: ${name.text}: ${node?.getText(file) ?? 'no type'} is none of ${known}`,
    );
  };
  const list = parameters.map((parameter) => {
    return `${parameter.name.getText(file)}: ${kindOf(parameter.type, PARAMETERS)}`;
  });
  const result = kindOf(type, RESULTS);
  const line = `  readonly ${name.text}: (${list.join(', ')}) => ${result};`;
  if (line.length <= LINE) return line;
  return `  readonly ${name.text}: (\n${list.map((one) => `    ${one},\n`).join('')}  ) => ${result};`;
}

/** What bindings/kernels.ts has to be. */
function kernelTypes() {
  return [
    '// Written by scripts/kernel-types.mjs from the signatures in assembly/: change those, and run it.',
    `import type { ${Object.values(PARAMETERS).sort().join(', ')} } from './border.js';`,
    '',
    "/** The kernels that the module exports; names end in the ring's width where the kernel depends on it. */",
    'export interface Kernels {',
    ...kernelsOf(ENTRY),
    '}',
    '',
  ].join('\n');
}

const wanted = kernelTypes();
let found = '';
try {
  found = readFileSync(TARGET, 'utf8');
} catch {
  // not there yet
}
if (found.replaceAll('\r\n', '\n') !== wanted) {
  if (process.argv.includes('--check')) {
    console.error('bindings/kernels.ts is out of date: run `node scripts/kernel-types.mjs`');
    process.exitCode = 1;
  } else writeFileSync(TARGET, wanted);
}
