/** Connections between roles, in a browser: there are none yet. */
import type { Network } from './connection.js';

const refuse = (): never => {
  throw new Error('a page cannot be linked to roles elsewhere yet');
};

export const network: Network = { check: refuse, dial: async () => refuse(), listen: async () => refuse() };
