/** The commands `report`, `report wine` and `report fashion-mnist`: the figures, and the runs that they need. */
import type { LocalTrainingJob } from '../jobs/job.js';
import type { RunData } from '../report/run-data.js';
import { type ComplexityPoint, complexityOf, sweep } from '../report/sweep.js';
import { command } from './command.js';
import { needed, type Options, readArguments } from './options.js';
import { checkPage, writePage } from './page.js';
import { terminal } from './terminal.js';
import { fashionMnistOf, fashionMnistOptions, wineOf, wineOptions } from './train.js';
import { runTraining } from './training.js';
import { exitCodes, UsageError } from './usage.js';

type MakeJob = (hidden?: readonly number[]) => Promise<LocalTrainingJob>;

/** One section of a page: a job, and the hidden layers that its network is tried with. */
interface Section {
  readonly make: MakeJob;
  readonly widths: readonly (readonly number[])[];
}

const WINE_WIDTHS = [[2], [4], [8], [16], [32], [32, 16]];
const FASHION_MNIST_WIDTHS = [[8], [16], [32], [64], [128], [128, 64]];

const out = needed('the page to write', 'FILE');

/** Runs what a page needs and writes it. @returns the exit code */
async function makePage(
  name: string,
  path: string | undefined,
  sections: readonly Section[],
): Promise<number> {
  if (path === undefined) throw new UsageError(`${name}: --out is needed (see beaverdam ${name} --help)`);
  await checkPage(`${name}: --out`, path);
  const runs: RunData[] = [];
  for (const { make, widths } of sections) {
    let found: RunData | undefined;
    const code = await runTraining(await make(), {
      json: false,
      compare: true,
      onData: async (data) => {
        found = data;
      },
    });
    if (code !== exitCodes.done || !found) return code;
    runs.push({ ...found, complexity: await complexityFor(make, widths) });
    process.stdout.write('\n');
  }
  await writePage(path, runs);
  process.stdout.write(`figures: ${path}\n`);
  return exitCodes.done;
}

/** The sweep, with a word on how far it is. */
async function complexityFor(make: MakeJob, widths: Section['widths']): Promise<readonly ComplexityPoint[]> {
  const screen = terminal(process.stdout);
  let done = 0;
  const tell = () => screen.status(`  training with other hidden layers: ${done++} of ${widths.length} …`);
  if (widths.length > 0) tell();
  const variants = widths.map((hidden) => ({ hidden }));
  const points = await sweep(({ hidden }) => make(hidden), variants, { onPoint: tell });
  screen.write('');
  return complexityOf(points);
}

const defaultsOf = <O extends Options>(options: O) => readArguments('report', options, []).values;

const wineSection = (options: Parameters<typeof wineOf>[0]): Section => ({
  make: (hidden = options.hidden) => wineOf({ ...options, hidden }),
  widths: WINE_WIDTHS,
});

const fashionMnistSection = (options: Parameters<typeof fashionMnistOf>[1]): Section => ({
  make: (hidden = options.hidden) => fashionMnistOf('report fashion-mnist', { ...options, hidden }),
  widths: options.model === 'mlp' ? FASHION_MNIST_WIDTHS : [],
});

export const reportWine = command({
  name: 'report wine',
  summary: 'train Wine with several networks, and draw the figures',
  about: [
    'Trains the Wine network as train wine does, then others with other hidden layers, on secret shares and in',
    'clear, and writes a page with the figures: one HTML file that needs no network.',
  ].join('\n'),
  options: { out, ...wineOptions },
  run: ({ out: path, ...options }) => makePage('report wine', path, [wineSection(options)]),
});

export const reportFashionMnist = command({
  name: 'report fashion-mnist',
  summary: 'the same for pictures of clothes',
  about: [
    'Trains the Fashion-MNIST network as train fashion-mnist does, then others with other hidden layers (those of',
    'an mlp), on secret shares and in clear, and writes a page with the figures: one HTML file that needs no',
    'network. It shows one test picture in clear and in shares.',
  ].join('\n'),
  options: { out, ...fashionMnistOptions },
  run: ({ out: path, ...options }) => makePage('report fashion-mnist', path, [fashionMnistSection(options)]),
});

export const reportAll = command({
  name: 'report',
  summary: 'both on one page',
  about: 'Makes the figures of report wine and of report fashion-mnist, with their defaults, on one page.',
  options: { out },
  run: ({ out: path }) =>
    makePage('report', path, [
      wineSection(defaultsOf(wineOptions)),
      fashionMnistSection(defaultsOf(fashionMnistOptions)),
    ]),
});
