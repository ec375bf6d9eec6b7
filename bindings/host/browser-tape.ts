/** Tapes, in a browser: there are none, for there are no files. */
import type { TapeHost } from './tape.js';

export const tapeHost: TapeHost | null = null;
