/** The README is true: its examples run and print what they say, its help and its table of costs are the real ones. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createSession, dense, type SecureTensor, type Session, sequential, sgd } from '../../src/index.js';
import type { LedgerTotals } from '../../src/party/ledger.js';
import { blocksOf, fits, promised } from '../world/documents.js';
import { runCli } from './run.js';

const root = new URL('../../../', import.meta.url);
const readme = readFileSync(new URL('README.md', root), 'utf8');

const blocks = (language: string): string[] => blocksOf(readme, language);

const examples = blocks('js');

test('there are examples to run', () => {
  assert.ok(examples.length >= 4);
  assert.ok(fits('a 1 b', 'a … b') && !fits('a 1 c', 'a … b') && !fits('ax', 'a.'));
});

for (const [i, code] of examples.entries()) {
  test(`example ${i + 1} runs and prints what it says`, async () => {
    const file = fileURLToPath(new URL(`./readme-example-${i + 1}.mjs`, import.meta.url));
    writeFileSync(file, code);
    const ended = await runCli([], { script: file });
    rmSync(file);
    assert.is(ended.code, 0, ended.stderr);
    const printed = ended.stdout.trimEnd().split('\n');
    const expected = promised(code);
    assert.is(printed.length, expected.length, ended.stdout);
    for (const [line, promise] of expected.entries()) {
      assert.ok(fits(printed[line], promise), `printed "${printed[line]}", promised "${promise}"`);
    }
  });
}

test('the command line reference is what the commands print', async () => {
  const shown = blocks('text').filter((block) => block.startsWith('beaverdam '));
  assert.is(shown.length, 2);
  for (const block of shown) {
    const [first] = block.split('\n', 1);
    const words = first
      .split(' ')
      .filter((word) => /^[a-z-]+$/.test(word))
      .slice(1);
    const { stdout } = await runCli([...words, '--help']);
    assert.is(block, stdout);
  }
});

test('the roles of the second part of the quick start run as they are written', async () => {
  const shell = blocks('sh');
  const roles = shell.find((block) => block.includes('--role owner'));
  const check = shell.find((block) => block.includes('job check'));
  assert.ok(roles && check);
  const folder = mkdtempSync(join(tmpdir(), 'beaverdam-readme-'));
  const main = fileURLToPath(new URL('dist/src/cli/main.js', root));
  // what npm would bring up to date has been; it works in the clone, and this in a folder that goes away
  const command = (block: string) =>
    block.replaceAll('npm run -s beaverdam --', `${process.execPath} ${main}`);
  const script = `${command(roles)}\ncode=$?\nwait\n${command(check)}\nexit $code\n`;
  const { status, stdout, stderr } = spawnSync('sh', ['-c', script], { cwd: folder, encoding: 'utf8' });
  const logs = ['alice', 'bob', 'provider'].map((role) => readFileSync(join(folder, `${role}.log`), 'utf8'));
  rmSync(folder, { recursive: true });
  assert.equal([status, stderr], [0, '']);
  assert.match(stdout, /^ {2}on secret shares +9[0-9.]+ % /m);
  assert.match(stdout, /^bob:$/m);
  for (const log of logs) assert.match(log, /trained in /);
});

test('every file that the README links to is there', () => {
  const links = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map(([, target]) => target);
  assert.ok(links.length > 3);
  for (const link of links) assert.ok(existsSync(new URL(link, root)), link);
});

/** The operations of the table of costs on 128-value tensors, by how the README writes them. */
const operations: Record<string, (session: Session, x: SecureTensor, y: SecureTensor) => unknown> = {
  'session.share(values, { owner })': (session) =>
    session.share(new Float32Array(128), { owner: session.parties[0] }),
  'add, sub, neg, sum, transpose, slice, concat, stack; mul by a public integer': (_, x, y) =>
    x
      .add(y)
      .sub(1)
      .neg()
      .mul(3)
      .reshape([8, 16])
      .transpose()
      .slice([0, 0])
      .concat(x.reshape([16, 8]))
      .stack(x.reshape([16, 8]).concat(y.reshape([16, 8])), 1)
      .sum(),
  'mul, square, matmul, a polynomial of degree 2': (_, x, y) => x.mul(y),
  'greater, greaterEqual, less, lessEqual': (_, x, y) => x.greater(y),
  equal: (_, x, y) => x.equal(y),
  relu: (_, x) => x.relu(),
  'abs, maximum, minimum': (_, x, y) => x.maximum(y),
  sigmoid: (_, x) => x.sigmoid(),
  tanh: (_, x) => x.tanh(),
  exp: (_, x) => x.exp(),
  reciprocal: (_, x) => x.reciprocal(),
  divide: (_, x, y) => x.divide(y),
  inverseSqrt: (_, x) => x.inverseSqrt(),
  sqrt: (_, x) => x.sqrt(),
  log: (_, x) => x.log(),
  'mean of rows of 8': (_, x) => x.reshape([16, 8]).mean(1),
  'max of rows of 8': (_, x) => x.reshape([16, 8]).max(),
  'argmax of rows of 8': (_, x) => x.reshape([16, 8]).argmax(),
  'softmax of rows of 8': (_, x) => x.reshape([16, 8]).softmax(),
};

