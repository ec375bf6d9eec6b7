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

interface Bench {
  readonly about: string;
  run(options: { readonly rounds?: number }): Promise<void>;
}

const benches: Readonly<Record<string, Bench>> = {
  command: { about: 'the command line, cold, beside a warm fit', run: benchCommand },
  kernels: { about: 'kernels of both rings', run: benchKernels },
  network: {
    about: 'roles in processes of their own, over lines with delays and rates',
    run: (options) => benchNetwork({ startApart, ...options }),
  },
  operations: { about: 'operations on tensors', run: benchOperations },
  page: { about: 'trainings in a page in Chromium, beside Node', run: benchPage },
  timing: { about: 'whether the time of a kernel tells its data', run: benchTiming },
  training: { about: "trainings beside TensorFlow.js, and where a step's time goes", run: benchTraining },
};

const width = Math.max(...Object.keys(benches).map(({ length }) => length));
const help = `Usage: npm run bench -- [NAME …] [--rounds N]

Runs the benches that are named, or all of them.

${Object.entries(benches)
  .map(([name, { about }]) => `  ${name.padEnd(width)}  ${about}`)
  .join('\n')}

  --rounds N  fits of each training (command, network, page, training)
  --help      this text`;

/** What the command line asks for. @throws TypeError or RangeError where it makes no sense */
function asked() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { rounds: { type: 'string' }, help: { type: 'boolean' } },
  });
  const unknown = positionals.find((name) => !Object.hasOwn(benches, name));
  if (unknown !== undefined) {
    throw new RangeError(`no bench named "${unknown}"; there are ${Object.keys(benches).join(', ')}`);
  }
  const rounds = values.rounds === undefined ? undefined : Number(values.rounds);
  if (rounds !== undefined && !(Number.isInteger(rounds) && rounds > 0)) {
    throw new RangeError(`--rounds must be a positive integer, got "${values.rounds}"`);
  }
  return { help: values.help, names: positionals, ...(rounds !== undefined && { rounds }) };
}

let wanted: ReturnType<typeof asked> | null = null;
try {
  wanted = asked();
} catch (error) {
  console.error(`bench: ${(error as Error).message}`);
  process.exitCode = 2;
}
if (wanted?.help) console.log(help);
else if (wanted) {
  const { help: _, names, ...options } = wanted;
  for (const name of names.length > 0 ? names : Object.keys(benches)) await benches[name].run(options);
}
