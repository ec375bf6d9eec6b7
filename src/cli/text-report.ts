/** A training told to a person: the four steps, a live bar, a line an epoch, and the results side by side. */
import type { Dataset } from '../data/dataset.js';
import {
  describeLayers,
  isOwned,
  labelledPart,
  namesOfJob,
  partiesOf,
  rowsOf,
  type TrainingJob,
  totalRows,
  widthOf,
} from '../jobs/job.js';
import type { RoleResult } from '../jobs/program.js';
import type { Costs, JobProgress, JobStep } from '../jobs/run-options.js';
import { type RegressionScores, r2Of } from '../jobs/targets.js';
import type { OptimizerConfig } from '../model/optimizers.js';
import { bytes, count, duration, percent, table } from '../report/format.js';
import type { EpochLog } from '../session/history.js';
import type { LinkEvent } from '../session/network.js';
import { ProgressBar } from './progress-bar.js';
import type { Comparison, Report } from './report.js';
import { scoresText } from './scores-text.js';
import type { Terminal } from './terminal.js';

const NAME_WIDTH = 10;
const TIME_WIDTH = 8;

export class TextReport implements Report {
  #bar: ProgressBar | null = null;
  /** The epoch of which progress was told last. */
  #last: number | null = null;

  constructor(
    readonly job: TrainingJob,
    readonly out: Terminal,
    /** Whether trainings in clear are to stand in the results. */
    readonly compare: boolean,
    /** The role that runs here, where the others are elsewhere. */
    readonly role: string | null = null,
  ) {
    const as = role === null ? '' : `, as ${role}`;
    this.#line(out.style('bold', `${job.title}: training on secret shares${as}`), '');
  }

  link({ peer, state }: LinkEvent): void {
    const words = { absent: null, linked: `${peer} is linked`, lost: `${peer} is out of reach`, ended: null };
    const line = words[state];
    if (line !== null) this.#line(this.out.style('dim', `  ${line}`));
  }

