/** The thread of the proxies: keeps them by number and does what it is told. */
import { parentPort, workerData } from 'node:worker_threads';
import { expose } from 'comlink';
import nodeEndpoint, { type NodeEndpoint } from 'comlink/dist/esm/node-adapter.mjs';
import { Agenda } from './agenda.js';
import { AlarmedAgenda } from './alarmed-agenda.js';
import { type Captured, type Counters, LineProxy, type ProxyOptions } from './proxy.js';

export type ProxyControls = 'cut' | 'stall' | 'trickle' | 'refuse' | 'heal';

const agenda = workerData.alarmed ? new AlarmedAgenda() : new Agenda();
const proxies = new Map<number, LineProxy>();
let opened = 0;

function proxy(id: number): LineProxy {
  const found = proxies.get(id);
  if (!found) throw new Error(`no proxy ${id}: it is closed`);
  return found;
}

const commands = {
  async open(options: ProxyOptions): Promise<{ id: number; port: number }> {
    const made = await LineProxy.listen(options, agenda);
    const id = opened++;
    proxies.set(id, made);
    return { id, port: made.port };
  },
  control(id: number, name: ProxyControls, bytesPerSecond = Number.NaN): void {
    if (name === 'trickle') proxy(id).trickle(bytesPerSecond);
    else proxy(id)[name]();
  },
  counters: (id: number): Counters => proxy(id).counters(),
  captured: (id: number): Captured[] => proxy(id).captured(),
  async close(id: number): Promise<void> {
    await proxy(id).close();
    proxies.delete(id);
  },
};

export type ProxyCommands = typeof commands;

expose(commands, nodeEndpoint(parentPort as unknown as NodeEndpoint));
