/**
 * Checks the package as its users get it: packs it, installs the tarball into an empty folder, imports it, runs
 * its command and compiles a TypeScript file against its types.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'beaverdam-package-'));
const LIMIT_MS = 120_000;
const NEEDED = [
  'LICENSE',
  'CHANGELOG.md',
  'dist/bindings/kernels.wasm',
  'dist/src/index.js',
  'dist/src/index.d.ts',
  'dist/src/cli/main.js',
  'dist/src/data/wine/wine.csv',
  'dist/src/data/wine/README.md',
  'dist/src/data/fashion-mnist/README.md',
  'dist/src/data/fashion-mnist/train-images-idx3-ubyte-2k.gz',
];
const UNWANTED = /(^|\/)(test|bench|scripts|assembly|node_modules)\/|\.tsbuildinfo$/;

/** Runs a command; its output, or an error that shows it. */
function run(command, args, cwd = folder) {
  const shell = process.platform === 'win32' && command === 'npm';
  const child = spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    timeout: LIMIT_MS,
    shell,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (child.error) throw child.error;
  if (child.status !== 0)
    throw new Error(`${command} ${args.join(' ')}\n${child.stdout}${child.stderr}`.trim());
  return child.stdout;
}

function expect(condition, message) {
  if (!condition) throw new Error(message);
}

let tarball = '';
const checks = {
  'pack: everything that is needed, and nothing of the tests'() {
    const [packed] = JSON.parse(
      run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], root),
    );
    tarball = packed.filename;
    const files = packed.files.map(({ path }) => path);
    const missing = NEEDED.filter((file) => !files.includes(file));
    expect(missing.length === 0, `not in the package: ${missing.join(', ')}`);
    const stray = files.filter((file) => UNWANTED.test(file));
    expect(stray.length === 0, `should not be in the package: ${stray.join(', ')}`);
  },

  'install the tarball into an empty folder'() {
    writeFileSync(
      join(folder, 'package.json'),
      JSON.stringify({ name: 'user', private: true, type: 'module' }),
    );
    run('npm', [
      'install',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--prefer-offline',
      `./${tarball}`,
    ]);
  },

  'import it in Node'() {
    const names = run(process.execPath, [
      '-e',
      "import('beaverdam').then((m) => console.log(Object.keys(m).join()))",
    ]);
    expect(names.trim() !== '', 'the package exports nothing');
  },

  'beaverdam --help'() {
    const help = run(process.execPath, [bin(), '--help']);
    expect(/train/.test(help), `--help does not mention train:\n${help}`);
  },

  'beaverdam train wine'() {
    run(process.execPath, [bin(), 'train', 'wine']);
  },

  'types resolve, and they are not any'() {
    writeFileSync(
      join(folder, 'user.ts'),
      [
        "import * as beaverdam from 'beaverdam';",
        'export const names: string[] = Object.keys(beaverdam);',
        '// @ts-expect-error: there is no such export',
        'export const missing = beaverdam.thereIsNoSuchExport;',
      ].join('\n'),
    );
    const compilerOptions = {
      strict: true,
      noEmit: true,
      target: 'ES2022',
      module: 'NodeNext',
      lib: ['ES2023', 'DOM', 'DOM.Iterable'],
      types: [],
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['user.ts'] }));
    run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder]);
  },
};

/** The installed command, as npm would link it. */
function bin() {
  const { bin } = JSON.parse(
    run(process.execPath, ['-p', "JSON.stringify(require('beaverdam/package.json'))"]),
  );
  return join(folder, 'node_modules/beaverdam', bin.beaverdam);
}

try {
  execFileSync(process.execPath, [join(root, 'scripts/setup.mjs')], { stdio: 'inherit' });
  for (const [name, check] of Object.entries(checks)) {
    try {
      check();
      console.log(`✓ package: ${name}`);
    } catch (error) {
      console.log(`✘ package: ${name}\n${error.message}`);
      process.exitCode = 1;
    }
  }
} catch {
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