  step(step: JobStep): void {
    const [number, lines] = stepText(this.job, step, this.role);
    const { style } = this.out;
    const [first, ...rest] = lines;
    const took = step.step === 'train' ? '' : duration(step.seconds);
    const name = style('cyan', `${number} ${step.step}`.padEnd(NAME_WIDTH));
    this.#line(`${name}${style('dim', took.padStart(TIME_WIDTH))}   ${first}`);
    for (const line of rest) this.#line(`${' '.repeat(NAME_WIDTH + TIME_WIDTH + 3)}${style('dim', line)}`);
    if (step.step !== 'train') return;
    this.#line('');
    if (this.#seesEpochs) this.#line(this.out.style('dim', epochHeading(this.job)));
    this.#bar = new ProgressBar(this.out, this.job.unit);
  }

  /** Where the owner is elsewhere, an epoch is told when it is over, without what was revealed. */
  progress({ epoch, done, total }: JobProgress): void {
    if (!this.#seesEpochs && epoch > (this.#last ?? epoch)) this.#epochDone(epoch);
    this.#last = epoch;
    this.#bar?.update({ done, total, label: `epoch ${epoch + 1}/${this.job.epochs}` });
  }

  epoch(log: EpochLog): void {
    const cells = [
      `${log.epoch + 1}/${this.job.epochs}`.padEnd(8),
      log.loss.toFixed(4).padStart(8),
      this.#measure(log.accuracy, log.loss).padStart(10),
      (log.valLoss ?? 0).toFixed(4).padStart(11),
      this.#measure(log.valAccuracy, log.valLoss).padStart(15),
      duration(log.seconds).padStart(10),
    ];
    this.#line(`  ${cells.join('')}`);
    this.progress({
      epoch: Math.min(log.epoch + 1, this.job.epochs - 1),
      done: (log.epoch + 1) * totalRows(this.job, 'train'),
      total: this.job.epochs * totalRows(this.job, 'train'),
    });
  }

  again(reason: string): void {
    this.out.write('');
    this.#last = null;
    this.#line('', `  ${this.out.style('yellow', reason)}`, '  begins again in ring 64', '');
  }

  trained({ revealed, predictions, costs, peakMemory, seconds, made }: RoleResult): void {
    if (this.role !== null && this.job.session.clients?.includes(this.role)) return;
    if (!this.#seesEpochs) {
      if (this.#last !== null) this.#epochDone(made);
      this.#line('', `  trained in ${duration(seconds)}; what was revealed, the model owner alone knows`);
    }
    const { earlyStopping, epochs } = this.job;
    if (earlyStopping && made < epochs) {
      const { monitor = 'valLoss', patience = 1 } = earlyStopping;
      this.#line('', `  ended after ${made} of ${epochs} epochs: ${betterNoMore(monitor, patience)}`);
    }
    if (revealed) {
      const numbers = revealed.weights.reduce((sum, array) => sum + array.length, 0);
      this.#line('', `  ${count(numbers)} weights opened, to the model owner alone`);
    }
    this.#predictions(predictions);
    if (costs.size > 0) {
      const provider = this.job.session.provider ?? 'provider';
      this.#line('', ...this.#indent(costTable(costs, peakMemory, provider)));
    }
    if (this.compare) this.out.status('  training the same network in clear …');
  }

  async end(comparison: Comparison): Promise<void> {
    const { shares, plain } = comparison;
    if (!shares.revealed) return;
    const own = { ...shares.revealed, seconds: shares.seconds };
    const row = (name: string, result: Result) => resultRow(this.job, name, result);
    const rows = [resultHeading(this.job), row('on secret shares', own)];
    if (plain) rows.push(row('in clear, float', plain));
    const tensorFlow = await comparison.tensorFlow();
    if (tensorFlow) {
      const { version, backend } = tensorFlow;
      rows.push(row(`in clear, TensorFlow.js ${version} (${backend})`, tensorFlow));
    }
    const [heading, ours, ...others] = table(rows);
    const { style } = this.out;
    const lines = [style('dim', heading), style('green', ours), ...others];
    this.#line('', ...this.#indent(lines));
    const { scores } = shares.revealed;
    const told = scores ? scoresText(scores, namesOfJob(this.job).classes ?? []) : [];
    if (told.length > 0) this.#line('', ...this.#indent(told));
    if (this.job.task === 'regress' && scores?.r2 === undefined) {
      this.#line('', ...this.#indent(R2_NOTE.map((line) => style('dim', line))));
    }
    if (this.role === null) this.#line('', ...NOTE.map((line) => style('yellow', line)));
  }

  abandon(): void {
    this.out.write('');
  }

  /** Whether what an epoch reveals is known here. */
  get #seesEpochs(): boolean {
    return this.role === null || this.role === (this.job.session.owner ?? 'owner');
  }

  /** The accuracy, or R². */
  #measure(accuracy: number | undefined, loss = Number.NaN): string {
    return this.job.task === 'regress' ? r2Of(loss).toFixed(4) : percent(accuracy ?? 0);
  }

  /** @param done epochs */
  #epochDone(done: number): void {
    this.#line(this.out.style('dim', `  epoch ${done}/${this.job.epochs} done`));
  }

  #predictions(predictions: RoleResult['predictions']): void {
    if (predictions.length === 0) return;
    const [{ owner }] = predictions;
    const part = this.job.parts.find((candidate) => candidate.owner === owner);
    if (!part || !isOwned(part)) return;
    const { test } = part;
    const answers = predictions.map(({ predicted, actual }) =>
      predicted === actual
        ? `${className(test, predicted)} ✓`
        : `${className(test, predicted)} ✗ (${className(test, actual)})`,
    );
    this.#line(`  predictions for ${owner}, opened to ${owner} alone: ${answers.join(', ')}`);
  }

  #indent(lines: readonly string[]): string[] {
    return lines.map((line) => `  ${line}`);
  }

  #line(...lines: readonly string[]): void {
    this.out.write(lines.map((line) => `${line}\n`).join(''));
  }
}

