/**
 * Brings the working tree up to date: dependencies, kernels, TypeScript, data files. Silent when it already is.
 *
 *     node scripts/setup.mjs            what is out of date
 *     node scripts/setup.mjs --force    compile everything again
 *     node scripts/setup.mjs --install  dependencies only
 *     node scripts/setup.mjs --package  what the package holds: no tests, no source maps, small (npm runs it before it packs)
 *
 * What a step depends on is summed up in a fingerprint (paths, sizes, times) kept in dist/.setup, so that a
 * switch of branches or a deleted file counts as a change too.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const NODE_NEEDED = [20, 19];
const TYPESCRIPT = ['src', 'bindings', 'bench', 'test'];
const ASSET = /\.(csv|gz|md)$/;
/**
 * No dependency needs its install script (package.json denies them to a plain `npm install` too). The other two undo
 * what npm hands down when it runs this for itself: `npm publish --dry-run`, or a production environment.
 */
const NPM_CI = ['--ignore-scripts', '--dry-run=false', '--include=dev'];
const OFFLINE = /ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|ENETUNREACH|ENOTCACHED/;

const at = (...parts) => join(root, ...parts);
const say = (line) => process.stderr.write(`${line}\n`);

/** Paths of all files below `folder`, relative to the project, with forward slashes. */
function walk(folder) {
  if (!fs.existsSync(at(folder))) return [];
  return fs.readdirSync(at(folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? walk(path) : [path];
  });
}

/** A digest of which files there are, their sizes and times. */
function fingerprint(files) {
  const hash = createHash('sha256');
  for (const file of files) {
    const stat = fs.statSync(at(file), { throwIfNoEntry: false });
    hash.update(`${file}\0${stat?.size}\0${stat?.mtimeMs}\n`);
  }
  return hash.digest('hex');
}

/** Runs a command; resolves with its exit code and what it printed. */
function run(command, args, options = {}) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ code: 1, output: error.message }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

function readJson(path) {
  try {
    return JSON.parse(fs.readFileSync(at(path), 'utf8'));
  } catch {
    return {};
  }
}

/** Whether node_modules holds what package-lock.json asks for (npm notes what it installed in a lock of its own). */
function installed() {
  const have = readJson('node_modules/.package-lock.json').packages;
  if (!have) return false;
  return Object.entries(readJson('package-lock.json').packages ?? {}).every(
    ([path, { version, optional }]) => {
      if (path === '' || (optional && !have[path])) return true;
      return have[path]?.version === version;
    },
  );
}

async function install() {
  if (installed()) return;
  const start = performance.now();
  say('installing dependencies (npm ci)');
  const npm = process.env.npm_execpath;
  const viaNode = npm?.endsWith('.js');
  const args = [...(viaNode ? [npm] : []), 'ci', ...NPM_CI];
  const { code, output } = await run(viaNode ? process.execPath : 'npm', args, {
    shell: !viaNode && process.platform === 'win32',
  });
  if (code !== 0) {
    say(output.split(/^npm (?:error|ERR!) Clean install/m)[0].trim());
    if (OFFLINE.test(output)) {
      say(
        'npm could not reach its registry: connect once, or point npm at a mirror (npm config set registry URL).',
      );
    }
    throw new Error('npm ci failed');
  }
  say(`installed dependencies (${seconds(start)})`);
}

const seconds = (start) => `${((performance.now() - start) / 1000).toFixed(1)} s`;

/**
 * Runs one compiler when its inputs differ from those of its last success.
 * @param options `spoils` are files in dist to remove first: what two compilers write to the same place belongs to the
 *   last, and the other has to run again
 */
async function compile({ name, inputs, output, args, force = false, spoils = [] }) {
  const stamp = at('dist', '.setup', name);
  const digest = fingerprint(inputs);
  const last = fs.existsSync(stamp) ? fs.readFileSync(stamp, 'utf8') : '';
  if (!force && last === digest && fs.existsSync(at(output))) return;
  const start = performance.now();
  fs.mkdirSync(dirname(stamp), { recursive: true });
  for (const file of [stamp, ...spoils.map((path) => at('dist', path))]) fs.rmSync(file, { force: true });
  if (force) fs.rmSync(at(output), { force: true });
  const result = await run(process.execPath, args);
  if (result.output.trim()) say(result.output.trim());
  if (result.code !== 0) throw new Error(`${name}: compilation failed`);
  fs.writeFileSync(stamp, digest);
  say(`compiled ${name} (${seconds(start)})`);
}

