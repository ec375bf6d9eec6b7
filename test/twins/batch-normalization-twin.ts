/**
 * batch normalization on plain integers, with the formulas of kinds/batch-normalization.ts: only 1/√(variance + ε) comes
 * from outside. Over N rows and positions, channel by channel.
 */
import type { BatchNormalizationConfig } from '../../src/model/config.js';
import {
  integer,
  parameterOf,
  type Rounder,
  type TwinLayer,
  type TwinParameter,
  type TwinValue,
} from './twin-types.js';

type Numbers = readonly bigint[];

/** @param weights gamma and beta, those that there are, moving mean and moving variance */
export function batchNormalizationTwin(
  config: BatchNormalizationConfig,
  channels: number,
  weights: readonly Numbers[],
  at: Rounder,
): TwinLayer {
  const { f } = at;
  const moving = parameterOf(...weights.slice(-2));
  const trained = weights.length > 2 ? parameterOf(...weights.slice(0, -2)) : null;
  const row = (parameter: TwinParameter | null, index: number): Numbers =>
    parameter?.values.slice(index * channels, (index + 1) * channels) ?? [];
  const gamma = () => row(trained, 0);
  const beta = () => row(trained, config.scale ? 1 : 0);
  let normal: Numbers = [];
  let root: Numbers = [];

  /** Sums over all rows. */
  const sums = (x: Numbers): bigint[] =>
    Array.from({ length: channels }, (_, c) =>
      x.reduce((sum, value, i) => (i % channels === c ? sum + value : sum), 0n),
    );
  const timesRow = (x: Numbers, y: Numbers): bigint[] => x.map((value, i) => value * y[i % channels]);
  const minusRow = (x: Numbers, y: Numbers): bigint[] => x.map((value, i) => value - y[i % channels]);
  const widened = (x: Numbers): bigint[] => x.map((value) => value << BigInt(f));
  /** γ·σ⁻¹. */
  const slopeOf = (): Numbers => (config.scale ? at.round(timesRow(gamma(), root), f) : root);

  /** Squares are rounded before they are summed where the ring is too narrow for their sum. */
  function varianceOf(centred: Numbers, rows: number): bigint[] {
    const squares = centred.map((value) => value * value);
    if (2 * f + Math.log2(rows) + 4 < at.bits - 2) return meanOf(sums(squares), 2 * f, rows, at);
    return meanOf(sums(at.round(squares, f)), f, rows, at);
  }

  /** moving ← momentum·moving + (1 − momentum)·batch. */
  function follow(batch: Numbers): void {
    const weight = integer((1 - config.momentum) * 2 ** f);
    const rest = (1n << BigInt(f)) - weight;
    moving.values = at.round(
      moving.values.map((value, i) => rest * value + weight * batch[i]),
      f,
    );
  }

  const epsilon = integer(config.epsilon * 2 ** f);
  const rootOf = (variance: Numbers, from: 'opened' | 'parameter') =>
    at.outside.inverseSqrt(
      variance.map((v) => v + epsilon),
      epsilon,
      from,
    );

  return {
    parameters: trained ? [trained] : [],
    statistics: [moving],

    lines() {
      root = rootOf(row(moving, 1), 'parameter');
      return { mean: row(moving, 0), slope: slopeOf(), beta: config.center ? beta() : [] };
    },

    forward(value, { training }) {
      const { rows, data: x } = at.plain(value);
      const count = x.length / channels;
      const mean = training ? meanOf(sums(x), f, count, at) : row(moving, 0);
      const centred = minusRow(x, mean);
      const variance = training ? varianceOf(centred, count) : row(moving, 1);
      if (training) follow([...mean, ...variance]);
      root = rootOf(variance, training ? 'opened' : 'parameter');
      let y: Numbers;
      if (training) {
        normal = at.round(timesRow(centred, root), f);
        y = config.scale ? timesRow(normal, gamma()) : widened(normal);
      } else y = timesRow(centred, slopeOf());
      const shift = widened(beta());
      const data = config.center ? y.map((number, i) => number + shift[i % channels]) : y;
      return { rows, data, fraction: 2 * f, rounded: false };
    },

    backward(gradient, wanted, descend): TwinValue {
      const { rows, data: dy, fraction: g } = at.gradient(gradient);
      const count = dy.length / channels;
      const gammaSum = sums(dy.map((value, i) => value * normal[i]));
      const betaSum = widened(sums(dy));
      const slope = wanted ? slopeOf() : []; // before the update
      if (trained) {
        const down = [...(config.scale ? gammaSum : []), ...(config.center ? betaSum : [])];
        descend(
          trained,
          down.map((value) => -value),
          g + f,
        );
      }
      if (!wanted) return { rows, data: [], fraction: g + f, rounded: false };
      const [gammaMean, betaMean] = [gammaSum, betaSum].map((sum) => meanOf(sum, g + f, count, at, g));
      const pulled = at.round(timesRow(normal, gammaMean), f);
      const centred = minusRow(
        dy.map((value, i) => value - pulled[i]),
        betaMean,
      );
      const data = timesRow(centred, slope);
      return { rows, data, fraction: g + f, rounded: false };
    },
  };
}

/** Most bits of the reciprocal of a mean's count, and most bits before the point of a mean. */
const RECIPROCAL_BITS = 24;
const VALUE_BITS = 12;

/** Sums over their count at `to` fraction bits; a count of 2^b·r values takes a product with a rounded 1/r. */
function meanOf(sums: Numbers, fraction: number, count: number, at: Rounder, to = at.f): bigint[] {
  const b = Math.floor(Math.log2(count));
  const s = fraction - to + b;
  if (2 ** b === count) return s === 0 ? [...sums] : at.round(sums, s);
  const largest = Math.min(VALUE_BITS, at.bits - 2 - at.f - to);
  const room = (taken: number) => Math.min(RECIPROCAL_BITS, at.bits - 2 - largest - taken);
  const scaled = (x: Numbers, bits: number) =>
    x.map((value) => value * integer((2 ** b / count) * 2 ** bits));
  const direct = room(fraction + b);
  return direct >= to
    ? at.round(scaled(sums, direct), s + direct)
    : at.round(scaled(at.round(sums, s), room(to)), room(to));
}
