/**
 * Whether a kernel's time depends on the data: each is timed on zeros, on ones and on random bits, in random order, and
 * Welch's t-test asks whether the times differ (O. Reparaz, J. Balasch, I. Verbauwhede, "Dude, is my code constant
 * time?", DATE 2017). Functions that do leak are timed alike, to see that leaks are found.
 */
import { createMemory, Heap } from '../bindings/memory.js';
import { compileKernels, instantiateKernels } from '../bindings/module.js';
import { CLASSES, Inputs } from './support/classes.js';
import { leaky } from './support/leaky.js';
import { median } from './support/measure.js';
import { digits, duration, printTable } from './support/table.js';
import { type Prepare, RING_CASES } from './support/timing-cases.js';
import { PLAIN_CASES } from './support/timing-plain-cases.js';
import { largestT } from './support/welch.js';

/** |t| from which times are said to differ: far out for nearly twenty tests of one pair of samples. */
const LIMIT = 5;
/** Calls of each kernel by class. Where they differ, four times as many decide: a leak's t doubles, chance's does not. */
const CALLS = 1500;
const AGAIN = 4 * CALLS;
const WARM_UPS = 300;
/** Words of the controls' vectors. */
const WORDS = 1024;

interface Case {
  readonly name: string;
  readonly inputs: Inputs;
  readonly run: () => unknown;
}

/** Seconds of single calls by class. The class is drawn anew for each call, so that no change of load favours one. */
function timesOf({ inputs, run }: Case, calls: number): number[][] {
  const seconds = new Float64Array(CLASSES.length * calls);
  const drawn = seconds.map(() => Math.floor(Math.random() * CLASSES.length));
  for (let call = -WARM_UPS; call < seconds.length; call++) {
    inputs.fill(drawn[Math.abs(call)]);
    const start = performance.now();
    run();
    const end = performance.now();
    if (call >= 0) seconds[call] = (end - start) / 1000;
  }
  return CLASSES.map((_, number) => [...seconds.filter((_, call) => drawn[call] === number)]);
}

/** Measures a case: its row of the table, and whether its times differ. */
function measured(one: Case): { row: string[]; differs: boolean } {
  const tested = (calls: number) => {
    const [zeros, ones, random] = timesOf(one, calls);
    const t = [zeros, ones].map((fixed) => largestT(fixed, random));
    return { t, seconds: median(random), differs: Math.max(...t) > LIMIT };
  };
  const first = tested(CALLS);
  const { t, seconds, differs } = first.differs ? tested(AGAIN) : first;
  return { row: [one.name, duration(seconds), ...t.map(digits), differs ? 'differs' : '–'], differs };
}

/** All kernels, each on buffers of its own. */
async function kernelCases(): Promise<Case[]> {
  const heap = new Heap(createMemory());
  const kernels = instantiateKernels(await compileKernels(), heap.memory);
  const one = (name: string, prepare: Prepare, bits: 32 | 64): Case => {
    const inputs = new Inputs(heap, bits);
    return { name, inputs, run: prepare(kernels, inputs, bits) };
  };
  return [
    ...Object.entries(RING_CASES).flatMap(([name, prepare]) =>
      ([32, 64] as const).map((bits) => one(`${name}${bits}`, prepare, bits)),
    ),
    ...Object.entries(PLAIN_CASES).map(([name, prepare]) => one(name, prepare, 32)),
  ];
}

/** Functions of which it is known whether their times differ. */
async function controls(): Promise<(Case & { readonly leaks: boolean })[]> {
  const heap = new Heap(createMemory());
  const { compare, count } = await leaky(heap.memory);
  const inputs = new Inputs(heap, 32);
  const [a, out] = inputs.vectors(2, WORDS);
  const zeros = heap.alloc(4 * WORDS);
  heap.u32(zeros, WORDS).fill(0);
  return [
    { name: 'comparison that ends early', leaks: true, inputs, run: () => compare(a, zeros, WORDS) },
    { name: 'a branch on each word', leaks: true, inputs, run: () => count(out, a, WORDS) },
    { name: 'what does not read them', leaks: false, inputs, run: () => compare(zeros, zeros, WORDS) },
  ];
}

const HEAD = ['one call', 'time', '|t| zeros', '|t| ones', 'times'];

/** Prints both tables, and what they say. */
export async function benchTiming(): Promise<void> {
  const known = (await controls()).map((control) => ({ ...control, ...measured(control) }));
  const rows = known.map(({ row }) => row);
  printTable('Controls: the first two have to differ, the last must not', HEAD, rows);
  const kernels = (await kernelCases()).map((one) => ({ ...one, ...measured(one) }));
  const title = 'Kernels: zeros and ones, each beside random bits';
  printTable(
    title,
    HEAD,
    kernels.map(({ row }) => row),
  );
  const failed = known.filter(({ leaks, differs }) => leaks !== differs).map(({ name }) => name);
  const found = kernels.filter(({ differs }) => differs).map(({ name }) => name);
  console.log(`
${failed.length > 0 ? `The controls do not hold (${failed.join(', ')}): nothing above counts.` : 'The controls hold.'}
${found.length > 0 ? `Times differ: ${found.join(', ')}.` : `No difference found in ${kernels.length} kernels.`}

|t| is the largest of Welch's t over all times and over those below each of several heights; above ${LIMIT}, a second run of
${AGAIN} calls a class decides. A difference is one of time on this machine, with this engine's code: a hint where to look
in the source. That none is found proves nothing: other inputs, other engines, processors whose arithmetic takes
longer for some operands, and what shows in caches or power rather than time are not looked at.`);
}
