/** The courier of a session: the thread that links the roles here to those elsewhere. */
import { proxy, type Remote, transfer, wrap } from 'comlink';
import { startCourier } from '#threads';
import type { HostWorker } from '../../bindings/host/types.js';
import { JobError, reasonOf } from '../errors.js';
import type { LinkState } from '../links/courier.js';
import type { CourierBoot, CourierLink } from '../links/courier-boot.js';
import type { CourierApi } from '../links/courier-worker.js';
import type { CheckpointPosition } from '../links/hello.js';
import type { Agreement } from '../party/agreement.js';
import type { OwnCourierApi } from '../role/awaiting-worker.js';
import type { RoleBoot } from '../role/boot.js';
import {
  agreedDigests,
  checkKeys,
  dialOf,
  knownBy,
  listening,
  type NetworkOptions,
  takingGuests,
} from './network.js';
import { isByPorts, type PortsOptions, portsOf } from './ports.js';

/** Seconds unless others are asked for. */
export const JOIN_WITHIN = 600;
const HEARTBEAT = 10;

/** What a courier is asked, in whichever thread it is. */
interface Calls {
  take(ports: Map<string, MessagePort>): Promise<void>;
  start(watch: (state: LinkState) => void): Promise<void>;
  states(): Promise<LinkState[]>;
  finish(reason: string): Promise<void>;
}

/** A courier in a thread of its own. */
function apart(boot: CourierBoot): { readonly worker: HostWorker; readonly calls: Calls } {
  const worker = startCourier(boot);
  const api = wrap<CourierApi>(worker.endpoint);
  const calls = {
    take: (ports: Map<string, MessagePort>) => api.take(transfer(ports, [...ports.values()])),
    start: (watch: (state: LinkState) => void) => api.start(proxy(watch)),
    states: () => api.states(),
    finish: () => api.finish(),
  };
  return { worker, calls };
}

/** … and in that of the role whose links it keeps. */
function within(
  worker: HostWorker,
  boot: CourierBoot,
): { readonly worker: HostWorker; readonly calls: Calls } {
  const { courier } = wrap<{ courier: OwnCourierApi }>(worker.endpoint);
  const api = courier as unknown as Remote<OwnCourierApi>;
  const calls = {
    take: async () => {},
    start: (watch: (state: LinkState) => void) => api.start(boot, proxy(watch)),
    states: () => api.states(),
    finish: (reason: string) => api.finish(reason),
  };
  return { worker, calls };
}

export class CourierHandle {
  readonly #worker: HostWorker;
  readonly #calls: Calls;
  #stopped = false;

  private constructor({ worker, calls }: ReturnType<typeof apart>) {
    this.#worker = worker;
    this.#calls = calls;
  }

  /**
   * Starts the courier of some roles.
   * @param failed told when its thread fails
   * @param ended told when a link has ended
   * @param own the thread of the role that keeps its links itself; none where the courier has its own
   * @throws RangeError for keys that are not the roles' own, JobError where a role cannot listen
   */
  static async start(
    network: NetworkOptions | PortsOptions,
    agreement: Agreement,
    boots: readonly RoleBoot[],
    failed: (error: Error) => void,
    ended: (state: LinkState) => void,
    own?: HostWorker,
  ): Promise<CourierHandle> {
    if (!isByPorts(network)) await checkKeys(network);
    const boot = await bootOf(network, agreement, boots);
    const handle = new CourierHandle(own ? within(own, boot) : apart(boot));
    const broken = new Promise<never>((_, reject) => {
      handle.#worker.onFailure((error) => {
        handle.#stopped = true; // nobody says farewell
        failed(error);
        reject(error);
      });
    });
    broken.catch(() => {}); // told already, where nobody waits
    const states = new Map<string, LinkState['state']>();
    const watch = (link: LinkState) => {
      const { self, peer, state } = link;
      const key = JSON.stringify([self, peer]);
      if (states.get(key) === state) return;
      states.set(key, state);
      if (state === 'ended') ended(link);
      network.onLink?.({ self, peer, state });
    };
    try {
      if (isByPorts(network)) {
        const ports = portsOf(network) as Map<string, MessagePort>;
        await Promise.race([handle.#calls.take(ports), broken]);
      }
      await Promise.race([handle.#calls.start(watch), broken]);
    } catch (error) {
      await handle.stop();
      throw new JobError(`createSession: ${reasonOf(error)}`);
    }
    return handle;
  }

  /** The checkpoints that each role elsewhere has, as it has greeted. */
  async checkpoints(): Promise<ReadonlyMap<string, readonly CheckpointPosition[]>> {
    return new Map((await this.#calls.states()).map(({ peer, checkpoints }) => [peer, checkpoints]));
  }

  /** Lets every peer know that the roles here have left, and ends the thread. */
  async finish(reason: string): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LATE);
    });
    try {
      if (!this.#stopped) await Promise.race([this.#calls.finish(reason), late]);
    } finally {
      clearTimeout(timer);
      await this.stop();
    }
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#worker.stop();
  }
}

/** Milliseconds, more than the longest farewell. */
const LATE = 4000;

async function bootOf(
  network: NetworkOptions | PortsOptions,
  agreement: Agreement,
  boots: readonly RoleBoot[],
): Promise<CourierBoot> {
  const { joinWithin = JOIN_WITHIN, heartbeat = HEARTBEAT, checkpoints = {} } = network;
  const here = boots.map(({ name }) => name);
  const reach = isByPorts(network) ? BY_PORTS : overNetwork(network, agreement, here);
  const links = boots.flatMap(({ name: self, bell, elsewhere, links: all }) =>
    all
      .filter(({ peer }) => elsewhere.includes(peer))
      .map(({ peer, outgoing, incoming, peerBell }) => ({
        courierBell: peerBell,
        link: { self, peer, rings: { outgoing, incoming, bell }, ...reach.of(self, peer) },
      })),
  );
  const awaited = boots.flatMap(({ name: self, windows = new Map() }) =>
    [...windows.keys()].map((peer) => ({ self, peer, rings: null, ...reach.of(self, peer) })),
  );
  return {
    links: [...links.map(({ link }) => link), ...awaited],
    bell: links[0]?.courierBell ?? null,
    ...reach.boot,
    agreed: await agreedDigests(agreement, network.agreed),
    checkpoints: new Map(Object.entries(checkpoints)),
    joinWithin: joinWithin * 1000,
    heartbeat: heartbeat * 1000,
  };
}

/** How the courier comes by its connections. */
interface Reach {
  readonly boot: Pick<CourierBoot, 'listen' | 'web' | 'identities'>;
  of(self: string, peer: string): Pick<CourierLink, 'fingerprint' | 'dial'>;
}

const overNetwork = (network: NetworkOptions, agreement: Agreement, here: readonly string[]): Reach => ({
  boot: {
    listen: listening(network, agreement, here),
    web: takingGuests(network),
    identities: new Map(Object.entries(network.keys)),
  },
  of: (self, peer) => ({
    fingerprint: knownBy(network, peer),
    dial: dialOf(network, agreement, self, peer),
  }),
});

/** Nobody dials, listens or has a key: the ports are there. */
const BY_PORTS: Reach = {
  boot: { listen: [], web: [], identities: new Map() },
  of: () => ({ fingerprint: '', dial: null }),
};
