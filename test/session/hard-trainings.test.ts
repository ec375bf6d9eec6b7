/**
 * Right or refused: each of the hard trainings ends as it does in float, or is refused before it starts, or is ended with
 * an error that names layer and kind. So it is on the ring that a dry run chooses, and on ring 32 with the sentinel; with
 * the sentinel off, what it has caught comes out wrong.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { RangeExceeded } from '../../src/errors.js';
import { sequential } from '../../src/session/sequential.js';
import { createSession, type Session } from '../../src/session/session.js';
import { hardTrainings, inFloat, type Training } from '../world/hard-trainings.js';

interface Outcome {
  readonly how: 'trained' | 'refused' | 'caught';
  readonly loss?: number;
  readonly accuracy?: number | undefined;
  readonly message?: string;
}

const modelOf = ({ layers, loss, optimizer, data }: Training) => {
  const model = sequential(layers);
  const classifies = data.classes > 1 || loss !== 'meanSquaredError';
  model.compile({ optimizer, loss, metrics: classifies ? ['accuracy'] : [] });
  return model;
};

/** Trains on a session that `start` makes. */
async function train(training: Training, start: () => Promise<Session>, sentinel = true): Promise<Outcome> {
  const { data, layers, batchSize, epochs } = training;
  let session: Session | null = null;
  let fitting = false;
  try {
    session = await start();
    const inputs = layers[0].inputShape as number[];
    const x = session.share(data.x, { owner: 'alice', shape: [data.rows, ...inputs] });
    const y = session.share(data.y, { owner: 'bob', shape: [data.rows, data.classes] });
    const model = modelOf(training);
    fitting = true;
    await model.fit(x, y, { batchSize, epochs, sentinel });
    const { loss, accuracy } = await model.evaluate(x, y, { sentinel });
    return { how: 'trained', loss, accuracy };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (error instanceof RangeExceeded)
      return { how: fitting ? 'caught' : 'refused', message: error.message };
    if (error instanceof RangeError) return { how: 'refused', message: error.message };
    throw error;
  } finally {
    await session?.close();
  }
}

type Float = ReturnType<typeof inFloat>;

/** Within two points of accuracy, or 5 % of the error of a regression. */
function asInFloat({ loss = NaN, accuracy }: Outcome, float: Float): boolean {
  if (accuracy !== undefined) return Math.abs(accuracy - float.accuracy) <= 0.0201;
  return Math.abs(loss - float.loss) <= 0.05 * float.loss + 2e-4;
}

const namesLayer = (message = ''): boolean => /layer \d+ \(\w+\)/.test(message);

/** Those that the sentinel has ended, and that come out wrong in silence without it. */
const silent: string[] = [];

for (const training of hardTrainings) {
  test(`${training.name}: right or refused`, async () => {
    const { data, batchSize, epochs } = training;
    const float = inFloat(training);
    const inRing32 = (sentinel: boolean) =>
      train(training, () => createSession({ ring: 32, threads: 0 }), sentinel);
    const show = (outcome: Outcome) => `${JSON.stringify(outcome)}, in float ${JSON.stringify(float)}`;

    const report = await modelOf(training).dryRun(data.x, data.y, { batchSize, epochs });
    const chosen = await train(training, () => createSession({ dryRun: report, threads: 0 }));
    assert.is.not(chosen.how, 'caught', `${report}\n${show(chosen)}`);
    if (chosen.how === 'trained') assert.ok(asInFloat(chosen, float), `${report}\n${show(chosen)}`);
    else assert.ok(namesLayer(chosen.message), chosen.message);
    if (report.fits && report.ring === 32) return;

    const narrow = await inRing32(true);
    if (narrow.how === 'trained') assert.ok(asInFloat(narrow, float), show(narrow));
    if (narrow.how !== 'caught') return;
    assert.ok(namesLayer(narrow.message) && /try /.test(narrow.message ?? ''), narrow.message);
    const unwatched = await inRing32(false);
    if (unwatched.how === 'trained' && !asInFloat(unwatched, float)) silent.push(training.name);
  });
}

test('what the sentinel ends comes out wrong in silence without it', () => {
  assert.ok(silent.length >= 4, `${silent}`);
});

test.run();
