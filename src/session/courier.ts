/** The courier of a session: the thread that links the roles here to those elsewhere. */
import { proxy, transfer, wrap } from 'comlink';
import { startCourier } from '#threads';
import { JobError, reasonOf } from '../errors.js';
import type { CourierBoot, CourierLink, LinkState } from '../links/courier.js';
import type { CourierApi } from '../links/courier-worker.js';
import type { CheckpointPosition } from '../links/hello.js';
import type { Agreement } from '../party/agreement.js';
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

export class CourierHandle {
  readonly #worker: ReturnType<typeof startCourier>;
  readonly #api: ReturnType<typeof wrap<CourierApi>>;
  #stopped = false;

  private constructor(boot: CourierBoot) {
    this.#worker = startCourier(boot);
    this.#api = wrap<CourierApi>(this.#worker.endpoint);
  }

  /**
   * Starts the courier of some roles.
   * @param failed told when its thread fails
   * @param ended told when a link has ended
   * @throws RangeError for keys that are not the roles' own, JobError where a role cannot listen
   */
  static async start(
    network: NetworkOptions | PortsOptions,
    agreement: Agreement,
    boots: readonly RoleBoot[],
    failed: (error: Error) => void,
    ended: (state: LinkState) => void,
  ): Promise<CourierHandle> {
    if (!isByPorts(network)) await checkKeys(network);
    const handle = new CourierHandle(await bootOf(network, agreement, boots));
    const broken = new Promise<never>((_, reject) => {
      handle.#worker.onFailure((error) => {
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
        await Promise.race([handle.#api.take(transfer(ports, [...ports.values()])), broken]);
      }
      await Promise.race([handle.#api.start(proxy(watch)), broken]);
    } catch (error) {
      await handle.stop();
      throw new JobError(`createSession: ${reasonOf(error)}`);
    }
    return handle;
  }

  /** The checkpoints that each role elsewhere has, as it has greeted. */
  async checkpoints(): Promise<ReadonlyMap<string, readonly CheckpointPosition[]>> {
    return new Map((await this.#api.states()).map(({ peer, checkpoints }) => [peer, checkpoints]));
  }

  /** Lets every peer know that the roles here have left, and ends the thread. */
  async finish(): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, LATE);
    });
    try {
      if (!this.#stopped) await Promise.race([this.#api.finish(), late]);
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
        link: {
          self,
          peer,
          outgoing,
          incoming,
          bell,
          ...reach.of(self, peer),
        },
      })),
  );
  return {
    links: links.map(({ link }) => link),
    bell: links[0].courierBell,
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
