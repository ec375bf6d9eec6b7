/**
 * A progress bar with speed and remaining time.
 *
 * A module of our own rather than a dependency: what is needed is one line that is written over on a TTY and a plain
 * line now and then elsewhere, and the bar libraries bring several packages each for what fits on this page.
 */
import { count, duration } from '../report/format.js';
import type { Terminal } from './terminal.js';

export interface Progress {
  readonly done: number;
  readonly total: number;
  /** What is going on: 'epoch 2/5'. */
  readonly label: string;
}

const WIDTH = 28;
/** Seconds between two plain lines. */
const PLAIN_INTERVAL = 10;

export class ProgressBar {
  readonly #began: number;
  #lastPlain: number;

  /** @param unit what is counted: 'rows' @param now clock in seconds */
  constructor(
    readonly terminal: Terminal,
    readonly unit: string,
    readonly now: () => number = () => performance.now() / 1000,
  ) {
    this.#began = now();
    this.#lastPlain = this.#began;
  }

  /** Shows the state: as a status line on a TTY, else as a line of its own every ten seconds. */
  update(progress: Progress): void {
    const now = this.now();
    if (this.terminal.live) this.terminal.status(this.#line(progress, now));
    else if (now - this.#lastPlain >= PLAIN_INTERVAL) {
      this.#lastPlain = now;
      this.terminal.write(`${this.#line(progress, now)}\n`);
    }
  }

  #line({ done, total, label }: Progress, now: number): string {
    const share = Math.min(1, done / total);
    const rate = done / Math.max(1e-3, now - this.#began);
    const parts = [
      label,
      ...(this.terminal.live ? [bar(share)] : []),
      `${Math.floor(share * 100)} %`.padStart(5),
      `${count(rate)} ${this.unit}/s`,
      ...(done > 0 ? [`${duration((total - done) / rate)} left`] : []),
    ];
    return `  ${parts.join('  ')}`;
  }
}

function bar(share: number): string {
  const full = Math.round(share * WIDTH);
  return '━'.repeat(full) + '─'.repeat(WIDTH - full);
}
