/** Connections between roles, in a browser: there are none yet. */
import type { Network } from './connection.js';

const refuse = (): Promise<never> =>
  Promise.reject(new Error('a page cannot be linked to roles elsewhere yet'));

export const network: Network = { dial: refuse, listen: refuse };
