/** A training of Wine in which nothing is left to chance: the same in Node and in a page, bit for bit. */
import { dense, sequential, sgd } from 'beaverdam';
import { columnStatistics, loadWine, standardise } from 'beaverdam/data';
import { createTestSession } from 'beaverdam/testing';

/** The bits of the trained weights, layer by layer, as hexadecimal text. @param mode of the session; its own choice unless it is given */
export async function trainSeeded(mode) {
  const { x, y, rows, features, classes } = await loadWine();
  const session = await createTestSession({ ring: 32, ...(mode && { mode }) }, { seed: 7 });
  try {
    const inputs = session.share(standardise(x, columnStatistics(x, features)), {
      owner: 'alice',
      shape: [rows, features],
    });
    const labels = session.share(y, { owner: 'bob', shape: [rows, classes] });
    const model = sequential([
      dense({ units: 16, activation: 'relu', inputShape: [features] }),
      dense({ units: classes }),
    ]);
    model.compile({ optimizer: sgd({ learningRate: 0.375 }), loss: 'meanSquaredError' });
    await model.fit(inputs, labels, { epochs: 3, batchSize: 8 });
    const weights = await model.weights();
    return weights.map((values) =>
      [...new Uint8Array(values.buffer, values.byteOffset, values.byteLength)]
        .map((byte) => byte.toString(16).padStart(2, '0'))
        .join(''),
    );
  } finally {
    await session.close();
  }
}
