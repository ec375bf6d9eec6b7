/**
 * A TCP proxy on 127.0.0.1 that makes a line of a connection: each direction holds every byte for a delay and paces it to
 * a rate, with bounded memory. It can cut, stall, slow and refuse connections, and counts and keeps what it passes on.
 *
 * It runs in the thread that makes it; `startProxies` (host.ts) gives it one of its own, which is what precise times need.
 */
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Agenda } from './agenda.js';
import { Pipe } from './pipe.js';
import { checkWire, type WireSettings } from './wire.js';

export interface ProxyOptions {
  /** Where connections are passed on to. */
  readonly target: { readonly host: string; readonly port: number };
  /** Milliseconds that each direction holds every byte. Default 0. */
  readonly delay?: number;
  /** Bytes a second in each direction of each connection. Default Infinity. */
  readonly rate?: number;
  /** Bytes of each direction of each connection to keep, at most; the first ones. Default 0. */
  readonly capture?: number;
}

export interface Counters {
  /** Connections accepted so far; those refused do not count. */
  readonly connections: number;
  /** Of these, still open. */
  readonly open: number;
  /** Bytes passed on to the target, and back. */
  readonly there: number;
  readonly back: number;
  /** Bytes that the proxy holds now, of both directions. */
  readonly held: number;
}

/** The first bytes that a connection passed on to the target, and back. */
export interface Captured {
  readonly there: Uint8Array;
  readonly back: Uint8Array;
}

interface Connection {
  readonly sockets: readonly Socket[];
  readonly pipes: readonly Pipe[];
}

type Way = 'there' | 'back';

export class LineProxy {
  readonly #server: Server;
  readonly #target: ProxyOptions['target'];
  readonly #agenda: Agenda;
  readonly #usual: WireSettings;
  readonly #capture: number;
  readonly #open = new Set<Connection>();
  readonly #captured: Record<Way, Uint8Array[]>[] = [];
  readonly #passed: Record<Way, number> = { there: 0, back: 0 };
  #settings: WireSettings;
  #stalled = false;
  #refusing = false;
  #connections = 0;

  private constructor(options: ProxyOptions, agenda: Agenda) {
    const { target, delay = 0, rate = Number.POSITIVE_INFINITY, capture = 0 } = options;
    this.#target = target;
    this.#agenda = agenda;
    this.#usual = checkWire({ delay, rate });
    this.#settings = this.#usual;
    this.#capture = capture;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#accept(socket));
  }

  /** A proxy that listens. Throws a RangeError for a delay below 0 or a rate that is not above 0. */
  static async listen(options: ProxyOptions, agenda: Agenda): Promise<LineProxy> {
    const proxy = new LineProxy(options, agenda);
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject);
      proxy.#server.listen(0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get port(): number {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the proxy does not listen');
    return address.port;
  }

  /** Tears down all connections, on both sides at once; new ones are welcome. */
  cut(): void {
    for (const { sockets } of this.#open) for (const socket of sockets) socket.resetAndDestroy();
  }

  /** Keeps connections open, new ones too, and passes nothing on, until `heal`. */
  stall(): void {
    this.#stalled = true;
    this.#change(this.#settings);
  }

  /** Passes so few bytes a second in each direction, what it holds included, until `heal`. */
  trickle(bytesPerSecond: number): void {
    this.#change(checkWire({ delay: this.#usual.delay, rate: bytesPerSecond }));
  }

  /** Resets new connections as soon as they are made, until `heal`; open ones stay. */
  refuse(): void {
    this.#refusing = true;
  }

  /** Undoes `stall`, `trickle` and `refuse`. Nothing that was held is lost. */
  heal(): void {
    this.#refusing = false;
    this.#stalled = false;
    this.#change(this.#usual);
  }

  counters(): Counters {
    const pipes = [...this.#open].flatMap(({ pipes }) => pipes);
    return {
      connections: this.#connections,
      open: this.#open.size,
      ...this.#passed,
      held: pipes.reduce((sum, pipe) => sum + pipe.held, 0),
    };
  }

  /** What was kept of each connection, in the order in which they were made. */
  captured(): Captured[] {
    return this.#captured.map(({ there, back }) => ({ there: joined(there), back: joined(back) }));
  }

  /** Cuts all connections and stops listening. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.cut();
    await closed;
  }

  #change(settings: WireSettings): void {
    this.#settings = settings;
    for (const { pipes } of this.#open) for (const pipe of pipes) pipe.change(settings, this.#stalled);
  }

  #accept(near: Socket): void {
    if (this.#refusing) {
      near.on('error', () => {});
      near.resetAndDestroy();
      return;
    }
    this.#connections++;
    const far = connect({ ...this.#target, allowHalfOpen: true, noDelay: true });
    const kept = { there: [], back: [] };
    if (this.#capture > 0) this.#captured.push(kept);
    const pipe = (source: Socket, sink: Socket, way: Way) => {
      const keep = this.#keeper(kept[way]);
      const onPassed = (bytes: Uint8Array) => {
        this.#passed[way] += bytes.length;
        keep(bytes);
      };
      const [agenda, settings, stalled] = [this.#agenda, this.#settings, this.#stalled];
      return new Pipe({ source, sink, agenda, settings, stalled, onPassed });
    };
    const sockets = [near, far];
    const connection = { sockets, pipes: [pipe(near, far, 'there'), pipe(far, near, 'back')] };
    this.#open.add(connection);
    for (const socket of sockets) {
      socket.on('close', () => {
        if (sockets.every(({ closed }) => closed)) this.#open.delete(connection);
      });
    }
  }

  /** Keeps copies of the first bytes that it is shown. */
  #keeper(kept: Uint8Array[]): (bytes: Uint8Array) => void {
    let room = this.#capture;
    return (bytes) => {
      if (room === 0) return;
      const part = bytes.slice(0, room);
      kept.push(part);
      room -= part.length;
    };
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
