/**
 * The courier of a process: one thread that keeps the links of the roles here to roles elsewhere.
 *
 * Of two roles that are linked one listens and the other dials, again and again until it has come through, and again when
 * the connection is lost; or they have the two ends of a port from the beginning. Everything happens on events: bytes on a connection, a ring of the bell that the roles here ring in
 * the peers' place, and a clock. Only a connection whose other end has proved to be the role that it should be gets a link.
 */

import {
  type Authenticated,
  type Identity,
  type Listener,
  type Network,
  Refused,
  type WebPlace,
} from '../../bindings/host/connection.js';
import { portDuplex } from '../../bindings/host/port.js';
import { hexOf } from '../bytes.js';
import { reasonOf } from '../errors.js';
import type { CourierBoot, CourierLink } from './courier-boot.js';
import type { CheckpointPosition } from './hello.js';
import { IncomingMirror, OutgoingMirror } from './mirror.js';
import { EndKind, endRecord } from './record.js';
import { RemoteLink } from './remote-link.js';
import { SESSION_CLOSED } from './ring-buffer.js';

/** A link as others may see it. */
export interface LinkState {
  readonly self: string;
  readonly peer: string;
  readonly state: RemoteLink['state'];
  /** Why it has ended. */
  readonly reason: string | null;
  readonly checkpoints: readonly CheckpointPosition[];
}

/** Milliseconds between two attempts to dial, at first and at most. */
const LEAST_PAUSE = 50;
const MOST_PAUSE = 1000;
/** Milliseconds in which links that are left may send what is left to send, and connections be closed by both ends. */
const FAREWELL = 2500;

interface Dialling {
  busy: boolean;
  pause: number;
  next: number;
}

export class Courier {
  readonly #boot: CourierBoot;
  readonly #network: Network;
  readonly #ports: ReadonlyMap<string, MessagePort>;
  readonly #links: readonly RemoteLink[];
  /** Number of the run of each role here. */
  readonly #runs: ReadonlyMap<string, string>;
  readonly #dialling = new Map<RemoteLink, Dialling>();
  readonly #listeners: Listener[] = [];
  readonly #bell: Int32Array | null;
  readonly #watch: (link: LinkState) => void;
  #clock: ReturnType<typeof setInterval> | null = null;
  #closed = false;
  #finished: (() => void) | null = null;

