/**
 * The commands `sweep FILE`, `sweep wine` and `sweep fashion-mnist`: the same training with several widths, rates or seeds. With
 * --json, one object a training and nothing else:
 *
 *     {"hidden":[16],"rate":0.1,"seed":0,"parameters":…,"accuracy":…,"loss":…,"plainAccuracy":…,"seconds":…,
 *      "rounds":…,"bytesOnline":…,"bytesDealt":…}
 *
 * A regression has r2 and plainR2. Where a training was ended, since its numbers came near the limit of the ring, what is known on
 * shares is null.
 */
import { fashionMnistDefaults } from '../jobs/fashion-mnist.js';
import { type LocalTrainingJob, totalRows } from '../jobs/job.js';
import { tableDefaults } from '../jobs/table.js';
import { wineDefaults } from '../jobs/wine.js';
import { duration, percent, widthsName } from '../report/format.js';
import { type SweepPoint, sweep, type Variant } from '../report/sweep.js';
import { sweepPage } from '../report/sweep-page.js';
import { command } from './command.js';
import { ranged } from './inputs.js';
import { flag, several, type Values } from './options.js';
import { checkPage } from './page.js';
import { report } from './page-option.js';
import { ProgressBar } from './progress-bar.js';
import { untilSignal } from './signals.js';
import { networkOptions, tableOf, tableOptions, targetsOf, variedOptions } from './table-options.js';
import { terminal } from './terminal.js';
import { fashionMnistOf, fashionMnistOptions, wineOf, wineOptions } from './train.js';
import { exitCodes, UsageError } from './usage.js';
import { writeWhole } from './write.js';

/** The most trainings that one command starts. */
const MOST = 1000;

type Varied = Pick<typeof variedOptions, 'hidden' | 'seed'>;

/** What is tried: all combinations of these. */
const varied = (
  { hidden, seed }: Varied,
  defaults: { readonly hidden: readonly number[]; readonly seed: number },
) => ({
  hidden: several(
    { ...hidden, describe: 'widths of the hidden dense layers of each network, none:8:32,16' },
    ':',
    [defaults.hidden],
    defaults.hidden.join(','),
  ),
  rate: several({ ...variedOptions.rate, describe: 'learning rates' }, ',', [undefined], "the job's own"),
  seed: several({ ...seed, describe: 'public seeds' }, ',', [defaults.seed], String(defaults.seed)),
});

const told = {
  json: flag('one JSON object a training; nothing else on standard output'),
  'no-compare': flag('leave out the same trainings in clear'),
  report,
};

type Tried = Values<ReturnType<typeof varied>>;

interface Sweep {
  readonly name: string;
  readonly make: (variant: Required<Pick<Variant, 'hidden' | 'seed'>> & Variant) => Promise<LocalTrainingJob>;
  readonly tried: Tried;
  readonly told: Values<typeof told>;
}

function variantsOf(name: string, { hidden, rate, seed }: Tried) {
  const all = hidden.flatMap((widths) =>
    rate.flatMap((r) => seed.map((s) => ({ hidden: widths, seed: s, ...(r !== undefined && { rate: r }) }))),
  );
  if (all.length <= MOST) return all;
  throw new UsageError(`${name}: ${all.length} trainings, more than ${MOST}`);
}

/** Runs all trainings and tells of them as they are done. @returns the exit code */
async function runSweep({ name, make, tried, told: how }: Sweep): Promise<number> {
  const { json, 'no-compare': noCompare, report: path } = how;
  const variants = variantsOf(name, tried);
  if (path !== undefined) await checkPage(`${name}: --report`, path);
  const first = await make(variants[0]);
  const screen = terminal(process.stdout);
  const lines = new Lines(variants, first, !noCompare);
  if (!json) screen.write(lines.heading());
  const bar = new ProgressBar(screen, first.unit);
  const perTraining = first.epochs * totalRows(first, 'train');
  const points = await ranged(name, () =>
    untilSignal('the sweep', 'the session has ended', (signal) =>
      sweep((variant) => make(variant as (typeof variants)[number]), variants, {
        signal,
        compare: !noCompare,
        onProgress: (place, _job, done) => {
          const label = `training ${place + 1}/${variants.length}`;
          if (!json) {
            bar.update({ done: place * perTraining + done, total: variants.length * perTraining, label });
          }
        },
        onPoint: (point) => screen.write(json ? jsonLine(first, point) : lines.line(point)),
      }),
    ),
  );
  if (path !== undefined) {
    const measure = first.task === 'regress' ? 'R²' : 'accuracy';
    await writeWhole(path, await sweepPage({ title: first.title, measure, epochs: first.epochs, points }));
    if (!json) process.stdout.write(`\nfigures: ${path}\n`);
  }
  return exitCodes.done;
}

