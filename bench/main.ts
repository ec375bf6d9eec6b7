/** Runs the benches named on the command line, or all: `npm run bench -- training --rounds 3`. */
import { parseArgs } from 'node:util';
import { benchCommand } from './command.js';
import { benchKernels } from './kernels.js';
import { benchNetwork } from './network.js';
import { benchOperations } from './operations.js';
import { benchPage } from './page.js';
import { startApart } from './support/network/apart.js';
import { benchTiming } from './timing.js';
import { benchTraining } from './training.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string' } },
});
const rounds = values.rounds === undefined ? undefined : Number(values.rounds);

const benches: Readonly<Record<string, () => Promise<void>>> = {
  command: () => benchCommand({ ...(rounds !== undefined && { rounds }) }),
  kernels: benchKernels,
  network: () => benchNetwork({ startApart, ...(rounds !== undefined && { rounds }) }),
  operations: benchOperations,
  page: () => benchPage({ ...(rounds !== undefined && { rounds }) }),
  timing: benchTiming,
  training: () => benchTraining({ ...(rounds !== undefined && { rounds }) }),
};

const unknown = positionals.find((name) => !Object.hasOwn(benches, name));
if (unknown !== undefined) {
  console.error(`bench: no bench named "${unknown}"; there are ${Object.keys(benches).join(', ')}`);
  process.exitCode = 2;
} else {
  for (const name of positionals.length > 0 ? positionals : Object.keys(benches)) await benches[name]();
}
