/** Entry points are small: each says what it is for, and loads no more than that takes. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const root = new URL('../../', import.meta.url);
const ENTRIES = {
  beaverdam: 'src/index',
  'beaverdam/sharing': 'src/sharing',
  'beaverdam/data': 'src/data/index',
  'beaverdam/interchange': 'src/interchange/index',
  'beaverdam/isolation': 'src/isolation/index',
  'beaverdam/jobs': 'src/jobs/index',
  'beaverdam/join': 'src/jobs/join',
  'beaverdam/testing': 'src/testing',
};

/** The modules that a compiled module loads, itself included: src/errors, bindings/ring … */
function loaded(module: string, seen = new Set<string>()): Set<string> {
  const url = new URL(`dist/${module}.js`, root);
  if (seen.has(module) || !existsSync(url)) return seen;
  seen.add(module);
  for (const { fileName } of ts.preProcessFile(readFileSync(url, 'utf8'), true, true).importedFiles) {
    if (!fileName.startsWith('.')) continue;
    const path = fileURLToPath(new URL(fileName, url)).slice(fileURLToPath(new URL('dist/', root)).length);
    loaded(path.replace(/\.js$/, '').replaceAll('\\', '/'), seen);
  }
  return seen;
}

const below = (modules: Set<string>, ...folders: string[]): string[] =>
  [...modules].filter((module) => folders.some((folder) => module.startsWith(folder))).sort();

test('beaverdam loads no job, no reader of data and no data set; public randomness is all that it takes from data/', () => {
  for (const [entry, taken] of [
    ['beaverdam', ['src/data/random']],
    ['beaverdam/testing', ['src/data/random']], // for seeds that are known
  ] as const) {
    const modules = loaded(ENTRIES[entry]);
    assert.ok(modules.has('src/session/session'));
    assert.equal(below(modules, 'src/data/', 'src/jobs/', 'src/baseline/', 'src/cli/'), taken);
  }
});

test('beaverdam/sharing and beaverdam/data load nothing of sessions', () => {
  assert.equal([...loaded(ENTRIES['beaverdam/sharing'])].sort(), ['src/options', 'src/sharing']);
  const modules = loaded(ENTRIES['beaverdam/data']);
  assert.ok(modules.has('src/data/wine'));
  assert.equal(
    [...modules].filter((module) => !module.startsWith('src/data/')),
    ['src/options'],
  );
});

test('beaverdam/isolation loads nothing but what checks its options', () => {
  assert.equal(below(loaded(ENTRIES['beaverdam/isolation']), 'src/', 'bindings/'), [
    'src/isolation/index',
    'src/isolation/isolate',
    'src/isolation/page',
    'src/options',
  ]);
});

test('beaverdam/interchange loads nothing of sessions; no other entry loads what reads models of others', () => {
  const modules = loaded(ENTRIES['beaverdam/interchange']);
  assert.ok(modules.has('src/interchange/layers-model'));
  assert.equal(below(modules, 'src/session/', 'src/nn/', 'src/party/', 'src/baseline/'), []);
  for (const entry of ['beaverdam', 'beaverdam/testing', 'beaverdam/jobs'] as const) {
    assert.equal(below(loaded(ENTRIES[entry]), 'src/interchange/keras', 'src/interchange/layers'), [], entry);
  }
});

for (const [name, file] of Object.entries(ENTRIES)) {
  test(`${name} begins by saying what it is for, with an example`, () => {
    const [docstring] = readFileSync(new URL(`${file}.ts`, root), 'utf8').split('*/', 1);
    assert.match(docstring, `/**\n * ${name}: `);
    const [first] = docstring.split(/\n \*\n/).filter((part) => part.startsWith(' *     '));
    const lines = first.trimEnd().split('\n').length;
    assert.ok(lines >= 2 && lines <= 5, `${lines} lines`);
  });
}

test.run();
