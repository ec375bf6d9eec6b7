/** What the network bench asks of whoever runs a training with every role in a process of its own. */
import type { Proxies } from '../proxy/host.js';
import type { Training } from '../trainers.js';
import type { Line } from './bound.js';

/** A training whose roles are processes, linked over TLS, with the data shared and the model in place. */
export interface ApartTraining {
  /** Fits once, at all roles; resolves to the seconds that the slowest role took. */
  fit(): Promise<number>;
  /** Ends the processes. */
  close(): Promise<void>;
}

/**
 * Starts alice, bob, the provider and the owner as processes of this machine, in ring 32.
 * @param line what lies between every two of them, a proxy of `proxies` for each pair; null for loopback alone
 */
export type StartApart = (training: Training, line: Line | null, proxies: Proxies) => Promise<ApartTraining>;
