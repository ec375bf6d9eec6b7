/** A link of this tab with a counter in it: passes what crosses, and keeps its size and a few bytes for people to see. */

/** What has crossed in one direction. */
export interface Crossed {
  messages: number;
  bytes: number;
  /** Bytes from the middle of the last long message, but for those in which links greet. */
  last: string;
}

/** Bytes shown, and of a message that is long. */
const SHOWN = 4;
const LONG = 1000;
/** The first byte of a greeting, which is text. */
const GREETING = 1;

export class Relay {
  readonly sent: Crossed = { messages: 0, bytes: 0, last: '' };
  readonly received: Crossed = { messages: 0, bytes: 0, last: '' };
  /** For the session. */
  readonly port: MessagePort;

  /** @param outer the end that this tab was given */
  constructor(outer: MessagePort) {
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    pass(port2, outer, this.sent);
    pass(outer, port2, this.received);
  }
}

function pass(from: MessagePort, to: MessagePort, crossed: Crossed): void {
  from.addEventListener('message', ({ data }) => {
    if (data instanceof Uint8Array) {
      crossed.messages++;
      crossed.bytes += data.length;
      if (data.length > LONG && data[0] !== GREETING)
        crossed.last = hex(data.subarray(data.length >> 1).subarray(0, SHOWN));
    }
    to.postMessage(data);
  });
  from.addEventListener('close', () => to.close());
  from.start();
}

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
