/** Whether a model fits the ring and a role's memory: looked at once for each setting. */
import type { ModelPlan } from '../model/plan.js';
import { dryPrediction, type Summary } from '../nn/summary.js';
import type { DrySetting } from '../party/dry.js';
import { checkMemory } from './model-checks.js';

export type ModelOperation = 'fit' | 'evaluate' | 'predict';

export type StepSetting = DrySetting & { readonly batchSize: number };

export class Fitting {
  /** Bytes that each setting takes at a party, by {@link keyOf}. */
  readonly #bytes = new Map<string, number>();

  /** The model is compiled anew. */
  clear(): void {
    this.#bytes.clear();
  }

  /** Takes note of what a step of training takes. */
  learn({ setting, batchSize }: Pick<Summary, 'setting' | 'batchSize'>, bytes: number): void {
    this.#bytes.set(keyOf('fit', { ...setting, batchSize }), bytes);
  }

  /**
   * @param stepBytes what a step of training takes at a party
   * @throws RangeError with what to change
   */
  check(operation: ModelOperation, plan: ModelPlan, setting: StepSetting, stepBytes: () => number): void {
    const key = keyOf(operation, setting);
    const known = this.#bytes.get(key);
    const bytes = known ?? (operation === 'fit' ? stepBytes() : dryPrediction(plan, setting).memory);
    checkMemory(operation, plan, setting.ring, setting.batchSize, bytes);
    this.#bytes.set(key, bytes);
  }
}

const keyOf = (
  operation: ModelOperation,
  { ring, parties, fractionBits, fewRounds, batchSize }: StepSetting,
) => [operation === 'fit', ring, parties, fractionBits, fewRounds ?? false, batchSize].join();
