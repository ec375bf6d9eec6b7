/**
 * Joins what only the command runs into one module, dist/src/cli/main.js, for the package: called by scripts/shrink.mjs. What an
 * entry point leads to stays where it is, in modules of its own, since bundlers and workers go by them; modules of types alone,
 * of which nothing is left, are removed.
 */
import * as fs from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { build } from 'esbuild';

/** What names a module: imports, exports from it, and the URLs of workers. */
const NAMED = /(?:\bfrom|\bimport|\bimport\(|\bnew URL\()\s*(["'`])([.#][^"'`]+)\1/g;

/** The modules of the package that one names; what `#host` and its like stand for, under every host. */
function namedBy(file, root, hosts) {
  const text = fs.readFileSync(file, 'utf8');
  return [...text.matchAll(NAMED)]
    .flatMap(([, , name]) =>
      name.startsWith('#')
        ? Object.values(hosts[name]).map((path) => resolve(root, path))
        : [resolve(dirname(file), name)],
    )
    .filter((path) => path.endsWith('.js') && fs.existsSync(path));
}

/** All modules that these lead to, and they themselves. */
function reachedFrom(files, root, hosts) {
  const reached = new Set(files);
  for (const file of reached) for (const next of namedBy(file, root, hosts)) reached.add(next);
  return reached;
}

/** @param files all modules of the package; @returns those that are left */
export async function joinCommand(root, files) {
  const { exports: entries, imports, bin } = JSON.parse(fs.readFileSync(join(root, 'package.json'), 'utf8'));
  const main = resolve(root, bin.beaverdam);
  const folder = dirname(main);
  const shared = reachedFrom(
    Object.values(entries)
      .map((entry) => resolve(root, entry.default ?? entry))
      .filter((path) => path.endsWith('.js')),
    root,
    imports,
  );
  const reached = reachedFrom([main], root, imports);
  const own = new Set([...reached].filter((file) => !shared.has(file)));
  const moved = [...own].filter(
    (file) => dirname(file) !== folder && /\bimport\.meta\b/.test(fs.readFileSync(file, 'utf8')),
  );
  if (moved.length) throw new Error(`joined into ${main}, and goes by where it lies: ${moved.join(', ')}`);
  const elsewhere = {
    name: 'elsewhere',
    setup({ onResolve }) {
      onResolve({ filter: /./ }, ({ kind, path, resolveDir }) => {
        if (kind === 'entry-point') return undefined;
        if (!path.startsWith('.')) return { path, external: true };
        const file = resolve(resolveDir, path);
        if (own.has(file)) return undefined;
        return { path: relative(folder, file).replaceAll('\\', '/'), external: true };
      });
    },
  };
  const { outputFiles } = await build({
    entryPoints: [main],
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    chunkNames: '[name]-[hash]',
    write: false,
    logLevel: 'error',
    plugins: [elsewhere],
  });
  for (const file of own) fs.rmSync(file);
  for (const { path, contents } of outputFiles) fs.writeFileSync(path, contents);
  const written = outputFiles.map(({ path }) => path);
  const empty = (file) => /^(\/\*.*?\*\/|\s)*export \{\};?\s*$/s.test(fs.readFileSync(file, 'utf8'));
  const left = files.filter((file) => !own.has(file) && !written.includes(file));
  const typesAlone = left.filter((file) => !shared.has(file) && !reached.has(file) && empty(file));
  for (const file of typesAlone) fs.rmSync(file);
  return [...left.filter((file) => !typesAlone.includes(file)), ...written];
}
