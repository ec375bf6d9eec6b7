/** Builds the demo with Vite, as a user of the package would: it imports beaverdam by its name, from dist. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Builds demo/ into `out`, by default dist/demo; what Vite warned of. */
export async function buildDemo(out = join(root, 'dist/demo')) {
  const { build, createLogger } = await import('vite');
  const warnings = [];
  const customLogger = { ...createLogger('silent'), warn: (text) => warnings.push(text) };
  const rolldownOptions = { checks: { bundlerTimings: false } };
  await build({
    root: join(root, 'demo'),
    base: './',
    configFile: false,
    logLevel: 'warn',
    customLogger,
    worker: { format: 'es', rolldownOptions },
    build: { outDir: out, emptyOutDir: true, rolldownOptions },
  });
  return { out, warnings };
}
