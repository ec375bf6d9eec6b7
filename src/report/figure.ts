/** What a figure of a page is made of. */

export interface Panel {
  /** Above the drawing, where a figure has several. */
  readonly title?: string;
  /** HTML: an SVG or a picture. */
  readonly body: string;
  /** What its colours are, below it. */
  readonly keys?: readonly Key[];
}

export interface Key {
  readonly text: string;
  /** A colour of the page. */
  readonly colour: string;
  /** How it is drawn; filled areas when left out. */
  readonly stroke?: 'thick' | 'thin' | 'dashed' | 'dotted';
}

export interface Figure {
  /** Names it in the page, within its run. */
  readonly id: string;
  readonly title: string;
  readonly panels: readonly Panel[];
  readonly keys?: readonly Key[];
  /** What there is to see, and how it was made. */
  readonly caption: string;
  /** True for a figure as wide as the page. */
  readonly wide?: boolean;
}

/** Width of a drawing in a figure that shares its row with another, in pixels. */
export const HALF = 460;
/** Of one of three. */
export const THIRD = 310;

/** The lines that stand for trainers. */
export const trainerKeys = {
  shares: { colour: 'shares', stroke: 'thick' },
  float: { colour: 'float', stroke: 'thin' },
  tensorflow: { colour: 'tensorflow', stroke: 'dotted' },
} as const;
