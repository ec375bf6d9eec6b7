/** Metrics that evaluate takes: what a session reveals of them, to whom, and what it costs. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  createSession,
  dense,
  type Evaluation,
  type LossName,
  listDisclosures,
  type ScoreName,
  type Session,
  sequential,
  sgd,
} from '../../src/index.js';
import { classScores } from '../../src/model/class-scores.js';
import { aucThresholds } from '../../src/model/scores.js';
import { dryRunOf } from '../../src/session/dry-roles.js';
import { runApart, valuesOf } from '../world/apart.js';
import { Random, RINGS } from '../world/ring.js';
import { namesOf, withSession } from '../world/sessions.js';

const ROWS = 40;
const random = new Random(11);
/** A model of one layer, and labels. */
interface Case {
  readonly loss: LossName;
  readonly kernel: readonly number[];
  readonly bias: readonly number[];
  readonly labels: readonly number[];
  readonly metrics: readonly ScoreName[];
}

/** Kernel and bias of each model, the kernel row-major; the third class is never predicted. */
const MODELS = {
  'three classes': { loss: 'meanSquaredError', kernel: [1, 0.5, 0, 0, 0.5, 0], bias: [0, 0, -3] },
  'two logits': { loss: 'softmaxCrossEntropy', kernel: [0, 1, 0.5, 0.5], bias: [0, 0.25] },
  'a number': { loss: 'meanSquaredError', kernel: [1, 0.5], bias: [0.25] },
} as const;

/** What a model makes of a row. */
const outputOf = ({ kernel, bias }: Pick<Case, 'kernel' | 'bias'>, a: number, b: number): number[] =>
  bias.map((start, j) => start + a * kernel[j] + b * kernel[bias.length + j]);

/** What thresholds are compared with. */
const scoreOf = (y: readonly number[]): number => (y.length === 1 ? y[0] : y[1] - y[0]);

/** Whether outputs stay on their side of all thresholds and of each other when they are rounded on shares. */
function isClear(a: number, b: number): boolean {
  return Object.values(MODELS).every((model) => {
    const y = outputOf(model, a, b);
    const away = (x: number, from: number) => Math.abs(x - from) > 2 ** -9;
    const apart = y.every((value, i) => y.slice(i + 1).every((other) => away(value, other)));
    return apart && (y.length > 2 || aucThresholds(model.loss, y.length).every((t) => away(scoreOf(y), t)));
  });
}

/** Rows of two numbers that are exact at every scale. */
const numbers: number[] = [];
while (numbers.length < ROWS * 2) {
  const [a, b] = [random.below(8193) - 4096, random.below(8193) - 4096].map((integer) => integer / 4096);
  if (isClear(a, b)) numbers.push(a, b);
}

const classes = Array.from({ length: ROWS }, () => random.below(3));
const binary = Array.from({ length: ROWS }, (_, i) => Number(numbers[2 * i] + random.below(3) / 2 > 0.5));
const oneHot = (labels: readonly number[], units: number) =>
  labels.flatMap((label) => Array.from({ length: units }, (_, j) => Number(j === label)));

const CASES: Record<string, Case> = {
  'three classes': {
    ...MODELS['three classes'],
    labels: oneHot(classes, 3),
    metrics: ['confusionMatrix'],
  },
  'two logits': {
    ...MODELS['two logits'],
    labels: oneHot(binary, 2),
    metrics: ['auc', 'confusionMatrix'],
  },
  'a number': {
    ...MODELS['a number'],
    labels: binary,
    metrics: ['confusionMatrix', 'meanAbsoluteError', 'r2', 'auc'],
  },
};

const programOf =
  ({ loss, kernel, bias, labels, metrics }: Case, rows = ROWS) =>
  async (session: Session) => {
    const units = bias.length;
    const part = (owner: string, values: readonly number[], size: number) => ({
      owner,
      values: session.isHere(owner) ? values.slice(0, rows * size) : null,
      rows,
    });
    const x = await session.shareRows([part('alice', numbers, 2)], [2]);
    const y = await session.shareRows([part('bob', labels, units)], [units]);
    const model = sequential([dense({ units, inputShape: [2] })]);
    model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss, metrics: [] });
    model.setWeights([Float32Array.from(kernel), Float32Array.from(bias)]);
    const result = await model.evaluate(x, y, { batchSize: 16, metrics });
    return { result, disclosed: await session.disclosed(), totals: await session.totals() };
  };

