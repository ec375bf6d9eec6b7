/**
 * A trained model that stays at the parties under a name: each keeps its summands of the weights in a folder of its own, with
 * what it needs to ask the model later. Nobody has seen the weights, and no party's file says anything about them.
 */
import { hexOf, pathIn } from '../bytes.js';
import type { ColumnStatistics } from '../data/scale.js';
import { JobError, reasonOf } from '../errors.js';
import { checkExtras, type ModelExtras } from '../interchange/model-file.js';
import type { ModelConfig } from '../model/config.js';
import type { ModelPlan } from '../model/plan.js';
import { checkOptions, checkText, kindOf, within } from '../options.js';
import type { Agreement } from '../party/agreement.js';
import { decodeFile, encodeFile } from '../party/checked-file.js';
import { prefixOf } from './checkpoint-folder.js';
import { digestOf } from './digest.js';
import { checkFolder, needFiles } from './saved-model.js';

/** What `model.keep` takes. */
export interface KeepOptions extends ModelExtras {
  /** The folder; made where there is none. */
  dir: string;
  /** What targets that are numbers were scaled by, one each output. */
  targets?: ColumnStatistics;
  /** A digest of the form of the model's rows; `restore` for rows of another form refuses the file. */
  data?: string;
}

/** What `model.restore` takes. */
export interface RestoreOptions {
  /** The folder that was given to `keep`. */
  dir: string;
  /** As it was given to `keep`. */
  data?: string;
}

/** What was kept beside a model's shares. */
export interface KeptExtras {
  /** Null where none was given. */
  readonly scaling: ColumnStatistics | null;
  /** Null where none were given. */
  readonly classes: readonly string[] | null;
  /** What targets were scaled by; null where none were given. */
  readonly targets: ColumnStatistics | null;
}

/** What a kept model is of: what a session must have alike to take it up. */
export interface KeptOrigin {
  readonly name: string;
  readonly parties: readonly string[];
  readonly ring: number;
  readonly fractionBits: number;
  /** The description, as a digest. */
  readonly model: string;
  readonly data: string | null;
}

interface KeptHeader extends KeptOrigin {
  /** Whose it is. */
  readonly role: string;
  /** Drawn when it was kept, the same at all parties. */
  readonly id: string;
  readonly scaling: StatisticsText | null;
  readonly classes: readonly string[] | null;
  /** Not there in files of earlier versions. */
  readonly targets?: StatisticsText | null;
}

/** Statistics as JSON has them. */
interface StatisticsText {
  readonly mean: readonly number[];
  readonly deviation: readonly number[];
}

/** One party's file, read and checked. */
export interface KeptModel extends KeptExtras {
  readonly id: string;
  readonly payload: Uint8Array;
}

const KIND = { magic: 'BVDMKEPT', version: 1, word: 'kept model' };

/** @throws TypeError or RangeError for what is no name of a kept model: 1 to 40 letters, digits, _ . or -, no sign first */
export function checkKeptName(what: string, name: unknown): asserts name is string {
  checkText(`${what}: name`, name);
  if (/^[A-Za-z0-9][A-Za-z0-9_.-]{0,39}$/.test(name)) return;
  throw new RangeError(`${what}: name: expected 1 to 40 letters, digits, _ . or -, no sign first`);
}

/** @throws TypeError or RangeError that names the option */
export function checkKeep(plan: ModelPlan, name: unknown, options: KeepOptions): void {
  checkKeptName('keep', name);
  checkOptions('keep', options, ['dir', 'data', 'scaling', 'classes', 'targets']);
  const { dir, data, targets, ...extras } = options;
  checkFolder('keep', dir);
  if (data !== undefined) checkText('keep: data', data);
  within('keep', () => checkExtras(plan, extras));
  if (targets !== undefined) checkTargets(plan, targets);
}

function checkTargets({ units }: ModelPlan, targets: ColumnStatistics): void {
  checkOptions('keep: targets', targets, ['mean', 'deviation']);
  for (const key of ['mean', 'deviation'] as const) {
    const numbers: unknown = targets[key];
    if (!(numbers instanceof Float64Array)) {
      throw new TypeError(`keep: targets: ${key} must be a Float64Array, got ${kindOf(numbers)}`);
    }
    if (numbers.length !== units || !numbers.every(Number.isFinite)) {
      throw new RangeError(`keep: targets: ${key} must hold a finite number for each of ${units} outputs`);
    }
  }
}

/** @throws TypeError or RangeError that names the option */
export function checkRestore(name: unknown, options: RestoreOptions): void {
  checkKeptName('restore', name);
  checkOptions('restore', options, ['dir', 'data']);
  checkFolder('restore', options.dir);
  if (options.data !== undefined) checkText('restore: data', options.data);
}

export async function keptOrigin(
  name: string,
  { parties, ring, fractionBits }: Pick<Agreement, 'parties' | 'ring' | 'fractionBits'>,
  model: ModelConfig,
  data: string | undefined,
): Promise<KeptOrigin> {
  return { name, parties, ring, fractionBits, model: hexOf(await digestOf(model)), data: data ?? null };
}

