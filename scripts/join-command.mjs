/**
 * Joins the modules of the command, and those of a role's thread, into one script each, in dist/command: Node takes a third of a millisecond
 * a module, and V8 can keep the code of a script. Then it runs the command once for that code (keep-code.mjs). Called by
 * scripts/setup.mjs on what `tsc` has written, but not for the package, in which this would be most of it twice; there scripts/join.mjs
 * joins what the command has for itself.
 *
 *     node scripts/join-command.mjs
 */
import { spawnSync } from 'node:child_process';
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
      const place = `new URL(${JSON.stringify(folder)}, here)`;
      const contents = fs
        .readFileSync(path, 'utf8')
        .replace(/\bimport\.meta\.url\b/g, place)
        .replace(/\bimport\.meta\.resolve\b/g, 'resolve');
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
for (const [thread, module] of [
  ['start', 'src/cli/start.js'],
  ['role', 'src/role/node-role.js'],
]) {
  const { outputFiles } = await build({
    entryPoints: [join(dist, module)],
    write: false,
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    supported: { 'dynamic-import': true },
    mainFields: ['module', 'main'],
    minifyWhitespace: true,
    define: { JOINED: 'true' },
    logLevel: 'error',
    plugins: [inPlace, external],
  });
  const script = outputFiles[0].text.replace(/\bimport\(/g, 'load(');
  fs.mkdirSync(out, { recursive: true });
  fs.writeFileSync(join(out, `${thread}.cjs`), script);
}
const { status, stderr } = spawnSync(
  process.execPath,
  [fileURLToPath(new URL('keep-code.mjs', import.meta.url))],
  { encoding: 'utf8' },
);
if (status !== 0) throw new Error(`the joined command does not run: ${stderr}`);
