/** Options of `run` for links over the web: where a role takes guests, and the invitations of a role that is one. */
import { createSecureContext } from 'node:tls';
import { readAsset, urlOf } from '#host';
import { reasonOf } from '../errors.js';
import type { JobFile } from '../jobs/job-file.js';
import { invitationsIn, linesIn } from '../jobs/job-folder.js';
import { guestsOf, peersOfJob } from '../jobs/role-job.js';
import { addressOf } from '../session/address.js';
import { invitationsOf } from '../session/invitation.js';
import { checkOrigin, isLoopback, type WebOptions } from '../session/web.js';
import { meant, unreadable } from './inputs.js';
import { type Option, several, text, type Values } from './options.js';
import { UsageError } from './usage.js';

const origin: Option<string> = {
  placeholder: 'https://HOST',
  describe: 'pages that may come, as browsers say it',
  fallback: '',
  read: (page) => page,
};

export const webOptions = {
  web: text('where the role takes guests', 'HOST:PORT', 'its web address in the job'),
  origin: several(origin, ',', [], 'none: guests that are no pages'),
  'web-cert': text('for TLS there: PEM of a certificate that browsers trust', 'FILE', 'none: a proxy has it'),
  'web-key': text('and of its private key', 'FILE', 'none'),
  invitations: text("a guest's invitations, a line each", 'FILE', 'keys/ROLE/ROLE.invitations'),
};

type Online = Values<typeof webOptions>;

/** What a role with a certificate is told. @throws UsageError for options that are for others */
export async function webPlaceOf(
  file: JobFile,
  role: string,
  keys: string,
  online: Online,
): Promise<{ web?: WebOptions }> {
  const { web, origin, 'web-cert': certPath, 'web-key': keyPath, invitations } = online;
  if (invitations !== undefined) throw new UsageError(`run: --invitations: ${role} is no guest`);
  if (guestsOf(file, role).length === 0) {
    refuseAll(online, `${role} takes no guests in this job`);
    return {};
  }
  if ((certPath === undefined) !== (keyPath === undefined)) {
    throw new UsageError('run: --web-cert and --web-key come together');
  }
  const url = new URL(`${file.roles[role].web}`);
  if (web === undefined && url.protocol === 'wss:' && certPath === undefined) {
    throw new UsageError(
      `run: ${role} takes guests at ${url.href}: give --web-cert and --web-key, or with --web an address of this machine, behind a proxy that has them`,
    );
  }
  const listen = web ?? `${url.hostname}:${url.port || (url.protocol === 'wss:' ? 443 : 80)}`;
  await meant('run', listen, () => {
    const { host } = addressOf('run: --web', listen);
    if (certPath === undefined && !isLoopback(host)) {
      throw new RangeError(`run: --web: ${host} is open to others, which needs --web-cert and --web-key`);
    }
    for (const page of origin) checkOrigin('run: --origin', page);
  });
  const tls = certPath !== undefined && keyPath !== undefined && (await readTls(certPath, keyPath));
  return { web: { listen, origins: origin, invitations: invitationsIn(keys), ...tls } };
}

/** What a guest is told. @throws UsageError for options that are for others, and invitations that it cannot use */
export async function guestLinks(
  file: JobFile,
  role: string,
  keys: string,
  { invitations, ...others }: Online,
): Promise<{ invitations: Record<string, string> }> {
  refuseAll(others, `${role} is a guest itself`);
  const path = invitations ?? linesIn(keys, role);
  const lines = (await readText(path)).split('\n').map((line) => line.trim());
  return meant('run', path, () => ({
    invitations: invitationsOf(`run: ${path}`, lines, peersOfJob(file, role), role),
  }));
}

function refuseAll(given: Omit<Online, 'invitations'>, problem: string): void {
  for (const [option, value] of Object.entries(given)) {
    if (Array.isArray(value) ? value.length > 0 : value !== undefined) {
      throw new UsageError(`run: --${option}: ${problem}`);
    }
  }
}

async function readText(path: string): Promise<string> {
  const bytes = await readAsset(urlOf(path)).catch((error: unknown) => {
    throw new UsageError(`cannot read ${path}: ${unreadable(error) ?? reasonOf(error)}`);
  });
  return new TextDecoder().decode(bytes);
}

async function readTls(certPath: string, keyPath: string) {
  const [certificate, key] = [await readText(certPath), await readText(keyPath)];
  try {
    createSecureContext({ cert: certificate, key });
  } catch {
    // what OpenSSL says of them is of no use
    throw new UsageError(`run: ${certPath} and ${keyPath} are no certificate and its private key`);
  }
  return { certificate, key };
}
