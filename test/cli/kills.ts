/** Roles of a job that are killed, again and again, at moments of chance; everything is started again after each. */
import { type FSWatcher, mkdirSync, readFileSync, watch, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import * as assert from 'uvu/assert';
import { type PublicRandom, publicRandom } from '../../src/data/random.js';
import {
  ends,
  initJob,
  inOneGo,
  isAsInOneGo,
  ROLES,
  type RunningRole,
  resultOf,
  runRoles,
  startRole,
} from './job.js';
import type { Ended } from './run.js';

/** Milliseconds in which all end after a crash: the heartbeat is 2 s, the machine may have other work. */
const LIMIT = 100_000;

/** When a role is killed: up to so many milliseconds behind a sign. */
export interface Moment {
  readonly name: string;
  /** The role's start, what it prints, or a checkpoint that it begins to write. */
  readonly sign: 'start' | 'checkpoint' | RegExp;
  readonly within: number;
  /** The roles that give the sign; all unless given. */
  readonly roles?: readonly string[];
  /** Whether others may not have known it yet, and wait for it to come: it is started again at once. */
  readonly early?: boolean;
}

/** Sets limits of a job. */
export function limit(dir: string, limits: Readonly<Record<string, number>>): void {
  const path = join(dir, 'job.json');
  const job = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({ ...job, limits: { ...job.limits, ...limits } }));
}

const watchers: FSWatcher[] = [];

/** Calls `act` once, at the moment. @returns what the role's output is to be shown to */
function awaitMoment(
  dir: string,
  role: string,
  { sign, within }: Moment,
  random: PublicRandom,
  act: () => void,
) {
  const delay = random.below(within + 1);
  let due = false;
  const seen = () => {
    if (due) return;
    due = true;
    if (delay === 0) act();
    else setTimeout(act, delay);
  };
  if (sign === 'start') seen();
  if (sign === 'checkpoint') {
    const folder = join(dir, 'state', role);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const watcher = watch(folder, (_event, name) => {
      if (name?.endsWith('.part')) seen();
    });
    watchers.push(watcher);
  }
  return (stdout: string) => {
    if (sign instanceof RegExp && sign.test(stdout)) seen();
  };
}

/** How all have ended. @throws Error that says who has not, within the limit */
export async function endsInTime(
  running: readonly RunningRole[],
  story: string,
): Promise<Map<string, Ended>> {
  const timer = new AbortController();
  const late = wait(LIMIT, null, { signal: timer.signal }).catch(() => null);
  const all = await Promise.race([ends(running), late]);
  timer.abort();
  if (all) return all;
  const open = running.filter(({ child }) => child.exitCode === null && child.signalCode === null);
  for (const { child } of open) child.kill('SIGKILL');
  const said = await ends(open);
  throw new Error(
    `${story}: not ended: ${[...said].map(([role, { stdout, stderr }]) => `${role}: ${stdout}${stderr}`).join('\n')}`,
  );
}

/**
 * One run in which a role is killed. One that is killed while others may still wait for it to come is started again at
 * once; else the others end, and say who it was.
 */
async function crash(dir: string, victim: string, moment: Moment, random: PublicRandom): Promise<boolean> {
  const running = new Map<string, RunningRole>();
  let killed = false;
  let crashed: () => void = () => {};
  const crashing = new Promise<void>((resolve) => {
    crashed = resolve;
  });
  const observe = (role: string) => {
    if (role !== victim) return () => {};
    return awaitMoment(dir, role, moment, random, () => {
      killed = running.get(victim)?.child.kill('SIGKILL') ?? false;
      crashed();
    });
  };
  for (const role of Array.from(random.permutation(ROLES.length), (i) => ROLES[i])) {
    running.set(role, startRole(dir, role, ['--resume'], observe(role)));
  }
  const dead = running.get(victim) as RunningRole;
  await Promise.race([crashing, dead.ended]);
  await dead.ended;
  const others = [...running.values()].filter(({ role }) => role !== victim);
  const story = `${victim} killed ${moment.name}`;
  const again = moment.early && killed ? startRole(dir, victim, ['--resume']) : null;
  try {
    for (const [role, { code, stdout, stderr }] of await endsInTime(others, story)) {
      if (code === 0) continue;
      assert.is(code, 3, `${story}, ${role}: ${stdout}${stderr}`);
      assert.match(stderr, victim, `${story}, ${role}`);
    }
  } finally {
    again?.child.kill();
    await again?.ended;
    for (const watcher of watchers.splice(0)) watcher.close();
  }
  return killed;
}

/** Runs for each kill at most. */
const TRIES = 6;

/**
 * Kills roles at such moments until as many kills have come before the role had ended by itself; where one comes too late, a new
 * job begins. Then the job may end, and its result is as if nothing had been.
 * @throws Error where kills come too late again and again
 */
export async function killOften(seed: number, kills: number, epochs: number, moments: readonly Moment[]) {
  const random = publicRandom(seed, 31);
  const begin = async () => {
    const made = await initJob('wine', '--epochs', String(epochs));
    limit(made, { heartbeat: 2 });
    return made;
  };
  let dir = await begin();
  for (let [i, killed] = [0, 0]; killed < kills; i++) {
    assert.ok(i < TRIES * kills, `${killed} of ${i} kills came before the end`);
    const moment = moments[i % moments.length];
    const { roles = ROLES } = moment;
    const victim = roles[random.below(roles.length)];
    console.log(`${i}: ${victim}, ${moment.name}`);
    if (await crash(dir, victim, moment, random)) killed++;
    else dir = await begin();
  }
  const last = await runRoles(dir, ROLES, ['--resume', '--json']);
  for (const [role, { code, stderr }] of last) assert.equal([role, code, stderr], [role, 0, '']);
  isAsInOneGo(resultOf(last.get('owner')), await inOneGo(epochs));
}
