/** Roles on the network, of which some have no certificate and come as guests. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { invite } from '../../src/session/invite.js';
import type { NetworkOptions, RoleOnNetwork } from '../../src/session/network.js';
import { RolesOnNetwork } from './network.js';
import { freePorts, HOST } from './ports.js';

/** A page that may come. */
export const ORIGIN = 'https://clinic.example';

export interface Guests {
  readonly roles: RolesOnNetwork;
  readonly guest: string;
  /** Every role, as all know them. */
  readonly table: Record<string, RoleOnNetwork>;
  readonly ports: Readonly<Record<string, number>>;
  folderOf(host: string): string;
  /** Fresh invitations of all hosts. */
  invitations(): Promise<Record<string, string>>;
  /** What a role is told beside the rest. */
  own(role: string, invitations: Record<string, string>): Partial<NetworkOptions>;
  remove(): void;
}

/** @param hosts the roles that the guest is linked to */
export async function withGuest(names: string[], guest: string, hosts: readonly string[]): Promise<Guests> {
  const roles = await RolesOnNetwork.of(names);
  const free = await freePorts(hosts.length);
  const ports = Object.fromEntries(hosts.map((host, i) => [host, free[i]]));
  const folder = mkdtempSync(join(tmpdir(), 'beaverdam-guests-'));
  const folderOf = (host: string) => join(folder, host);
  const table = Object.fromEntries(
    names.map((name): [string, RoleOnNetwork] => {
      if (name === guest) return [name, { fingerprint: 'guest' }];
      const web = hosts.includes(name) && { web: `ws://${HOST}:${ports[name]}` };
      return [name, { ...roles.roles[name], ...web }];
    }),
  );
  return {
    roles,
    guest,
    table,
    ports,
    folderOf,
    async invitations() {
      const lines = hosts.map(async (at) => [at, await invite({ at, folder: folderOf(at), role: guest })]);
      return Object.fromEntries(await Promise.all(lines));
    },
    own(role, invitations) {
      if (role === guest) return { roles: table, keys: {}, invitations };
      if (!hosts.includes(role)) return { roles: table };
      const place = { listen: `${HOST}:${ports[role]}`, origins: [ORIGIN], invitations: folderOf(role) };
      return { roles: table, web: { [role]: place } };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
