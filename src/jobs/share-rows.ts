/** Bringing the rows of several owners into one shared tensor, each owner's rows under its own name. */
import type { Session } from '../session/session.js';
import type { SecureTensor } from '../tensor/secure-tensor.js';

/** One owner's matrix, row-major. */
export interface OwnedMatrix {
  readonly owner: string;
  readonly values: Float32Array;
  readonly rows: number;
}

export interface ShareRowsOptions {
  /** Names of a row's numbers, for errors. */
  readonly columns?: readonly string[];
  /**
   * Numbers shared at a time, so that what is under way in clear or in copies stays small beside the data.
   * Default 2^22.
   */
  readonly piece?: number;
}

/**
 * Shares every owner's rows and joins them, one owner after the other.
 * @param rowShape shape of one row
 * @throws RangeError that names owner, row and column of a number that cannot be shared, never the number
 */
export async function shareRows(
  session: Session,
  parts: readonly OwnedMatrix[],
  rowShape: readonly number[],
  { columns, piece = 2 ** 22 }: ShareRowsOptions = {},
): Promise<SecureTensor> {
  const width = rowShape.reduce((a, b) => a * b, 1);
  const pieceRows = Math.max(1, Math.floor(piece / width));
  const pieces: SecureTensor[] = [];
  for (const { owner, values, rows } of parts) {
    for (let from = 0; from < rows; from += pieceRows) {
      const count = Math.min(pieceRows, rows - from);
      const shape = [count, ...rowShape];
      const part = values.subarray(from * width, (from + count) * width);
      pieces.push(session.share(part, { owner, shape, ...(columns && { columns }) }));
      await session.ready();
    }
  }
  const [first, ...others] = pieces;
  if (others.length === 0) return first;
  const joined = first.concat(...others);
  for (const shared of pieces) shared.dispose();
  return joined;
}
