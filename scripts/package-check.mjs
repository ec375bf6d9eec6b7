/**
 * Checks the package as a stranger gets it: clones the last commit into an empty folder, packs it with a plain
 * `npm pack`, installs the tarball elsewhere, imports it, runs its command and compiles against its types.
 *
 *     node scripts/package-check.mjs [FOLDER]    leaves the tarball in FOLDER, as beaverdam.tgz
 */
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { expect, run } from './commands.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'beaverdam-package-'));
const clone = join(folder, 'clone');
const user = join(folder, 'user');
const installed = join(user, 'node_modules/beaverdam');
const NEEDED = [
  'LICENSE',
  'README.md',
  'dist/bindings/kernels.wasm',
  'dist/bindings/pool-worker.js',
  'dist/src/cli/main.js',
  'dist/src/isolation/worker.js',
  'dist/src/role/client-worker.js',
  'dist/src/role/in-turn-worker.js',
  'dist/src/role/worker.js',
  'dist/src/links/courier-worker.js',
  'dist/src/data/wine/wine.csv',
  'dist/src/data/wine/README.md',
  'dist/src/job.schema.json',
  'docs/isolation.md',
  'deploy/compose.yaml',
  'deploy/Dockerfile',
  'deploy/beaverdam@.service',
  'dist/src/data/fashion-mnist/README.md',
  'dist/src/data/fashion-mnist/train-images-idx3-ubyte-2k.gz',
];
/** Bytes of the tarball beside the data sets: images, which are compressed already, and Wine. */
const TARBALL_LIMIT = 400_000;
const IMAGES = /^dist\/src\/data\/.*\.gz$/;
/** Where the data sets are. */
const DATA_SETS = ['wine', 'fashion-mnist'].map((name) => join(installed, 'dist/src/data', name));
/** What users import: beaverdam, beaverdam/data and so on. */
const { exports: exported } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const ENTRIES = Object.keys(exported).filter((path) => typeof exported[path] === 'object');
/** What is no module with types: files to copy, and workers that run by themselves. */
const FILES = Object.keys(exported).filter((path) => typeof exported[path] !== 'object');
/** Under what else the package is tried, by npm's names, with how each runs a file. */
const RUNTIMES = [
  ['node@20', ['node']],
  ['node@22', ['node']],
  ['node@24', ['node']],
  ['deno@2', ['deno', 'run', '--allow-all', '--no-lock']],
];
/** An application with tensors alone. */
const SQUARE = `import { createSession } from 'beaverdam';
const session = await createSession();
const x = session.share([2]);
console.log((await x.mul(x).reveal())[0]);
await session.close();
`;
/** Versions of Vite that build a page with the package, and what they say where workers are not told to be modules; null: nothing. */
const VITES = [
  ['vite@7', 'UMD and IIFE output formats are not supported for code-splitting builds'],
  ['vite@8', null],
];
const entryNames = ENTRIES.map((path) => path.replace(/^\./, 'beaverdam'));
const UNWANTED = /(^|\/)(test|bench|scripts|assembly|node_modules)\/|\.tsbuildinfo$|\.map$/;

/** Paths of all files below `path`, relative to it, with forward slashes. */
function walk(path) {
  return readdirSync(path, { withFileTypes: true }).flatMap((entry) => {
    if (!entry.isDirectory()) return [entry.name];
    return walk(join(path, entry.name)).map((file) => `${entry.name}/${file}`);
  });
}

const kilobytes = (bytes) => `${Math.round(bytes / 1000).toLocaleString('en')} kB`;

/** A program of a package that is a devDependency. */
const tool = (path) => join(root, 'node_modules', path);

/** How much of the package the files of a kind are, as one stream. */
function compressed(files, kind) {
  const those = files.filter((file) => file.endsWith(kind) && !IMAGES.test(file));
  const bytes = Buffer.concat(those.map((file) => readFileSync(join(installed, file))));
  return `${those.length} × ${kind}: ${kilobytes(bytes.length)}, gzipped ${kilobytes(gzipSync(bytes).length)}`;
}

/** What `npx` prints; null where it fails. */
function tried(args) {
  try {
    return run('npx', ['--yes', ...args], user).trim();
  } catch {
    return null;
  }
}

/** What an error says; null without one. */
function caught(work) {
  try {
    work();
    return null;
  } catch (error) {
    return error.message;
  }
}

