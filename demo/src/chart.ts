/** A line chart that grows while a training goes on. */
import uPlot from 'uplot';

/** A line: its name, the custom property that has its colour, and its dashes. */
export interface Line {
  readonly name: string;
  readonly colour: string;
  readonly dash?: number[];
}

const HEIGHT = 200;

export class LiveChart {
  readonly #box: HTMLElement;
  readonly #lines: readonly Line[];
  #values: (number | null)[][] = [];
  #plot: uPlot | null = null;

  constructor(box: HTMLElement, lines: readonly Line[]) {
    this.#box = box;
    this.#lines = lines;
    new ResizeObserver(() => this.#resize()).observe(box);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#draw());
  }

  /** Empties the chart, for a training of so many epochs. */
  begin(epochs: number): void {
    this.#values = this.#lines.map(() => Array<number | null>(epochs).fill(null));
    this.#draw();
  }

  /** Sets a line's value at an epoch, counted from 0. */
  set(line: number, epoch: number, value: number): void {
    this.#values[line][epoch] = value;
    this.#plot?.setData(this.#data());
  }

  #data(): uPlot.AlignedData {
    const epochs = this.#values[0].map((_, i) => i + 1);
    return [epochs, ...this.#values];
  }

  #resize(): void {
    const width = this.#box.clientWidth;
    if (width === 0 || this.#values.length === 0) return;
    if (this.#plot) this.#plot.setSize({ width, height: HEIGHT });
    else this.#draw();
  }

  #draw(): void {
    this.#plot?.destroy();
    this.#plot = null;
    const width = this.#box.clientWidth;
    if (width === 0 || this.#values.length === 0) return;
    const style = getComputedStyle(this.#box);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const epochs = this.#values[0].length;
    const axis = {
      stroke: colour('--muted'),
      font: `12px ${style.fontFamily}`,
      grid: { stroke: colour('--line'), width: 1 },
      ticks: { show: false },
    };
    const options: uPlot.Options = {
      width,
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false, range: [1, Math.max(2, epochs)] } },
      axes: [
        { ...axis, incrs: [1, 2, 5, 10, 20, 50, 100], grid: { show: false }, size: 28 },
        { ...axis, size: 48 },
      ],
      series: [
        {},
        ...this.#lines.map(({ name, colour: property, dash }) => ({
          label: name,
          stroke: colour(property),
          width: 2,
          ...(dash && { dash }),
          points: { show: true, size: 6, fill: colour(property) },
        })),
      ],
    };
    this.#plot = new uPlot(options, this.#data(), this.#box);
  }
}