const nameOf = async (role: string, name: string): Promise<string> =>
  `${await prefixOf(role)}.${await prefixOf(name)}.model`;

const textOf = (statistics: ColumnStatistics | undefined): StatisticsText | null =>
  statistics ? { mean: [...statistics.mean], deviation: [...statistics.deviation] } : null;

const statisticsOf = (text: StatisticsText | null): ColumnStatistics | null =>
  text && { mean: Float64Array.from(text.mean), deviation: Float64Array.from(text.deviation) };

/** A file beside the one that it is to replace. */
export interface Written {
  /** Puts it in its place. @throws JobError where that cannot be done */
  place(): Promise<void>;
  /** Removes it, unless it is in its place. */
  discard(): Promise<void>;
}

/**
 * Writes a party's file beside the one that it will replace.
 * @throws JobError where it cannot be written; what was there before is there still
 */
export async function writeKept(
  { dir, scaling, classes, targets }: KeepOptions,
  role: string,
  origin: KeptOrigin,
  state: { readonly id: Uint8Array; readonly words: Uint8Array },
): Promise<Written> {
  const file = await nameOf(role, origin.name);
  const folder = needFiles('keep');
  const header: KeptHeader = {
    ...origin,
    role,
    id: hexOf(state.id),
    scaling: textOf(scaling),
    classes: classes ?? null,
    targets: textOf(targets),
  };
  const bytes = await encodeFile(KIND, { header, payload: state.words });
  const failed = (error: unknown): never => {
    throw new JobError(`keep: cannot write ${pathIn(dir, file)}: ${reasonOf(error)}`, { cause: error });
  };
  const beside = `${file}.next`;
  await folder.replace(dir, beside, bytes).catch(failed);
  return {
    place: () => folder.rename(dir, beside, file).catch(failed),
    discard: () => folder.remove(dir, beside),
  };
}

/**
 * Reads a party's file.
 * @throws JobError where there is none, where it is torn or altered, and where it is of something else than `origin`
 */
export async function readKept(dir: string, role: string, origin: KeptOrigin): Promise<KeptModel> {
  const file = await nameOf(role, origin.name);
  const path = pathIn(dir, file);
  const folder = needFiles('restore');
  const unread = (error: unknown): never => {
    throw new JobError(`restore: cannot read ${path}: ${reasonOf(error)}`, { cause: error });
  };
  if (!(await folder.list(dir).catch(unread)).includes(file)) {
    throw new JobError(`restore: ${role} has no model "${origin.name}": there is no ${path}`);
  }
  const bytes = await folder.read(dir, file).catch(unread);
  const { header, payload } = await decodeFile<KeptHeader>(KIND, `restore: ${path}`, bytes, isHeader);
  const what = foreign(header, role, origin);
  if (what !== null) throw new JobError(`restore: ${path} ${what}`);
  const { id, scaling, classes, targets = null } = header;
  return { id, payload, scaling: statisticsOf(scaling), classes, targets: statisticsOf(targets) };
}

const isHeader = ({
  role,
  name,
  id,
  model,
  parties,
  scaling,
  classes,
  targets = null,
}: KeptHeader): boolean =>
  [role, name, model].every((text) => typeof text === 'string') &&
  /^[0-9a-f]{32}$/.test(id) &&
  Array.isArray(parties) &&
  [scaling, targets].every((text) => text === null || [text.mean, text.deviation].every(Array.isArray)) &&
  (classes === null || Array.isArray(classes));

/** In what a file is of something else: words for a message; null where it is not. */
function foreign(header: KeptHeader, role: string, own: KeptOrigin): string | null {
  if (header.role !== role) return `is ${header.role}'s, not ${role}'s`;
  if (header.name !== own.name) return `is of the model "${header.name}"`;
  if (JSON.stringify(header.parties) !== JSON.stringify(own.parties)) {
    return `is of other parties (${header.parties.join(', ')})`;
  }
  for (const field of ['ring', 'fractionBits'] as const) {
    if (header[field] !== own[field]) {
      return `is of a session with ${field} ${header[field]}, not ${own[field]}`;
    }
  }
  if (header.model !== own.model) return 'is of a model with another description';
  return header.data === own.data ? null : 'is of a model for rows of another form';
}

/**
 * What the parties here have kept of one run.
 * @throws JobError as {@link readKept}, and where two of them are of different runs
 */
export async function readAllKept(
  dir: string,
  roles: readonly string[],
  origin: KeptOrigin,
): Promise<ReadonlyMap<string, KeptModel>> {
  const kept = new Map<string, KeptModel>();
  for (const role of roles) kept.set(role, await readKept(dir, role, origin));
  const [[first, one] = [], ...others] = kept;
  const other = others.find(([, { id }]) => id !== one?.id);
  if (other)
    throw new JobError(
      `restore: what ${first} and ${other[0]} have of "${origin.name}" is of different runs`,
    );
  return kept;
}
