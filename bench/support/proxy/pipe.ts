/** One direction of a connection: reads a socket, lets its bytes through a wire, and writes them to another. */
import type { Socket } from 'node:net';
import type { Agenda, Due } from './agenda.js';
import { Wire, type WireSettings } from './wire.js';

export interface PipeOptions {
  readonly source: Socket;
  readonly sink: Socket;
  readonly agenda: Agenda;
  readonly settings: WireSettings;
  /** Keeps open and passes nothing on. */
  readonly stalled: boolean;
  /** Sees what is passed on, in order. */
  onPassed(bytes: Uint8Array): void;
}

export class Pipe implements Due {
  readonly #source: Socket;
  readonly #sink: Socket;
  readonly #agenda: Agenda;
  readonly #wire: Wire;
  readonly #onPassed: (bytes: Uint8Array) => void;
  #stalled: boolean;
  /** The sink has taken all it wants for now. */
  #blocked = false;
  #done = false;

  constructor({ source, sink, agenda, settings, stalled, onPassed }: PipeOptions) {
    this.#source = source;
    this.#sink = sink;
    this.#agenda = agenda;
    this.#wire = new Wire(settings);
    this.#stalled = stalled;
    this.#onPassed = onPassed;
    agenda.add(this);
    source.on('data', (bytes) => this.#arrived((now) => this.#wire.push(bytes, now)));
    source.on('end', () => this.#arrived((now) => this.#wire.end('end', now)));
    source.on('error', () => {
      // torn down after an end in order: nothing is held any more
      if (this.#done) sink.resetAndDestroy();
      else this.#arrived((now) => this.#wire.end('reset', now));
    });
    source.on('close', () => this.#arrived((now) => this.#wire.end('reset', now)));
    sink.on('drain', () => {
      this.#blocked = false;
      agenda.look();
    });
    sink.on('close', () => this.#stop());
  }

  /** Bytes that have arrived and not been passed on. */
  get held(): number {
    return this.#wire.held;
  }

  due(): number {
    return this.#stalled || this.#blocked || this.#done ? Number.POSITIVE_INFINITY : this.#wire.next();
  }

  wake(now: number): void {
    this.#sink.cork();
    for (const bytes of this.#wire.take(now)) {
      this.#onPassed(bytes);
      this.#blocked = !this.#sink.write(bytes);
    }
    this.#sink.uncork();
    // what a corked stream says is of its buffer; uncorked, it may have written all
    this.#blocked &&= this.#sink.writableNeedDrain;
    if (!this.#wire.full) this.#source.resume();
    const end = this.#wire.ended(now);
    if (end === null) return;
    this.#stop();
    if (end === 'end') this.#sink.end();
    else this.#sink.resetAndDestroy();
  }

  /** Changes the line under the bytes that it holds. */
  change(settings: WireSettings, stalled: boolean): void {
    this.#stalled = stalled;
    this.#wire.change(settings, performance.now());
    this.#agenda.look();
  }

  #arrived(take: (now: number) => void): void {
    take(performance.now());
    if (this.#wire.full) this.#source.pause();
    this.#agenda.look();
  }

  #stop(): void {
    this.#done = true;
    this.#agenda.delete(this);
    // whatever else arrives has nowhere to go: let it flow away, so that the socket sees its end
    this.#source.resume();
  }
}
