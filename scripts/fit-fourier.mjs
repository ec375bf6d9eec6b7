/**
 * Fits the trigonometric sums of src/protocol/fourier-tables.ts and prints that file.
 *
 *     node scripts/fit-fourier.mjs > src/protocol/fourier-tables.ts
 *
 * Each sum a₀ + Σ aⱼ cos(2πjx/P) + bⱼ sin(2πjx/P) is fitted to a function on part of its period by least squares on
 * Chebyshev points, reweighted towards the largest errors (Lawson 1961), with a ridge penalty: a coefficient's size
 * multiplies the rounding of the dealt sines, so large coefficients that cancel are no use. On the rest of the
 * period the sum goes its own way.
 */
const POINTS = 900;
const REWEIGHTINGS = 40;

const sigmoid = (x) => 1 / (1 + Math.exp(-x));
const sigmoidSlope = (x) => sigmoid(x) * (1 - sigmoid(x));

/** [name, comment, function, from, to, log2 of the period, harmonics, ridge, parity when it has one] */
const SUMS = [
  ['SIGMOID_32', 'σ(x) − ½ on |x| ≤ 12', (x) => sigmoid(x) - 0.5, 0, 12, 5, 12, 1e-10, 'odd'],
  ['SIGMOID_64', 'σ(x) − ½ on |x| ≤ 13', (x) => sigmoid(x) - 0.5, 0, 13, 5, 20, 1e-14, 'odd'],
  ['SIGMOID_SLOPE_32', 'σ′(x) on |x| ≤ 12', sigmoidSlope, 0, 12, 5, 12, 1e-9, 'even'],
  ['SIGMOID_SLOPE_64', 'σ′(x) on |x| ≤ 13', sigmoidSlope, 0, 13, 5, 20, 1e-13, 'even'],
  ['EXP_32', 'eˣ on [−21, 0.1]', Math.exp, -21, 0.1, 5, 13, 1e-10],
  ['EXP_64', 'eˣ on [−22, 0.1]', Math.exp, -22, 0.1, 5, 18, 1e-15],
  ['LOG_SUM_32', 'ln x on [0.99, 16.1]', Math.log, 0.99, 16.1, 5, 18, 1e-9],
  ['LOG_SUM_64', 'ln x on [0.99, 16.1]', Math.log, 0.99, 16.1, 5, 32, 1e-14],
  ['RECIPROCAL_32', '1/x on [0.99, 4.04]', (x) => 1 / x, 0.99, 4.04, 3, 5, 1e-10],
  ['RECIPROCAL_64', '1/x on [0.99, 4.04]', (x) => 1 / x, 0.99, 4.04, 3, 8, 1e-15],
  ['INVERSE_SQRT_32', '1/√x on [0.99, 4.04]', (x) => 1 / Math.sqrt(x), 0.99, 4.04, 3, 5, 1e-10],
  ['INVERSE_SQRT_64', '1/√x on [0.99, 4.04]', (x) => 1 / Math.sqrt(x), 0.99, 4.04, 3, 7, 1e-15],
  ['SQRT_32', '√x on [0.99, 4.04]', Math.sqrt, 0.99, 4.04, 3, 4, 1e-10],
  ['SQRT_64', '√x on [0.99, 4.04]', Math.sqrt, 0.99, 4.04, 3, 7, 1e-15],
  ['LOG_32', 'ln x on [0.99, 4.04]', Math.log, 0.99, 4.04, 3, 5, 1e-10],
  ['LOG_64', 'ln x on [0.99, 4.04]', Math.log, 0.99, 4.04, 3, 8, 1e-15],
];

