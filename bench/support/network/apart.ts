/** Trainings with every role in a process of its own, linked over TLS on this machine. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NetworkOptions } from '../../../src/index.js';
import { makeKeys } from '../../../src/jobs/keys.js';
import { makeTapeKeys, tapePath } from '../../../src/session/tape.js';
import type { TapeOptions } from '../../../src/session/tape-options.js';
import type { Proxies } from '../proxy/host.js';
import type { Training } from '../trainers.js';
import type { Line } from './bound.js';
import { HOST, layLines, ROLES, RoleProcess } from './processes.js';
import type { Order } from './role.js';

/** A training whose roles are processes, linked over TLS, with the data shared and the model in place. */
export interface ApartTraining {
  /** Fits once, at all roles; resolves to the seconds that the slowest role took. */
  fit(): Promise<number>;
  /** Ends the processes. */
  close(): Promise<void>;
}

/**
 * Starts alice, bob, the provider and the owner as processes of this machine, in ring 32.
 * @param line what lies between every two of them, a proxy of `proxies` for each pair; null for loopback alone
 */
export type StartApart = (training: Training, line: Line | null, proxies: Proxies) => Promise<ApartTraining>;

const PROGRAM = new URL('./role.js', import.meta.url);

export const startApart: StartApart = async (training, line, proxies) => {
  const keys = await Promise.all(ROLES.map(makeKeys));
  const lines = await layLines(line, proxies);
  const tapes = line?.taped ? await dealTapes(training, line.taped) : null;
  const roles: RoleProcess<Order>[] = [];
  const close = async () => {
    await Promise.all(roles.map((role) => role.close()));
    await lines.close(); // over which the roles have taken their leave
    await tapes?.remove();
  };
  try {
    const there = tapes ? ROLES.filter((role) => role !== 'provider') : ROLES;
    for (const name of there) {
      const i = ROLES.indexOf(name);
      const seen = await lines.dialled(i);
      const network: NetworkOptions = {
        roles: Object.fromEntries(
          there.map((peer) => {
            const j = ROLES.indexOf(peer);
            return [peer, { fingerprint: keys[j].fingerprint, address: `${HOST}:${seen[j]}` }];
          }),
        ),
        keys: { [name]: { certificate: keys[i].certificate, key: keys[i].key } },
        joinWithin: 60,
      };
      const tape = tapes && (await tapes.of(name));
      const options = { network, fewRounds: line?.fewRounds ?? false, ...(tape && { tape }) };
      const role = new RoleProcess<Order>(PROGRAM, name);
      roles.push(role);
      role.order({ do: 'start', role: name, training, options });
    }
    await Promise.all(roles.map((role) => role.answer()));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    async fit() {
      return Math.max(...(await Promise.all(roles.map((role) => role.fit()))));
    },
    close,
  };
};

/** Has a provider deal for so many fits, in a process of its own, to tapes in a folder for now. */
async function dealTapes(training: Training, fits: number) {
  const dir = await mkdtemp(join(tmpdir(), 'tapes-'));
  const keys = { alice: makeTapeKeys(), bob: makeTapeKeys() };
  const parties = { alice: keys.alice.publicKey, bob: keys.bob.publicKey };
  const provider = new RoleProcess<Order>(PROGRAM, 'provider');
  provider.order({ do: 'deal', role: 'provider', training, fits, deal: { dir, parties } });
  try {
    await provider.answer();
  } finally {
    await provider.close();
  }
  return {
    async of(role: string): Promise<TapeOptions> {
      const key = role === 'alice' || role === 'bob' ? { key: keys[role].privateKey } : {};
      return { file: await tapePath(dir, role), ...key };
    },
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}
