/** Learning rates that change while training goes on. Public: a function of the step and the epoch alone. */
import { checkOptions, kindOf } from '../options.js';

/**
 * Steps and epochs are counted from 0 since the training began.
 *
 * | schedule | rate |
 * |---|---|
 * | constant | rate |
 * | exponentialDecay | rate · decayRate^(step / decaySteps); with `staircase` the exponent is rounded down |
 * | step | rate · factor^⌊epoch / every⌋ |
 * | cosine | final + (rate − final) · (1 + cos π·min(step / decaySteps, 1)) / 2 |
 */
export type Schedule =
  | { type: 'constant'; rate: number }
  | { type: 'exponentialDecay'; rate: number; decayRate: number; decaySteps: number; staircase: boolean }
  | { type: 'step'; rate: number; factor: number; every: number }
  | { type: 'cosine'; rate: number; final: number; decaySteps: number };

/** A fixed rate or a schedule. */
export type LearningRate = number | Schedule;

/** The learning rate of a step. */
export function rateAt(learningRate: LearningRate, step: number, epoch: number): number {
  if (typeof learningRate === 'number') return learningRate;
  const { rate } = learningRate;
  switch (learningRate.type) {
    case 'constant':
      return rate;
    case 'exponentialDecay': {
      const exponent = step / learningRate.decaySteps;
      return rate * learningRate.decayRate ** (learningRate.staircase ? Math.floor(exponent) : exponent);
    }
    case 'step':
      return rate * learningRate.factor ** Math.floor(epoch / learningRate.every);
    case 'cosine': {
      const done = Math.min(step / learningRate.decaySteps, 1);
      const { final } = learningRate;
      return final + ((rate - final) * (1 + Math.cos(Math.PI * done))) / 2;
    }
  }
}

/** Rates must stay below this. */
const RATE_LIMIT = 1024;

const KEYS: Readonly<Record<Schedule['type'], readonly string[]>> = {
  constant: ['type', 'rate'],
  exponentialDecay: ['type', 'rate', 'decayRate', 'decaySteps', 'staircase'],
  step: ['type', 'rate', 'factor', 'every'],
  cosine: ['type', 'rate', 'final', 'decaySteps'],
};

/**
 * Throws unless `value` is a learning rate: a number in (0, 1024) or a schedule that stays there.
 * @throws TypeError for a wrong kind, RangeError for a value out of range or an unknown schedule
 */
export function checkLearningRate(value: unknown): asserts value is LearningRate {
  if (typeof value === 'number') return positive('learningRate', value, RATE_LIMIT);
  const schedule = value as Schedule | null;
  if (typeof schedule !== 'object' || schedule === null) {
    throw new TypeError(`learningRate must be a number or a schedule, got ${kindOf(value)}`);
  }
  const { type } = schedule;
  if (typeof type !== 'string' || !Object.hasOwn(KEYS, type)) {
    const named =
      typeof type === 'string' ? `unknown schedule ${JSON.stringify(type)}` : 'a schedule has a type';
    throw new RangeError(`${named}; known are ${Object.keys(KEYS).join(', ')}`);
  }
  checkOptions(`schedule ${type}`, schedule, KEYS[type]);
  positive('rate', schedule.rate, RATE_LIMIT);
  if (schedule.type === 'exponentialDecay') {
    positive('decayRate', schedule.decayRate, 1);
    positive('decaySteps', schedule.decaySteps, Infinity);
    if (typeof schedule.staircase !== 'boolean') throw new TypeError('staircase must be true or false');
  } else if (schedule.type === 'step') {
    positive('factor', schedule.factor, 1);
    if (!Number.isInteger(schedule.every) || schedule.every < 1) {
      throw new RangeError('every must be a positive integer');
    }
  } else if (schedule.type === 'cosine') {
    positive('decaySteps', schedule.decaySteps, Infinity);
    const { final, rate } = schedule;
    if (typeof final !== 'number') throw new TypeError('final must be a number');
    if (!(final >= 0 && final <= rate)) throw new RangeError('final must lie in 0..rate');
  }
}

/** Throws unless 0 < value ≤ high, finite; a rate must stay below its limit. */
function positive(name: string, value: unknown, high: number): void {
  if (typeof value !== 'number') throw new TypeError(`${name} must be a number`);
  const fits = high === RATE_LIMIT ? value < high : value <= high;
  if (value > 0 && fits && Number.isFinite(value)) return;
  const range = high === RATE_LIMIT ? ` and below ${high}` : high === Infinity ? '' : ` and at most ${high}`;
  throw new RangeError(`${name} must be positive${range}`);
}