/** All models, one after the other, and what all of it discloses and costs. */
async function allCases(session: Session) {
  const results: Record<string, Evaluation> = {};
  for (const [name, of] of Object.entries(CASES)) results[name] = (await programOf(of)(session)).result;
  return { results, disclosed: await session.disclosed(), totals: await session.totals() };
}

/** The outputs in clear. */
const outputsOf = (of: Case): number[][] =>
  Array.from({ length: ROWS }, (_, i) => outputOf(of, numbers[2 * i], numbers[2 * i + 1]));

function matrixOf(of: Case): number[][] {
  const units = of.bias.length;
  const count = Math.max(2, units);
  const matrix = Array.from({ length: count }, () => Array.from({ length: count }, () => 0));
  outputsOf(of).forEach((row, i) => {
    const said = units === 1 ? Number(row[0] > 0.5) : row.indexOf(Math.max(...row));
    const actual = units === 1 ? of.labels[i] : of.labels.slice(i * units, (i + 1) * units).indexOf(1);
    matrix[actual][said]++;
  });
  return matrix;
}

/** By all pairs of rows; [area, half the part of pairs in one bin]. */
function aucOf(of: Case): [number, number] {
  const thresholds = aucThresholds(of.loss, of.bias.length);
  const bins = outputsOf(of)
    .map(scoreOf)
    .map((score) => thresholds.filter((threshold) => score >= threshold).length);
  let [pairs, right, level] = [0, 0, 0];
  bins.forEach((mine, i) => {
    bins.forEach((other, j) => {
      if (binary[i] !== 1 || binary[j] !== 0) return;
      pairs++;
      right += Number(mine > other);
      level += Number(mine === other);
    });
  });
  return [(right + level / 2) / pairs, level / 2 / pairs];
}

for (const ring of RINGS) {
  for (const parties of [2, 3]) {
    for (const owner of ['owner', 'alice']) {
      test(`what evaluate returns is what clear numbers give: ring ${ring}, ${parties} parties, owner ${owner}`, async () => {
        const options = { ring, owner, parties: namesOf(parties), threads: 0 };
        const { results, disclosed, totals } = await withSession(options, allCases);
        for (const [name, of] of Object.entries(CASES)) {
          const result = results[name];
          assert.equal(result.confusionMatrix, matrixOf(of), name);
          if (of.metrics.includes('auc')) assert.equal([result.auc, result.aucError], aucOf(of), name);
          if (!of.metrics.includes('r2')) continue;
          const errors = outputsOf(of).map(([y], i) => y - of.labels[i]);
          const mean = errors.reduce((sum, error) => sum + Math.abs(error), 0) / ROWS;
          assert.ok(Math.abs((result.meanAbsoluteError ?? -1) - mean) < 2 ** -8, `${name}: ${mean}`);
          const middle = of.labels.reduce((sum, label) => sum + label, 0) / ROWS;
          const deviations = of.labels.reduce((sum, label) => sum + (label - middle) ** 2, 0);
          const r2 = 1 - errors.reduce((sum, error) => sum + error ** 2, 0) / deviations;
          assert.ok(Math.abs((result.r2 ?? -9) - r2) < 0.03, `${name}: ${result.r2}, not ${r2}`);
        }
        assert.equal(
          disclosed.map(({ label, to, times }) => `${label} → ${to}, ${times}`),
          [
            `evaluate: loss → ${owner}, 6`,
            `evaluate: confusionMatrix → ${owner}, 3`,
            `evaluate: alarms → ${owner}, 3`,
            `evaluate: auc → ${owner}, 2`,
            `evaluate: meanAbsoluteError → ${owner}, 2`,
            `evaluate: r2 → ${owner}, 2`,
          ],
        );
        const dry = await dryRunOf(allCases, options);
        assert.equal(dry.disclosed, disclosed, 'a dry run lists the same');
        assert.equal(await listDisclosures(allCases, options), disclosed);
        const all = namesOf(parties).map((name) => totals.get(name));
        for (const key of ['rounds', 'online'] as const) assert.is(dry.totals[key], all.at(-1)?.[key], key);
        assert.is(dry.totals.dealt, totals.get('provider')?.dealt);
        assert.is(dry.line, Math.max(...all.map((own) => own?.dealt ?? 0)));
      });
    }
  }
}

