/**
 * Joins what the command and the larger entry points have for themselves into few modules, in dist/parts, which load sooner:
 * called by scripts/shrink.mjs. What other entries, workers and hosts lead to stays as it is, for bundlers to choose from, and so
 * does what goes by where it lies (`import.meta`).
 */
import * as fs from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { build } from 'esbuild';

/** Stands in a name for the folder of the whole, until the place of the module that names it is known. */
const ROOT = '\0root/';
/** What names a module: imports, exports from it, and the URLs of workers. */
const NAMED = /(?:\bfrom|\bimport|\bimport\(|\bnew URL\()\s*(["'`])([.#][^"'`]+)\1/g;
/** Names of joined modules, as they are made. */
const PART = /\bpart-[A-Z0-9]{8}\.js\b/g;
/** Entries whose modules are joined; those that small pages take stay as they are, for bundlers to choose from. */
const JOINED = ['./jobs', './join', './interchange', './testing'];

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
export async function joinModules(root, files) {
  const { exports: entries, imports, bin } = JSON.parse(fs.readFileSync(join(root, 'package.json'), 'utf8'));
  const modules = (paths) => paths.map((path) => resolve(root, path)).filter((path) => path.endsWith('.js'));
  const at = (names) => names.map((name) => entries[name].default ?? entries[name]);
  const kept = new Set(modules([...at(JOINED), ...Object.values(bin)]));
  const others = Object.keys(entries).filter((name) => !JOINED.includes(name));
  const inPlace = reachedFrom(modules(at(others)), root, imports);
  for (const file of files) {
    if (
      dirname(file) !== dirname(resolve(root, bin.beaverdam)) &&
      /\bimport\.meta\b/.test(fs.readFileSync(file, 'utf8'))
    ) {
      for (const reached of reachedFrom([file], root, imports)) if (!kept.has(reached)) inPlace.add(reached);
    }
  }
  const dist = join(root, 'dist');
  const elsewhere = {
    name: 'elsewhere',
    setup({ onResolve }) {
      onResolve({ filter: /./ }, ({ kind, path, resolveDir }) => {
        if (kind === 'entry-point') return undefined;
        if (!path.startsWith('.')) return { path, external: true };
        const file = resolve(resolveDir, path);
        if (!inPlace.has(file)) return undefined;
        return { path: ROOT + relative(dist, file).replaceAll('\\', '/'), external: true };
      });
    },
  };
  const { outputFiles } = await build({
    entryPoints: [...kept],
    outbase: dist,
    outdir: dist,
    bundle: true,
    splitting: true,
    format: 'esm',
    target: 'es2022',
    chunkNames: 'parts/part-[hash]',
    write: false,
    logLevel: 'error',
    plugins: [elsewhere],
  });
  // names without hashes, which begin alike: npm packs by name, and side by side they are 5 kB smaller
  const parts = outputFiles.map(({ path }) => basename(path)).filter((name) => name.startsWith('part-'));
  const short = new Map(parts.map((name, i) => [name, `part-${i.toString(36).padStart(2, '0')}.js`]));
  const shortened = (text) => text.replace(PART, (name) => short.get(name) ?? name);
  const moved = outputFiles.find(
    ({ path, text }) => dirname(path) === join(dist, 'parts') && /\bimport\.meta\b/.test(text),
  );
  if (moved) throw new Error(`${moved.path} goes by where it lies, and is moved`);
  fs.rmSync(join(dist, 'parts'), { recursive: true, force: true });
  const left = files.filter((file) => inPlace.has(file));
  for (const file of files) if (!inPlace.has(file)) fs.rmSync(file);
  for (const { path: long, text } of outputFiles) {
    const path = shortened(long);
    const up = relative(dirname(path), dist).replaceAll('\\', '/') || '.';
    fs.mkdirSync(dirname(path), { recursive: true });
    fs.writeFileSync(
      path,
      shortened(text).replaceAll('\\0root/', up.startsWith('.') ? `${up}/` : `./${up}/`),
    );
  }
  return [...left, ...outputFiles.map(({ path }) => shortened(path))];
}
