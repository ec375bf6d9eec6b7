/** What the commands of a role that computes work on. */
import type { SecureModel } from '../nn/model.js';
import type { Schedule } from '../nn/step-plan.js';
import type { Runtime } from '../party/runtime.js';
import { Stored } from '../party/stored.js';
import type { Masked, Share } from '../party/values.js';

/** Progress of a long command. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

/** A model at a role, with what training keeps between epochs. */
export interface RoleModel {
  readonly secure: SecureModel;
  readonly units: number;
  readonly schedule: Schedule;
  /** When progress was last told, in milliseconds of the role's clock. */
  reported: number;
}

export interface RoleContext {
  readonly rt: Runtime;
  /** The model owner's name: what a training reveals goes there. */
  readonly owner: string;
  /** A share has parts that are still to come. */
  readonly values: Map<number, Masked | Stored | Share>;
  readonly models: Map<number, RoleModel>;
  report: (progress: Progress) => void;
}

/** @throws TypeError for a value that is not there */
export function storedValue({ values }: RoleContext, number: number): Masked | Stored {
  const value = values.get(number);
  if (!value) throw new TypeError('the tensor has been disposed');
  return value as Masked | Stored; // nobody has the number of a share before it is whole
}

/** A value that is needed in wasm memory as a whole; moves it there when it was stored. */
export function loadedValue(context: RoleContext, number: number): Masked {
  const value = storedValue(context, number);
  if (!(value instanceof Stored)) return value;
  const loaded = value.load(context.rt);
  context.values.set(number, loaded);
  return loaded;
}

/** @throws TypeError for a model that is not there */
export function modelOf({ models }: RoleContext, number: number): RoleModel {
  const model = models.get(number);
  if (!model) throw new TypeError('the model has been disposed');
  return model;
}
