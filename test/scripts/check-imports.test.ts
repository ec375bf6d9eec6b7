/** scripts/check-imports.mjs on made-up projects: what it finds, with file and line, and what it lets pass. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const script = fileURLToPath(new URL('../../../scripts/check-imports.mjs', import.meta.url));

const TABLE = `# Made up

## Modules, in the order in which they depend on each other

| folder | what it is | depends on |
|---|---|---|
| \`bindings/\` | the lowest, with \`src/not-a-row.ts\` | – |
| \`src/low/\` | lower | – |
| \`src/high/\`, \`src/index.ts\` | the highest | all |

## Something else

| \`src/high/\` | no row of the table |
`;

/** What the script prints, line by line, for a project of these files, and whether it is content. */
function check(files: Readonly<Record<string, string>>): { ok: boolean; lines: string[] } {
  const root = mkdtempSync(join(tmpdir(), 'beaverdam-imports-'));
  try {
    for (const [path, text] of Object.entries({ 'ARCHITECTURE.md': TABLE, ...files })) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, root], { encoding: 'utf8' });
    assert.is(stderr, '');
    return { ok: status === 0, lines: stdout.trim().split('\n') };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

const CLEAN = {
  'bindings/host/node.ts': 'export const host = 1;',
  'src/low/a.ts': "import { host } from '#host';\nexport const a = host;",
  'src/low/b.ts': "import { a } from './a.js';\nimport 'node:fs';\nexport const b = a;",
  'src/high/c.ts': "export { b } from '../low/b.js';\nnew URL('./worker.js', import.meta.url);",
  'src/high/worker.ts': "import '../low/b.js';\nimport './c.js';",
  'src/index.ts': "export * from './high/c.js';\nexport const later = () => import('./high/worker.js');",
  'package.json': JSON.stringify({
    imports: {
      '#host': { browser: './dist/bindings/host/browser.js', default: './dist/bindings/host/node.js' },
    },
  }),
  'bindings/host/browser.ts': 'export const host = 2;',
};

test('a tree whose imports all run down the table passes; a worker that is started by its URL is no import', () => {
  const { ok, lines } = check(CLEAN);
  assert.ok(ok, lines.join('\n'));
  assert.equal(lines, ['imports: 7 files, one direction, no circle']);
});

for (const [how, text] of [
  ['an import', "import { c } from '../high/c.js';"],
  ['a type import', "import type { C } from '../high/c.js';"],
  ['a re-export', "export * from '../high/c.js';"],
  ['the type of a module', "export type C = import('../high/c.js').C;"],
  ['an import when it is needed', "export const c = () => import('../high/c.js');"],
] as const) {
  test(`${how} from an earlier to a later row is found, with its line`, () => {
    const { ok, lines } = check({
      'src/low/a.ts': `// a comment\n\n${text}`,
      'src/high/c.ts': 'export type C = 1;\nexport const c = 1;',
    });
    assert.not.ok(ok);
    assert.is(lines[0], 'src/low/a.ts:3: imports src/high/c.ts, which stands further down in the table');
  });
}

test('what a platform puts in the place of a # name counts, on each platform', () => {
  const { ok, lines } = check({
    ...CLEAN,
    'bindings/host/browser.ts': "import { a } from '../../src/low/a.js';\nexport const host = a;",
  });
  assert.not.ok(ok);
  assert.equal(lines.slice(0, 2), [
    'bindings/host/browser.ts:1: imports src/low/a.ts, which stands further down in the table',
    'a circle of 2: bindings/host/browser.ts, src/low/a.ts',
  ]);
});

test('circles are found, also through types and files in between, each import with its line', () => {
  const { ok, lines } = check({
    'src/low/a.ts': "import { b } from './b.js';",
    'src/low/b.ts': "\nexport { c as b } from './c.js';",
    'src/low/c.ts': "import type { A } from './a.js';\nimport './d.js';",
    'src/low/d.ts': '',
    'src/low/e.ts': "import './a.js';",
    'src/low/f.ts': "import './f.js';",
  });
  assert.not.ok(ok);
  assert.equal(lines, [
    'a circle of 3: src/low/a.ts, src/low/b.ts, src/low/c.ts',
    '    src/low/a.ts:1: imports src/low/b.ts',
    '    src/low/b.ts:2: imports src/low/c.ts',
    '    src/low/c.ts:1: imports src/low/a.ts',
    'a circle of 1: src/low/f.ts',
    '    src/low/f.ts:1: imports src/low/f.ts',
    'imports: 2 found in 6 files',
  ]);
});

test('a file that the table does not know is found, and an import of what is no module', () => {
  const { ok, lines } = check({
    'src/not-a-row.ts': '',
    'src/high/c.ts': "import '../../test/help.js';",
    'test/help.ts': '',
  });
  assert.not.ok(ok);
  assert.equal(lines.slice(0, 2), [
    "src/not-a-row.ts: in no row of ARCHITECTURE.md's table of modules",
    'src/high/c.ts:1: imports test/help.ts, which is no module of bindings, src',
  ]);
});

test.run();
