/**
 * Somebody in the middle of links who has the keys of all roles, as a test has: it reads in clear what they send one another
 * over TLS, and passes it on.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { type RecordHandler, RecordReader } from '../../src/links/record.js';
import type { RolesOnNetwork } from './network.js';
import { HOST } from './ports.js';

export interface Tap {
  /** What has passed, as it was sent: 'alice → bob'. */
  readonly records: ReadonlyMap<string, Uint8Array>;
  /** Of it the bytes of the roles' rings. */
  readonly rings: ReadonlyMap<string, Uint8Array>;
  close(): Promise<void>;
}

/** Listens in the place of each role, at the port that the others know; the role itself listens at `behind`. */
export async function tap(roles: RolesOnNetwork, behind: Readonly<Record<string, number>>): Promise<Tap> {
  /** By way and connection. */
  const passed = new Map<string, Uint8Array[][]>();
  const sockets = new Set<TLSSocket>();
  const pass = (from: TLSSocket, to: TLSSocket, way: string) => {
    const kept: Uint8Array[] = [];
    passed.set(way, [...(passed.get(way) ?? []), kept]);
    sockets.add(from);
    from.on('error', () => {}); // 'close' follows
    from.on('data', (bytes: Uint8Array) => {
      kept.push(bytes.slice());
      to.write(bytes);
    });
    from.on('close', () => to.end());
  };
  const servers = Object.entries(behind).map(([role, port]) => {
    const accept = (near: TLSSocket) => {
      const dialler = roles.names.find((name) => roles.keys[name].fingerprint === fingerprintOf(near));
      if (dialler === undefined) throw new Error('a stranger has dialled');
      const far = connect({
        host: HOST,
        port,
        ...tlsOf(roles, dialler),
        checkServerIdentity: () => undefined,
      });
      pass(near, far, `${dialler} → ${role}`);
      pass(far, near, `${role} → ${dialler}`);
    };
    return createServer({ ...tlsOf(roles, role), requestCert: true }, accept).listen(roles.ports[role], HOST);
  });
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const map = <T>(of: (connections: Uint8Array[]) => T) =>
    new Map([...passed].map(([way, all]) => [way, of(all.map((kept) => Buffer.concat(kept)))] as const));
  return {
    get records() {
      return map((connections) => Buffer.concat(connections));
    },
    get rings() {
      return map(ringBytes);
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await Promise.all(servers.map((server) => once(server.close(), 'close')));
    },
  };
}

const tlsOf = ({ keys }: RolesOnNetwork, name: string) =>
  ({
    cert: keys[name].certificate,
    key: keys[name].key,
    minVersion: 'TLSv1.3',
    rejectUnauthorized: false,
  }) as const;

const fingerprintOf = (socket: TLSSocket): string => {
  const raw = socket.getPeerX509Certificate()?.raw ?? Buffer.alloc(0);
  return `sha256:${createHash('sha256').update(raw).digest('hex')}`;
};

/** The bytes of data records, which follow each other without a gap, from one connection to the next. */
function ringBytes(connections: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = [];
  let at = 0;
  const ignore = () => {};
  const handler: RecordHandler = {
    hello: ignore,
    confirm: ignore,
    credit: ignore,
    end: ignore,
    ping: ignore,
    data(position, bytes) {
      if (position !== at) throw new Error(`position ${position} follows ${at}`);
      at += bytes.length;
      parts.push(bytes.slice());
    },
  };
  for (const records of connections) new RecordReader(handler).push(records);
  return Buffer.concat(parts);
}
