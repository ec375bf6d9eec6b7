/** A project with the package in it, and builds of its pages: for scripts/browser-check.mjs. */
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, run } from '../commands.mjs';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** A project with the page and the package in it. */
export function createProject(folder, tarball) {
  mkdirSync(folder);
  cpSync(join(root, 'test/browser'), folder, { recursive: true });
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'page', private: true, type: 'module' }),
  );
  run('npm', ['install', '--no-audit', '--no-fund', tarball], folder);
}

/**
 * @param format of workers: `'iife'` is Vite's default, `'es'` what it asks for where workers share chunks
 * @param page the name of the build
 */
export async function buildWithVite(folder, format, page = 'index', pages = [page]) {
  const { build, createLogger } = await import('vite');
  const out = join(folder, `vite-${page}-${format}`);
  const warnings = [];
  const customLogger = { ...createLogger('silent'), warn: (text) => warnings.push(text) };
  const rolldownOptions = { checks: { bundlerTimings: false } }; // how long plugins take is no fault of the package
  await build({
    root: folder,
    configFile: false,
    logLevel: 'warn',
    customLogger,
    worker: { format, rolldownOptions },
    build: {
      outDir: out,
      rolldownOptions: { ...rolldownOptions, input: pages.map((name) => join(folder, `${name}.html`)) },
    },
  });
  expect(warnings.length === 0, warnings.join('\n'));
  return out;
}

/** Not made small, which takes five times as long and would find nothing. */
export async function buildWithWebpack(folder) {
  const { default: webpack } = await import('webpack');
  const out = join(folder, 'webpack');
  const compiler = webpack({
    mode: 'production',
    context: folder,
    entry: './page.js',
    output: { path: out, filename: 'page.js' },
    optimization: { minimize: false },
    performance: { hints: false },
  });
  const stats = await new Promise((done, fail) => {
    compiler.run((error, result) => (error ? fail(error) : compiler.close(() => done(result))));
  });
  const problems = stats.compilation.errors.concat(stats.compilation.warnings);
  expect(problems.length === 0, problems.map(({ message }) => message).join('\n'));
  cpSync(join(folder, 'index.html'), join(out, 'index.html'));
  return out;
}

/**
 * esbuild does not follow a page to its workers, so they are told to it. It refuses what a browser does not have; nothing that
 * a page or its workers import may be of Node.
 */
export async function buildWithEsbuild(folder) {
  const { build } = await import('esbuild');
  const { warnings, metafile } = await build({
    absWorkingDir: folder,
    entryPoints: {
      page: 'page.js',
      'by-hand': 'by-hand.js',
      ...Object.fromEntries(
        ['role', 'client', 'helper', 'in-turn'].map((kind) => [
          `workers/${kind}`,
          `beaverdam/workers/${kind}`,
        ]),
      ),
    },
    metafile: true,
    bundle: true,
    platform: 'browser',
    format: 'esm',
    outdir: 'esbuild',
    logLevel: 'silent',
  });
  expect(warnings.length === 0, warnings.map(({ text }) => text).join('\n'));
  const inputs = Object.entries(metafile.inputs);
  expect(inputs.length > 200, `${inputs.length} modules only`);
  const ofNode = inputs.filter(([path, { imports }]) =>
    [path, ...imports.map((entry) => entry.path)].some((name) => name.startsWith('node:')),
  );
  expect(ofNode.length === 0, `import modules of Node: ${ofNode.map(([path]) => path).join(', ')}`);
  const out = join(folder, 'esbuild');
  cpSync(join(folder, 'node_modules/beaverdam/dist/bindings/kernels.wasm'), join(out, 'kernels.wasm'));
  cpSync(join(folder, 'by-hand.html'), join(out, 'by-hand.html'));
  return out;
}
