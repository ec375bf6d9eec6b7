/**
 * Checkpoints of one training: what its roles here keep after an epoch, and where it is taken up again. Every process writes
 * for its own roles alone: each party its summands of the model, an owner that may end the training what it has decided on.
 *
 * A role keeps two positions. No role begins the epoch after the next before all have written the last, so two roles are never
 * more than one position apart, and there always is one that all have.
 */
import { bytesOfHex, hexOf } from '../bytes.js';
import { CheckpointError, JobError } from '../errors.js';
import type { EpochSettings } from '../nn/step-plan.js';
import { ownerApart } from '../party/agreement.js';
import type { Checkpoint } from '../party/checkpoint-file.js';
import { CheckpointFolder, type CheckpointPosition, checkpointPositions } from './checkpoint-folder.js';
import type { CheckpointOptions, ResumeOptions } from './checkpoint-options.js';
import { newestCommon, type PositionsByRole } from './checkpoint-positions.js';
import { foreign, type Origin, type Training } from './checkpoint-training.js';
import type { DeployedModel } from './deployed.js';

export class Checkpoints {
  readonly #model: DeployedModel;
  readonly #training: Training;
  readonly #origin: Origin;

  constructor(model: DeployedModel, training: Training, origin: Origin) {
    this.#model = model;
    this.#training = training;
    this.#origin = origin;
  }

  get #number(): number {
    return this.#origin.training.number;
  }

  /** The roles that keep checkpoints. */
  get #keepers(): readonly string[] {
    const { settings } = this.#model.session.roles;
    const apart = ownerApart(settings);
    return apart !== null && this.#training.mayStop ? [...settings.parties, apart] : settings.parties;
  }

  get #here(): readonly string[] {
    const { roles } = this.#model.session;
    return this.#keepers.filter((role) => roles.isHere(role));
  }

  /**
   * @param beyond epochs of this training that may be there
   * @throws JobError where a role here has checkpoints in a folder that this run cannot have made
   */
  async refuseOthers(dir: string, beyond = 0): Promise<void> {
    for (const role of this.#here) {
      const folder = await CheckpointFolder.of(dir, role);
      const other = (await folder.places()).findLast(
        ({ training, epoch }) => training > this.#number || (training === this.#number && epoch > beyond),
      );
      if (!other) continue;
      throw new CheckpointError(
        `checkpoint: ${folder.pathOf(other)} is of another run; give the folder as resume too, or another folder`,
      );
    }
  }

  /**
   * Keeps the model as it is after `epoch` epochs of the training.
   * @param from the position from which this run has come; files of the training but for this and the new one go
   */
  async save({ dir }: CheckpointOptions, epoch: number, from: number): Promise<void> {
    const states = await this.#model.save('all');
    const { owner } = this.#model.session.roles.settings;
    const { mayStop, stopping } = this.#training;
    await Promise.all(
      this.#here.map(async (role) => {
        const state = states.get(role);
        const header = {
          ...this.#origin,
          role,
          epoch,
          id: state ? hexOf(state.id) : '',
          ...(mayStop && role === owner && { stopping }),
        };
        const folder = await CheckpointFolder.of(dir, role);
        await folder.write({ header, payload: state?.words ?? new Uint8Array(0) });
        for (const place of await folder.places()) {
          const gone = place.training === this.#number && place.epoch !== epoch && place.epoch !== from;
          if (gone) await folder.remove(place);
        }
      }),
    );
  }

  /** The newest epoch before `epoch` of which a role here has a file. */
  async before({ dir }: CheckpointOptions, epoch: number): Promise<number> {
    const [role] = this.#here;
    if (role === undefined) return 0;
    const places = await (await CheckpointFolder.of(dir, role)).places();
    const older = places.filter((place) => place.training === this.#number && place.epoch < epoch);
    return older.at(-1)?.epoch ?? 0;
  }

  /**
   * Reads where all roles can go on; nothing is sent.
   * @returns epochs that have been made, and what each role here has kept of them
   * @throws JobError that names a file which cannot be used, or what each role has
   */
  async find({ dir, positions }: ResumeOptions): Promise<Found> {
    const { roles } = this.#model.session;
    const { here } = roles.settings as { here?: readonly string[] };
    if (here?.length === 0) return { epoch: 0, files: new Map() }; // no role is anywhere: nothing runs
    const lists = new Map<string, readonly CheckpointPosition[]>();
    for (const role of this.#keepers) {
      const given = positions?.[role];
      if (roles.isHere(role)) lists.set(role, await checkpointPositions(dir, role));
      else if (given) lists.set(role, given);
      else throw new JobError(`resume: ${role} is not here, and positions does not say what it has`);
    }
    await this.#refuseForeign(dir, lists);
    const position = newestCommon(this.#number, lists);
    if (!position) return { epoch: 0, files: new Map() };
    const files = new Map<string, Checkpoint>();
    for (const role of this.#here) {
      const folder = await CheckpointFolder.of(dir, role);
      files.set(role, await folder.read(position));
    }
    this.#checkStopping(files);
    return { epoch: position.epoch, files };
  }

  /** @throws JobError for a file of this training's number that is of something else */
  async #refuseForeign(dir: string, lists: PositionsByRole): Promise<void> {
    for (const role of this.#here) {
      const folder = await CheckpointFolder.of(dir, role);
      for (const place of lists.get(role) ?? []) {
        if (place.training !== this.#number) continue;
        const what = foreign((await folder.read(place)).header, this.#origin);
        if (what) throw new CheckpointError(`resume: ${folder.pathOf(place)} ${what}`);
      }
    }
  }

  #checkStopping(files: ReadonlyMap<string, Checkpoint>): void {
    const kept = files.get(this.#model.session.roles.settings.owner)?.header.stopping;
    const { monitor } = this.#training.stopping;
    if (!kept || kept.monitor === monitor) return;
    throw new CheckpointError(
      `resume: early stopping has watched ${kept.monitor ?? 'nothing'}, and is now to watch ${monitor ?? 'nothing'}`,
    );
  }

  /** Puts the model where the files say. */
  async restore({ epoch, files }: Found, settings: EpochSettings, rows: number): Promise<void> {
    if (epoch === 0) return;
    const { settings: agreed } = this.#model.session.roles;
    const states = [...files]
      .filter(([role]) => agreed.parties.includes(role))
      .map(
        ([role, { header, payload }]) =>
          [role, { id: bytesOfHex(header.id), words: payload.slice() }] as const,
      );
    await this.#model.resume(settings, epoch, rows, Object.fromEntries(states));
    const kept = files.get(agreed.owner)?.header.stopping;
    if (kept) Object.assign(this.#training.stopping, kept);
  }
}

/** Where a training goes on. */
export interface Found {
  /** Epochs that have been made. */
  readonly epoch: number;
  readonly files: ReadonlyMap<string, Checkpoint>;
}