  /**
   * @param watch told whenever a link has come up, was lost or has ended
   * @param ports of the peers that are reached by ports, by peer
   * @param streams of a role in this thread
   */
  constructor(
    boot: CourierBoot,
    network: Network,
    watch: (link: LinkState) => void,
    ports: ReadonlyMap<string, MessagePort> = new Map(),
    streams: (peer: string) => Ends = noStreams,
  ) {
    this.#boot = boot;
    this.#network = network;
    this.#ports = ports;
    this.#watch = watch;
    this.#bell = boot.bell && new Int32Array(boot.bell);
    this.#runs = new Map(boot.links.map(({ self }) => [self, randomRun()]));
    this.#links = boot.links.map(({ self, peer, rings }) => {
      const { agreed, joinWithin, heartbeat } = boot;
      const run = this.#runOf(self);
      const checkpoints = boot.checkpoints.get(self) ?? [];
      const rest = { agreed, checkpoints, joinWithin, heartbeat, once: ports.has(peer) };
      return new RemoteLink({
        self,
        peer,
        run,
        ...(rings ? mirrorsOf(rings) : streams(peer)),
        ...rest,
        changed: this.#changed,
        closed: this.#settled,
      });
    });
    boot.links.forEach(({ dial }, i) => {
      if (dial) this.#dialling.set(this.#links[i], { busy: false, pause: LEAST_PAUSE, next: 0 });
    });
  }

  /** Listens and begins to dial. Rejects where a role's keys are of no use, or it cannot listen at its address. */
  async start(): Promise<void> {
    for (const [self, identity] of this.#boot.identities) {
      try {
        this.#network.check(identity);
      } catch (error) {
        throw new Error(`network: keys of ${self}: ${reasonOf(error)}`);
      }
    }
    for (const { self, address } of this.#boot.listen) {
      const accept = (connection: Authenticated) => this.#accept(self, connection);
      try {
        this.#listeners.push(await this.#network.listen(address, this.#identity(self), accept));
      } catch (error) {
        this.#close();
        const reason = reasonOf(error);
        throw new Error(`${self} cannot listen at ${address.host}:${address.port}: ${reason}`);
      }
    }
    for (const place of this.#boot.web) await this.#welcomeGuests(place);
    for (const link of this.#links) {
      const port = this.#ports.get(link.setup.peer);
      if (port) link.attach(portDuplex(port, link.setup.peer));
    }
    // a pending wait for the bell does not keep its thread alive; this does
    this.#clock = setInterval(() => this.#tick(), Math.min(1000, this.#boot.heartbeat / 10));
    this.#tick();
    if (this.#bell) void this.#listenToBell(this.#bell);
  }

  async #welcomeGuests(place: WebPlace): Promise<void> {
    const { role, address } = place;
    const accept = (connection: Authenticated) => this.#accept(role, connection);
    const refused = (reason: string) => this.#turnedAway(role, reason);
    try {
      this.#listeners.push(await this.#network.listenWeb(place, this.#identity(role), accept, refused));
    } catch (error) {
      this.#close();
      const reason = reasonOf(error);
      throw new Error(`${role} cannot take guests at ${address.host}:${address.port}: ${reason}`);
    }
  }

  /** Where each link stands. */
  states(): LinkState[] {
    return this.#links.map(stateOf);
  }

  /**
   * Resolves when every link has said its farewell and the other end has closed the connection too: what is under way when a
   * process ends may be lost. To be called when the roles here have left their rings.
   */
  async finish(): Promise<void> {
    this.sweep();
    if (this.#open) {
      await new Promise<void>((resolve) => {
        this.#finished = resolve;
        setTimeout(resolve, FAREWELL);
      });
    }
    for (const link of this.#links) link.end(link.setup.outgoing.left ?? SESSION_CLOSED);
    this.#close();
  }

  get #open(): boolean {
    return !this.#links.every((link) => link.closed);
  }

  #close(): void {
    this.#closed = true;
    if (this.#clock) clearInterval(this.#clock);
    for (const listener of this.#listeners) listener.close();
    if (!this.#bell) return;
    Atomics.add(this.#bell, 0, 1);
    Atomics.notify(this.#bell, 0);
  }

  async #listenToBell(bell: Int32Array): Promise<void> {
    while (!this.#closed) {
      const seen = Atomics.load(bell, 0);
      this.sweep();
      const rung = Atomics.waitAsync(bell, 0, seen);
      if (rung.async) await rung.value;
      else await null; // others get their turn
    }
  }

  /** Moves whatever can be moved, and tells peers of roles here that have left. */
  sweep(): void {
    for (const link of this.#links) {
      const left = link.state === 'ended' ? null : link.setup.outgoing.left;
      if (left !== null) link.leave(left);
      else link.settle();
    }
  }

  #tick(): void {
    const now = performance.now();
    for (const link of this.#links) link.tick();
    for (const [link, dialling] of this.#dialling) {
      if (link.wanted && !dialling.busy && now >= dialling.next) void this.#dial(link, dialling);
    }
  }

  async #dial(link: RemoteLink, dialling: Dialling): Promise<void> {
    const { self, peer } = link.setup;
    const { dial, fingerprint } = this.#boot.links[this.#links.indexOf(link)];
    if (!dial) return;
    dialling.busy = true;
    try {
      if ('url' in dial) {
        const { url, invitation } = dial;
        const guest = { self, peer, fingerprint, run: this.#runOf(self), invitation };
        link.attach((await this.#network.dialWeb(url, guest)).duplex);
        dialling.pause = LEAST_PAUSE;
        return;
      }
      const connection = await this.#network.dial(dial, this.#identity(self));
      dialling.pause = LEAST_PAUSE;
      if (connection.fingerprint === fingerprint) link.attach(connection.duplex);
      else {
        const { duplex, fingerprint: shown } = connection;
        duplex.send(endRecord(EndKind.refused, `${self} knows ${peer} by another certificate than ${shown}`));
        duplex.close();
        const place = `${dial.host}:${dial.port}`;
        const problem = `it shows the certificate ${shown} at ${place}, where ${fingerprint} is expected`;
        // in the middle of a run somebody else may have got the address for a moment
        if (link.state === 'lost') link.trouble(problem);
        else link.end(problem);
      }
    } catch (error) {
      const reason = reasonOf(error);
      if (!(error instanceof Refused) || link.state === 'lost') link.trouble(reason);
      else link.end(error.byPeer ? `it refused ${self}: ${reason}` : reason);
    } finally {
      dialling.busy = false;
      this.#pause(dialling);
    }
  }

  /** The next attempt comes after a pause, twice as long each time. */
  #pause(dialling: Dialling): void {
    dialling.next = performance.now() + dialling.pause;
    setTimeout(() => this.#tick(), dialling.pause + 1);
    dialling.pause = Math.min(MOST_PAUSE, dialling.pause * 2);
  }

  #accept(self: string, { duplex, fingerprint }: Authenticated): void {
    const at = this.#boot.links.findIndex((link) => link.self === self && link.fingerprint === fingerprint);
    if (at >= 0 && this.#boot.links[at].dial === null) {
      this.#links[at].attach(duplex);
      return;
    }
    duplex.send(
      endRecord(EndKind.refused, `the certificate ${fingerprint} is no role's that ${self} waits for`),
    );
    duplex.close();
    this.#turnedAway(self, `somebody else was refused, with the certificate ${fingerprint}`);
  }

  /** Whoever waits in vain may want to know. */
  #turnedAway(self: string, reason: string): void {
    for (const link of this.#links) {
      const waiting = link.setup.self === self && link.state === 'absent';
      if (waiting) link.trouble(reason);
    }
  }

  #runOf(self: string): string {
    return this.#runs.get(self) ?? randomRun();
  }

  #identity(self: string): Identity {
    const identity = this.#boot.identities.get(self);
    if (!identity) throw new TypeError(`links: there is no key for ${self}`);
    return identity;
  }

  readonly #settled = (): void => {
    if (!this.#open) this.#finished?.();
  };

  readonly #changed = (link: RemoteLink): void => {
    this.#watch(stateOf(link));
    this.#settled();
    if (link.wanted && this.#dialling.has(link)) setTimeout(() => this.#tick(), 1);
  };
}

/** The two streams of a link. */
type Ends = Pick<RemoteLink['setup'], 'outgoing' | 'incoming'>;

const mirrorsOf = ({ outgoing, incoming, bell }: NonNullable<CourierLink['rings']>): Ends => ({
  outgoing: new OutgoingMirror(outgoing, bell),
  incoming: new IncomingMirror(incoming, bell),
});

function noStreams(peer: string): never {
  throw new TypeError(`links: there are no rings for ${peer}`);
}

const stateOf = (link: RemoteLink): LinkState => ({
  self: link.setup.self,
  peer: link.setup.peer,
  state: link.state,
  reason: link.reason,
  checkpoints: link.peerCheckpoints,
});

const randomRun = (): string => hexOf(crypto.getRandomValues(new Uint8Array(16)));
