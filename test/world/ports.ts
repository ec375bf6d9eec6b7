/**
 * Ports for roles to listen at: below those that systems hand out to whoever dials, or a connection might take one that a role is
 * about to want, and each run of a test file (TEST_SLOT, of scripts/test.mjs) has a range of its own.
 */
import { createServer } from 'node:net';

export const HOST = '127.0.0.1';

const FIRST = 10_240;
const RANGE = 10_000;
const given = new Set<number>();

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, HOST, () => server.close(() => resolve(true)));
  });

/** Ports in a row at which nobody listens, and that this process has not been given before. */
export async function freePorts(count: number): Promise<number[]> {
  const start = FIRST + RANGE * (Number(process.env.TEST_SLOT ?? 0) % 2);
  for (;;) {
    const first = start + Math.floor(Math.random() * (RANGE - count));
    const ports = Array.from({ length: count }, (_, i) => first + i);
    if (ports.some((port) => given.has(port))) continue;
    for (const port of ports) given.add(port); // before others are looked for meanwhile
    if ((await Promise.all(ports.map(isFree))).every(Boolean)) return ports;
  }
}