/** The least-squares solution of the rows [equation…, right side] by Householder reflections. */
function solve(rows, unknowns) {
  for (let k = 0; k < unknowns; k++) {
    let norm = 0;
    for (let i = k; i < rows.length; i++) norm += rows[i][k] ** 2;
    const alpha = rows[k][k] > 0 ? -Math.sqrt(norm) : Math.sqrt(norm);
    const v = rows.map((row, i) => (i < k ? 0 : row[k]));
    v[k] -= alpha;
    const length = v.reduce((sum, x) => sum + x * x, 0);
    if (length === 0) continue;
    for (let j = k; j <= unknowns; j++) {
      let dot = 0;
      for (let i = k; i < rows.length; i++) dot += v[i] * rows[i][j];
      const factor = (2 * dot) / length;
      for (let i = k; i < rows.length; i++) rows[i][j] -= factor * v[i];
    }
  }
  const solution = new Array(unknowns).fill(0);
  for (let k = unknowns - 1; k >= 0; k--) {
    let rest = rows[k][unknowns];
    for (let j = k + 1; j < unknowns; j++) rest -= rows[k][j] * solution[j];
    solution[k] = rest / rows[k][k];
  }
  return solution;
}

/** Every term's value at x: 1, cos θ, cos 2θ, …, sin θ, sin 2θ, …, or those of one parity. */
function terms(x, period, harmonics, parity) {
  const angles = Array.from({ length: harmonics }, (_, i) => (2 * Math.PI * (i + 1) * x) / period);
  const even = parity === 'odd' ? [] : [1, ...angles.map(Math.cos)];
  return parity === 'even' ? even : [...even, ...angles.map(Math.sin)];
}

function fit(f, from, to, period, harmonics, ridge, parity) {
  const xs = Array.from(
    { length: POINTS },
    (_, i) => (from + to) / 2 - ((to - from) / 2) * Math.cos((Math.PI * (i + 0.5)) / POINTS),
  );
  const rows = xs.map((x) => [...terms(x, period, harmonics, parity), f(x)]);
  const unknowns = rows[0].length - 1;
  let weights = xs.map(() => 1);
  let best = { error: Infinity, solution: [] };
  for (let round = 0; round < REWEIGHTINGS; round++) {
    const equations = rows.map((row, i) => row.map((x) => (x * weights[i]) / Math.sqrt(POINTS)));
    for (let j = parity === 'odd' ? 0 : 1; j < unknowns; j++) {
      equations.push(Array.from({ length: unknowns + 1 }, (_, i) => (i === j ? Math.sqrt(ridge) : 0)));
    }
    const solution = solve(equations, unknowns).map((x) => Number(x.toPrecision(12)));
    const errors = rows.map((row) =>
      Math.abs(solution.reduce((sum, c, j) => sum + c * row[j], 0) - row[unknowns]),
    );
    const error = Math.max(...errors);
    if (error < best.error) best = { error, solution };
    weights = weights.map((w, i) => w * (errors[i] / error + 0.02) ** 0.25);
    const mean = Math.sqrt(weights.reduce((sum, w) => sum + w * w, 0) / POINTS);
    weights = weights.map((w) => w / mean);
  }
  return best;
}

const list = (numbers) => (numbers.length ? `[\n${numbers.map((x) => `    ${x},`).join('\n')}\n  ]` : '[]');

console.log(`/**
 * Coefficients of trigonometric sums, fitted by scripts/fit-fourier.mjs. They are constants of the source: roles on
 * different machines must agree on them bit for bit. Numbers after each: largest error of the fit, sum of magnitudes.
 */
import type { TrigonometricSum } from './fourier.js';`);
for (const [name, comment, f, from, to, period, harmonics, ridge, parity] of SUMS) {
  const { error, solution } = fit(f, from, to, 2 ** period, harmonics, ridge, parity);
  const constant = parity === 'odd' ? 0 : solution[0];
  const cosines = parity === 'odd' ? [] : solution.slice(1, harmonics + 1);
  const sines = parity === 'even' ? [] : solution.slice(-harmonics);
  const size = [...cosines, ...sines].reduce((sum, c) => sum + Math.abs(c), 0);
  console.log(`
/** ${comment}: ${error.toExponential(1)}, ${size.toPrecision(2)}. */
export const ${name}: TrigonometricSum = {
  period: ${period},
  constant: ${constant},
  cosines: ${list(cosines)},
  sines: ${list(sines)},
};`);
}
