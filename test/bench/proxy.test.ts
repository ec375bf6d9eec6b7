/**
 * The bench's proxy on real sockets, in its own thread: what is counted is exact, and times are only ever asked to be as
 * long as a line makes them, or far below what would be wrong, so that a busy machine decides nothing.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { measureProxy } from '../../bench/support/proxy/cost.js';
import { type Proxies, startProxies } from '../../bench/support/proxy/host.js';
import type { ProxyOptions } from '../../bench/support/proxy/proxy.js';
import { Random } from '../world/ring.js';

const test = suite();
let proxies: Proxies;
/** Writes back what it reads, and ends when the other side does. */
let echo: Server;
const sockets = new Set<Socket>();

test.before(async () => {
  proxies = await startProxies();
  echo = createServer({ allowHalfOpen: true }, (socket) => void note(socket).pipe(socket));
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
});
test.after.each(() => {
  for (const socket of sockets) socket.destroy();
  sockets.clear();
});
test.after(async () => {
  await proxies.close();
  echo.close();
});

function note(socket: Socket): Socket {
  socket.on('error', () => {});
  sockets.add(socket);
  return socket;
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;
const open = (options: Partial<ProxyOptions> = {}, port = portOf(echo)) =>
  proxies.open({ target: { host: '127.0.0.1', port }, ...options });
const dial = (port: number): Socket => note(connect({ host: '127.0.0.1', port, noDelay: true }));
/** Unlike `once`, does not mind an error before. */
const closed = (socket: Socket) => new Promise((resolve) => socket.on('close', resolve));
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Bytes that a socket has received, growing. */
function received(socket: Socket): { bytes: Buffer } {
  const all = { bytes: Buffer.alloc(0) };
  socket.on('data', (part: Buffer) => {
    all.bytes = Buffer.concat([all.bytes, part]);
  });
  return all;
}

/** Resolves when it holds; a test that waits for ever is ended by the test command. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await pause(2);
}

const message = (random: Random, length: number) =>
  Buffer.from(Uint8Array.from({ length }, () => random.below(256)));

for (const [delay, rate] of [
  [0, Number.POSITIVE_INFINITY],
  [0.2, 125e6],
  [3, 4e6],
] as const) {
  test(`every byte arrives once and in order, in chunks of any length: ${delay} ms, ${rate} bytes a second`, async () => {
    const random = new Random(7);
    const proxy = await open({ delay, rate, capture: 1000 });
    const sent = message(random, 700_000);
    const socket = dial(proxy.port);
    const back = received(socket);
    for (let at = 0; at < sent.length; ) {
      const until = at + 1 + random.below(random.below(4) === 0 ? 90_000 : 900);
      if (!socket.write(sent.subarray(at, until))) await once(socket, 'drain');
      at = until;
    }
    socket.end();
    await once(socket, 'end');
    assert.ok(back.bytes.equals(sent));
    const { connections, there, back: returned, held } = await proxy.counters();
    assert.equal([connections, there, returned, held], [1, sent.length, sent.length, 0]);
    const [captured] = await proxy.captured();
    assert.equal(Buffer.from(captured.there), sent.subarray(0, 1000));
    assert.equal(Buffer.from(captured.back), sent.subarray(0, 1000));
    await proxy.close();
  });
}

test('a message there and back takes two delays at least; a transfer what its rate asks', async () => {
  const [delay, rate] = [15, 4e6];
  const cost = await measureProxy(proxies, { delay, rate });
  assert.ok(cost.through >= 0.03, `${cost.through} s`);
  assert.ok(cost.asked >= 0.03 && cost.asked < 0.0301);
  assert.ok(cost.direct < cost.through);
  assert.ok(cost.throughRate <= rate * 1.01, 'no faster than the rate');
  assert.ok(cost.throughRate > rate / 10, 'and not by an order slower');
});

test('a target that does not read holds the sender back, and the proxy holds a bounded number of bytes', async () => {
  let deaf: Socket | undefined;
  const server = createServer((socket) => {
    deaf = note(socket.pause());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = await open({ delay: 1, rate: 50e6 }, portOf(server));
  const socket = dial(proxy.port);
  let taken = 0;
  let waiting = false;
  // write until nothing has moved for a while
  const chunk = Buffer.alloc(65_536);
  for (let calm = 0; calm < 10; ) {
    if (!waiting) {
      taken += chunk.length;
      waiting = !socket.write(chunk);
      if (waiting) socket.once('drain', () => (waiting = false));
      calm = 0;
    } else {
      await pause(20);
      if (waiting) calm++;
    }
    assert.ok(taken < 512e6, 'the sender is never held back');
  }
  const { held } = await proxy.counters();
  assert.ok(held > 0 && held < 262_144 + 50_000 + 2 * 65_536, `holds ${held} bytes`);
  assert.ok(deaf);
  const all = received(deaf);
  deaf.resume();
  await until(() => all.bytes.length === taken);
  await proxy.close();
  server.close();
});

test('cut resets both sides, and new connections are welcome', async () => {
  const proxy = await open();
  const socket = dial(proxy.port);
  const back = received(socket);
  socket.write('before');
  await until(() => back.bytes.length === 6);
  const ended = closed(socket);
  await proxy.cut();
  await ended;
  await until(async () => (await proxy.counters()).open === 0);
  const again = dial(proxy.port);
  const more = received(again);
  again.write('after');
  await until(() => more.bytes.toString() === 'after');
  assert.is((await proxy.counters()).connections, 2);
  await proxy.close();
});

test('stall keeps connections open and passes nothing; heal passes what was held', async () => {
  const proxy = await open({ delay: 1, rate: 1e7 });
  const socket = dial(proxy.port);
  const back = received(socket);
  socket.write('one');
  await until(() => back.bytes.length === 3);
  await proxy.stall();
  socket.write('two');
  const late = dial(proxy.port);
  const lateBack = received(late);
  late.write('three');
  await until(async () => (await proxy.counters()).held === 8);
  await pause(50);
  assert.is(back.bytes.length + lateBack.bytes.length, 3, 'nothing passes');
  assert.is((await proxy.counters()).there, 3);
  assert.is((await proxy.counters()).open, 2);
  await proxy.heal();
  await until(() => back.bytes.toString() === 'onetwo' && lateBack.bytes.toString() === 'three');
  await proxy.close();
});

test('trickle lets few bytes through, in a steady stream; heal lets go of the rest', async () => {
  const proxy = await open();
  const socket = dial(proxy.port);
  const back = received(socket);
  await once(socket, 'connect');
  await proxy.trickle(500);
  const start = performance.now();
  socket.write(Buffer.alloc(20_000, 1));
  await until(() => back.bytes.length >= 10);
  const allowed = ((performance.now() - start) / 1000) * 500;
  assert.ok(back.bytes.length <= allowed + 1, `${back.bytes.length} bytes where ${allowed} may pass`);
  assert.ok((await proxy.counters()).held > 18_000 || performance.now() - start > 2000);
  await proxy.heal();
  await until(() => back.bytes.length === 20_000);
  await proxy.close();
});

test('refuse resets new connections alone, until it heals', async () => {
  const proxy = await open();
  const socket = dial(proxy.port);
  const back = received(socket);
  await once(socket, 'connect');
  socket.write('a');
  await until(() => back.bytes.length === 1);
  await proxy.refuse();
  await closed(dial(proxy.port));
  socket.write('b');
  await until(() => back.bytes.toString() === 'ab');
  assert.is((await proxy.counters()).connections, 1);
  await proxy.heal();
  const late = dial(proxy.port);
  const lateBack = received(late);
  late.write('c');
  await until(() => lateBack.bytes.length === 1);
  await proxy.close();
});

test('a target that nobody listens at, or that dies, ends the connection', async () => {
  const server = createServer((socket) => void note(socket).once('data', () => socket.resetAndDestroy()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const port = portOf(server);
  const dies = await open({ delay: 1 }, port);
  const socket = dial(dies.port);
  socket.write('x');
  await closed(socket);
  server.close();
  await once(server, 'close');
  const nobody = await open({}, port);
  await closed(dial(nobody.port));
  await until(async () => (await nobody.counters()).open === 0 && (await dies.counters()).open === 0);
  await Promise.all([dies.close(), nobody.close()]);
});

test('what makes no line is refused before anything listens', async () => {
  for (const options of [{ delay: -1 }, { rate: 0 }]) {
    try {
      await open(options);
      assert.unreachable();
    } catch (error) {
      assert.instance(error, RangeError);
    }
  }
});

test.run();
