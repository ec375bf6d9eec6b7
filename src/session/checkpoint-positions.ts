/** Where roles that have each kept their last positions can go on together. */
import { CheckpointError } from '../errors.js';
import type { CheckpointPosition } from './checkpoint-folder.js';

/** What each role has. */
export type PositionsByRole = ReadonlyMap<string, readonly CheckpointPosition[]>;

/**
 * The newest position of a training that all roles have, of one run; null for its beginning, from which roles can start that
 * have kept nothing but their first epoch.
 * @throws CheckpointError that says what each has, where there is none
 */
export function newestCommon(training: number, roles: PositionsByRole): CheckpointPosition | null {
  const lists = [...roles].map(([role, all]) => ({
    role,
    positions: all.filter((position) => position.training === training),
  }));
  const [first] = [...lists].sort((a, b) => Number(hasIds(b)) - Number(hasIds(a)));
  const common = (first?.positions ?? [])
    .filter((wanted) => lists.every(({ positions }) => positions.some((other) => alike(wanted, other))))
    .sort((a, b) => b.epoch - a.epoch);
  if (common.length > 0) return common[0];
  if (lists.every(({ positions }) => positions.every(({ epoch }) => epoch <= 1))) return null;
  const same = (first?.positions ?? []).filter((wanted) =>
    lists.every(({ positions }) => positions.some(({ epoch }) => epoch === wanted.epoch)),
  );
  if (same.length > 0) {
    const epochs = same.map(({ epoch }) => epoch).join(', ');
    throw new CheckpointError(`resume: the checkpoints after epoch ${epochs} are of different runs`);
  }
  const have = lists.map(({ role, positions }) =>
    positions.length === 0
      ? `${role} has none`
      : `${role} has those after epoch ${positions.map(({ epoch }) => epoch).join(', ')}`,
  );
  throw new CheckpointError(`resume: there is no checkpoint that all roles have: ${have.join('; ')}`);
}

const hasIds = ({ positions }: { readonly positions: readonly CheckpointPosition[] }): boolean =>
  positions.some(({ id }) => id !== '');

/** An owner that is no party does not know the run. */
const alike = (a: CheckpointPosition, b: CheckpointPosition): boolean =>
  a.epoch === b.epoch && (a.id === b.id || a.id === '' || b.id === '');
