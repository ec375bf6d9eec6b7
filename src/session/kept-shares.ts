/** How a model comes into its parties' files and out of them again (kept-model.ts): all parties', or none. */
import { bytesOfHex } from '../bytes.js';
import type { ModelConfig } from '../model/config.js';
import type { SavedState } from '../nn/model-state.js';
import type { Payloads } from '../role/command.js';
import type { Roles } from '../role/roles.js';
import type { DeployedModel } from './deployed.js';
import {
  type KeepOptions,
  type KeptExtras,
  keptOrigin,
  type RestoreOptions,
  readAllKept,
  type Written,
  writeKept,
} from './kept-model.js';

/** Writes what the parties here have, and puts it in its place when all parties have written. 2 rounds. */
export async function keepShares(
  model: DeployedModel,
  config: ModelConfig,
  name: string,
  options: KeepOptions,
): Promise<void> {
  const { settings } = model.session.roles;
  const origin = await keptOrigin(name, settings, config, options.data);
  const ids: Record<string, Uint8Array> = {};
  const written: Written[] = [];
  try {
    for (const [role, state] of await model.save('values')) {
      if (!state || !settings.parties.includes(role)) continue;
      written.push(await writeKept(options, role, origin, state));
      ids[role] = state.id;
    }
    await model.confirmSaved(ids);
    for (const file of written) await file.place();
  } finally {
    await Promise.all(written.map((file) => file.discard()));
  }
}

/** What parties have kept. */
export interface KeptShares {
  /** The run that it is of; '' where no party is here. */
  readonly run: string;
  readonly states: Payloads<'restoreModel'>;
  /** Null where no party is here. */
  readonly extras: KeptExtras | null;
}

/** Reads what the parties here have kept. @throws JobError as `model.restore` */
export async function readShares(
  roles: Roles,
  config: ModelConfig,
  name: string,
  options: RestoreOptions,
): Promise<KeptShares> {
  const { settings } = roles;
  const here = settings.parties.filter((party) => roles.isHere(party));
  const kept = await readAllKept(options.dir, here, await keptOrigin(name, settings, config, options.data));
  const states = [...kept].map(([role, { id, payload }]): [string, SavedState] => [
    role,
    { id: bytesOfHex(id), words: payload.slice() },
  ]);
  const [first = null] = kept.values();
  return {
    run: first?.id ?? '',
    states: Object.fromEntries(states),
    extras: first && { scaling: first.scaling, classes: first.classes, targets: first.targets },
  };
}
