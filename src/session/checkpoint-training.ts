/** What a checkpoint is of: the agreement, the model and the training, as what its steps depend on. All public. */
import { hexOf } from '../bytes.js';
import type { ModelConfig } from '../model/config.js';
import type { EpochSettings } from '../nn/step-plan.js';
import { type Agreement, agreementOf, PROTOCOL } from '../party/agreement.js';
import { orderedJson } from '../party/checked-file.js';
import type { CheckpointHeader, Stopping } from '../party/checkpoint-file.js';
import { digestOf } from './digest.js';
import type { PublicBeginning } from './initial-weights.js';

/** A training of a model: what its steps depend on, and where it began. */
export interface Training {
  readonly description: Omit<EpochSettings, 'epoch'> & {
    readonly rows: number;
    readonly mayStop: boolean;
    /** Whether rows have weights of their own. */
    readonly weighted?: boolean;
  };
  /** Epochs of the model before it. */
  readonly begins: number;
  readonly mayStop: boolean;
  readonly stopping: Stopping;
}

/** What a header says of the run as a whole. */
export type Origin = Pick<CheckpointHeader, 'agreement' | 'model' | 'training' | 'job'>;

export async function originOf(
  settings: Agreement,
  model: ModelConfig,
  beginning: PublicBeginning,
  trainings: readonly Training[],
  job: string | undefined,
): Promise<Origin> {
  const number = trainings.length - 1;
  const { tape: _, ...agreed } = agreementOf(settings); // a run that is taken up has another
  const before = trainings.slice(0, -1).map(({ description, begins }) => ({ description, begins }));
  return {
    agreement: { ...agreed, protocol: PROTOCOL },
    model: hexOf(await digestOf(model)),
    training: {
      ...trainings[number].description,
      number,
      before: hexOf(await digestOf([before, trainings[number].begins])),
      weights: hexOf(await digestOf(beginning)),
    },
    job: job ?? null,
  };
}

/** What `mayStop` stands for: it follows from other options where it is not given. */
const STOPPABLE = 'whether it may end early (mayStop, which earlyStopping and callbacks make true)';

/** In what a checkpoint is of something else than this run: words for a message; null where it is of this. */
export function foreign(header: CheckpointHeader, own: Origin): string | null {
  const parties = header.agreement.parties;
  if (differing(parties, own.agreement.parties)) return `is of other parties (${parties.join(', ')})`;
  const agreed = differences(header.agreement, own.agreement);
  if (agreed.length > 0) return `is of a session with other settings: ${agreed.join(', ')}`;
  if (header.job !== own.job) return 'is of another job';
  if (header.model !== own.model) return 'is of another model';
  const trained = differences(header.training, own.training);
  const words = trained.map((field) => (field === 'mayStop' ? STOPPABLE : field));
  return words.length > 0 ? `is of another training: ${words.join(', ')}` : null;
}

const differing = (a: unknown, b: unknown): boolean => orderedJson([a]) !== orderedJson([b]);

/** The names of the fields in which two records differ. */
function differences(a: object, b: object): string[] {
  const [theirs, own] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  return [...new Set([...own.keys(), ...theirs.keys()])].filter((key) =>
    differing(theirs.get(key), own.get(key)),
  );
}