test('roles apart come to the same, bit for bit, and only the owner learns it', async () => {
  const numbered = CASES['a number'];
  for (const owner of ['owner', 'bob']) {
    const options = { ring: 32, owner } as const;
    const testing = { seed: 3 };
    const together = await withSession(options, programOf(numbered), testing);
    const here = [['alice'], ['bob'], ['provider'], ...(owner === 'owner' ? [['owner']] : [])];
    const apart = valuesOf(await runApart(options, here, () => programOf(numbered), testing));
    here.forEach(([role], place) => {
      const { result } = apart[place];
      assert.equal(result, role === owner ? together.result : null, role);
    });
  }
});

test('a class that is never predicted has precision 0', async () => {
  const { result } = await withSession({ ring: 64 }, programOf(CASES['three classes']));
  const scores = classScores(result.confusionMatrix ?? []);
  assert.is(scores[2].precision, 0);
  assert.ok(scores[2].rows > 0 && scores[0].precision > 0);
});

test('labels of one class have no area, labels that are alike no R²', async () => {
  for (const ring of RINGS) {
    const labels = binary.map(() => 1);
    const { result } = await withSession({ ring }, programOf({ ...CASES['a number'], labels }));
    assert.ok(Number.isNaN(result.auc) && Number.isNaN(result.aucError), String(result.auc));
    assert.ok(Number.isNaN(result.r2), String(result.r2));
    assert.is(
      result.confusionMatrix?.[0].reduce((sum, count) => sum + count),
      0,
    );
  }
});

test('few rows, unfit labels and unfit metrics are refused before anything is sent', async () => {
  const session = await createSession({ ring: 32, threads: 0 });
  try {
    const refused = async (of: Case, pattern: RegExp, rows = ROWS) => {
      const error = await programOf(of, rows)(session).catch((reason: unknown) => reason);
      assert.instance(error, RangeError);
      assert.match((error as Error).message, pattern);
    };
    const number = CASES['a number'];
    await refused(number, /^evaluate: losses and metrics over 9 rows would say too much of each/, 9);
    const halves = { ...number, labels: binary.map((label) => label / 2) };
    await refused(
      { ...halves, metrics: ['auc'] },
      /^evaluate: the metric auc wants labels with numbers that are 0 or 1; row \d+/,
    );
    await refused(
      { ...halves, metrics: ['confusionMatrix'] },
      /the metric confusionMatrix wants labels with/,
    );
    await refused({ ...number, loss: 'hinge', metrics: ['r2'] }, /^evaluate: metrics: r2 is of outputs/);
    await refused(
      { ...CASES['three classes'], metrics: ['auc'] },
      /^evaluate: metrics: auc is of one output/,
    );
    assert.equal(
      (await session.disclosed()).map(({ label }) => label),
      [],
    );
    const { result } = await programOf(number)(session);
    assert.equal(result.confusionMatrix, matrixOf(number), 'the session goes on');
  } finally {
    await session.close();
  }
});

test('fit and predict do not take them', async () => {
  await withSession({}, async (session) => {
    const x = session.share(numbers, { shape: [ROWS, 2] });
    const y = session.share(binary, { shape: [ROWS, 1] });
    const model = sequential([dense({ units: 1, inputShape: [2] })]);
    model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: 'meanSquaredError' });
    const options = { metrics: ['r2'] } as object;
    const error = await model.fit(x, y, options).catch((reason: unknown) => reason);
    assert.match(String(error), /fit: unknown option "metrics"/);
    assert.throws(() => model.predict(x, options), /predict: unknown option "metrics"/);
  });
});

test.run();
