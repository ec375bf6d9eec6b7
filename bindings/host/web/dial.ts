/** The end of a WebSocket that dials, in pages and in Node. */
import { type Authenticated, type Guest, Refused } from '../connection.js';
import { greet } from './handshake.js';
import { type Sending, type Socket, WebChannel } from './socket.js';

/** Milliseconds for a connection to come about, and both ends to have proved who they are. */
export const HANDSHAKE = 10_000;

/**
 * Connects to a role that takes guests.
 * @param open makes a socket to a URL
 * @throws Refused where one of the two is not whom the other expects, Error where nobody answers
 */
export async function dialGuest(
  url: string,
  guest: Guest,
  open: (url: string) => Socket,
  sending: Sending,
): Promise<Authenticated> {
  const socket = open(url);
  const channel = new WebChannel(socket, sending, url);
  const late = setTimeout(() => channel.destroy(), HANDSHAKE);
  try {
    let opened = false;
    await new Promise<void>((resolve) => {
      socket.addEventListener('open', () => {
        opened = true;
        resolve();
      });
      socket.addEventListener('close', () => resolve());
    });
    // what was wrong no page is told by its browser
    if (!opened) throw new Error('nobody answers, or its certificate is not trusted');
    await greet(channel, guest);
    return { duplex: channel.duplex(), fingerprint: guest.fingerprint };
  } catch (error) {
    channel.destroy();
    if (error instanceof Refused) throw error;
    throw new Error(`${url}: ${(error as Error).message}`);
  } finally {
    clearTimeout(late);
  }
}
