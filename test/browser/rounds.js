/**
 * Sessions that are opened and closed again and again, for whoever counts what they leave behind (scripts/browser/rounds.mjs).
 */
import { createSession, dense, sequential, sgd } from 'beaverdam';
import { columnStatistics, loadWine, standardise } from 'beaverdam/data';

/** A model and the rows of Wine, in a session. */
async function start(options) {
  const wine = await loadWine();
  const session = await createSession({ ring: 32, ...options });
  const x = session.share(standardise(wine.x, columnStatistics(wine.x, wine.features)), {
    owner: 'alice',
    shape: [wine.rows, wine.features],
  });
  const y = session.share(wine.y, { owner: 'bob', shape: [wine.rows, wine.classes] });
  const model = sequential([
    dense({ units: 16, activation: 'relu', inputShape: [wine.features] }),
    dense({ units: wine.classes }),
  ]);
  model.compile({ optimizer: sgd({ learningRate: 0.375 }), loss: 'meanSquaredError' });
  return { session, fit: (epochs, more) => model.fit(x, y, { epochs, batchSize: 8, ...more }) };
}

/** Two sessions at once: one trains to its end and is closed, the other is stopped in the middle of a training. */
globalThis.round = async () => {
  const stop = new AbortController();
  const [one, other] = await Promise.all([start({ threads: 1 }), start({ signal: stop.signal })]);
  const stopped = other.fit(10_000, { callbacks: { onEpochEnd: () => stop.abort() } }).then(
    () => 'came to its end',
    (error) => error.name,
  );
  await one.fit(2);
  await one.session.close();
  const ended = await stopped;
  await other.session.close();
  return ended;
};

/** A session that nobody closes. */
globalThis.leave = () => start({});

/** A training without end, whose epochs are counted. */
globalThis.epochs = 0;
globalThis.train = async () => {
  const { fit } = await start({});
  fit(1_000_000, { callbacks: { onEpochEnd: () => void globalThis.epochs++ } });
};

/** A dry run that takes a while, and rests in between; the ring that it finds. */
globalThis.dry = async () => {
  const model = sequential([
    dense({ units: 128, activation: 'relu', inputShape: [784] }),
    dense({ units: 10 }),
  ]);
  model.compile({ optimizer: sgd({ learningRate: 0.5 }), loss: 'meanSquaredError' });
  const rows = new Float32Array(64 * 784).fill(0.25);
  const { ring } = await model.dryRun(rows, null, { batchSize: 64, epochs: 20 });
  return ring;
};

globalThis.outcome = 'ready';
