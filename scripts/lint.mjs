/**
 * Lints and checks the format of everything, and which way imports go; `--write` mends what can be mended.
 *
 * Biome reads TypeScript, where a function has no decorators; AssemblyScript has (`@inline`). The kernels are
 * therefore checked as copies in which such lines are comments, and mended copies are put back.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const write = process.argv.includes('--write');
const DECORATOR = /^( *)(@(?:inline|unsafe|lazy|final|operator|external|builtin|unmanaged)\b.*)$/gm;
const HIDDEN = /^( *)\/\/decorator (@.*)$/gm;

function biome(folder, path) {
  const command = join(root, 'node_modules/@biomejs/biome/bin/biome');
  const args = [command, 'check', '--error-on-warnings', ...(write ? ['--write'] : []), path];
  const { status } = spawnSync(process.execPath, args, { cwd: folder, stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}

/** The kernels, in a folder of their own beside a configuration that does not leave them out. */
function checkKernels() {
  const folder = mkdtempSync(join(tmpdir(), 'beaverdam-lint-'));
  try {
    const { vcs, files, ...config } = JSON.parse(readFileSync(join(root, 'biome.json'), 'utf8'));
    writeFileSync(
      join(folder, 'biome.json'),
      `${JSON.stringify({ ...config, files: { includes: ['assembly/**'] } })}\n`,
    );
    const sources = readdirSync(join(root, 'assembly'), { recursive: true }).filter((name) =>
      name.endsWith('.ts'),
    );
    for (const name of sources) {
      const text = readFileSync(join(root, 'assembly', name), 'utf8');
      mkdirSync(dirname(join(folder, 'assembly', name)), { recursive: true });
      writeFileSync(join(folder, 'assembly', name), text.replace(DECORATOR, '$1//decorator $2'));
    }
    biome(folder, 'assembly');
    for (const name of write ? sources : []) {
      const mended = readFileSync(join(folder, 'assembly', name), 'utf8').replace(HIDDEN, '$1$2');
      if (mended !== readFileSync(join(root, 'assembly', name), 'utf8'))
        writeFileSync(join(root, 'assembly', name), mended);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

biome(root, '.');
checkKernels();
const { status } = spawnSync(process.execPath, [join(root, 'scripts/check-imports.mjs')], {
  stdio: 'inherit',
});
if (status !== 0) process.exitCode = 1;
