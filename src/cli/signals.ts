/** Signals that end the command: Ctrl-C and a request to terminate. */
import { JobError } from '../errors.js';
import { exitCodes, Interrupted } from './usage.js';

/** What is said, and how the command ends, by the signal. */
const endings = {
  SIGINT: { word: 'interrupted', code: exitCodes.interrupted },
  SIGTERM: { word: 'terminated', code: exitCodes.terminated },
} as const;

type Ending = (typeof endings)[keyof typeof endings];

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

/**
 * Does `work`, whose signal is aborted at the first SIGINT or SIGTERM, with a JobError that says who was ended.
 * @param who what ends: a role's name, or 'the job'
 * @param after what has become of it then: 'the session has ended'
 * @throws Interrupted after a signal, even when the work was just done
 */
export async function untilSignal<T>(
  who: string,
  after: string,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let ending: Ending | null = null;
  const off = onSignal((chosen) => {
    ending = chosen;
    controller.abort(new JobError(`${who} was ${chosen.word}`));
  });
  const interrupted = ({ word, code }: Ending) => new Interrupted(`${word}; ${after}`, code);
  try {
    const result = await work(controller.signal);
    if (ending) throw interrupted(ending);
    return result;
  } catch (error) {
    throw ending ? interrupted(ending) : error;
  } finally {
    off();
  }
}
