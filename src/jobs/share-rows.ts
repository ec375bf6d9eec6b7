/** Bringing the rows of several owners into one shared tensor, each owner's rows under its own name. */
import type { Session } from '../session/session.js';
import type { ShareRowsArgs } from '../session/tensor-commands.js';
import { checkTensor } from '../session/validate.js';
import { SecureTensor } from '../tensor/secure-tensor.js';

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
   * Numbers shared at a time. A tensor of more is kept by the roles outside their wasm memory, and brought there batch
   * by batch. Default 2^20.
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
  { columns, piece = 2 ** 20 }: ShareRowsOptions = {},
): Promise<SecureTensor> {
  const { ring, fractionBits } = session.settings;
  for (const { owner, values, rows } of parts) {
    checkTensor(`share: ${owner}`, values, ring, fractionBits, [rows, ...rowShape], columns);
  }
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const shape = [rows, ...rowShape];
  const width = rowShape.reduce((a, b) => a * b, 1);
  if (rows * width > piece) return store(session, parts, shape, Math.max(1, Math.floor(piece / width)));
  return session.tidy(() => {
    const [first, ...others] = parts.map(({ owner, values, rows: own }) =>
      session.share(values, { owner, shape: [own, ...rowShape] }),
    );
    return others.length > 0 ? first.concat(...others) : first;
  });
}

/** Fills one stored tensor with every owner's rows, `step` rows at a time. */
async function store(
  session: Session,
  parts: readonly OwnedMatrix[],
  shape: readonly number[],
  step: number,
): Promise<SecureTensor> {
  const number = session.roles.number();
  let start = 0;
  for (const { owner, values, rows } of parts) {
    const width = values.length / rows;
    for (let from = 0; from < rows; from += step) {
      const count = Math.min(step, rows - from);
      const args: ShareRowsArgs = { owner, shape, start: start + from, rows: count };
      const part = values.slice(from * width, (from + count) * width);
      session.roles.send({ name: 'shareRows', out: number, args }, { [owner]: part });
      await session.ready();
    }
    start += rows;
  }
  return new SecureTensor(session, number, shape);
}
