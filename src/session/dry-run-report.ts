/** What `model.dryRun` resolves to, and how it prints. */
import type { RingBits } from '../../bindings/ring.js';
import type { Peak, RangeCheck } from '../nn/dry-run.js';
import type { PartCost } from '../nn/summary.js';

/** A ring that was tried, and why it does not do. */
export interface Attempt extends RangeCheck {
  /** Why it cannot hold the training; null when it can. */
  readonly problem: string | null;
  /** What a step costs; null where it cannot be run. */
  readonly step: PartCost | null;
}

/** What a dry run found. `String(report)` is a table. */
export class DryRunReport {
  /** @param attempts the rings that were tried, the last one chosen */
  constructor(
    readonly attempts: readonly Attempt[],
    /** Other settings that would do, where ring 32 does not. */
    readonly alternatives: readonly string[] = [],
  ) {}

  /** The attempt that was chosen: the first that fits, else the last. */
  get chosen(): Attempt {
    return this.attempts[this.attempts.length - 1];
  }

  /** Whether every number has room in the chosen ring. */
  get fits(): boolean {
    return this.chosen.fits;
  }

  get ring(): RingBits {
    return this.chosen.ring;
  }

  get fractionBits(): number {
    return this.chosen.fractionBits;
  }

  /** The largest numbers in the chosen ring, layer by layer. */
  get peaks(): readonly Peak[] {
    return this.chosen.peaks;
  }

  /** Why this ring, in a few words. */
  get reason(): string {
    const { chosen, attempts } = this;
    if (!chosen.fits) return chosen.problem ?? 'it does not fit';
    const [first] = attempts;
    if (first !== chosen && first.problem) return `ring ${first.ring} is too narrow: ${first.problem}`;
    return `a dry run of ${steps(chosen.steps)} leaves ${bits(leastRoom(chosen))} of head-room or more`;
  }

  /** The largest numbers as a table, with what they leave of the ring. */
  toString(): string {
    const blocks = this.attempts.map((attempt) => {
      const { ring, fractionBits, batchSize, fits, problem } = attempt;
      const head = `ring ${ring} with ${fractionBits} fraction bits, batch ${batchSize}, ${steps(attempt.steps)}: `;
      return [`${head}${fits ? 'fits' : `does not fit: ${problem}`}`, ...table(attempt.peaks)].join('\n');
    });
    const others = this.alternatives.length > 0 ? [`would do: ${this.alternatives.join('; ')}`] : [];
    return [...blocks, ...others].join('\n');
  }
}

const steps = (count: number): string => `${count} ${count === 1 ? 'step' : 'steps'}`;

const bits = (count: number): string => `${count.toFixed(1)} bits`;

const leastRoom = ({ peaks }: RangeCheck): number => Math.min(...peaks.map(({ headRoom }) => headRoom));

/** The place with the least head-room, in words. */
export function tightest({ peaks }: RangeCheck): string {
  const [peak] = [...peaks].sort((a, b) => a.headRoom - b.headRoom);
  const { layer, type, kind, largest, limit, headRoom } = peak;
  const size = `${Number(largest.toPrecision(3))} of ${Number(limit.toPrecision(3))}`;
  return `layer ${layer} (${type}), ${kind}: ${size}, ${bits(headRoom)} of head-room`;
}

function table(peaks: readonly Peak[]): string[] {
  const rows = peaks.map(({ layer, type, kind, largest, limit, headRoom }) => [
    `layer ${layer} (${type})`,
    kind,
    String(Number(largest.toPrecision(4))),
    String(Number(limit.toPrecision(4))),
    Number.isFinite(headRoom) ? headRoom.toFixed(1) : '∞',
  ]);
  const all = [['layer', 'kind', 'largest', 'limit', 'head-room, bits'], ...rows];
  const widths = all[0].map((_, c) => Math.max(...all.map((row) => row[c].length)));
  return all.map((row) =>
    row.map((cell, c) => (c < 2 ? cell.padEnd(widths[c]) : cell.padStart(widths[c]))).join('  '),
  );
}
