/** Timing of candidates that do the same work: interleaved, so that a change of load meets all alike; medians. */

export interface Candidate {
  readonly name: string;
  /** One call of what is measured. */
  run(): void;
}

export interface Timing {
  readonly name: string;
  /** Median time of one call. */
  readonly seconds: number;
}

const WARM_UP_MS = 80;
const SAMPLE_MS = 2;
const SAMPLES = 41;

function time(run: () => void, calls: number): number {
  const start = performance.now();
  for (let call = 0; call < calls; call++) run();
  return performance.now() - start;
}

/** Warms a candidate up until its code is optimised; returns how many calls make a sample. */
function callsPerSample(run: () => void): number {
  let calls = 1;
  let spent = 0;
  for (;;) {
    const took = time(run, calls);
    spent += took;
    if (spent >= WARM_UP_MS) return Math.max(1, Math.round((calls * SAMPLE_MS) / Math.max(took, 1e-3)));
    if (took < SAMPLE_MS) calls *= 2;
  }
}

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1];

/** Median seconds a call for each candidate, sampled in turns. */
export function measure(candidates: readonly Candidate[]): Timing[] {
  const calls = candidates.map(({ run }) => callsPerSample(run));
  const samples = candidates.map(() => [] as number[]);
  for (let round = 0; round < SAMPLES; round++) {
    for (const [i, { run }] of candidates.entries()) samples[i].push(time(run, calls[i]) / calls[i] / 1000);
  }
  return candidates.map(({ name }, i) => ({ name, seconds: median(samples[i]) }));
}
