/** What `job init` is told of a job's roles: which of them own the rows, which come as guests, and what parties keep. */
import { type LocalTrainingJob, partiesOf } from '../jobs/job.js';
import { ownedByClients } from '../jobs/owners.js';
import { isRoleName } from '../jobs/role-job.js';
import { rolesOf } from '../party/agreement.js';
import { GUEST, guestProblem } from '../session/guests.js';
import { checkKeptName } from '../session/kept-model.js';
import { UsageError } from './usage.js';

/** The job whose rows are clients', in as many parts as there are of them. @throws UsageError for names that are none */
export const withClients = (name: string, job: LocalTrainingJob, list: string): LocalTrainingJob =>
  ownedByClients(job, clientsOf(name, partiesOf(job), list));

/** Names of clients. @throws UsageError for names that no role can have, or that are taken */
export function clientsOf(name: string, parties: readonly string[], list: string): string[] {
  const clients = list.split(',').map((client) => client.trim());
  const bad = clients.find((client) => !isRoleName(client));
  if (bad !== undefined) throw new UsageError(`${name}: --clients: "${bad}" is no name of a role`);
  const twice = clients.find((client, i) => [...parties, ...clients.slice(0, i)].includes(client));
  if (twice !== undefined) throw new UsageError(`${name}: --clients: the name "${twice}" is taken twice`);
  return clients;
}

/** Those of a job that come as guests. @throws UsageError for others than its roles, and for what guests cannot be */
export function guestsFor(name: string, job: LocalTrainingJob, list: string): string[] {
  const guests = [...new Set(list.split(',').map((guest) => guest.trim()))];
  const { provider = 'provider', owner = 'owner', clients = [] } = job.session;
  const who = { parties: [...partiesOf(job)], provider, owner, clients: [...clients] };
  const roles = rolesOf(who);
  const bad = guests.find((guest) => !roles.includes(guest));
  if (bad !== undefined) throw new UsageError(`${name}: --guest: "${bad}" is none of ${roles.join(', ')}`);
  const known = roles.map((role) => [role, guests.includes(role) ? { fingerprint: GUEST } : ELSE] as const);
  const wrong = guestProblem(who, Object.fromEntries(known));
  if (wrong) throw new UsageError(`${name}: --guest: ${wrong.problem}`);
  const keeper = who.parties.find((party) => guests.includes(party));
  if (job.saveAs !== undefined && keeper !== undefined) {
    throw new UsageError(`${name}: --save-as: ${keeper} is a guest, and keeps nothing`);
  }
  return guests;
}

/** A role with a certificate, which takes guests where there are some. */
const ELSE = { fingerprint: '', web: '' };

/** @throws UsageError for a name that no kept model can have */
export function checkSaveAs(name: string, saveAs: string): void {
  try {
    checkKeptName(`${name}: --save-as`, saveAs);
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
}
