/** Roles that are linked by TLS on this machine: each in a session of its own, with keys of its own, at a free port. */
import { makeKeys, type RoleKeys } from '../../src/jobs/keys.js';
import type { NetworkOptions, RoleOnNetwork } from '../../src/session/network.js';
import type { SessionOptions } from '../../src/session/options.js';
import type { Session } from '../../src/session/session.js';
import { createTestSession, type TestOptions } from '../../src/testing.js';
import { freePorts, HOST } from './ports.js';
import { namesOf } from './sessions.js';

/** The roles of a session, their keys and where they listen. */
export class RolesOnNetwork {
  private constructor(
    readonly names: readonly string[],
    readonly keys: Readonly<Record<string, RoleKeys>>,
    readonly ports: Readonly<Record<string, number>>,
  ) {}

  static async of(names: readonly string[]): Promise<RolesOnNetwork> {
    const ports = await freePorts(names.length);
    const keys = await Promise.all(names.map(makeKeys));
    const byName = <T>(values: readonly T[]) =>
      Object.fromEntries(names.map((name, i) => [name, values[i]] as const));
    return new RolesOnNetwork(names, byName(keys), byName(ports));
  }

  /** As every role knows the others. */
  get roles(): Record<string, RoleOnNetwork> {
    return Object.fromEntries(
      this.names.map((name) => {
        const { fingerprint } = this.keys[name];
        return [name, { fingerprint, address: `${HOST}:${this.ports[name]}` }] as const;
      }),
    );
  }

  /** What the process of these roles is told. */
  optionsOf(here: readonly string[], own: Partial<NetworkOptions> = {}): NetworkOptions {
    const keys = here.map((name) => {
      const { certificate, key } = this.keys[name];
      return [name, { certificate, key }] as const;
    });
    return { roles: this.roles, keys: Object.fromEntries(keys), joinWithin: 60, ...own };
  }
}

/** The roles of a session with these parties. */
export const rolesWith = (parties: number): string[] => [...namesOf(parties), 'provider', 'owner'];

export type Outcome<T> = { readonly value: T } | { readonly error: Error };

export interface NetworkRun<T> {
  readonly roles: RolesOnNetwork;
  readonly options?: SessionOptions;
  readonly testing?: TestOptions;
  /** The parties that keep their links in their own thread, if they are alone; the first one where nothing is said. */
  readonly ownLinks?: readonly string[];
  /** The roles of each process, in the order in which they are started; each by itself where nothing is said. */
  readonly here?: readonly (readonly string[])[];
  /** What the process of a role is told beside the rest, or otherwise. */
  readonly own?: (here: readonly string[]) => Partial<NetworkOptions>;
  readonly program: (session: Session, here: readonly string[]) => Promise<T>;
}

/** Runs a program at every process, and closes each session when it ends, well or not; outcomes by role. */
export async function runOverNetwork<T>(run: NetworkRun<T>): Promise<Map<string, Outcome<T>>> {
  const { roles, options = {}, testing = {}, own = () => ({}), program } = run;
  const parties = roles.names.slice(0, -2);
  const ownLinks = run.ownLinks ?? parties.slice(0, 1);
  const processes = run.here ?? roles.names.map((name) => [name]);
  const outcomes = await Promise.all(
    processes.map(async (here): Promise<Outcome<T>> => {
      const network = roles.optionsOf(here, own(here));
      const settings: SessionOptions = { ring: 32, threads: 0, parties, ...options, here, network };
      try {
        const session = await createTestSession(settings, {
          ownLinks: ownLinks.includes(here[0]),
          ...testing,
        });
        try {
          const value = await program(session, here);
          await session.close();
          return { value };
        } catch (error) {
          await session.roles.fail(error as Error);
          throw error;
        }
      } catch (error) {
        return { error: error as Error };
      }
    }),
  );
  return new Map(processes.flatMap((here, i) => here.map((name) => [name, outcomes[i]] as const)));
}

/** @throws the error of a role that has none of it */
export function valueAt<T>(outcomes: ReadonlyMap<string, Outcome<T>>, role: string): T {
  const outcome = outcomes.get(role);
  if (!outcome) throw new Error(`no ${role} has run`);
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}

/** What a role's error says. */
export function errorAt(outcomes: ReadonlyMap<string, Outcome<unknown>>, role: string): string {
  const outcome = outcomes.get(role);
  return outcome && 'error' in outcome ? outcome.error.message : `${role} has ended well`;
}
