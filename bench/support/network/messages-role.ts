/** A role without a protocol: it computes nothing, or anything for as long as is said, and sends and awaits what a training's would, over bare TLS, told by its parent what to do next. */
import { once } from 'node:events';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { type Answer, HOST } from './processes.js';

/** What crosses in a step: rounds of the parties, bytes of a message of theirs, bytes dealt to each of them. */
export interface StepMessages {
  readonly steps: number;
  /** Of all steps together. */
  readonly rounds: number;
  readonly message: number;
  readonly dealt: Readonly<Record<string, number>>;
  /** Seconds of processor time of a step, by role; none unless it is given. */
  readonly work?: Readonly<Record<string, number>>;
}

export type MessagesOrder =
  | {
      readonly do: 'start';
      readonly role: string;
      readonly messages: StepMessages;
      readonly key: string;
      readonly cert: string;
      /** Certificates of all roles. */
      readonly ca: readonly string[];
      readonly port: number;
      /** Where roles are that this one dials, and the names of those that dial it. */
      readonly dial: Readonly<Record<string, number>>;
      readonly awaited: readonly string[];
    }
  | { readonly do: 'fit' }
  | { readonly do: 'close' };

type Start = Extract<MessagesOrder, { do: 'start' }>;

/** Steps that the provider is ahead of the parties. */
const AHEAD = 4;

/** The other end of a connection, and what has come from it. */
class Peer {
  #bytes = 0;
  #wanted = 0;
  #resolve: (() => void) | null = null;

  constructor(readonly socket: TLSSocket) {
    socket.setNoDelay(true);
    socket.on('error', () => {}); // at the end, when all leave
    socket.on('data', ({ length }) => {
      this.#bytes += length;
      if (this.#resolve && this.#bytes >= this.#wanted) this.#done();
    });
  }

  #done(): void {
    this.#bytes -= this.#wanted;
    this.#resolve?.();
    this.#resolve = null;
  }

  /** Resolves when so many bytes more have come. */
  take(bytes: number): Promise<void> {
    return new Promise((resolve) => {
      this.#wanted = bytes;
      this.#resolve = resolve;
      if (this.#bytes >= bytes) this.#done();
    });
  }
}

/** Listens and dials; resolves to all peers. */
async function meet({ role, key, cert, ca, port, dial, awaited }: Start): Promise<Map<string, Peer>> {
  const both = { key, cert, ca: [...ca], minVersion: 'TLSv1.3' as const };
  const peers = new Map<string, Peer>();
  const { promise: all, resolve, reject } = deferred();
  const met = (name: string, socket: TLSSocket) => {
    peers.set(name, new Peer(socket));
    if (peers.size === awaited.length + Object.keys(dial).length) resolve();
  };
  const server = createServer({ ...both, requestCert: true }, async (socket) => {
    const [name] = await once(socket, 'data'); // it says no more before it is answered
    socket.write('.');
    met(String(name), socket);
  });
  server.listen(port, HOST);
  await once(server, 'listening');
  for (const [name, at] of Object.entries(dial)) {
    dialled(at, { ...both, host: HOST, checkServerIdentity: () => undefined }, role).then(
      (socket) => met(name, socket),
      reject,
    );
  }
  await all;
  return peers;
}

function deferred() {
  let resolve: () => void = () => {};
  let reject: (error: unknown) => void = () => {};
  const promise = new Promise<void>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

/** Dials until somebody is there, and says who this is. */
async function dialled(port: number, options: object, role: string): Promise<TLSSocket> {
  for (;;) {
    const socket = connect({ ...options, port });
    try {
      await once(socket, 'secureConnect');
      socket.write(role);
      await once(socket, 'data');
      return socket;
    } catch {
      socket.destroy();
      await new Promise((later) => setTimeout(later, 50));
    }
  }
}

/** Takes so many seconds of the processor, however often others have it meanwhile. */
function labour(seconds: number): void {
  const start = process.cpuUsage();
  for (let used = 0; used < seconds * 1e6; ) {
    const { user, system } = process.cpuUsage(start);
    used = user + system;
  }
}

/** The messages of a whole fit, as the provider has them. */
async function deal(peers: ReadonlyMap<string, Peer>, { steps, dealt, work }: StepMessages): Promise<void> {
  for (let step = 0; step < steps; step++) {
    labour(work?.provider ?? 0);
    for (const [party, { socket }] of peers) socket.write(new Uint8Array(dealt[party]));
    if (step >= AHEAD) for (const peer of peers.values()) await peer.take(1);
  }
  for (const peer of peers.values()) await peer.take(Math.min(AHEAD, steps));
}

/** … and as a party has them. */
async function exchange(role: string, peers: ReadonlyMap<string, Peer>, messages: StepMessages) {
  const { steps, rounds, message, dealt, work } = messages;
  const provider = peers.get('provider') as Peer;
  const peer = peers.get(role === 'alice' ? 'bob' : 'alice') as Peer;
  const bytes = new Uint8Array(message);
  let round = 0;
  for (let step = 1; step <= steps; step++) {
    await provider.take(dealt[role]);
    for (; round < (rounds * step) / steps; round++) {
      peer.socket.write(bytes);
      await peer.take(message);
      labour(((work?.[role] ?? 0) * steps) / rounds);
    }
    provider.socket.write('.');
  }
}

let start: Start | null = null;
let peers: Map<string, Peer> | null = null;

async function follow(order: MessagesOrder): Promise<number> {
  if (order.do === 'start') {
    start = order;
    peers = await meet(order);
    return 0;
  }
  const { role, messages } = start as Start;
  const began = performance.now();
  if (role === 'provider') await deal(peers as Map<string, Peer>, messages);
  else await exchange(role, peers as Map<string, Peer>, messages);
  return (performance.now() - began) / 1000;
}

process.on('message', async (order: MessagesOrder) => {
  if (order.do === 'close') process.exit();
  let said: Answer;
  try {
    said = { seconds: await follow(order) };
  } catch (error) {
    said = { error: String(error) };
  }
  process.send?.(said);
});
process.on('disconnect', () => process.exit());
