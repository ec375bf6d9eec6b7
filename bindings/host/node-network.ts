/**
 * Connections between roles, in Node: TLS 1.3 with certificates on both sides.
 *
 * Certificates are self-signed and vouch for nothing; what counts is the fingerprint of the one that the other end proves to
 * own, which the caller compares before it lets a byte through.
 */
import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { connect, createSecureContext, createServer, type TLSSocket } from 'node:tls';
import type { Address, Authenticated, Duplex, Identity, Network } from './connection.js';

/** Milliseconds for a connection to come about. */
const HANDSHAKE = 10_000;
/** Connections to one listener at a time, those included that have not proved anything. */
const MOST_CONNECTIONS = 256;

export const network: Network = {
  check,
  dial,
  listen,
  dialWeb: async (url, guest) => (await import('./web/node.js')).dialWeb(url, guest),
  listenWeb: async (...place) => (await import('./web/node.js')).listenWeb(...place),
};

const version = { minVersion: 'TLSv1.3', maxVersion: 'TLSv1.3' } as const;

function check({ certificate, key }: Identity): void {
  const read = trying('the certificate cannot be read', () => new X509Certificate(certificate));
  const own = trying('the private key cannot be read', () => createPrivateKey(key));
  if (!read.checkPrivateKey(own)) throw new Error('the private key is not that of the certificate');
  trying('TLS 1.3 does not take them', () => createSecureContext({ ...version, cert: certificate, key }));
}

/** What OpenSSL says of a file that it cannot read is of no use to whoever has given the wrong one. */
function trying<T>(problem: string, work: () => T): T {
  try {
    return work();
  } catch {
    throw new Error(problem);
  }
}

function dial({ host, port }: Address, { certificate, key }: Identity): Promise<Authenticated> {
  return new Promise((resolve, reject) => {
    const socket = connect({
      ...version,
      host,
      port,
      cert: certificate,
      key,
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined,
    });
    const fail = (error: Error) => {
      clearTimeout(late);
      socket.destroy();
      reject(new Error(`${host}:${port}: ${error.message}`));
    };
    const late = setTimeout(() => fail(new Error('nobody answered in time')), HANDSHAKE);
    socket.once('error', fail);
    const closed = () => fail(new Error('the connection was closed'));
    socket.once('close', closed);
    socket.once('secureConnect', () => {
      clearTimeout(late);
      socket.off('close', closed);
      const fingerprint = fingerprintOf(socket);
      if (fingerprint) resolve({ duplex: duplexOf(socket, `${host}:${port}`), fingerprint });
      else fail(new Error('showed no certificate'));
    });
  });
}

function listen(
  { host, port }: Address,
  { certificate, key }: Identity,
  accept: (connection: Authenticated) => void,
): Promise<{ close(): void }> {
  const sockets = new Set<TLSSocket>();
  const server = createServer(
    {
      ...version,
      cert: certificate,
      key,
      requestCert: true,
      rejectUnauthorized: false,
      handshakeTimeout: HANDSHAKE,
    },
    (socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
      const fingerprint = fingerprintOf(socket);
      if (fingerprint) accept({ duplex: duplexOf(socket, `${socket.remoteAddress}`), fingerprint });
      else socket.destroy();
    },
  );
  server.maxConnections = MOST_CONNECTIONS;
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.removeListener('error', reject);
      server.on('error', () => {}); // of a single connection
      resolve({
        close() {
          server.close();
          for (const socket of sockets) if (!socket.writableEnded) socket.destroy();
        },
      });
    });
  });
}

/** Of the certificate whose key the other end has proved to hold; null without one. */
function fingerprintOf(socket: TLSSocket): string | null {
  const certificate = socket.getPeerX509Certificate();
  return certificate ? `sha256:${createHash('sha256').update(certificate.raw).digest('hex')}` : null;
}

function duplexOf(socket: TLSSocket, place: string): Duplex {
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy()); // 'close' follows
  let drained = () => {};
  const sent = () => {
    if (socket.writableLength === 0) drained();
  };
  return {
    place,
    get backlog() {
      return socket.writableLength;
    },
    send(bytes) {
      if (socket.writable) socket.write(bytes, sent);
    },
    listen(listener) {
      drained = listener.drained;
      socket.on('data', listener.data);
      if (socket.destroyed) listener.closed();
      else socket.once('close', listener.closed);
    },
    close() {
      socket.end();
      setTimeout(() => socket.destroy(), 1000).unref();
    },
    destroy: () => void socket.destroy(),
  };
}
