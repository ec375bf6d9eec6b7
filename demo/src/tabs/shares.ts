/**
 * What a party's tab has of all rows: its share of each number, for people to see. A training keeps its shares to itself, so every owner
 * cuts its rows once more for the picture, as the training does, and sends the other party one share over a channel.
 */
import { split } from 'beaverdam/sharing';
import { element } from '../dom.js';
import { drawGrey, greyOfShare } from '../grey.js';
import type { WholeRows } from './job.js';
import type { Role } from './messages.js';
import { Name } from './view.js';

/** Shares of one owner's rows, as they cross. */
interface Sent {
  readonly shares: BigInt64Array;
  readonly rows: number;
}

/** Shows a party's rows and its share of them at once, and that of the other party's rows when it comes. */
export function showShares(role: Role, own: WholeRows, port: MessagePort): void {
  const other = role === 'alice' ? 'bob' : 'alice';
  const cut = Array.from(own.x, (value) => split(value, 2).shares);
  const shares = (party: number) => BigInt64Array.from(cut, (pair) => pair[party]);
  element('tabs-shares', HTMLElement).hidden = false;
  draw('own', greysOf(own), own.rows, `${Name(role)}’s rows`, `${own.rows} rows, which this tab alone has`);
  drawShares('own-share', shares(0), own.rows, 'Its share of them', 'random');
  port.onmessage = ({ data }: MessageEvent<Sent>) => {
    port.close();
    drawShares('other-share', data.shares, data.rows, `Its share of ${other}’s rows`, 'random too');
  };
  port.postMessage({ shares: shares(1), rows: own.rows } satisfies Sent);
}

const drawShares = (id: string, shares: BigInt64Array, rows: number, name: string, note: string): void =>
  draw(id, Array.from(shares, greyOfShare), rows, name, note);

/** Draws numbers that stand row by row: a row is a column of pixels. */
function draw(id: string, greys: readonly number[], rows: number, name: string, note: string): void {
  const canvas = element(`tabs-${id}`, HTMLCanvasElement);
  const features = greys.length / rows;
  canvas.width = rows;
  canvas.height = features;
  const lines = Array.from(greys, (_, i) => greys[(i % rows) * features + Math.floor(i / rows)]);
  drawGrey(canvas, lines, `${name}: ${note}`);
  element(`tabs-${id}-name`, HTMLElement).textContent = name;
  element(`tabs-${id}-note`, HTMLElement).textContent = note;
}

/** Each number between the least and the most of its column. */
function greysOf({ x, rows, features }: WholeRows): number[] {
  const columns = Array.from({ length: features }, (_, column) =>
    Array.from({ length: rows }, (_row, row) => x[row * features + column]),
  );
  const least = columns.map((column) => Math.min(...column));
  const most = columns.map((column) => Math.max(...column));
  return Array.from(x, (value, i) => {
    const column = i % features;
    return (value - least[column]) / (most[column] - least[column] || 1);
  });
}
