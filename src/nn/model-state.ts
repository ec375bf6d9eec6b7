/**
 * All that a model has learned, and what its optimizer keeps, as bytes at each party, and back: parameter by parameter its
 * value, then its state in the order of names. What else the next epoch depends on is public (step-plan.ts).
 */
import { joinBytes } from '../bytes.js';
import type { OptimizerConfig } from '../model/optimizers.js';
import { type Secure, together } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { Masked, type Share } from '../party/values.js';
import { asSettledShare } from '../protocol/linear.js';
import { open } from '../protocol/open.js';
import { checkBrought, publicNumber, restored, sameEverywhere, saved } from '../protocol/saved.js';
import { type Parameter, replace } from './layers/layer.js';
import type { SecureModel } from './model.js';
import { keptBy } from './optimizers/descend.js';

/** What a party keeps of a model. */
export interface SavedState {
  /** Drawn for this saving, the same at all roles that compute: 16 bytes, see publicNumber. */
  readonly id: Uint8Array;
  /** The party's summands. */
  readonly words: Uint8Array;
}

/** The label of what is opened. */
const LABEL = 'checkpoint';

/**
 * Saves the model; null at the provider. 1 round.
 * @param what 'values' leaves out what the optimizer keeps, as the state of a model that has made no step
 */
export function* saveState(
  rt: Runtime,
  model: SecureModel,
  what: 'all' | 'values' = 'all',
): Secure<SavedState | null> {
  const parts = model.kept.flatMap(({ value, state }) => {
    const beside = what === 'all' ? sorted(state).map(([, kept]) => kept) : [];
    return [value, ...beside].map((kept) => saved(rt, kept));
  });
  const id = yield* publicNumber(rt, LABEL);
  const own = parts.filter((part) => part !== null);
  return own.length < parts.length ? null : { id, words: joinBytes(own) };
}

/**
 * Puts saved values in the place of a model's. 1 round.
 * @param optimizer that of the steps since the model had its present state; null where none of them changed anything
 * @param state what this party has saved; null at the provider and in a dry run
 * @param label what messages call it, and what is opened
 * @throws RangeError for what was saved of another model, ProtocolError that names a party with another saving
 */
export function* restoreState(
  rt: Runtime,
  model: SecureModel,
  optimizer: OptimizerConfig | null,
  state: SavedState | null,
  label = LABEL,
): Secure<void> {
  const places = placesOf(model, optimizer);
  const bytes = (place: Place) => place.parameter.value.size * rt.ring.bytes;
  const wanted = places.reduce((sum, place) => sum + bytes(place), 0);
  checkBrought(rt, state?.id ?? null, state?.words ?? null, wanted, label);
  let at = 0;
  const shares = places.map((place) => {
    const { shape, fraction } = place.parameter.value;
    const part = state?.words.subarray(at, at + bytes(place)) ?? null;
    at += bytes(place);
    return restored(rt, part, shape, fraction);
  });
  const made = places.map(({ kind }, i) => (kind === 'share' ? kept(shares[i]) : open(rt, shares[i], label)));
  const [, ...values] = yield* together(sameEverywhere(rt, state?.id ?? null, label), ...made);
  places.forEach(({ parameter, name }, i) => {
    const value = values[i];
    if (name !== null) {
      rt.free(parameter.state.get(name) ?? null);
      parameter.state.set(name, value);
    } else if (value instanceof Masked) replace(rt, parameter, value);
  });
}

/**
 * Gives all masked values of a model fresh masks, whatever masks they had: what the provider holds of them need not be what the
 * parties hold. Shares must be settled, so that it holds nothing of them. 1 round, 1 word online a value.
 */
export function* renewMasks(rt: Runtime, model: SecureModel): Secure<void> {
  const places = placesOf(model, null).filter(({ kind }) => kind === 'masked');
  const values = places.map(({ parameter, name }) => valueAt(parameter, name) as Masked);
  const opened = values.map((value) => open(rt, asSettledShare(rt, value), 'renewal'));
  const fresh = yield* together(...opened);
  for (const [i, { parameter, name }] of places.entries()) {
    if (name === null) replace(rt, parameter, fresh[i]);
    else {
      rt.free(values[i]);
      parameter.state.set(name, fresh[i]);
    }
  }
}

const valueAt = ({ value, state }: Parameter, name: string | null) =>
  name === null ? value : state.get(name);

/** Where a saved value belongs. */
interface Place {
  readonly parameter: Parameter;
  /** Of a part of its state; null for its value. */
  readonly name: string | null;
  readonly kind: 'share' | 'masked';
}

/** All places of a model that has its present state and, of `optimizer`, what that keeps beside what it trains. */
function placesOf(model: SecureModel, optimizer: OptimizerConfig | null): Place[] {
  const trained = new Set(model.layers.flatMap(({ parameters }) => parameters));
  return model.kept.flatMap((parameter): Place[] => {
    const kinds = new Map<string, Place['kind']>();
    for (const [name, value] of parameter.state)
      kinds.set(name, value instanceof Masked ? 'masked' : 'share');
    if (optimizer && trained.has(parameter)) {
      for (const [name, kind] of Object.entries(keptBy(optimizer))) kinds.set(name, kind);
    }
    return [
      { parameter, name: null, kind: 'masked' },
      ...sorted(kinds).map(([name, kind]): Place => ({ parameter, name, kind })),
    ];
  });
}

// biome-ignore lint/correctness/useYield: a share needs no round
function* kept(share: Share): Secure<Share> {
  return share;
}

const sorted = <T>(entries: ReadonlyMap<string, T>): [string, T][] =>
  [...entries].sort(([a], [b]) => (a < b ? -1 : 1));
