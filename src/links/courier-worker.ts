/** Entry of the courier's thread (see courier.ts). */
import { expose } from 'comlink';
import { bootData, workerEndpoint } from '#host';
import { network } from '#network';
import { Courier, type LinkState } from './courier.js';
import type { CourierBoot } from './courier-boot.js';

class CourierStarter {
  #courier: Courier | null = null;
  readonly #boot = bootData();
  #ports: ReadonlyMap<string, MessagePort> = new Map();

  /** Before the start: the ports of peers that are reached by ports, by peer. */
  take(ports: ReadonlyMap<string, MessagePort>): void {
    this.#ports = ports;
  }

  /** Rejects where a role here cannot listen. @param watch told how links stand, whenever that changes */
  async start(watch: (state: LinkState) => void): Promise<void> {
    this.#courier = new Courier((await this.#boot) as CourierBoot, network, watch, this.#ports);
    await this.#courier.start();
  }

  /** Where each link stands. */
  states(): LinkState[] {
    return this.#courier?.states() ?? [];
  }

  /** Resolves when every peer has been told that the roles here have left. */
  async finish(): Promise<void> {
    await this.#courier?.finish();
  }
}

/** What the courier's worker exposes. */
export type CourierApi = Pick<CourierStarter, 'take' | 'start' | 'states' | 'finish'>;

expose(new CourierStarter(), workerEndpoint());