function jsonLine({ task }: LocalTrainingJob, { score, plainScore, ...point }: SweepPoint): string {
  const { hidden, rate, seed, parameters, ...others } = point;
  const scores =
    task === 'regress' ? { r2: score, plainR2: plainScore } : { accuracy: score, plainAccuracy: plainScore };
  return `${JSON.stringify({ hidden, rate, seed, parameters, ...scores, ...others })}\n`;
}

/** A table that grows line by line: its widths are known before. */
class Lines {
  readonly #hidden: number;

  constructor(
    variants: readonly Variant[],
    readonly job: LocalTrainingJob,
    readonly compare: boolean,
  ) {
    this.#hidden = Math.max(8, ...variants.map(({ hidden }) => widthsName(hidden).length));
  }

  heading(): string {
    const score = this.job.task === 'regress' ? 'R²' : 'accuracy';
    const title = `${this.job.title}: trainings on secret shares, on the test rows`;
    const cells = [
      'hidden',
      'rate',
      'seed',
      'parameters',
      score,
      ...(this.compare ? ['in clear'] : []),
      'time',
    ];
    return `${title}\n\n${this.#row(cells)}`;
  }

  line({ hidden, rate, seed, parameters, score, plainScore, seconds }: SweepPoint): string {
    const text = (value: number | null) =>
      value === null ? 'ended' : this.job.task === 'regress' ? value.toFixed(4) : percent(value);
    const cells = [widthsName(hidden), String(Number(rate.toPrecision(4))), String(seed), String(parameters)];
    const clear = this.compare ? [text(plainScore)] : [];
    return this.#row([...cells, text(score), ...clear, seconds === null ? '–' : duration(seconds)]);
  }

  #row([first, ...others]: readonly string[]): string {
    return `  ${first.padEnd(this.#hidden)}${others.map((cell) => cell.padStart(12)).join('')}\n`;
  }
}

const ABOUT = [
  'Trains with all combinations of several widths, rates and seeds, one after the other, on secret shares and in clear,',
  'and prints a line for each. With --report a page shows them side by side.',
].join('\n');

export const sweepTable = command({
  name: 'sweep',
  operands: ['FILE'],
  operandLike: /[./\\]|^FILE$/,
  summary: 'train on a table with several widths, rates or seeds',
  about: ABOUT,
  options: { ...tableOptions, ...varied(variedOptions, tableDefaults), ...networkOptions, ...told },
  run({ json, 'no-compare': noCompare, report: path, hidden, rate, seed, ...options }, [file]) {
    targetsOf('sweep', options.target);
    return runSweep({
      name: 'sweep',
      make: async (variant) =>
        (await tableOf('sweep', file, { rate: undefined, ...options, ...variant })).job,
      tried: { hidden, rate, seed },
      told: { json, 'no-compare': noCompare, report: path },
    });
  },
});

const { hidden: _w, rate: wineRate, seed: _s, ...wineRest } = wineOptions;

export const sweepWine = command({
  name: 'sweep wine',
  summary: 'train Wine with several widths, rates or seeds',
  about: ABOUT,
  options: { ...wineRest, ...varied(wineOptions, wineDefaults), ...told },
  run({ json, 'no-compare': noCompare, report: path, hidden, rate, seed, ...options }) {
    return runSweep({
      name: 'sweep wine',
      make: (variant) => wineOf({ rate: wineRate.fallback, ...options, ...variant }),
      tried: { hidden, rate, seed },
      told: { json, 'no-compare': noCompare, report: path },
    });
  },
});

const { hidden: _h, rate: _r, seed: _d, ...imageRest } = fashionMnistOptions;

export const sweepFashionMnist = command({
  name: 'sweep fashion-mnist',
  summary: 'the same for pictures of clothes',
  about: ABOUT,
  options: { ...imageRest, ...varied(fashionMnistOptions, fashionMnistDefaults), ...told },
  run({ json, 'no-compare': noCompare, report: path, hidden, rate, seed, ...options }) {
    const name = 'sweep fashion-mnist';
    if (options.model !== 'mlp' && hidden.length > 1) {
      throw new UsageError(`${name}: --hidden: a ${options.model} has no hidden layers to choose`);
    }
    return runSweep({
      name,
      make: (variant) => fashionMnistOf(name, { rate: undefined, ...options, ...variant }),
      tried: { hidden, rate, seed },
      told: { json, 'no-compare': noCompare, report: path },
    });
  },
});
