/** A client that brings all rows of a training, and leaves: the same program at every role. */
import { sgd } from '../../src/model/describe.js';
import { sequential } from '../../src/session/sequential.js';
import type { Session } from '../../src/session/session.js';
import { wineFold, wineLayers } from './wine.js';

export const { train } = wineFold(2);
/** All roles. */
export const NAMES = ['alice', 'bob', 'provider', 'owner', 'clinic'];
export const OPTIONS = { parties: ['alice', 'bob'], clients: ['clinic'], ring: 32 as const, threads: 0 };

/** The trained weights, for the owner. */
export async function trainForClinic(session: Session) {
  const own = (values: ArrayLike<number>) => (session.isHere('clinic') ? Float32Array.from(values) : null);
  const { rows } = train;
  const x = await session.shareRows([{ owner: 'clinic', values: own(train.x), rows }], [13]);
  const y = await session.shareRows([{ owner: 'clinic', values: own(train.y), rows }], [3]);
  if (await session.leave('clinic')) return null;
  const model = sequential(wineLayers());
  model.compile({ optimizer: sgd({ learningRate: 0.25 }), loss: 'meanSquaredError' });
  await model.fit(x, y, { batchSize: 8, epochs: 4, seed: 3 });
  const weights = await model.weights();
  return weights?.map((values) => [...values]) ?? null;
}
