/**
 * Joins the modules of the command into few, in dist/command, which load sooner: Node takes a third of a millisecond a module.
 * Called by scripts/setup.mjs on what `tsc` has written, but not for the package, in which this would be most of it twice; there
 * scripts/join.mjs joins what the command has for itself.
 *
 *     node scripts/join-command.mjs
 */
import * as fs from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const dist = join(dirname(dirname(fileURLToPath(import.meta.url))), 'dist');
const out = join(dist, 'command');

/** What a module finds by where it lies it finds from its new place, too. */
const inPlace = {
  name: 'in place',
  setup({ onLoad }) {
    onLoad({ filter: /\.js$/ }, ({ path }) => {
      const folder = `${relative(out, dirname(path)).replaceAll('\\', '/')}/`;
      const place = `new URL(${JSON.stringify(folder)}, import.meta.url)`;
      const contents = fs.readFileSync(path, 'utf8').replace(/\bimport\.meta\.url\b/g, place);
      return { contents, loader: 'js' };
    });
  },
};

/** Packages that every session takes are joined too; the others stay where they are. */
const JOINED = /^(?:comlink|@assemblyscript\/loader)(?:\/|$)/;
const external = {
  name: 'external',
  setup({ onResolve }) {
    onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
      kind === 'entry-point' || path.startsWith('#') || JOINED.test(path)
        ? undefined
        : { path, external: true },
    );
  },
};

fs.rmSync(out, { recursive: true, force: true });
await build({
  entryPoints: [join(dist, 'src/cli/start.js')],
  outdir: out,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  mainFields: ['module', 'main'],
  minifyWhitespace: true,
  chunkNames: '[hash]',
  logLevel: 'error',
  plugins: [inPlace, external],
});
