/**
 * Joins the package's modules into few, which load sooner: called by scripts/shrink.mjs. Entry points, workers, hosts and what
 * goes by where it lies (`import.meta`) stay where they are; all else moves into dist/parts, one part for what the same entry
 * points lead to, so that none loads more than it needs.
 */
import * as fs from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { build } from 'esbuild';

/** Stands in a name for the folder of the whole, until the place of the module that names it is known. */
const ROOT = '\0root/';
/** The URLs of workers. */
const WORKERS = /\bnew URL\(\s*['"]([^'"]+\.js)['"],\s*import\.meta\.url/g;

/** @param files all modules of the package; @returns those that are left */
export async function joinModules(root, files) {
  const { exports: entries, imports, bin } = JSON.parse(fs.readFileSync(join(root, 'package.json'), 'utf8'));
  const texts = new Map(files.map((file) => [file, fs.readFileSync(file, 'utf8')]));
  const placed = files.filter((file) => /\bimport\.meta\b/.test(texts.get(file)));
  const named = [
    ...Object.values(entries).map((entry) => entry.default ?? entry),
    ...Object.values(imports).flatMap((hosts) => Object.values(hosts)),
    ...Object.values(bin),
  ].map((path) => resolve(root, path));
  const workers = placed.flatMap((file) =>
    [...texts.get(file).matchAll(WORKERS)].map(([, path]) => resolve(dirname(file), path)),
  );
  const kept = new Set([...placed, ...named, ...workers].filter((file) => file.endsWith('.js')));
  const inPlace = new Set(placed);
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
    chunkNames: 'parts/[hash]',
    write: false,
    logLevel: 'error',
    plugins: [elsewhere],
  });
  for (const file of files) fs.rmSync(file);
  fs.rmSync(join(dist, 'parts'), { recursive: true, force: true });
  for (const { path, text } of outputFiles) {
    const up = relative(dirname(path), dist).replaceAll('\\', '/') || '.';
    fs.mkdirSync(dirname(path), { recursive: true });
    fs.writeFileSync(path, text.replaceAll('\\0root/', up.startsWith('.') ? `${up}/` : `./${up}/`));
  }
  return outputFiles.map(({ path }) => path);
}
