/** What a model costs, as it is asked for and printed. */
import { defaultLoss } from '../model/losses.js';
import type { ModelPlan } from '../model/plan.js';
import { formatSummary, type Summary, summarize } from '../nn/summary.js';
import { checkBoolean, checkInteger, checkOptions } from '../options.js';
import type { DrySetting } from '../party/dry.js';
import { defaultFraction } from '../party/ring-range.js';
import type { Compiled } from './fit-options.js';
import { checkSetting } from './options.js';

export type SummaryOptions = Partial<DrySetting> & { batchSize?: number };

export type PrintedSummary = Summary & { toString(): string };

/** @param compiled null before that: plain descent and the loss that suits the outputs */
export function summaryOf(
  plan: ModelPlan,
  compiled: Compiled | null,
  options: SummaryOptions,
): PrintedSummary {
  checkOptions('summary', options, ['ring', 'fractionBits', 'parties', 'batchSize', 'fewRounds']);
  const { ring = 64, parties = 2, batchSize = 32, fewRounds = false } = options;
  const { fractionBits = defaultFraction(ring) } = options;
  checkSetting('summary', ring, fractionBits);
  checkInteger('summary: parties', parties, 2);
  checkInteger('summary: batchSize', batchSize, 1);
  checkBoolean('summary: fewRounds', fewRounds);
  const { optimizer, measures } = compiled ?? {
    optimizer: { type: 'sgd', learningRate: 1 } as const,
    measures: { loss: defaultLoss(plan) },
  };
  const summary = summarize(plan, {
    ring,
    parties,
    fractionBits,
    batchSize,
    fewRounds,
    optimizer,
    loss: measures.loss,
  });
  return { ...summary, toString: () => formatSummary(summary) };
}
