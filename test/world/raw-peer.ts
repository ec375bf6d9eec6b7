/** The other end of a link, played by a test: records over TLS, as it likes them, with keys that it has. */
import { connect as connectPlain } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { type Hello, writeHello } from '../../src/links/hello.js';
import { type EndKind, helloRecord, RecordReader } from '../../src/links/record.js';
import { HOST } from './ports.js';

export interface Ended {
  readonly kind: EndKind;
  readonly reason: string;
}

export interface RawKeys {
  readonly certificate: string;
  readonly key: string;
}

export class RawPeer {
  /** The listener's hello; rejects where the connection is closed without one. */
  readonly hello: Promise<Hello>;
  /** What the listener says at the end, null where it says nothing; resolves when the connection is closed. */
  readonly ended: Promise<Ended | null>;
  /** Resolves when the listener has confirmed our hello. */
  readonly confirmed: Promise<string>;
  readonly #socket: TLSSocket;

  private constructor(socket: TLSSocket) {
    this.#socket = socket;
    let end: Ended | null = null;
    let greeted: (hello: Hello) => void = () => {};
    let confirm: (run: string) => void = () => {};
    const reader = new RecordReader({
      hello: (text) => greeted(JSON.parse(text) as Hello),
      confirm: (run) => confirm(run),
      data: () => {},
      credit: () => {},
      end: (kind, reason) => {
        end = { kind, reason };
      },
      ping: () => {},
    });
    socket.on('data', (bytes) => reader.push(bytes));
    socket.on('error', () => {}); // 'close' follows
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
    this.ended = closed.then(() => end);
    const first = <T>(work: (resolve: (value: T) => void) => void): Promise<T> => {
      const promise = new Promise<T>((resolve, reject) => {
        work(resolve);
        closed.then(() => reject(new Error(`closed: ${end?.reason ?? 'without a word'}`)));
      });
      promise.catch(() => {});
      return promise;
    };
    this.hello = first((resolve) => {
      greeted = resolve;
    });
    this.confirmed = first((resolve) => {
      confirm = resolve;
    });
  }

  /** Connects, again and again until somebody listens. */
  static async dial(...to: Parameters<typeof RawPeer.try>): Promise<RawPeer> {
    for (;;) {
      const peer = await RawPeer.try(...to);
      if (peer) return peer;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /**
   * Connects; null where nobody listens.
   * @param stays whether it goes on when the listener has ended its own side
   */
  static async try(port: number, keys: Partial<RawKeys>, stays = false): Promise<RawPeer | null> {
    const socket = connect({
      socket: connectPlain({ host: HOST, port, allowHalfOpen: stays }),
      ...(keys.certificate !== undefined && { cert: keys.certificate, key: keys.key }),
      rejectUnauthorized: false,
      minVersion: 'TLSv1.3',
      checkServerIdentity: () => undefined,
    });
    const peer = new RawPeer(socket);
    const connected = await new Promise<boolean>((resolve) => {
      socket.once('secureConnect', () => resolve(true));
      socket.once('close', () => resolve(false));
    });
    return connected ? peer : null;
  }

  send(...records: readonly Uint8Array[]): void {
    for (const bytes of records) if (this.#socket.writable) this.#socket.write(bytes);
  }

  /** Greets as a role that has agreed to all that the listener has, but for some fields. */
  async greet(change: Partial<Record<keyof Hello, unknown>> = {}): Promise<void> {
    this.send(helloRecord(writeHello(answerTo(await this.hello, change))));
  }

  /** Whether this end may send no more. */
  get closed(): boolean {
    return !this.#socket.writable;
  }

  /** Resolves when all that was sent has left, with false where the connection was closed before. */
  drained(): Promise<boolean> {
    const socket = this.#socket;
    return new Promise((resolve) => {
      if (!socket.writable) resolve(false);
      else if (socket.writableLength === 0) resolve(true);
      else {
        socket.once('drain', () => resolve(true));
        socket.once('close', () => resolve(false));
      }
    });
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

/** A hello that fits one's own, but for some fields. */
export const answerTo = (hello: Hello, change: Partial<Record<keyof Hello, unknown>> = {}): Hello =>
  ({
    ...hello,
    from: hello.to,
    to: hello.from,
    run: '5'.repeat(32),
    peerRun: null,
    ...change,
  }) as Hello;