const MONITORED = {
  loss: 'the loss has got no smaller',
  accuracy: 'the accuracy has got no larger',
  valLoss: 'the test loss has got no smaller',
  valAccuracy: 'the test accuracy has got no larger',
};

const betterNoMore = (monitor: keyof typeof MONITORED, patience: number): string =>
  `${MONITORED[monitor]} for ${patience === 1 ? 'an epoch' : `${patience} epochs`}`;

/** A step's number and what is said of it, the important line first. */
function stepText(job: TrainingJob, step: JobStep, role: string | null): [number, string[]] {
  const names = partiesOf(job);
  const { clients = [] } = job.session;
  switch (step.step) {
    case 'connect': {
      const { provider, ring, ringReason, fractionBits, mode } = step.session.settings;
      const data =
        clients.length > 0
          ? `${clients.join(', ')} hold data, ${names.join(', ')}`
          : `${names.join(', ')} hold data and`;
      const roles = `${data} compute, ${provider} deals randomness`;
      const reason =
        job.divided === 'columns' ? 'no dry run, for nobody has whole rows' : step.dryRun && ringReason;
      const numbers = `numbers modulo 2^${ring}, ${fractionBits} fraction bits${reason ? ` (${reason})` : ''}`;
      const threads = {
        parallel: 'a worker thread each',
        'parties-in-turn': 'the parties in turn in one thread, the provider in another',
        'in-turn': 'in turn in one thread, for steps are small or few',
      }[mode];
      const where = role === null ? threads : `${role} here, the others over TLS 1.3`;
      return [1, [roles, where, numbers]];
    }
    case 'share': {
      if (job.divided === 'columns') return [2, columnsText(job)];
      const rows = job.parts.map(
        (part) => `${part.owner} ${rowsOf(part, 'train')} + ${rowsOf(part, 'test')}`,
      );
      const lines = [`${rows.join(', ')} ${job.unit} to train + to test, cut into ${names.length} shares`];
      if (step.sumsOpened === 0) return [2, lines];
      const medians = job.medians?.length ?? 0;
      const and = medians > 0 ? ` and ${medians} ${medians === 1 ? 'median' : 'medians'}` : '';
      return [
        2,
        [...lines, `columns scaled by joint statistics: ${step.sumsOpened} sums${and} opened, no row`],
      ];
    }
    case 'exchange': {
      const passed = exchanged(step.costs, names);
      if (passed === 0) return [3, [`the owners' shares and masked values, none of them at ${role}`]];
      const sent = bytes(passed);
      const by = role === null ? '' : `, sent or received by ${role}`;
      return [3, [`${sent} of shares and masked values${by}; each message alone is noise`]];
    }
    case 'leave':
      return [
        3,
        [`the parties have all of ${step.client}'s rows, in shares; ${step.client} takes no further part`],
      ];
    case 'train': {
      const { loss, optimizer, epochs, batchSize } = job;
      const most = job.earlyStopping ? 'at most ' : '';
      const length = `${most}${epochs} ${epochs === 1 ? 'epoch' : 'epochs'} in batches of ${batchSize}`;
      const plan = `${words(loss)}, ${optimizer.type}, ${rateText(optimizer)}, ${length}`;
      return [4, [describeLayers(job), plan, ...weightsText(job, step.classWeights)]];
    }
  }
}

/** What rows count for by their class, where they do not count alike. */
function weightsText(job: TrainingJob, weights: readonly number[] | null): string[] {
  if (!weights) return [];
  const { classes = [] } = namesOfJob(job);
  const each = weights.map((weight, c) => `${classes[c] ?? c} ${Number(weight.toPrecision(3))}`);
  return [`rows count by class: ${each.join(', ')}; losses are without weights`];
}

