/**
 * Asking a model that its owner has in clear, on shares: the model owner brings the weights, one party the rows, and that party alone
 * learns the outputs. Neither learns anything of the other's but shapes.
 */
import type { RingBits } from '../../bindings/ring.js';
import type { SavedModel } from '../interchange/model-file.js';
import type { StopSignal } from '../session/options.js';
import { sequential } from '../session/sequential.js';
import { createSession } from '../session/session.js';
import type { Costs } from './run-options.js';
import { stopwatch } from './stopwatch.js';

export interface Question {
  readonly model: Pick<SavedModel, 'layers' | 'weights'>;
  /** [rows, inputs of the model], row-major, scaled as the model's training rows were. */
  readonly x: Float32Array;
  /** Names of the inputs, for messages; left out: their places. */
  readonly columns?: readonly string[];
  readonly ring: RingBits;
  readonly signal?: StopSignal;
}

export interface Outputs {
  /** [rows, outputs of the model], row-major. */
  readonly values: Float64Array;
  /** From the first share to the answer. */
  readonly seconds: number;
  readonly costs: Costs;
}

/**
 * Outputs for rows, in a session of its own.
 * @throws RangeError for rows or weights that the ring cannot hold, by row and column, never by value; JobError when it is
 *   aborted or a role dies
 */
export async function askModel({ model, x, columns, ring, signal }: Question): Promise<Outputs> {
  const parties = ['alice', 'bob'];
  const session = await createSession({ parties, ring, ...(signal && { signal }) });
  try {
    const step = stopwatch();
    const network = sequential(model.layers);
    network.setWeights(model.weights, { owner: 'owner' });
    const named = columns ? { columns } : {};
    const brought = [{ owner: 'alice', values: x }];
    const rows = await session.shareRows(brought, network.config.inputShape, named);
    const values = await network.predict(rows).reveal({ to: 'alice', label: 'predict: outputs' });
    return { values, seconds: step(), costs: await session.totals() };
  } catch (error) {
    await session.roles.fail(error instanceof Error ? error : new Error(String(error)));
    throw error;
  } finally {
    await session.close();
  }
}
