/** What a training's messages take by themselves, between processes that compute nothing, or as long as its roles do. */
import { makeKeys } from '../../../src/jobs/keys.js';
import type { Runner } from '../interleave.js';
import type { Proxies } from '../proxy/host.js';
import type { StepTraffic } from '../trainers.js';
import type { Line } from './bound.js';
import type { MessagesOrder } from './messages-role.js';
import { layLines, ROLES, RoleProcess } from './processes.js';

const PROGRAM = new URL('./messages-role.js', import.meta.url);

/**
 * Starts two parties and a provider that send each other what those of a training would, of the same sizes and in the same rounds, over
 * TLS sockets and nothing else: what a machine takes for it at least.
 * @param traffic of a step
 * @param work seconds of processor time that each role takes for a step, with nothing to show for it
 */
export async function startMessages(
  { rounds, online, dealt, line: most }: StepTraffic,
  steps: number,
  line: Line | null,
  proxies: Proxies,
  work?: Readonly<Record<string, number>>,
): Promise<Runner> {
  const names = ROLES.filter((name) => name !== 'owner');
  const keys = await Promise.all(names.map(makeKeys));
  const lines = await layLines(line, proxies);
  const roles: RoleProcess<MessagesOrder>[] = [];
  const messages = {
    steps,
    rounds: Math.round(rounds * steps),
    message: Math.round(online / rounds),
    dealt: { alice: Math.max(1, Math.round(dealt - most)), bob: Math.round(most) },
    ...(work && { work }),
  };
  const close = async () => {
    await Promise.all(roles.map((role) => role.close()));
    await lines.close();
  };
  try {
    for (const [i, name] of names.entries()) {
      const ports = await lines.dialled(i);
      const role = new RoleProcess<MessagesOrder>(PROGRAM, name);
      roles.push(role);
      role.order({
        do: 'start',
        role: name,
        messages,
        key: keys[i].key,
        cert: keys[i].certificate,
        ca: keys.map(({ certificate }) => certificate),
        port: ports[i],
        dial: Object.fromEntries(names.slice(0, i).map((peer, j) => [peer, ports[j]])),
        awaited: names.slice(i + 1),
      });
    }
    await Promise.all(roles.map((role) => role.answer()));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    name: work ? 'messages and work' : 'messages alone',
    run: async () => Math.max(...(await Promise.all(roles.map((role) => role.fit())))),
    close,
  };
}
