/** Which roles a job file has, and whether each can be reached by those that it is linked to. */
import { addressOf } from '../session/address.js';
import { guestProblem } from '../session/guests.js';
import { webUrlOf } from '../session/web.js';
import type { JobFile } from './job-file.js';
import { clientsOfJob, isGuest, rolesOfJob } from './role-job.js';

/** Refuses a job by the path of a field. */
export type Refuse = (path: string, problem: string) => never;

/**
 * Checks the roles of a job.
 * @param refuse throws
 * @param within what `check` throws is refused by the path
 */
export function checkRoles(
  job: JobFile,
  refuse: Refuse,
  within: <T>(path: string, check: () => T) => T,
): void {
  const { parties, provider, owner, roles, discloses } = job;
  const clients = clientsOfJob(job);
  const computing = [...parties, provider, ...(parties.includes(owner) ? [] : [owner])];
  const all = [...computing, ...clients];
  const twice = all.find((role, i) => all.indexOf(role) !== i);
  if (twice !== undefined) refuse('parties', `the name "${twice}" is taken twice`);
  for (const role of all) if (!Object.hasOwn(roles, role)) refuse('roles', `lacks ${role}`);
  for (const [role, { address, web }] of Object.entries(roles)) {
    if (!all.includes(role)) refuse(`roles.${role}`, 'is no party, provider, owner or client');
    if (address !== undefined) within(`roles.${role}.address`, () => addressOf('address', address));
    if (web !== undefined) within(`roles.${role}.web`, () => webUrlOf('web', web));
  }
  checkGuests(job, refuse);
  const keyTwice = all.find((role, i) =>
    all
      .slice(0, i)
      .some((other) => !isGuest(job, role) && roles[other].fingerprint === roles[role].fingerprint),
  );
  if (keyTwice !== undefined) refuse(`roles.${keyTwice}.fingerprint`, "is another role's too");
  if (job.task === 'train' && job.ownerAway) {
    if (parties.includes(owner)) refuse('ownerAway', `${owner} is a party, and takes part`);
    if (job.saveAs === undefined)
      refuse('saveAs', 'is missing, where the owner is away: nothing would be left');
    if (job.metrics !== undefined) refuse('metrics', 'nothing is revealed where the owner is away');
  }
  checkDialled(job, computing, refuse);
  discloses.forEach(({ to }, i) => {
    if (!all.includes(to)) refuse(`discloses[${i}].to`, `no role named "${to}"`);
  });
  checkRows(job, refuse);
}

/** Guests dial, find those that they are linked to, and keep nothing. */
function checkGuests(job: JobFile, refuse: Refuse): void {
  const wrong = guestProblem({ ...job, clients: clientsOfJob(job) }, job.roles);
  if (wrong) refuse(`roles.${wrong.role}.${wrong.field}`, wrong.problem);
  const guests = rolesOfJob(job).filter((role) => isGuest(job, role));
  const sealed = guests.find((role) => job.roles[role].sealing !== undefined);
  if (sealed !== undefined) refuse(`roles.${sealed}.sealing`, 'a guest takes no tape');
  const party = job.parties.find((role) => isGuest(job, role));
  if (party === undefined) return;
  if (job.task !== 'train') {
    refuse(
      `roles.${party}.fingerprint`,
      'parties have kept the model that is asked, and guests keep nothing',
    );
  } else if (job.saveAs !== undefined) refuse('saveAs', `${party} is a guest, and keeps nothing`);
}

/** Of two roles with certificates one can dial the other. */
function checkDialled(job: JobFile, computing: readonly string[], refuse: Refuse): void {
  const { parties, roles } = job;
  const silent = computing.filter((role) => roles[role].address === undefined && !isGuest(job, role));
  if (silent.length > 1)
    refuse('roles', `neither ${silent[0]} nor ${silent[1]} has an address, so neither can dial the other`);
  const dialling = clientsOfJob(job).filter((client) => !isGuest(job, client));
  const dialled = dialling.some((client) => roles[client].address === undefined);
  const hidden = dialled
    ? parties.find((party) => roles[party].address === undefined && !isGuest(job, party))
    : undefined;
  if (hidden !== undefined) refuse(`roles.${hidden}`, 'has no address, where clients could dial it');
}

/** Rows are those of roles that bring some. */
function checkRows(job: JobFile, refuse: Refuse): void {
  const { parties } = job;
  const clients = clientsOfJob(job);
  const brought: Readonly<Record<string, object>> = job.data.rows;
  if (job.task === 'predict') {
    if (![...parties, ...clients].includes(job.asker)) refuse('asker', 'is no party and no client');
    const other = clients.find((client) => client !== job.asker);
    if (other !== undefined) refuse('clients', `${other} is not the asker`);
  }
  const divided = job.data.kind === 'table' ? job.data.owners : undefined;
  if (divided) {
    if (job.task === 'open')
      refuse('data.owners', 'a model of divided columns, whose scaling no party has whole, is not opened');
    if (clients.length > 0) refuse('clients', "columns are the parties' own");
    for (const owner of Object.keys(divided)) {
      if (!parties.includes(owner)) refuse(`data.owners.${owner}`, 'is no party');
    }
  }
  const wanted = divided
    ? Object.keys(divided)
    : {
        train: clients.length > 0 ? clients : parties,
        evaluate: [],
        open: [],
        predict: 'asker' in job ? [job.asker] : [],
      }[job.task];
  for (const party of wanted) if (!Object.hasOwn(brought, party)) refuse('data.rows', `lacks ${party}`);
  if (job.task !== 'open' && Object.keys(brought).length === 0) refuse('data.rows', 'names no party');
  for (const role of Object.keys(brought)) {
    if (![...parties, ...clients].includes(role)) {
      refuse(
        `data.rows.${role}`,
        clients.length > 0 || job.task === 'train' ? 'is no party and no client' : 'is no party',
      );
    }
    if (divided && !Object.hasOwn(divided, role)) refuse(`data.rows.${role}`, 'has no columns');
    if (job.task === 'predict' && !divided && role !== job.asker) {
      refuse(`data.rows.${role}`, 'is not the asker');
    }
  }
}
