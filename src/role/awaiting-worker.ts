/** Entry of the thread of a party and of its links to peers elsewhere (see awaiting-role.ts). */
import { expose } from 'comlink';
import { bootData, workerEndpoint } from '#host';
import { network } from '#network';
import { AwaitedLinks } from '../links/awaited-links.js';
import { Courier, type LinkState } from '../links/courier.js';
import type { CourierBoot } from '../links/courier-boot.js';
import { startAwaiting } from './awaiting-role.js';
import type { RoleBoot } from './boot.js';
import { RoleStarter } from './starter.js';

const links = (bootData() as Promise<RoleBoot>).then(
  ({ name, windows = new Map(), local }) => new AwaitedLinks(name, windows, local.timeout),
);

/** The courier, as of a thread of its own (links/courier-worker.ts). */
class OwnCourier {
  #courier: Courier | null = null;

  /** Rejects where the role cannot listen. @param watch told how links stand, whenever that changes */
  async start(boot: CourierBoot, watch: (state: LinkState) => void): Promise<void> {
    const own = await links;
    const courier = new Courier(boot, network, watch, new Map(), (peer) => own.streams(peer));
    own.flush = () => courier.sweep();
    this.#courier = courier;
    await courier.start();
  }

  /** Where each link stands. */
  states(): LinkState[] {
    return this.#courier?.states() ?? [];
  }

  /** The role goes no further. Resolves when every peer has been told. */
  async finish(reason: string): Promise<void> {
    const own = await links;
    own.end(new Error(reason));
    own.leave(reason);
    await this.#courier?.finish();
    own.wipe();
  }
}

class AwaitingStarter extends RoleStarter {
  readonly courier = new OwnCourier();
}

/** What the worker exposes beside its role. */
export type OwnCourierApi = Pick<OwnCourier, 'start' | 'states' | 'finish'>;

expose(new AwaitingStarter(async (boot) => startAwaiting(boot, await links)), workerEndpoint());
