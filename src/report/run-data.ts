/** What a page shows of one run, as plain data: the same numbers that its figures are drawn from. */
import type { ClearResult, TensorFlowResult } from '../jobs/clear.js';
import { describeLayers, modelOf, type TrainingJob, totalRows } from '../jobs/job.js';
import { modelFor, type RoleResult } from '../jobs/program.js';
import { dryRunOf } from '../jobs/run.js';
import type { JobStep } from '../jobs/run-options.js';
import { r2Of } from '../jobs/targets.js';
import type { LayerSummary } from '../nn/summary.js';
import type { Times } from '../role/profile.js';
import type { DryRunReport } from '../session/dry-run-report.js';
import type { EpochLog } from '../session/history.js';
import { type SharedPicture, sharePicture } from './pictures.js';
import { epochRecord, type NumberRecord, resultRecord } from './records.js';
import type { ComplexityPoint } from './sweep.js';

/** Who has trained. */
export type Trainer = 'shares' | 'float' | 'tensorflow';

/** An epoch, counted from 1; scores are accuracies in 0..1, or R². Of the test rows what begins with val. */
export interface EpochScores {
  readonly epoch: number;
  readonly loss: number;
  readonly score: number;
  readonly valLoss: number;
  readonly valScore: number;
}

export interface Training {
  readonly trainer: Trainer;
  readonly name: string;
  readonly seconds: number;
  /** On the test rows, after the last epoch. */
  readonly score: number;
  readonly epochs: readonly EpochScores[];
}

/** What the training cost at one role. */
export interface RoleCosts {
  readonly role: string;
  readonly rounds: number;
  /** Bytes sent to parties in openings. */
  readonly online: number;
  /** Bytes that it sent as the provider, and as a party received of it. */
  readonly dealt: number;
  readonly peakBytes: number;
  /** Seconds by kind of work. */
  readonly times: Times | null;
}

/** The largest numbers of a layer in the dry run; bits are null where all were 0. */
export interface HeadRoom {
  readonly layer: number;
  readonly type: string;
  readonly kind: string;
  readonly largest: number;
  readonly limit: number;
  readonly bits: number | null;
}

export interface RunData {
  readonly title: string;
  /** What a row is called. */
  readonly unit: string;
  /** The shapes that a row goes through. */
  readonly network: string;
  readonly parameters: number;
  readonly measure: 'accuracy' | 'R²';
  readonly rows: { readonly train: number; readonly test: number };
  readonly parties: readonly string[];
  readonly provider: string;
  readonly ring: number;
  readonly fractionBits: number;
  readonly batchSize: number;
  readonly seed: number;
  /** As `--json` prints them. */
  readonly epochs: readonly NumberRecord[];
  /** As `--json` prints it. */
  readonly result: NumberRecord;
  readonly trainings: readonly Training[];
  readonly roles: readonly RoleCosts[];
  /** One step, at one party. */
  readonly layers: readonly LayerSummary[];
  readonly headRoom: readonly HeadRoom[];
  /** None unless a sweep was asked for. */
  readonly complexity: readonly ComplexityPoint[];
  /** One test image in shares; null for other rows. */
  readonly picture: SharedPicture | null;
}

export interface Outcome {
  readonly shares: RoleResult;
  readonly plain: ClearResult | null;
  readonly tensorFlow: TensorFlowResult | null;
}

/** Listens to a run in which all roles are in this process, and makes its data. */
export class RunRecorder {
  /** The job to run: the given one, with the time of each kind of work taken. */
  readonly job: TrainingJob;
  #fractionBits = 0;
  #dryRun: DryRunReport | null = null;

  constructor(job: TrainingJob) {
    this.job = { ...job, session: { ...job.session, profile: true } };
  }

  step(step: JobStep): void {
    if (step.step !== 'connect') return;
    this.#fractionBits = step.session.settings.fractionBits;
    this.#dryRun = step.dryRun;
  }

  /** @throws TypeError where the model owner is elsewhere */
  async data(outcome: Outcome, complexity: readonly ComplexityPoint[] = []): Promise<RunData> {
    const { job } = this;
    const { shares, plain } = outcome;
    const { revealed, ring } = shares;
    if (!revealed) throw new TypeError('a report needs the model owner in this process');
    const provider = job.session.provider ?? 'provider';
    const dryRun = this.#dryRun ?? (await dryRunOf('report', job));
    const fractionBits = this.#fractionBits;
    const parties = job.parts.map(({ owner }) => owner);
    const batchSize = Math.min(job.batchSize, totalRows(job, 'train'));
    const setting = { ring, fractionBits, parties: parties.length, batchSize };
    return {
      title: job.title,
      unit: job.unit,
      network: describeLayers(job),
      parameters: modelOf(job).parameters,
      measure: job.task === 'regress' ? 'R²' : 'accuracy',
      rows: { train: totalRows(job, 'train'), test: totalRows(job, 'test') },
      parties,
      provider,
      ring,
      fractionBits,
      batchSize,
      seed: job.seed,
      epochs: revealed.epochs.map((log) => epochRecord(job, log)),
      result: resultRecord(job, shares, plain),
      trainings: trainingsOf(job, outcome),
      roles: [...shares.costs].map(([role, { rounds, online, dealt }]) => ({
        role,
        rounds,
        online,
        dealt,
        peakBytes: shares.peakMemory.get(role) ?? 0,
        times: shares.times.get(role) ?? null,
      })),
      layers: modelFor(job).summary(setting).layers,
      headRoom: dryRun.peaks.map(({ layer, type, kind, largest, limit, headRoom }) => ({
        layer,
        type,
        kind,
        largest,
        limit,
        bits: Number.isFinite(headRoom) ? headRoom : null,
      })),
      complexity,
      picture: sharePicture(job),
    };
  }
}

function trainingsOf(job: TrainingJob, { shares, plain, tensorFlow }: Outcome): Training[] {
  const regress = job.task === 'regress';
  type Log = Pick<EpochLog, 'epoch' | 'loss' | 'accuracy' | 'valLoss' | 'valAccuracy'>;
  const scores = ({ epoch, loss, accuracy, valLoss, valAccuracy }: Log): EpochScores => ({
    epoch: epoch + 1,
    loss,
    score: (regress ? r2Of(loss) : accuracy) ?? Number.NaN,
    valLoss: valLoss ?? Number.NaN,
    valScore: (regress ? r2Of(valLoss ?? Number.NaN) : valAccuracy) ?? Number.NaN,
  });
  const training = (
    trainer: Trainer,
    name: string,
    seconds: number,
    result: Pick<ClearResult, 'accuracy' | 'regression'> & { readonly epochs: readonly Log[] },
  ): Training => ({
    trainer,
    name,
    seconds,
    score: (regress ? result.regression?.r2 : result.accuracy) ?? Number.NaN,
    epochs: result.epochs.map(scores),
  });
  const found: Training[] = [];
  if (shares.revealed) found.push(training('shares', 'on secret shares', shares.seconds, shares.revealed));
  if (plain) found.push(training('float', 'in clear, float', plain.seconds, plain));
  if (tensorFlow) {
    const name = `in clear, TensorFlow.js (${tensorFlow.backend})`;
    found.push(training('tensorflow', name, tensorFlow.seconds, tensorFlow));
  }
  return found;
}
