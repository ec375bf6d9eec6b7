/**
 * Introduces tabs to each other: a shared worker, one for all tabs, which says who is who and gives every two roles a channel of
 * their own when all are there. It sees nothing of what crosses these.
 */
import { type FromHub, ROLES, type Role, type ToHub } from './messages.js';

interface Tab {
  readonly port: MessagePort;
  role: Role | null;
  idle: boolean;
}

const tabs = new Set<Tab>();
/** Whether somebody waits for a run. */
let wanted = false;

const tell = (gone: Role | null): void => {
  const taken = [...tabs].flatMap(({ role }) => role ?? []);
  for (const { port, role } of tabs) port.postMessage({ taken, yours: role, gone } satisfies FromHub);
};

function take(tab: Tab, role: Role, lock: string): void {
  const free = tab.role === null && ![...tabs].some((other) => other.role === role);
  if (free) {
    tab.role = role;
    wanted = true;
    // granted when the tab has gone, however that came about
    void navigator.locks.request(lock, () => {
      tabs.delete(tab);
      tell(role);
    });
  }
  tell(null);
}

/** Gives every two roles a channel, once all are there and wait. */
function begin(): void {
  const seated = ROLES.map((role) => [...tabs].find((tab) => tab.role === role));
  if (!wanted || !seated.every((tab) => tab?.idle)) return;
  wanted = false;
  const ports = new Map(ROLES.map((role) => [role, {} as Record<string, MessagePort>]));
  ROLES.forEach((one, i) => {
    for (const other of ROLES.slice(i + 1)) {
      const { port1, port2 } = new MessageChannel();
      Object.assign(ports.get(one) ?? {}, { [other]: port1 });
      Object.assign(ports.get(other) ?? {}, { [one]: port2 });
    }
  });
  const { port1, port2 } = new MessageChannel();
  const shown: Partial<Record<Role, MessagePort>> = { alice: port1, bob: port2 };
  for (const tab of seated) {
    const own = ports.get(tab?.role as Role) ?? {};
    if (tab) tab.idle = false;
    const picture = shown[tab?.role as Role] ?? null;
    const moved = [...Object.values(own), ...(picture ? [picture] : [])];
    tab?.port.postMessage({ ports: own, shown: picture } satisfies FromHub, moved);
  }
}

addEventListener('connect', (event) => {
  const [port] = (event as MessageEvent).ports;
  const tab: Tab = { port, role: null, idle: true };
  tabs.add(tab);
  port.onmessage = ({ data }: MessageEvent<ToHub>) => {
    if ('take' in data) take(tab, data.take, data.lock);
    else if ('idle' in data) tab.idle = true;
    else wanted = true;
    begin();
  };
  tell(null);
});
