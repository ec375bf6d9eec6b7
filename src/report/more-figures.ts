/** Figures of the ring's head-room, of accuracy against complexity, and of a picture in shares. */
import { colour, type Drawing, labelWidth } from './drawing.js';
import { type Figure, HALF, trainerKeys } from './figure.js';
import { count, widthsName } from './format.js';
import { escapeHtml } from './html.js';
import { bitmap, type SharedPicture } from './pictures.js';
import type { HeadRoom, RunData } from './run-data.js';

/** Rows by layer and kind; a bar from 0 to the bits that are left. Null where the dry run came to no number. */
export function headRoomFigure(
  { plot, draw }: Drawing,
  { headRoom, ring, fractionBits }: RunData,
): Figure | null {
  const known = headRoom.filter((peak): peak is HeadRoom & { bits: number } => peak.bits !== null);
  if (known.length === 0) return null;
  const rows = known.map((peak) => ({ ...peak, row: `${peak.layer} ${peak.type}, ${peak.kind}` }));
  const labels = rows.map(({ row }) => row);
  const marginLeft = labelWidth(labels);
  const body = draw('Head-room in bits by layer and kind of number', {
    width: HALF,
    height: 56 + 20 * rows.length,
    marginLeft,
    marginRight: 44,
    marginTop: 6,
    marginBottom: 42,
    x: {
      label: 'bits of head-room',
      labelArrow: 'none',
      labelAnchor: 'center',
      grid: true,
      ticks: 5,
      domain: [0, Math.ceil(Math.max(...rows.map(({ bits }) => bits)))],
    },
    y: { domain: labels, label: null },
    marks: [
      plot.ruleX([0]),
      plot.ruleY(rows, { x1: 0, x2: 'bits', y: 'row', stroke: colour('deep'), strokeWidth: 1.6 }),
      plot.dot(rows, { x: 'bits', y: 'row', fill: colour('deep'), r: 4 }),
      plot.text(rows, {
        x: 'bits',
        y: 'row',
        text: ({ bits }: { bits: number }) => bits.toFixed(1),
        textAnchor: 'start',
        dx: 9,
      }),
    ],
  });
  return {
    id: 'head-room',
    title: 'Head-room by layer',
    panels: [{ body }],
    caption: `What the largest number of each kind leaves of the ring's ${ring} bits, ${fractionBits} of them fraction, as the dry run on the first owner's own rows found it. With less than 1 bit the next doubling would not fit.`,
  };
}

export function complexityFigure(
  { plot, draw }: Drawing,
  { complexity }: Pick<RunData, 'complexity'>,
): Figure | null {
  if (complexity.length === 0) return null;
  const points = complexity.map(({ hidden, parameters, accuracy, plainAccuracy }) => ({
    name: widthsName(hidden),
    parameters,
    shares: (accuracy ?? Number.NaN) * 100,
    float: plainAccuracy * 100,
    top: Math.max(accuracy ?? 0, plainAccuracy) * 100,
  }));
  const ended = points.filter(({ shares }) => Number.isNaN(shares));
  const line = (trainer: 'shares' | 'float') => {
    const thick = trainer === 'shares';
    const stroke = colour(trainer);
    return [
      plot.lineY(points, {
        x: 'parameters',
        y: trainer,
        stroke,
        strokeWidth: thick ? 5 : 1.6,
        strokeOpacity: thick ? 0.55 : 1,
      }),
      plot.dot(points, {
        x: 'parameters',
        y: trainer,
        fill: stroke,
        r: thick ? 5 : 2.2,
        fillOpacity: thick ? 0.55 : 1,
      }),
    ];
  };
  const body = draw('Accuracy on the test rows against the number of parameters', {
    width: HALF,
    height: 300,
    marginLeft: 50,
    marginBottom: 42,
    marginTop: 34,
    marginRight: 24,
    x: {
      type: 'log',
      label: 'parameters',
      labelArrow: 'none',
      labelAnchor: 'center',
      ticks: logTicks(points.map(({ parameters }) => parameters)),
      tickFormat: (value: number) => count(value),
      inset: 14,
    },
    y: { label: 'accuracy, %', labelArrow: 'none', grid: true, ticks: 5, nice: true, insetTop: 16 },
    marks: [
      ...line('shares'),
      ...line('float'),
      plot.dot(ended, {
        x: 'parameters',
        y: 'float',
        symbol: 'times',
        r: 7,
        stroke: colour('shares'),
        strokeWidth: 2.5,
      }),
      // networks of several layers have their names below, where they are clear of those of one layer
      ...[-13, 17].map((dy) =>
        plot.text(
          points.filter(({ name }) => name.includes('-') === dy > 0),
          {
            x: 'parameters',
            y: 'top',
            text: 'name',
            dy,
            fill: colour('muted'),
            stroke: colour('paper'),
            strokeWidth: 5,
          },
        ),
      ),
    ],
  });
  return {
    id: 'complexity',
    title: 'Accuracy against complexity',
    keys: [
      { text: 'on secret shares', ...trainerKeys.shares },
      { text: 'in clear, float', ...trainerKeys.float },
    ],
    panels: [{ body }],
    caption: `The same training with other hidden layers, their widths beside the points: one run each on shares and in clear, with one seed, so that a difference of a few test rows says little. The learning rate is that of the network above, for all.${ended.length > 0 ? endedText(ended.map(({ name }) => name)) : ''}`,
  };
}

/** 1, 2 and 5 times powers of ten, from the least value to the largest and a little beyond. */
function logTicks(values: readonly number[]): number[] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const powers = Array.from({ length: 12 }, (_, power) => 10 ** power);
  return powers
    .flatMap((power) => [power, 2 * power, 5 * power])
    .filter((tick) => tick >= least && tick <= most);
}

const endedText = (names: readonly string[]): string =>
  ` Where there is a cross (${names.join(', ')}) the training on shares was ended with an error, since its numbers came near the limit of the ring.`;

export function pictureFigure({ picture, parties }: RunData): Figure | null {
  if (!picture) return null;
  const image = (title: string, pixels: readonly number[]) => ({
    title,
    body: `<img alt="${escapeHtml(title)}" width="${picture.side}" height="${picture.side}" src="${bitmap(pixels, picture.side)}">`,
  });
  const shares = picture.shares.map((pixels, p) => image(`what ${parties[p]} holds`, pixels));
  return {
    id: 'shares',
    title: 'A picture in shares',
    wide: true,
    panels: [...shares, image('their sum', picture.sum)],
    caption: `${captionOf(picture)} A demonstration on the owner's own picture, made when this page was: its pixels, split by beaverdam/sharing modulo 2⁶⁴, the upper eight bits of every share as a grey. The shares of the run itself never left their roles. This page shows the picture in clear, to whoever has the page.`,
  };
}

const captionOf = ({ owner, label }: SharedPicture): string =>
  `The first test image of ${owner}${label === null ? '' : ` (${label})`}: each share alone is noise, whatever the picture, and only all together are the picture.`;
