/** A job whose roles reach each other through proxies, one for each role that listens. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Proxies, ProxyHandle } from '../../bench/support/proxy/host.js';
import { initJob, ROLES, type RunningRole, startRole } from './job.js';

export interface ProxiedJob {
  readonly dir: string;
  /** By the role that listens behind it. */
  readonly proxies: ReadonlyMap<string, ProxyHandle>;
  /** Starts a role, which listens where its proxy passes connections on to. */
  start(role: string, options?: readonly string[], onOutput?: (stdout: string) => void): RunningRole;
  /** Starts all of them. */
  startAll(onOutput?: (role: string, stdout: string) => void): RunningRole[];
}

/** Makes a job whose addresses are proxies', with such limits. */
export async function proxiedJob(
  all: Proxies,
  epochs: number,
  limits: Readonly<Record<string, number>>,
): Promise<ProxiedJob> {
  const dir = await initJob('wine', '--epochs', String(epochs));
  const path = join(dir, 'job.json');
  const job = JSON.parse(readFileSync(path, 'utf8'));
  const proxies = new Map<string, ProxyHandle>();
  const behind = new Map<string, string>();
  for (const [role, known] of Object.entries<{ address?: string }>(job.roles)) {
    if (known.address === undefined) continue;
    const [host, port] = known.address.split(':');
    const proxy = await all.open({ target: { host, port: Number(port) } });
    proxies.set(role, proxy);
    behind.set(role, known.address);
    job.roles[role].address = `127.0.0.1:${proxy.port}`;
  }
  writeFileSync(path, JSON.stringify({ ...job, limits: { ...job.limits, ...limits } }));
  const start: ProxiedJob['start'] = (role, options = [], onOutput = () => {}) => {
    const address = behind.get(role);
    return startRole(dir, role, [...(address ? ['--listen', address] : []), ...options], onOutput);
  };
  return {
    dir,
    proxies,
    start,
    startAll: (onOutput = () => {}) =>
      ROLES.map((role) => start(role, ['--json'], (text) => onOutput(role, text))),
  };
}

/** Resolves when the owner has printed so many epochs as JSON; `look` is to be shown what roles print. */
export function afterEpochs(count: number) {
  let reached: () => void = () => {};
  const promise = new Promise<void>((resolve) => {
    reached = resolve;
  });
  const look = (role: string, stdout: string) => {
    if (role === 'owner' && stdout.split('\n').length > count) reached();
  };
  return { promise, look };
}
