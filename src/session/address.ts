/** Addresses as they are written. */
import type { Address } from '../../bindings/host/connection.js';
import { checkText } from '../options.js';

/** @throws TypeError or RangeError for what is not 'host:port' */
export function addressOf(name: string, text: unknown): Address {
  checkText(name, text);
  const [, bracketed, plain, digits] = /^(?:\[([0-9a-fA-F:.]+)\]|([^\s:[\]/]+)):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  const host = bracketed ?? plain;
  if (host !== undefined && port >= 1 && port <= 65_535) return { host, port };
  throw new RangeError(`${name}: expected host:port, with a port from 1 to 65535`);
}
