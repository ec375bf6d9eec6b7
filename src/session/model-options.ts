/** What a model's methods take beside data, but for training (fit-options.ts). */
import type { ModelExtras } from '../interchange/model-file.js';

/** What `model.setWeights` takes. */
export interface SetWeightsOptions {
  /** Whose secrets they are: a party, or the model owner. Public weights have none. */
  owner?: string;
}

/** What `model.weights` takes. */
export interface WeightsOptions {
  /** The role that learns them: a party, or the model owner, which is the default. */
  to?: string;
  /** What the roles' lists of disclosures call it. Default 'weights'. */
  label?: string;
  /** The default, in another word. */
  revealTo?: 'owner';
}

/** What `model.save` takes. */
export interface SaveOptions extends ModelExtras {
  /** The role that learns the weights and keeps them: a party, or the model owner, which is the default. */
  to?: string;
  /** What the roles' lists of disclosures call it. Default 'weights'. */
  label?: string;
}
