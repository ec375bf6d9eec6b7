/** Signals that end the command: Ctrl-C and a request to terminate. */
import { exitCodes } from './usage.js';

/** What is said, and how the command ends, by the signal. */
const endings = {
  SIGINT: { word: 'interrupted', code: exitCodes.interrupted },
  SIGTERM: { word: 'terminated', code: exitCodes.terminated },
} as const;

export type Ending = (typeof endings)[keyof typeof endings];

/**
 * Calls `stop` at the first signal. Those after it end the process at once, as they do where nobody listens, whatever it
 * is doing.
 * @returns stops listening
 */
export function onSignal(stop: (ending: Ending) => void): () => void {
  const heard = (signal: NodeJS.Signals) => {
    off();
    stop(endings[signal as keyof typeof endings]);
  };
  const off = () => {
    for (const signal of Object.keys(endings)) process.off(signal, heard);
  };
  for (const signal of Object.keys(endings)) process.on(signal, heard);
  return off;
}