/** Whose columns there are, where each party has some. */
function columnsText(job: TrainingJob): string[] {
  const label = labelledPart(job.parts).owner;
  const columns = job.parts.map((part) => {
    const { inputs } = widthOf(part);
    return `${part.owner} ${inputs} ${inputs === 1 ? 'input' : 'inputs'}${part.owner === label ? ' and the target' : ''}`;
  });
  const rows = `${totalRows(job, 'train')} + ${totalRows(job, 'test')} ${job.unit} to train + to test`;
  return [
    `${columns.join(', ')} of ${rows}, cut into ${job.parts.length} shares`,
    'columns scaled by their own statistics, at their owners: no sum opened',
  ];
}

const epochHeading = ({ task }: TrainingJob): string =>
  task === 'regress'
    ? '  epoch       loss        R²  test loss        test R²      time'
    : '  epoch       loss  accuracy  test loss  test accuracy      time';

/** What R² is measured against, where nothing else is opened. */
const R2_NOTE = [
  'R² here is 1 − loss: squared errors over the variance of the targets to train on. Where those of the test rows are spread',
  'otherwise, as by an outlier, --metrics r2 measures it against their own mean.',
];

const NOTE = [
  'All roles ran in this one process, which protects nothing from whoever owns the process:',
  'it shows what the protocol computes and what it costs.',
];

/** 'rate 0.375', or where a schedule begins: 'rate from 1.25'. */
function rateText({ learningRate }: OptimizerConfig): string {
  if (typeof learningRate === 'number') return `rate ${learningRate}`;
  return `rate from ${learningRate.rate}`;
}

/** A class as it is called, 'class 2' where its name is a number. */
function className({ names }: Dataset, index: number): string {
  const name = names?.classes?.[index] ?? String(index);
  return /^\d+$/.test(name) ? `class ${name}` : name;
}

interface Result {
  readonly accuracy: number;
  readonly loss: number;
  readonly seconds: number;
  readonly regression?: RegressionScores;
}

/** Of a regression R² and the mean absolute error of each target, in its own units. */
const resultHeading = (job: TrainingJob): string[] => {
  if (job.task !== 'regress') return ['on the test rows', 'accuracy', 'loss', 'time'];
  const { classes: names = [] } = namesOfJob(job);
  return ['on the test rows', 'R²', ...names.map((name) => `error of ${name}`), 'loss', 'time'];
};

const resultRow = ({ task }: TrainingJob, name: string, { accuracy, loss, seconds, regression }: Result) => [
  name,
  ...(task === 'regress' && regression
    ? [regression.r2.toFixed(4), ...regression.mae.map((error) => String(Number(error.toPrecision(3))))]
    : [percent(accuracy)]),
  loss.toFixed(4),
  duration(seconds),
];

/** 'mean squared error' from 'meanSquaredError'. */
const words = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/**
 * What was sent to bring the data to the parties, as far as it is known here: shares to the last party, and masked values
 * among all.
 */
function exchanged(costs: Costs, parties: readonly string[]): number {
  const online = parties.reduce((sum, name) => sum + (costs.get(name)?.online ?? 0), 0);
  return online + Math.max(0, ...[...costs.values()].map(({ input }) => input));
}

/** Rounds and bytes of the training by role, and the memory that its values took. */
function costTable(costs: Costs, peakMemory: ReadonlyMap<string, number>, provider: string): string[] {
  const rows = [...costs].map(([name, { rounds, online, dealt }]) => {
    const memory = bytes(peakMemory.get(name) ?? 0);
    if (name === provider) return [name, '–', '–', `sent ${bytes(dealt)}`, memory];
    return [name, count(rounds), bytes(online), dealt > 0 ? `received ${bytes(dealt)}` : '–', memory];
  });
  return table([['training, by role', 'rounds', 'sent to parties', 'dealt', 'memory'], ...rows]);
}
