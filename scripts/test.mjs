/**
 * Runs the compiled tests: every dist/test/**\/*.test.js in a process of its own, two at a time.
 *
 *     node scripts/test.mjs [TEXT…]    only files whose path contains one of the texts
 *
 * What failed is told again at the end. The last line is `N passed, N failed`, counting test cases. A file that
 * crashes, hangs, ends early or contains no test is a failure, and so is a run without any test.
 */
import { fork } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const FILE_LIMIT_S = 300;
const EXIT_LIMIT_S = 10;
const AT_ONCE = Math.min(2, availableParallelism());

function testFiles(folder) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return testFiles(path);
      return entry.name.endsWith('.test.js') ? [path] : [];
    })
    .sort();
}

/** Runs one file, which finds its slot among those at work in TEST_SLOT; resolves with its counts, its output and, when it did not end well, why. */
function runFile(file, slot) {
  return new Promise((resolve) => {
    const start = performance.now();
    const result = { file, passed: 0, failed: 0, skipped: 0, output: '', problem: '' };
    const color = process.stdout.isTTY && !process.env.NO_COLOR ? { FORCE_COLOR: '1' } : {};
    const child = fork(join(root, 'scripts', 'test-file.mjs'), [join(root, file)], {
      cwd: root,
      silent: true,
      execArgv: ['--enable-source-maps'],
      env: { ...process.env, ...color, TEST_SLOT: String(slot) },
    });
    let finished = false;
    let timer = limit(FILE_LIMIT_S, `not finished after ${FILE_LIMIT_S} s`);
    function limit(seconds, problem) {
      return setTimeout(() => {
        result.problem = problem;
        child.kill('SIGKILL');
      }, seconds * 1000);
    }
    child.stdout.on('data', (chunk) => (result.output += chunk));
    child.stderr.on('data', (chunk) => (result.output += chunk));
    child.on('message', ({ passed, failed, skipped, done }) => {
      if (done) {
        finished = true;
        clearTimeout(timer);
        timer = limit(
          EXIT_LIMIT_S,
          `its tests ended, but after ${EXIT_LIMIT_S} s something in it is still running`,
        );
        return;
      }
      result.passed += passed;
      result.failed += failed;
      result.skipped += skipped;
    });
    child.on('error', (error) => (result.problem ||= error.message));
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      const end = signal ?? `exit code ${code}`;
      if (!finished) result.problem ||= `ended before its tests did (${end})`;
      if (code !== 0) result.problem ||= `crashed after its tests (${end})`;
      if (result.passed + result.failed === 0) result.problem ||= 'contains no test';
      if (result.problem) result.failed++;
      resolve({ ...result, seconds: (performance.now() - start) / 1000 });
    });
  });
}

function report({ file, passed, failed, skipped, output, problem, seconds }) {
  const counts = [`${passed} passed`, failed && `${failed} failed`, skipped && `${skipped} skipped`];
  const name = file.replace(/^dist\/(.*)\.js$/, '$1.ts');
  console.log(
    `${failed ? '✘' : '✓'} ${name}: ${counts.filter(Boolean).join(', ')} (${seconds.toFixed(1)} s)`,
  );
  if (failed && output.trim()) console.log(`${output.replace(/^\n+/, '').trimEnd()}\n`);
  if (problem) console.log(`  ${name}: ${problem}\n`);
}

const wanted = process.argv.slice(2);
const files = testFiles('dist/test').filter(
  (file) => !wanted.length || wanted.some((text) => file.includes(text)),
);
const totals = { passed: 0, failed: 0 };
const queue = [...files];
const unwell = [];
async function work(_, slot) {
  for (let file = queue.shift(); file; file = queue.shift()) {
    const result = await runFile(file, slot);
    report(result);
    if (result.failed) unwell.push(result);
    totals.passed += result.passed;
    totals.failed += result.failed;
  }
}
await Promise.all(Array.from({ length: AT_ONCE }, work));
if (!files.length)
  console.log(wanted.length ? `no test file matches ${wanted.join(', ')}` : 'no test file found');
if (unwell.length) {
  console.log('\nWhat failed, again:\n');
  for (const result of unwell) report(result);
}
console.log(`${totals.passed} passed, ${totals.failed} failed`);
if (totals.failed || totals.passed === 0) process.exitCode = 1;
