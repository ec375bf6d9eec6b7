/** Whether a model fits the ring and a role's memory: looked at once for each setting. */
import type { ModelPlan } from '../model/plan.js';
import { dryPrediction } from '../nn/summary.js';
import type { DrySetting } from '../party/dry.js';
import { checkMemory } from './model-checks.js';

export type ModelOperation = 'fit' | 'evaluate' | 'predict';

export class Fitting {
  /** What is known to fit. */
  readonly #known = new Set<string>();

  /** The model is compiled anew. */
  clear(): void {
    this.#known.clear();
  }

  /**
   * @param stepBytes what a step of training takes at a party
   * @throws RangeError with what to change
   */
  check(
    operation: ModelOperation,
    plan: ModelPlan,
    setting: DrySetting & { readonly batchSize: number },
    stepBytes: () => number,
  ): void {
    const key = [operation === 'fit', ...Object.values(setting)].join();
    if (this.#known.has(key)) return;
    const bytes = operation === 'fit' ? stepBytes() : dryPrediction(plan, setting).memory;
    checkMemory(operation, plan, setting.ring, setting.batchSize, bytes);
    this.#known.add(key);
  }
}
