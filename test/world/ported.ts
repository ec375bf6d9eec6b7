/** Roles that are linked by MessagePorts: each in a session of its own, in one process. */
import { MessageChannel } from 'node:worker_threads';
import type { SessionOptions } from '../../src/session/options.js';
import type { PortsOptions } from '../../src/session/ports.js';
import type { Session } from '../../src/session/session.js';
import { createTestSession, type TestOptions } from '../../src/testing.js';
import type { Outcome } from './network.js';

export type Ports = Record<string, Record<string, MessagePort>>;

/** A channel for every two of some roles: by role, its ports by the other's name. */
export function channels(roles: readonly string[]): Ports {
  const ports: Ports = Object.fromEntries(roles.map((role) => [role, {}]));
  roles.forEach((one, i) => {
    for (const other of roles.slice(i + 1)) {
      const { port1, port2 } = new MessageChannel() as unknown as globalThis.MessageChannel;
      ports[one][other] = port1;
      ports[other][one] = port2;
    }
  });
  return ports;
}

export interface PortedRun<T> {
  readonly ports: Ports;
  /** The roles that take part, by default all that have ports. */
  readonly roles?: readonly string[];
  readonly options?: SessionOptions;
  readonly testing?: TestOptions;
  /** What the session of a role is told beside the rest, or otherwise. */
  readonly own?: (role: string) => Partial<PortsOptions>;
  readonly program: (session: Session, role: string) => Promise<T>;
}

/** Runs a program at every role's session, and closes each when it ends, well or not; outcomes by role. */
export async function runOverPorts<T>(run: PortedRun<T>): Promise<Map<string, Outcome<T>>> {
  const { ports, roles = Object.keys(ports), options = {}, testing = {}, own = () => ({}), program } = run;
  const outcomes = roles.map(async (role): Promise<[string, Outcome<T>]> => {
    const network = { ports: ports[role], joinWithin: 60, heartbeat: 3, ...own(role) };
    try {
      const settings = { ring: 32, threads: 0, owner: 'alice', ...options, here: [role], network } as const;
      const session = await createTestSession(settings, testing);
      try {
        const value = await program(session, role);
        await session.close();
        return [role, { value }];
      } catch (error) {
        await session.roles.fail(error as Error);
        throw error;
      }
    } catch (error) {
      return [role, { error: error as Error }];
    }
  });
  return new Map(await Promise.all(outcomes));
}