/** Compiles the user's file in a project that has asked for no types but those of the language. */
function compile(options) {
  const base = {
    strict: true,
    noEmit: true,
    target: 'es2022',
    lib: ['es2022'],
    types: [],
    skipLibCheck: false,
  };
  const compilerOptions = { ...base, ...options };
  writeFileSync(join(user, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['user.ts'] }));
  run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', user], root);
}

let tarball = '';
const checks = {
  'no dependency of ours may run an install script'() {
    const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
    const { allowScripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    const open = Object.entries(packages)
      .filter(([, { hasInstallScript }]) => hasInstallScript)
      .map(([path]) => path.split('node_modules/').at(-1))
      .filter((name) => allowScripts[name] !== false);
    expect(open.length === 0, `not denied in package.json's allowScripts: ${open.join(', ')}`);
  },

  'git clone; npm pack'() {
    run('git', ['clone', '--quiet', root, clone], folder);
    const name = run('npm', ['pack'], clone).trim().split('\n').at(-1);
    tarball = join(clone, name);
    console.log(`  ${name}: ${kilobytes(statSync(tarball).size)}`);
  },

  'npm publish --dry-run'() {
    run('npm', ['publish', '--dry-run'], clone);
  },

  'publint has nothing to say'() {
    run(process.execPath, [tool('publint/src/cli.js'), 'run', '--strict', tarball], root);
  },

  'are the types wrong? no, for whoever uses modules'() {
    run(
      process.execPath,
      [
        tool('@arethetypeswrong/cli/dist/index.js'),
        '--profile',
        'esm-only',
        tarball,
        '--exclude-entrypoints',
        ...FILES,
      ],
      root,
    );
  },

  'npm install ./beaverdam.tgz, in an empty folder'() {
    writeFileSync(
      join(user, 'package.json'),
      JSON.stringify({ name: 'user', private: true, type: 'module' }),
    );
    copyFileSync(tarball, join(user, basename(tarball)));
    run('npm', ['install', `./${basename(tarball)}`], user);
  },

  'everything that is needed is there, and nothing of the tests'() {
    const files = walk(installed);
    const bytes = files.reduce((sum, file) => sum + statSync(join(installed, file)).size, 0);
    console.log(`  ${files.length} files, ${kilobytes(bytes)}`);
    const data = files.filter((file) => IMAGES.test(file));
    const images = data.reduce((sum, file) => sum + statSync(join(installed, file)).size, 0);
    const wine = gzipSync(readFileSync(join(installed, 'dist/src/data/wine/wine.csv'))).length;
    const rest = statSync(tarball).size - images - wine;
    console.log(`  ${kilobytes(rest)} of the tarball are no data; ${kilobytes(TARBALL_LIMIT)} are allowed`);
    expect(data.length === 4 && rest <= TARBALL_LIMIT, 'the tarball is too large');
    for (const kind of ['.js', '.d.ts', '.wasm', '.md', '.json'])
      console.log(`    ${compressed(files, kind)}`);
    const targets = ENTRIES.flatMap((path) => Object.values(exported[path])).map((path) => path.slice(2));
    const missing = [...NEEDED, ...targets].filter((file) => !files.includes(file));
    expect(missing.length === 0, `not in the package: ${missing.join(', ')}`);
    const stray = files.filter((file) => UNWANTED.test(file));
    expect(stray.length === 0, `should not be in the package: ${stray.join(', ')}`);
    const mapped = files.filter(
      (file) =>
        file.endsWith('.js') && /^\/\/# sourceMappingURL/m.test(readFileSync(join(installed, file), 'utf8')),
    );
    expect(mapped.length === 0, `names a source map that is not there: ${mapped.join(', ')}`);
  },

  'modules that others name are there'() {
    const there = new Set(walk(installed));
    const missing = [...there]
      .filter((file) => file.endsWith('.js'))
      .flatMap((file) => {
        const text = readFileSync(join(installed, file), 'utf8');
        const named = text.matchAll(/(?:\bfrom|\bimport|\bimport\(|\bnew URL\()\s*(["'`])(\.[^"'`]+\.js)\1/g);
        return [...named].map(([, , name]) => [file, posix.join(posix.dirname(file), name)]);
      })
      .filter(([, name]) => !there.has(name));
    expect(missing.length === 0, missing.map(([file, name]) => `${file} names ${name}`).join('\n'));
  },

  'import each entry point in Node'() {
    for (const name of entryNames) {
      const program = `import('${name}').then((m) => console.log(Object.keys(m).join()))`;
      expect(run(process.execPath, ['-e', program], user).trim() !== '', `${name} exports nothing`);
    }
  },

  'require each entry point, for whoever has no modules of his own'() {
    const program = entryNames
      .map((name) => `if (!Object.keys(require('${name}')).length) throw 0;`)
      .join('');
    run(process.execPath, ['--input-type=commonjs', '-e', program], user);
  },

  'an application that does not import beaverdam/data needs none of its files'() {
    const aside = (path) => join(folder, basename(path));
    for (const path of DATA_SETS) renameSync(path, aside(path));
    writeFileSync(join(user, 'square.mjs'), SQUARE);
    try {
      const printed = run(process.execPath, ['square.mjs'], user);
      expect(printed.trim() === '4', `printed ${printed}`);
    } finally {
      for (const path of DATA_SETS) renameSync(aside(path), path);
    }
  },

  'other versions of Node, and Deno'() {
    for (const [name, command] of RUNTIMES) {
      const version = tried(['--package', name, '--', command[0], '--version']);
      if (version === null) {
        console.log(`  ${name}: SKIPPED, for npm does not have it here`);
        continue;
      }
      const printed = run('npx', ['--yes', '--package', name, '--', ...command, 'square.mjs'], user);
      expect(printed.trim() === '4', `${name} printed ${printed}`);
      console.log(`  ${name}: ${version.split('\n')[0]}`);
    }
  },

  'Vite builds a page, with worker.format "es" and without'() {
    const page = join(user, 'page');
    mkdirSync(page);
    for (const file of ['tensors.html', 'tensors.js'])
      copyFileSync(join(root, 'test/browser', file), join(page, file.replace('tensors.html', 'index.html')));
    const documented = readFileSync(join(installed, 'docs/isolation.md'), 'utf8');
    for (const [name, refusal] of VITES) {
      const version = tried(['--package', name, '--', 'vite', '--version']);
      if (version === null) {
        console.log(`  ${name}: SKIPPED, for npm does not have it here`);
        continue;
      }
      const build = () => run('npx', ['--yes', '--package', name, '--', 'vite', 'build'], page);
      const config = join(page, 'vite.config.js');
      writeFileSync(config, "export default { worker: { format: 'es' } };\n");
      build();
      rmSync(config);
      const said = caught(build);
      expect(refusal === null ? said === null : said?.includes(refusal), `${name}, no settings: ${said}`);
      expect(refusal === null || documented.includes(refusal), 'docs/isolation.md does not name the error');
      console.log(`  ${version}: ${refusal === null ? 'either way' : 'where workers are modules'}`);
    }
  },

  'npx beaverdam --help'() {
    const help = run('npx', ['beaverdam', '--help'], user);
    expect(/train/.test(help), `--help does not mention train:\n${help}`);
  },

  'npx beaverdam train wine'() {
    const report = run('npx', ['beaverdam', 'train', 'wine'], user);
    const accuracy = /on secret shares +([\d.]+) %/.exec(report)?.[1];
    expect(Number(accuracy) > 80, `an accuracy of ${accuracy} %:\n${report}`);
  },

  'npx beaverdam job init wine, and job check'() {
    run('npx', ['beaverdam', 'job', 'init', 'wine', '--epochs', '1', '--out', 'job'], user);
    const told = run('npx', ['beaverdam', 'job', 'check', 'job/job.json'], user);
    expect(/alice/.test(told) && /kB/.test(told), `job check says\n${told}`);
  },

  'types resolve, need nothing of the DOM or Node, and are not any'() {
    writeFileSync(
      join(user, 'user.ts'),
      entryNames
        .flatMap((name, i) => [
          `import * as entry${i} from '${name}';`,
          `export const names${i}: string[] = Object.keys(entry${i});`,
          '// @ts-expect-error: there is no such export',
          `export const missing${i} = entry${i}.thereIsNoSuchExport;`,
        ])
        .join('\n'),
    );
    compile({ module: 'nodenext' });
    compile({ module: 'esnext', moduleResolution: 'bundler' });
  },
};

try {
  mkdirSync(user);
  const changed = run('git', ['status', '--porcelain'], root).trim() !== '';
  const commit = run('git', ['log', '-1', '--format=%h "%s"'], root).trim();
  console.log(`package: of commit ${commit}${changed ? '; what is not committed is left out' : ''}`);
  for (const [name, check] of Object.entries(checks)) {
    const start = performance.now();
    try {
      check();
      console.log(`✓ package: ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
    } catch (error) {
      console.log(`✘ package: ${name}\n${error.message}`);
      process.exitCode = 1;
    }
  }
  const keep = process.argv[2];
  if (keep && tarball) copyFileSync(tarball, join(keep, 'beaverdam.tgz'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
