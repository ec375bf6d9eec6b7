/** A page of a sweep: its scores, what each training took, and all numbers. */
import { byteTick } from './costs.js';
import { bars, colour, type Drawing, labelWidth } from './drawing.js';
import { type Figure, HALF, trainerKeys } from './figure.js';
import { bytes, count, duration, widthsName } from './format.js';
import { complexityFigure } from './more-figures.js';
import { figuresHtml, htmlPage } from './page.js';
import { complexityOf, type SweepPoint } from './sweep.js';

export interface SweepData {
  readonly title: string;
  readonly measure: 'accuracy' | 'R²';
  readonly epochs: number;
  readonly points: readonly SweepPoint[];
}

/** The variant in a word: '16-8, rate 0.1, seed 0'. */
export const variantName = ({ hidden, rate, seed }: Pick<SweepPoint, 'hidden' | 'rate' | 'seed'>): string =>
  `${widthsName(hidden)}, rate ${Number(rate.toPrecision(4))}, seed ${seed}`;

/** The page, with the numbers as JSON in `<script type="application/json" id="data">`: `{ version, sweep }`. */
export const sweepPage = (data: SweepData): Promise<string> =>
  htmlPage(data.title, { sweep: data }, (tools) => {
    const { points, measure, epochs } = data;
    const widths = new Set(points.map(({ hidden }) => hidden.join())).size === points.length;
    const compared = points.every(({ plainScore }) => plainScore !== null);
    const complexity =
      widths && compared && points.length > 1 && measure === 'accuracy'
        ? complexityFigure(tools, { complexity: complexityOf(points) })
        : null;
    const lead = `${count(points.length)} trainings of ${count(epochs)} ${epochs === 1 ? 'epoch' : 'epochs'}, alike but for what stands beside each.`;
    const figures = [scoresFigure(tools, data), complexity, costsFigure(tools, data)];
    return [
      {
        title: data.title,
        lead,
        body: figuresHtml(
          figures.filter((figure) => figure !== null),
          0,
        ),
      },
    ];
  });

function scoresFigure({ plot, draw }: Drawing, { points, measure }: SweepData): Figure {
  const percent = measure === 'accuracy';
  const factor = percent ? 100 : 1;
  const rows = points.map(variantName);
  const of = (key: 'score' | 'plainScore') =>
    points.flatMap((point, p) => {
      const value = point[key];
      return value === null ? [] : [{ row: rows[p], value: value * factor }];
    });
  const [shares, float] = [of('score'), of('plainScore')];
  const body = draw(`${measure} on the test rows by variant`, {
    width: HALF,
    height: 62 + 24 * rows.length,
    marginLeft: labelWidth(rows),
    marginRight: 44,
    marginTop: 6,
    marginBottom: 42,
    x: {
      label: percent ? 'accuracy, %' : 'R² (1 is perfect)',
      labelArrow: 'none',
      labelAnchor: 'center',
      grid: true,
      ticks: 4,
      nice: true,
    },
    y: { domain: rows, label: null },
    marks: [
      plot.dot(shares, { x: 'value', y: 'row', fill: colour('shares'), fillOpacity: 0.55, r: 6 }),
      plot.dot(float, { x: 'value', y: 'row', fill: colour('float'), r: 2.6 }),
    ],
  });
  const ended = points.filter(({ score }) => score === null).map(variantName);
  return {
    id: 'sweep',
    title: `${percent ? 'Accuracy' : 'R²'} by variant`,
    keys: [
      { text: 'on secret shares', ...trainerKeys.shares },
      ...(float.length > 0 ? [{ text: 'in clear, float', ...trainerKeys.float }] : []),
    ],
    panels: [{ body }],
    caption: `On the test rows after the last epoch, one training each: hidden widths, learning rate and seed stand on the left. To choose by these scores is to fit the test rows.${ended.length > 0 ? ` Ended with an error on shares, since numbers came near the limit of the ring: ${ended.join('; ')}.` : ''}`,
  };
}

function costsFigure(drawing: Drawing, { points }: SweepData): Figure | null {
  const done = points.filter(({ seconds }) => seconds !== null);
  if (done.length === 0) return null;
  const rows = done.map(variantName);
  const panel = (
    label: string,
    axis: string,
    value: (point: SweepPoint) => number | null,
    total: (n: number) => string,
    tick?: (n: number) => string,
  ) =>
    bars(
      drawing,
      done.map((point, p) => ({ row: rows[p], part: 'shares', value: value(point) ?? 0 })),
      { width: HALF, label, axis, rows, parts: { shares: 'deep' }, total, ...(tick && { tick }) },
    );
  const sent = ({ bytesOnline, bytesDealt }: SweepPoint) => (bytesOnline ?? 0) + (bytesDealt ?? 0);
  return {
    id: 'sweep-costs',
    title: 'Cost by variant',
    wide: true,
    panels: [
      {
        title: 'time',
        body: panel('Seconds on shares by variant', 'seconds', ({ seconds }) => seconds, duration),
      },
      {
        title: 'sent and dealt',
        body: panel('Bytes on shares by variant', 'bytes of the training', sent, bytes, byteTick),
      },
    ],
    caption:
      'Of the training on shares with its validation: seconds on this machine, and the bytes that parties sent each other and that the provider dealt.',
  };
}
