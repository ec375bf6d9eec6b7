/**
 * A MessagePort as a connection, in a browser and in Node alike: each message is bytes, which links take as one stream, and
 * null is the last.
 *
 * Who closes a port waits for the other end's null: what is under way when a thread ends may be lost. Not every browser tells when a
 * page with the other end is gone; the heartbeat of links does.
 */
import type { Duplex, DuplexListener } from './connection.js';

/** Milliseconds in which the other end may close too. */
const LATE = 1000;

/** @param place whose the other end is, for messages */
export function portDuplex(port: MessagePort, place: string): Duplex {
  let listener: DuplexListener | null = null;
  let open = true;
  let leaving = false;
  let late: ReturnType<typeof setTimeout> | undefined;
  const end = () => {
    if (!open) return;
    open = false;
    clearTimeout(late);
    port.close();
    listener?.closed();
  };
  const leave = () => {
    if (!open || leaving) return;
    leaving = true;
    port.postMessage(null);
    late = setTimeout(end, LATE);
  };
  return {
    place,
    // a message is a copy, so what was given is free at once; what may be under way is what the peer's ring holds
    backlog: 0,
    send(bytes) {
      if (!open || leaving) return;
      const copy = bytes.slice();
      port.postMessage(copy, [copy.buffer]);
    },
    listen(given) {
      listener = given;
      port.addEventListener('message', ({ data }) => {
        if (!open) return;
        if (data !== null) {
          given.data(data); // whatever it is: links look
          return;
        }
        leave();
        end();
      });
      port.addEventListener('messageerror', () => open && given.data(NOT_READ));
      port.addEventListener('close', end);
      port.start();
    },
    close: leave,
    destroy: end,
  };
}

/** What stands for a message that cannot be read: no bytes. */
const NOT_READ = undefined as unknown as Uint8Array;
