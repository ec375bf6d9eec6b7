/** Figures of the learning itself: loss and accuracy by epoch, and time and accuracy side by side. */
import { bars, colour, type Drawing } from './drawing.js';
import { type Figure, HALF, type Key, trainerKeys } from './figure.js';
import { duration, percent } from './format.js';
import type { EpochScores, RunData, Training } from './run-data.js';

/** Accuracies in percent, R² as it is. */
const measureOf = ({ measure }: RunData) =>
  measure === 'accuracy'
    ? { name: 'accuracy', axis: 'accuracy, %', factor: 100, text: percent }
    : { name: 'R²', axis: 'R² (1 is perfect)', factor: 1, text: (value: number) => value.toFixed(3) };

const keysOf = (trainings: readonly Training[]): Key[] =>
  trainings.map(({ name, trainer }) => ({ text: name, ...trainerKeys[trainer] }));

/** Whole epochs that have a tick: all of a few, else some ten. */
function epochTicks(last: number): number[] {
  const every = Math.ceil(last / 10);
  return Array.from({ length: last }, (_, i) => i + 1).filter((epoch) => epoch % every === 0);
}

/** A curve a trainer: the one on shares a broad band, those in clear thin lines upon it. */
function curves(
  { plot, draw }: Drawing,
  data: RunData,
  label: string,
  axis: string,
  [ofTest, ofTraining]: readonly [keyof EpochScores, keyof EpochScores],
  factor = 1,
): string {
  const ticks = epochTicks(
    Math.max(...data.trainings.flatMap(({ epochs }) => epochs.map(({ epoch }) => epoch))),
  );
  const points = (epochs: readonly EpochScores[], key: keyof EpochScores) =>
    epochs.map((log) => ({ epoch: log.epoch, value: log[key] * factor }));
  return draw(label, {
    width: HALF,
    height: 290,
    marginLeft: 50,
    marginBottom: 42,
    marginTop: 30,
    marginRight: 14,
    x: { label: 'epoch', labelAnchor: 'center', labelArrow: 'none', ticks, tickFormat: 'd', inset: 8 },
    y: { label: axis, labelArrow: 'none', grid: true, ticks: 5, nice: true },
    marks: data.trainings.flatMap(({ trainer, epochs }) => {
      const { colour: name, stroke } = trainerKeys[trainer];
      const look = {
        x: 'epoch',
        y: 'value',
        stroke: colour(name),
        strokeWidth: stroke === 'thick' ? 5 : 1.6,
        strokeOpacity: stroke === 'thick' ? 0.55 : 1,
        ...(stroke === 'dotted' && { strokeDasharray: '1 4' }),
      };
      const test = points(epochs, ofTest);
      return [
        ...(trainer === 'shares'
          ? [
              plot.lineY(points(epochs, ofTraining), {
                ...look,
                strokeWidth: 1.6,
                strokeOpacity: 1,
                strokeDasharray: '6 4',
              }),
            ]
          : []),
        plot.lineY(test, look),
        plot.dot(test, {
          x: 'epoch',
          y: 'value',
          r: stroke === 'thick' ? 5 : 2.2,
          fill: colour(name),
          fillOpacity: stroke === 'thick' ? 0.55 : 1,
        }),
      ];
    }),
  });
}

const TRAINING_ROWS: Key = { text: 'on the training rows, on shares', colour: 'shares', stroke: 'dashed' };

export function lossFigure(drawing: Drawing, data: RunData): Figure {
  return {
    id: 'loss',
    title: 'Loss by epoch',
    keys: [...keysOf(data.trainings), TRAINING_ROWS],
    panels: [
      {
        body: curves(drawing, data, 'Loss on the test rows after each epoch', 'mean loss', [
          'valLoss',
          'loss',
        ]),
      },
    ],
    caption: `Mean loss on the ${data.rows.test} test ${data.unit} after each epoch. All trainings start from the same weights and take the same batches; shares round to ${data.fractionBits} fraction bits by chance, so that no two trainings on them are quite the same. On the training ${data.unit} the loss is the mean over the epoch's steps.`,
  };
}

export function scoreFigure(drawing: Drawing, data: RunData): Figure {
  const { name, axis, factor } = measureOf(data);
  return {
    id: 'score',
    title: name === 'R²' ? 'R² by epoch' : 'Accuracy by epoch',
    keys: [...keysOf(data.trainings), TRAINING_ROWS],
    panels: [
      {
        body: curves(
          drawing,
          data,
          `${name} on the test rows after each epoch`,
          axis,
          ['valScore', 'score'],
          factor,
        ),
      },
    ],
    caption:
      name === 'R²'
        ? 'Part of the variance of the targets that the network explains.'
        : `Test ${data.unit} whose largest output is the right class. One of them is ${percent(1 / data.rows.test)}.`,
  };
}

export function comparisonFigure(drawing: Drawing, data: RunData): Figure {
  const { name, axis, factor, text } = measureOf(data);
  const { trainings } = data;
  const rows = trainings.map((training) => training.name);
  const parts = Object.fromEntries(
    trainings.map((training) => [training.name, trainerKeys[training.trainer].colour]),
  );
  const panel = (
    label: string,
    unit: string,
    value: (training: Training) => number,
    total: (sum: number) => string,
    domain?: readonly [number, number],
  ) =>
    bars(
      drawing,
      trainings.map((training) => ({ row: training.name, part: training.name, value: value(training) })),
      { width: HALF, label, axis: unit, rows, parts, total, ...(domain && { domain }) },
    );
  const [shares, plain] = trainings;
  const times = plain
    ? ` Shares took ${Number((shares.seconds / plain.seconds).toPrecision(2))} times as long as our float trainer.`
    : '';
  return {
    id: 'comparison',
    title: `Time and ${name}, shared against clear`,
    wide: true,
    panels: [
      { title: 'time', body: panel('Time of the training', 'seconds', ({ seconds }) => seconds, duration) },
      {
        title: `${name} on the test ${data.unit}`,
        body: panel(
          `${name} after the last epoch`,
          axis,
          ({ score }) => Math.max(0, score * factor),
          (sum) => text(sum / factor),
          [0, factor],
        ),
      },
    ],
    caption: `The whole training with its validation, workers up and data shared.${times} The training on shares was measured while it took the time of each kind of work, which slows it a little.`,
  };
}
