/** Connections between roles, in a browser: it dials WebSockets, and nobody can dial it. */
import type { Network } from './connection.js';
import { dialGuest } from './web/dial.js';
import type { Sending } from './web/socket.js';

/** Bytes that may be in a socket's hands while the next are given to it. */
const IN_HAND = 2 ** 17;
/** Milliseconds between two looks at what it has in hand, of which no browser tells. */
const LOOK = 2;

const refuse = (): never => {
  throw new Error('a page has no keys, and is linked to roles by their web addresses alone');
};

/** A socket takes a copy, so what was given is free at once; it waits only for the sake of memory. */
const sending: Sending = (socket, bytes, gone) => {
  (socket as unknown as WebSocket).send(bytes as Uint8Array<ArrayBuffer>);
  const look = () => {
    if (socket.bufferedAmount <= IN_HAND || socket.readyState > 1) gone();
    else setTimeout(look, LOOK);
  };
  look();
};

export const network: Network = {
  check: refuse,
  dial: async () => refuse(),
  listen: async () => refuse(),
  dialWeb: (url, guest) => dialGuest(url, guest, (to) => new WebSocket(to), sending),
  listenWeb: async () => refuse(),
};
