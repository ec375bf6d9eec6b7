/** Bringing the rows of several owners into one shared tensor, each owner's rows under its own name. */
import type { Session } from '../session/session.js';
import type { SecureTensor } from '../tensor/secure-tensor.js';

/** One owner's matrix, row-major. */
export interface OwnedMatrix {
  readonly owner: string;
  readonly values: Float32Array;
  readonly rows: number;
}

/** Numbers shared at a time; what is under way in clear or in copies stays below a few times 8 bytes of these. */
const PIECE = 2 ** 22;

/**
 * Shares every owner's rows and joins them, one owner after the other.
 * @param rowShape shape of one row
 * @param columns their names, for errors
 * @throws RangeError that names owner, row and column of a number that cannot be shared, never the number
 */
export async function shareRows(
  session: Session,
  parts: readonly OwnedMatrix[],
  rowShape: readonly number[],
  columns?: readonly string[],
): Promise<SecureTensor> {
  const width = rowShape.reduce((a, b) => a * b, 1);
  const pieceRows = Math.max(1, Math.floor(PIECE / width));
  const pieces: SecureTensor[] = [];
  for (const { owner, values, rows } of parts) {
    for (let from = 0; from < rows; from += pieceRows) {
      const count = Math.min(pieceRows, rows - from);
      const shape = [count, ...rowShape];
      const piece = values.subarray(from * width, (from + count) * width);
      pieces.push(session.share(piece, { owner, shape, ...(columns && { columns }) }));
      await session.ready();
    }
  }
  const [first, ...others] = pieces;
  if (others.length === 0) return first;
  const joined = first.concat(...others);
  for (const piece of pieces) piece.dispose();
  return joined;
}
