/** Both ends of WebSockets in Node, by the library ws: messages are never compressed, and no longer than roles send them. */
import { createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { createServer as createPlainServer, type IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import { WebSocket, WebSocketServer } from 'ws';
import {
  type Authenticated,
  type Guest,
  guestOf,
  type Identity,
  type Listener,
  Refused,
  type WebPlace,
} from '../connection.js';
import { dialGuest, HANDSHAKE } from './dial.js';
import { type Host, welcome } from './handshake.js';
import { findInvitation, takeInvitation } from './invitations.js';
import { MOST_MESSAGE, type Sending, type Socket, WebChannel } from './socket.js';

/** Connections to one role at a time, those included that have not proved anything. */
const MOST_CONNECTIONS = 256;

const options = { perMessageDeflate: false, maxPayload: MOST_MESSAGE } as const;

const sending: Sending = (socket, bytes, gone) =>
  (socket as unknown as WebSocket).send(bytes, { binary: true }, () => gone());

export const dialWeb = (url: string, guest: Guest): Promise<Authenticated> =>
  dialGuest(url, guest, (to) => new WebSocket(to, options) as unknown as Socket, sending);

export async function listenWeb(
  place: WebPlace,
  identity: Identity,
  accept: (connection: Authenticated) => void,
  refused: (reason: string) => void,
): Promise<Listener> {
  const { tls, address, origins } = place;
  const host = hostOf(place, identity);
  const server = tls ? createServer({ cert: tls.certificate, key: tls.key }) : createPlainServer();
  server.maxConnections = MOST_CONNECTIONS;
  server.headersTimeout = HANDSHAKE;
  server.on('request', (_request, response) => response.writeHead(426).end('WebSockets only\n'));
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  const sockets = new WebSocketServer({ ...options, server });
  sockets.on('connection', (socket, request) => {
    const channel = new WebChannel(socket as unknown as Socket, sending, placeOf(request));
    const refuse = (reason: string) => {
      channel.refuse(reason);
      refused(`a guest was refused: ${reason}`);
    };
    // browsers always say it; others could say anything, and need an invitation as well
    const { origin } = request.headers;
    if (origin !== undefined && !origins.includes(origin)) {
      refuse(`${place.role} takes no pages of ${origin}`);
      return;
    }
    const late = setTimeout(() => channel.destroy(), HANDSHAKE);
    welcome(channel, host)
      .then((role) => accept({ duplex: channel.duplex(), fingerprint: guestOf(role) }))
      .catch((error: unknown) => {
        if (!(error instanceof Refused)) channel.destroy();
        else if (error.byPeer) refused(`a guest has gone: ${error.message}`);
        else refuse(error.message);
      })
      .finally(() => clearTimeout(late));
  });
  sockets.on('error', () => {}); // the server's
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, () => {
      server.removeListener('error', reject);
      server.on('error', () => {}); // of a single connection
      resolve();
    });
  });
  return {
    close() {
      for (const socket of sockets.clients) if (socket.readyState === WebSocket.OPEN) socket.terminate();
      sockets.close();
      server.close();
    },
  };
}

const placeOf = (request: IncomingMessage): string => `${request.socket.remoteAddress}`;

function hostOf({ role, invitations }: WebPlace, { certificate, key }: Identity): Host {
  const signing = { key: createPrivateKey(key), dsaEncoding: 'ieee-p1363' } as const;
  if (signing.key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') {
    throw new Error('pages know roles by keys on the curve P-256 alone');
  }
  return {
    role,
    certificate: new X509Certificate(certificate).raw,
    sign: (bytes) => sign('sha256', bytes, signing),
    secretOf(id, from) {
      const found = findInvitation(invitations, id);
      return found?.at === role && found.role === from
        ? Uint8Array.from(Buffer.from(found.secret, 'hex'))
        : null;
    },
    take(id, run) {
      const found = findInvitation(invitations, id);
      if (!found) throw new Refused(`${role} knows no such invitation`);
      takeInvitation(invitations, found, run);
    },
  };
}
