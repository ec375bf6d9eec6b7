/** Colours and live lines, where a person is looking; plain text everywhere else. */

import type { WriteStream } from 'node:tty';
import { styleText } from 'node:util';

export type Style = 'bold' | 'dim' | 'green' | 'cyan' | 'yellow';

/** Where text goes, with or without colours. */
export interface Terminal {
  /** True when lines can be written over. */
  readonly live: boolean;
  write(text: string): void;
  /** Shows a line that the next one written takes the place of; nothing where that cannot be. */
  status(line: string): void;
  /** The text in a style, or as it is where colours are not wanted. */
  style(style: Style, text: string): string;
}

/** A stream as a terminal. Colours on a TTY that has them only, and never with NO_COLOR set. */
export function terminal(stream: NodeJS.WriteStream | WriteStream): Terminal {
  const live = stream.isTTY === true;
  const colours = live && stream.hasColors();
  let status = false;
  return {
    live,
    write(text) {
      stream.write(status ? `\r\x1b[K${text}` : text);
      status = false;
    },
    status(line) {
      if (!live) return;
      status = true;
      stream.write(`\r${line.slice(0, Math.max(0, (stream.columns ?? 80) - 1))}\x1b[K`);
    },
    style: (style, text) => (colours ? styleText(style, text, { validateStream: false }) : text),
  };
}