/** Rounds and bytes a value of one operation, as '2 · 8 · 6': online bytes per party, dealt bytes. */
async function measure(session: Session, operation: (typeof operations)[string]): Promise<string> {
  const values = Float64Array.from({ length: 128 }, (_, i) => (i % 9) - 4);
  const [x, y] = [session.share(values), session.share(values)];
  const totals = async (role: string) => (await session.totals()).get(role) as LedgerTotals;
  const [party, provider] = [await totals('alice'), await totals('provider')];
  operation(session, x, y);
  const [partyAfter, providerAfter] = [await totals('alice'), await totals('provider')];
  const bytes = (count: number) => String(Math.round((count / 128) * 10) / 10);
  return [
    partyAfter.rounds - party.rounds,
    bytes(partyAfter.online - party.online),
    bytes(providerAfter.dealt - provider.dealt),
  ].join(' · ');
}

test('the table of costs is what the ledger counts with two parties', async () => {
  const rows = [...readme.matchAll(/^\| (.+) \| (\d+ · [\d.]+ · [\d.]+) \| (\d+ · [\d.]+ · [\d.]+) \|$/gm)];
  const table = Object.fromEntries(rows.map(([, name, ...costs]) => [name.replaceAll('`', ''), costs]));
  const measured: typeof table = {};
  for (const ring of [32, 64] as const) {
    const session = await createSession({ ring });
    try {
      for (const [name, operation] of Object.entries(operations)) {
        measured[name] = [...(measured[name] ?? []), await measure(session, operation)];
      }
    } finally {
      await session.close();
    }
  }
  assert.equal(table, measured);
});

test("a step of Wine's two layers takes the 10 rounds that the README names", async () => {
  assert.match(readme, 'layers takes 10 rounds: 4 for');
  const session = await createSession({ ring: 32 });
  try {
    const x = session.share(new Float32Array(16 * 13), { shape: [16, 13] });
    const y = session.share(new Float32Array(16 * 3), { shape: [16, 3] });
    const model = sequential([
      dense({ units: 16, inputShape: [13], activation: 'relu' }),
      dense({ units: 3 }),
    ]);
    model.compile({ optimizer: sgd({ learningRate: 0.375 }), loss: 'meanSquaredError', metrics: [] });
    const rounds = async () => (await session.totals()).get('alice')?.rounds ?? 0;
    const before = await rounds();
    await model.fit(x, y, { batchSize: 16 });
    const one = await rounds();
    await model.fit(x, y, { batchSize: 8 });
    assert.is((await rounds()) - one - (one - before), 10);
  } finally {
    await session.close();
  }
});

test.run();
