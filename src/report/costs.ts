/** Figures of what the training cost: by role, and by layer. */
import type { PartCost } from '../nn/summary.js';
import { WORK } from '../role/profile.js';
import { type Bar, type BarOptions, bars, type Drawing } from './drawing.js';
import { type Figure, THIRD } from './figure.js';
import { bytes, count, duration } from './format.js';
import type { RunData } from './run-data.js';

const PASSES = { forward: 'deep', backward: 'pale' };
const PASS_KEYS = [
  { text: 'forward', colour: 'deep' },
  { text: 'backward with update', colour: 'pale' },
];
const BYTES = { online: 'deep', dealt: 'pale' };
/** A colour for each kind of work. */
const WORK_COLOURS = Object.fromEntries(WORK.map((work, w) => [work, `work-${w + 1}`]));

/** Bytes on an axis. */
export const byteTick = (value: number): string => bytes(value).replace('.0 ', ' ');
/** Large counts on an axis: '2.5 M'. */
const countTick = (value: number): string =>
  new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 }).format(value);

type Look = Omit<BarOptions, 'width' | 'rows'>;

export function roleFigure(drawing: Drawing, { roles, provider, unit }: RunData): Figure {
  const rows = roles.map(({ role }) => role);
  const panel = (data: readonly Bar[], look: Look) => bars(drawing, data, { width: THIRD, rows, ...look });
  const rounds = roles.map(({ role, rounds }) => ({
    row: role,
    part: 'online',
    value: role === provider ? 0 : rounds,
  }));
  const sent = roles.flatMap(({ role, online, dealt }) => [
    { row: role, part: 'online', value: role === provider ? 0 : online },
    { row: role, part: 'dealt', value: role === provider ? dealt : 0 },
  ]);
  const times = roles.flatMap(({ role, times }) =>
    times ? WORK.map((work) => ({ row: role, part: work, value: times[work] })) : [],
  );
  return {
    id: 'roles',
    title: 'Cost by role',
    wide: true,
    panels: [
      {
        title: 'rounds',
        body: panel(rounds, {
          label: 'Rounds of the training by role',
          axis: 'rounds of the training',
          parts: BYTES,
          total: count,
          tick: countTick,
        }),
      },
      {
        title: 'sent',
        keys: [
          { text: 'to parties, in openings', colour: 'deep' },
          { text: 'dealt', colour: 'pale' },
        ],
        body: panel(sent, {
          label: 'Bytes sent by role',
          axis: 'bytes of the training',
          parts: BYTES,
          total: bytes,
          tick: byteTick,
        }),
      },
      {
        title: 'time by kind of work',
        keys: WORK.map((work) => ({ text: work, colour: WORK_COLOURS[work] })),
        body: panel(times, {
          label: 'Time by kind of work and role',
          axis: 'seconds',
          parts: WORK_COLOURS,
          total: duration,
        }),
      },
    ],
    caption: `Counted by every role itself over the whole training on shares, validation on the test ${unit} included. A round is one exchange in which every party waits for the others; ${provider} waits for nobody. All roles ran in one process and shared its processors: waiting is for the other roles, and program is JavaScript between kernels.`,
  };
}

export function layerFigure(drawing: Drawing, { layers, batchSize, unit }: RunData): Figure {
  const rows = layers.map(({ name }, l) => `${l} ${name.replace(', then ', ' + ')}`);
  const panel = (data: readonly Bar[], look: Look) => bars(drawing, data, { width: THIRD, rows, ...look });
  const byPass = (key: keyof PartCost): Bar[] =>
    layers.flatMap(({ forward, backward }, l) => [
      { row: rows[l], part: 'forward', value: forward[key] },
      { row: rows[l], part: 'backward', value: backward[key] },
    ]);
  const sent = layers.flatMap(({ forward, backward }, l) => [
    { row: rows[l], part: 'online', value: forward.online + backward.online },
    { row: rows[l], part: 'dealt', value: forward.dealt + backward.dealt },
  ]);
  return {
    id: 'layers',
    title: 'Cost by layer',
    wide: true,
    panels: [
      {
        title: 'rounds',
        keys: PASS_KEYS,
        body: panel(byPass('rounds'), {
          label: 'Rounds of a step by layer',
          axis: 'rounds of a step',
          parts: PASSES,
          total: count,
        }),
      },
      {
        title: 'bytes',
        keys: [
          { text: 'opened by a party', colour: 'deep' },
          { text: 'dealt', colour: 'pale' },
        ],
        body: panel(sent, {
          label: 'Bytes of a step by layer',
          axis: 'bytes of a step',
          parts: BYTES,
          total: bytes,
          tick: byteTick,
        }),
      },
      {
        title: 'work',
        keys: PASS_KEYS,
        body: panel(byPass('multiplyAdds'), {
          label: 'Multiply-adds of a step by layer',
          axis: 'multiply-adds of a step',
          parts: PASSES,
          total: countTick,
          tick: countTick,
        }),
      },
    ],
    caption: `One step with ${batchSize} ${unit} at one party, from the model's summary: exact, and the same whatever the data. Time is not taken by layer, so that its multiply-adds stand for it. A step has fewer rounds than its layers together, since updates share those of the layers below.`,
  };
}
