/** A training on shares as a page shows it: state, bar, charts, rows of epochs, pause, cancel, errors. */
import type { EpochLog } from 'beaverdam';
import { type JobResult, type JobStep, runJob, type TrainingJob } from 'beaverdam/jobs';
import { LiveChart } from './chart.js';
import { showCosts } from './costs.js';
import { element, showError, tableRow } from './dom.js';
import { percent, seconds } from './format.js';
import { PauseButton } from './pause.js';

const STEPS: Readonly<Record<JobStep['step'], string>> = {
  connect: 'Roles are up. Sharing the rows …',
  share: 'Columns are scaled by joint sums. Sending shares …',
  exchange: 'Every party holds its shares. Training …',
  leave: 'A client has left. Training …',
  train: 'Training on shares …',
};

/** The second figure of an epoch, beside its loss. */
export const scoreOf = (job: TrainingJob, log: { valLoss?: number; valAccuracy?: number }): number =>
  job.task === 'regress' ? 1 - (log.valLoss ?? Number.NaN) : (log.valAccuracy ?? Number.NaN);

export const showScore = (job: TrainingJob, score: number): string =>
  job.task === 'regress' ? score.toFixed(3) : percent(score);

/** The parts of a page whose ids begin with `prefix`. */
export class TrainingView {
  readonly loss: LiveChart;
  readonly score: LiveChart;
  readonly status: HTMLElement;
  readonly #find: <T extends HTMLElement>(id: string, kind: new () => T) => T;
  readonly #start: HTMLButtonElement;
  readonly #cancel: HTMLButtonElement;
  readonly #pause: PauseButton;
  #stop = new AbortController();

  constructor(prefix: string) {
    this.#find = (id, kind) => element(`${prefix}-${id}`, kind);
    const lines = [
      { name: 'on shares', colour: '--accent' },
      { name: 'in clear', colour: '--contrast', dash: [6, 4] },
    ];
    this.loss = new LiveChart(this.#find('loss', HTMLElement), lines);
    this.score = new LiveChart(this.#find('score', HTMLElement), lines);
    this.status = this.#find('status', HTMLElement);
    this.#start = this.#find('start', HTMLButtonElement);
    this.#cancel = this.#find('cancel', HTMLButtonElement);
    this.#cancel.addEventListener('click', () => this.#stop.abort());
    this.#pause = new PauseButton(this.#find('pause', HTMLButtonElement), this.status);
  }

  /** Is aborted when the training is cancelled. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /**
   * Trains what `prepare` makes, and shows how it goes.
   * @param prepare may draw what is known beforehand; it is done when the training begins
   * @returns null when it was cancelled or failed, which the page says then
   */
  async run<T extends TrainingJob>(prepare: () => Promise<T>): Promise<{ job: T; result: JobResult } | null> {
    this.#begin();
    const { signal } = this.#stop;
    try {
      const job = await prepare();
      signal.throwIfAborted();
      this.status.textContent = 'Starting a thread for each role …';
      const result = await runJob(job, {
        signal,
        onStep: ({ step }) => {
          this.status.textContent = STEPS[step];
        },
        onEpoch: (log) => {
          this.#epoch(job, log);
          return log.epoch + 1 < job.epochs ? this.#pause.wait(signal) : undefined;
        },
        onProgress: ({ done, total }) => {
          this.#find('bar', HTMLProgressElement).value = done / total;
        },
      });
      this.#end(result);
      return { job, result: { ...result, seconds: result.seconds - this.#pause.seconds } };
    } catch (error) {
      if (signal.aborted)
        this.status.textContent = 'Cancelled. Nothing was opened after the last epoch shown.';
      else {
        this.status.textContent = 'The training has not come to its end.';
        showError(this.#find('error', HTMLElement), error);
      }
      return null;
    } finally {
      this.#busy(false);
    }
  }

  /** Clears what an earlier training left. */
  #begin(): void {
    this.#stop = new AbortController();
    this.#pause.begin();
    this.#busy(true);
    showError(this.#find('error', HTMLElement), null);
    this.status.textContent = 'Reading the rows …';
    this.#find('bar', HTMLProgressElement).value = 0;
    this.#find('outcome', HTMLElement).hidden = true;
    this.#find('live', HTMLElement).hidden = false;
    this.#find('epochs', HTMLElement).replaceChildren();
  }

  #busy(busy: boolean): void {
    this.#start.disabled = busy;
    this.#cancel.hidden = !busy;
    this.#pause.show(busy);
    if (busy) this.#cancel.focus();
    else this.#start.focus();
  }

  #epoch(job: TrainingJob, log: EpochLog): void {
    const { epoch, loss, seconds: time } = log;
    const score = scoreOf(job, log);
    this.loss.set(0, epoch, loss);
    this.score.set(0, epoch, score);
    this.status.textContent = `Epoch ${epoch + 1} of ${job.epochs}: loss ${loss.toFixed(3)}`;
    const taken = seconds(time - this.#pause.seconds);
    const row = tableRow(`${epoch + 1}`, loss.toFixed(4), showScore(job, score), taken);
    this.#find('epochs', HTMLElement).append(row);
  }

  #end(result: JobResult): void {
    this.#find('bar', HTMLProgressElement).value = 1;
    showCosts(this.#find('costs', HTMLElement), result.costs);
    this.#find('outcome', HTMLElement).hidden = false;
  }
}
