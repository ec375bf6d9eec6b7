/** What a proxy itself costs: the same exchanges with and without it, on this machine, at this hour. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { median } from '../measure.js';
import type { Proxies } from './host.js';
import type { WireSettings } from './wire.js';

export interface ProxyCost {
  /** Median seconds of a message of 64 bytes there and back, without a proxy. */
  readonly direct: number;
  /** The same through the proxy. */
  readonly through: number;
  /** What the proxy is asked to add there and back: twice its delay and what 64 bytes take at its rate. */
  readonly asked: number;
  /** Bytes a second in one direction without a proxy, and through it. */
  readonly directRate: number;
  readonly throughRate: number;
}

const MESSAGE_BYTES = 64;
const PINGS = 200;
const CHUNK_BYTES = 65_536;
const BULK_BYTES = 64e6;

/**
 * Measures a proxy of such a delay and rate. Takes a second or two.
 * @param own milliseconds that are taken off the delay
 */
export async function measureProxy(
  proxies: Proxies,
  { delay, rate }: WireSettings,
  own = 0,
): Promise<ProxyCost> {
  const echo = await serve((socket) => socket.pipe(socket));
  const drain = await serve((socket) => socket.resume());
  const [echoProxy, drainProxy] = await Promise.all(
    [echo, drain].map(({ port }) =>
      proxies.open({ delay: delay - own, rate, target: { host: '127.0.0.1', port } }),
    ),
  );
  const bytes = Math.min(BULK_BYTES, rate * 0.5);
  try {
    return {
      direct: await pingPong(echo.port, PINGS),
      through: await pingPong(echoProxy.port, delay > 5 ? PINGS / 10 : PINGS),
      asked: (2 * delay) / 1000 + (2 * MESSAGE_BYTES) / rate,
      directRate: await bulk(drain.port, BULK_BYTES, 0),
      throughRate: await bulk(drainProxy.port, bytes, 2 * delay),
    };
  } finally {
    await Promise.all([echoProxy.close(), drainProxy.close(), echo.close(), drain.close()]);
  }
}

/** Milliseconds that a message takes through such a proxy beside what was asked for, one way; at most the delay. */
export const ownOf = ({ direct, through, asked }: ProxyCost, { delay }: WireSettings): number =>
  Math.min(delay, Math.max(0, 500 * (through - direct - asked)));

async function serve(take: (socket: Socket) => void) {
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    // a connection that its other side tears down at the end is no failure of the measurement
    socket.on('error', () => {});
    socket.on('end', () => socket.end());
    take(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: () => new Promise<void>((resolve) => void server.close(() => resolve())),
  };
}

async function dial(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  return socket;
}

/** Median seconds of a message there and back. */
async function pingPong(port: number, times: number): Promise<number> {
  const socket = await dial(port);
  const message = new Uint8Array(MESSAGE_BYTES);
  const seconds: number[] = [];
  for (let i = 0; i < times; i++) {
    const start = performance.now();
    socket.write(message);
    for (let back = 0; back < MESSAGE_BYTES; ) back += (await once(socket, 'data'))[0].length;
    seconds.push((performance.now() - start) / 1000);
  }
  socket.destroy();
  return median(seconds);
}

/** Bytes a second until the other side has read all and said so, but for the milliseconds that a round trip takes. */
async function bulk(port: number, bytes: number, roundTrip: number): Promise<number> {
  const socket = await dial(port);
  const chunk = new Uint8Array(CHUNK_BYTES);
  const start = performance.now();
  for (let sent = 0; sent < bytes; sent += CHUNK_BYTES) {
    if (!socket.write(chunk)) await once(socket, 'drain');
  }
  socket.end();
  socket.resume();
  await once(socket, 'end');
  const seconds = (performance.now() - start - roundTrip) / 1000;
  socket.destroy();
  return (Math.ceil(bytes / CHUNK_BYTES) * CHUNK_BYTES) / seconds;
}