/** What the kernels' signatures say, as a source file: written before anything that reads it is compiled. */
const kernelTypes = () =>
  compile({
    name: 'kernel types',
    inputs: ['bindings/kernels.ts', 'scripts/kernel-types.mjs', 'package-lock.json', ...walk('assembly')],
    output: 'bindings/kernels.ts',
    args: [at('scripts/kernel-types.mjs')],
  });

const kernels = (force) =>
  compile({
    name: 'assembly',
    inputs: ['asconfig.json', 'package-lock.json', ...walk('assembly')],
    output: 'dist/bindings/kernels.wasm',
    args: [at('node_modules/assemblyscript/bin/asc.js'), '--config', 'asconfig.json', '--target', 'release'],
    force,
  });

const tsc = (project, folders, rest) =>
  compile({
    inputs: [
      'tsconfig.json',
      project,
      'package-lock.json',
      ...folders.flatMap(walk).filter((file) => file.endsWith('.ts')),
    ],
    args: [at('node_modules/typescript/bin/tsc'), '-p', project, '--pretty', String(!!process.stderr.isTTY)],
    ...rest,
  });

/** Everything, for work on the project. */
const typescript = (force) =>
  tsc('tsconfig.json', TYPESCRIPT, {
    name: 'typescript',
    output: 'dist/.tsbuildinfo',
    spoils: ['.setup/package', '.setup/command'],
    force,
  });

/** The command's modules, joined. */
const command = (force) =>
  compile({
    name: 'command',
    inputs: [
      'scripts/join-command.mjs',
      'scripts/keep-code.mjs',
      'package-lock.json',
      ...['src', 'bindings'].flatMap(walk).filter((file) => file.endsWith('.ts')),
    ],
    output: 'dist/command/start.cjs',
    args: [at('scripts/join-command.mjs')],
    force,
  });

/** What the package holds. Its sources do not ship, so it has no maps that would point to them. */
const typescriptOfPackage = () =>
  tsc('tsconfig.package.json', ['src', 'bindings'], {
    name: 'package',
    output: 'dist/src/index.js',
    spoils: [
      '.setup/typescript',
      '.setup/command',
      '.tsbuildinfo',
      ...['dist/src', 'dist/bindings']
        .flatMap(walk)
        .filter((file) => file.endsWith('.map'))
        .map((file) => relative('dist', file)),
    ],
  });

/** Copies the data files beside the compiled modules that load them. */
function assets(force) {
  let copied = 0;
  for (const file of walk('src/data').filter((file) => ASSET.test(file))) {
    const from = fs.statSync(at(file));
    const to = fs.statSync(at('dist', file), { throwIfNoEntry: false });
    if (!force && to && to.size === from.size && to.mtimeMs >= from.mtimeMs) continue;
    fs.mkdirSync(dirname(at('dist', file)), { recursive: true });
    fs.copyFileSync(at(file), at('dist', file));
    copied++;
  }
  if (copied) say(`copied ${copied} data files`);
}

/** Removes files from dist whose source is gone: a deleted test must not run, a deleted module not be shipped. */
function prune() {
  let removed = 0;
  for (const file of TYPESCRIPT.flatMap((folder) => walk(`dist/${folder}`))) {
    if (file === 'dist/bindings/kernels.wasm') continue;
    const source = relative('dist', file).split(sep).join('/');
    const module = source.replace(/(\.js|\.d\.ts)(\.map)?$/, '.ts');
    if (fs.existsSync(at(source)) || fs.existsSync(at(module))) continue;
    fs.rmSync(at(file));
    removed++;
  }
  if (removed) say(`removed ${removed} stale files from dist`);
}

async function main() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < NODE_NEEDED[0] || (major === NODE_NEEDED[0] && minor < NODE_NEEDED[1])) {
    throw new Error(
      `beaverdam needs Node ${NODE_NEEDED.join('.')} or later; this is Node ${process.versions.node}`,
    );
  }
  const force = process.argv.includes('--force');
  const packing = process.argv.includes('--package');
  await install();
  if (process.argv.includes('--install')) return;
  prune();
  // of the other kind
  for (const folder of packing ? ['command'] : ['parts', 'types']) {
    fs.rmSync(at('dist', folder), { recursive: true, force: true });
  }
  assets(force);
  await kernelTypes();
  const modules = packing ? typescriptOfPackage() : typescript(force);
  const results = await Promise.allSettled([kernels(force), modules]);
  const failed = results
    .filter((result) => result.status === 'rejected')
    .map((result) => result.reason.message);
  if (failed.length) throw new Error(failed.join('; '));
  if (packing) {
    const { shrink } = await import('./shrink.mjs'); // with what has been installed by now
    await shrink(root);
  } else await command(force);
}

main().catch((error) => {
  say(`setup: ${error.message}`);
  process.exitCode = 1;
});
