/** A WebSocket as a connection: binary messages both ways, which links take as one stream of bytes. */
import { type Duplex, type DuplexListener, Refused } from '../connection.js';

/** Bytes of a message at the most. */
export const MOST_MESSAGE = 2 ** 18;
/** Close codes of ours: an end that the links have agreed on, and a refusal, whose reason is told. */
const DONE = 1000;
export const REFUSAL = 4403;
/** UTF-8 bytes of a reason (RFC 6455, section 5.5.1). */
const MOST_REASON = 123;

/** What a browser's WebSocket and that of the library `ws` have in common. */
export interface Socket {
  binaryType: string;
  readonly bufferedAmount: number;
  readonly readyState: number;
  close(code?: number, reason?: string): void;
  /** Where there is one: ends it at once. */
  terminate?(): void;
  addEventListener(kind: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(kind: 'open' | 'error', listener: () => void): void;
  addEventListener(kind: 'close', listener: (event: { code: number; reason: string }) => void): void;
}

/** Gives a message to a socket; calls `gone`, at once or later, when what was given may be changed. */
export type Sending = (socket: Socket, bytes: Uint8Array, gone: () => void) => void;

const OPEN = 1;
/** Messages that wait to be read while both ends prove who they are. */
const MOST_EARLY = 4;

/** The messages of a socket: read one by one while both ends prove who they are, as a stream after that. */
export class WebChannel {
  readonly #socket: Socket;
  readonly #sending: Sending;
  readonly #place: string;
  readonly #early: Uint8Array[] = [];
  #waiting: { done: (bytes: Uint8Array) => void; failed: (error: Error) => void } | null = null;
  #listener: DuplexListener | null = null;
  #ended: Error | null = null;
  #backlog = 0;

  constructor(socket: Socket, sending: Sending, place: string) {
    this.#socket = socket;
    this.#sending = sending;
    this.#place = place;
    socket.binaryType = 'arraybuffer';
    socket.addEventListener('message', ({ data }) => this.#arrived(data));
    socket.addEventListener('error', () => {}); // 'close' follows
    socket.addEventListener('close', ({ code, reason }) => {
      const problem = code === REFUSAL ? new Refused(reason, true) : new Error('the connection was closed');
      this.#end(problem);
    });
  }

  /** The next message. Rejects with what the other end refuses for, or where the connection has ended. */
  next(): Promise<Uint8Array> {
    const early = this.#early.shift();
    if (early) return Promise.resolve(early);
    if (this.#ended) return Promise.reject(this.#ended);
    return new Promise((done, failed) => {
      this.#waiting = { done, failed };
    });
  }

  send(bytes: Uint8Array): void {
    for (let at = 0; at < bytes.length; at += MOST_MESSAGE) {
      if (this.#socket.readyState !== OPEN) return;
      const piece = bytes.subarray(at, at + MOST_MESSAGE);
      this.#backlog += piece.length;
      let given = false;
      this.#sending(this.#socket, piece, () => {
        this.#backlog -= piece.length;
        // who sends sees for itself what has left at once
        if (given && this.#backlog === 0 && !this.#ended) this.#listener?.drained();
      });
      given = true;
    }
  }

  /** Ends the connection; the other end is told why, as far as it fits. */
  refuse(reason: string): void {
    let told = reason;
    while (new TextEncoder().encode(told).length > MOST_REASON) told = `${told.slice(0, -5)}…`;
    this.#leave(REFUSAL, told);
  }

  destroy(): void {
    if (this.#socket.terminate) this.#socket.terminate();
    else this.#socket.close();
  }

  /** The connection from now on as the links take it. */
  duplex(): Duplex {
    const backlog = () => this.#backlog;
    return {
      place: this.#place,
      get backlog() {
        return backlog();
      },
      send: (bytes) => this.send(bytes),
      listen: (listener) => {
        this.#listener = listener;
        // whoever listens has the first word
        queueMicrotask(() => {
          for (const bytes of this.#early.splice(0)) listener.data(bytes);
          if (this.#ended) listener.closed();
        });
      },
      close: () => this.#leave(DONE, ''),
      destroy: () => this.destroy(),
    };
  }

  #leave(code: number, reason: string): void {
    this.#socket.close(code, reason);
    const late = setTimeout(() => this.destroy(), 1000);
    if (typeof late === 'object') (late as { unref(): void }).unref();
  }

  #arrived(data: unknown): void {
    if (this.#ended) return;
    if (!(data instanceof ArrayBuffer) || data.byteLength > MOST_MESSAGE) {
      this.refuse('messages are binary, and of 256 KiB at the most');
      this.#end(new Error('it sent a message that no role sends'));
      return;
    }
    const bytes = new Uint8Array(data);
    if (this.#listener) this.#listener.data(bytes);
    else if (this.#waiting) {
      const { done } = this.#waiting;
      this.#waiting = null;
      done(bytes);
    } else if (this.#early.push(bytes) > MOST_EARLY) {
      this.destroy();
      this.#end(new Error('it says more than it is asked'));
    }
  }

  #end(problem: Error): void {
    if (this.#ended) return;
    this.#ended = problem;
    this.#waiting?.failed(problem);
    this.#waiting = null;
    this.#listener?.closed();
  }
}
