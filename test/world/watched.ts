/** The commands of sessions, and what goes with them to one role. */
import type { AnyCommand } from '../../src/role/command.js';
import { RoleGroup } from '../../src/session/role-group.js';

/** Everything that the session hands the roles while `work` runs: commands (to all) and payloads (to one each). */
export async function watched(work: () => Promise<unknown>) {
  const seen: { command: AnyCommand; payloads: Readonly<Record<string, unknown>> }[] = [];
  const { send, call, operate } = RoleGroup.prototype;
  const noted = <T extends (...args: never[]) => unknown>(method: T): T =>
    new Proxy(method, {
      apply(target, self, args: [AnyCommand, Readonly<Record<string, unknown>>?]) {
        seen.push({ command: args[0], payloads: structuredClone(args[1] ?? {}) }); // roles take payloads over
        return Reflect.apply(target, self, args);
      },
    });
  Object.assign(RoleGroup.prototype, { send: noted(send), call: noted(call), operate: noted(operate) });
  try {
    await work();
  } finally {
    Object.assign(RoleGroup.prototype, { send, call, operate });
  }
  return seen;
}
