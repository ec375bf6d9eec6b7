/** How roles in other tabs, frames and workers are reached: over MessagePorts, one a pair of roles. */
import { checkOptions, kindOf } from '../options.js';
import { type Agreement, peersOf } from '../party/agreement.js';
import { checkMeeting, checkNetwork, type NetworkOptions } from './network.js';

/** A `MessagePort`, as far as it is used here. */
export interface LinkPort {
  /** Sends a message to the other end. */
  postMessage(message: unknown): void;
  /** Begins to pass on what has come. */
  start(): void;
  /** Ends the channel. */
  close(): void;
}

/**
 * How roles of the same program in other tabs, frames, workers or threads are reached: by MessagePorts, which whoever has started them
 * has handed round.
 *
 * A port is trusted as its maker is: nobody shows a key, and nothing is encrypted. Whoever holds the page, or its origin, holds all
 * links. This is for tabs, frames and workers of one origin, and for demonstrations; roles that are to be safe from
 * each other are on machines of their own, with keys ({@link NetworkOptions}).
 *
 *     const { port1, port2 } = new MessageChannel(); // port2 goes to bob's tab
 *     const session = await createSession({ here: ['alice'], network: { ports: { bob: port1, provider, owner } } });
 */
export interface PortsOptions
  extends Pick<NetworkOptions, 'agreed' | 'checkpoints' | 'joinWithin' | 'heartbeat' | 'onLink'> {
  /**
   * By role: a port of this role's own to each that it is linked to, whose other end that role has. One role is here. Ports
   * are handed over to a thread, and are of no other use any more. What is posted to one before the other end
   * begins waits there. A port that is closed, or silent for `heartbeat`, is a role that has left: nobody dials again.
   */
  readonly ports: Readonly<Record<string, LinkPort>>;
}

/** Whether roles elsewhere are reached by ports. */
export const isByPorts = (network: NetworkOptions | PortsOptions): network is PortsOptions =>
  typeof network === 'object' && network !== null && Object.hasOwn(network, 'ports');

/**
 * Checks how roles are reached, in whichever way.
 * @throws TypeError for a wrong kind, RangeError for a role that is missing, unknown or out of reach of another
 */
export function checkReach(
  network: NetworkOptions | PortsOptions,
  agreement: Agreement,
  here: readonly string[],
): void {
  if (isByPorts(network)) checkPorts(network, agreement, here);
  else checkNetwork(network, agreement, here);
}

const KNOWN: readonly (keyof PortsOptions)[] = [
  'ports',
  'agreed',
  'checkpoints',
  'joinWithin',
  'heartbeat',
  'onLink',
];

function checkPorts(network: PortsOptions, agreement: Agreement, here: readonly string[]): void {
  const name = 'createSession: network';
  checkOptions(name, network, KNOWN);
  if (here.length > 1) {
    throw new RangeError(`${name}: ports link one role, and here are ${here.join(', ')}`);
  }
  const { ports } = network;
  const [self] = here;
  const peers = peersOf(agreement, self);
  checkOptions(`${name}: ports`, ports, peers);
  const seen = new Map<unknown, string>();
  for (const peer of peers) {
    if (!Object.hasOwn(ports, peer)) {
      throw new RangeError(`${name}: ports lacks ${peer}, which ${self} is linked to`);
    }
    const port: unknown = ports[peer];
    if (!(port instanceof MessagePort)) {
      throw new TypeError(`${name}: ports.${peer}: expected a MessagePort, got ${kindOf(port)}`);
    }
    const other = seen.get(port);
    if (other !== undefined) throw new RangeError(`${name}: ports.${peer} is the port of ${other} too`);
    seen.set(port, peer);
  }
  checkMeeting(name, network, here);
}

/** The ports as the courier takes them. */
export const portsOf = ({ ports }: PortsOptions): Map<string, LinkPort> => new Map(Object.entries(ports));
