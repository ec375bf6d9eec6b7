/**
 * Drawing figures as SVG, by Observable Plot on a document without a browser. Both are optional peers, loaded when a page
 * is made and not before. Colours are the page's variables, so that one drawing serves light, dark and print.
 */
import type * as Plot from '@observablehq/plot';

export interface Drawing {
  readonly plot: typeof Plot;
  /** Draws, in the page's type. Text for those who cannot see it is `label`. */
  draw(label: string, options: Plot.PlotOptions): string;
}

const packages = {
  '@observablehq/plot': () => import('@observablehq/plot'),
  linkedom: () => import('linkedom'),
} as const;

/** Those of the packages that draw which are not installed. */
export async function missingPackages(): Promise<string[]> {
  const found = await Promise.all(
    Object.entries(packages).map(async ([name, load]) => {
      return load().then(
        () => [],
        () => [name],
      );
    }),
  );
  return found.flat();
}

/** @throws where one of the packages is not installed */
export async function drawing(): Promise<Drawing> {
  const [plot, { parseHTML }] = await Promise.all([packages['@observablehq/plot'](), packages.linkedom()]);
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  return {
    plot,
    draw(label, options) {
      const svg = plot.plot({ ...options, document, style: { fontSize: '12px' } });
      svg.querySelector('style')?.remove(); // the page has its own
      svg.setAttribute('role', 'img');
      svg.setAttribute('aria-label', label);
      return svg.outerHTML;
    },
  };
}

/** The page's colour of that name. */
export const colour = (name: string): string => `var(--${name})`;

/** Room on the left for labels of rows. */
export const labelWidth = (labels: readonly string[]): number =>
  14 + Math.ceil(Math.max(0, ...labels.map((label) => label.length)) * 6.4);

export interface Bar {
  readonly row: string;
  /** Which part of the row's bar; the keys of `parts`. */
  readonly part: string;
  readonly value: number;
}

export interface BarOptions {
  readonly width: number;
  readonly label: string;
  /** What is measured, with its unit: the axis' label. */
  readonly axis: string;
  readonly rows: readonly string[];
  /** Parts in the order in which they are stacked, and the colour of each. */
  readonly parts: Readonly<Record<string, string>>;
  /** A row's whole in words, at its end. */
  readonly total: (sum: number) => string;
  /** How ticks are written. */
  readonly tick?: (value: number) => string;
  readonly domain?: readonly [number, number];
}

/** Bars from left to right, a row each, parts end to end, the whole beside it. */
export function bars({ plot, draw }: Drawing, data: readonly Bar[], options: BarOptions): string {
  const { width, label, axis, rows, parts, total, tick, domain } = options;
  const sums = rows.map((row) => ({
    row,
    sum: data.reduce((sum, bar) => sum + (bar.row === row ? bar.value : 0), 0),
  }));
  const names = Object.keys(parts);
  const most = Math.max(...sums.map(({ sum }) => sum), 0);
  return draw(label, {
    width,
    height: 66 + rows.length * 30,
    marginLeft: labelWidth(rows),
    marginRight: 70,
    marginTop: 6,
    marginBottom: 46,
    x: {
      label: axis,
      labelAnchor: 'center',
      labelArrow: 'none',
      ticks: 3,
      grid: true,
      nice: domain === undefined,
      domain: domain ?? [0, most || 1],
      ...(tick && { tickFormat: tick }),
    },
    y: { domain: [...rows], label: null, padding: 0.34 },
    color: { domain: names, range: names.map((name) => colour(parts[name])) },
    marks: [
      plot.barX([...data], { x: 'value', y: 'row', fill: 'part', order: names }),
      plot.ruleX([0]),
      plot.text(sums, {
        x: 'sum',
        y: 'row',
        text: ({ sum }: { sum: number }) => total(sum),
        textAnchor: 'start',
        dx: 6,
      }),
    ],
  });
}
