/** Guests over WebSockets: who is let in, who is told what, and what none of them can do to a role. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { WebSocket } from 'ws';
import type { Authenticated, Guest, Listener } from '../../bindings/host/connection.js';
import { network } from '../../bindings/host/node-network.js';
import { publicKeyOf } from '../../bindings/host/web/certificate.js';
import { makeKeys } from '../../src/jobs/keys.js';
import { readInvitation } from '../../src/session/invitation.js';
import { invite } from '../../src/session/invite.js';
import { freePorts, HOST } from '../world/ports.js';

const ORIGIN = 'https://clinic.example';
const folder = mkdtempSync(join(tmpdir(), 'beaverdam-web-'));
const keys = await makeKeys('alice');
const run = '0123456789abcdef'.repeat(2);
test.after(() => rmSync(folder, { recursive: true, force: true }));

interface Taking {
  readonly port: number;
  readonly accepted: Authenticated[];
  readonly refused: string[];
}

/** A role that takes guests while `work` runs. */
async function taking(
  work: (taking: Taking) => Promise<void>,
  tls: typeof keys | null = null,
): Promise<void> {
  const [port] = await freePorts(1);
  const [accepted, refused]: [Authenticated[], string[]] = [[], []];
  const address = { host: HOST, port };
  const place = { role: 'alice', address, origins: [ORIGIN], invitations: folder, tls };
  const listener: Listener = await network.listenWeb(
    place,
    keys,
    (connection) => accepted.push(connection),
    (reason) => refused.push(reason),
  );
  try {
    await work({ port, accepted, refused });
  } finally {
    listener.close();
  }
}

async function guest(change: Partial<Guest> = {}): Promise<Guest> {
  const line = await invite({ at: 'alice', role: 'clinic', folder });
  const invitation = readInvitation('test', line, 'alice', 'clinic');
  return { self: 'clinic', peer: 'alice', fingerprint: keys.fingerprint, run, invitation, ...change };
}

/** What becomes of a socket that says `first`, or nothing. */
function closing(
  url: string,
  first: Uint8Array | string | null,
  origin = ORIGIN,
): Promise<{ code: number; reason: string }> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, { origin, rejectUnauthorized: false });
    socket.on('open', () => first !== null && socket.send(first));
    socket.on('error', () => {});
    socket.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
  });
}

/** Resolves to why it was not let in. */
async function problemOf(dialled: Promise<unknown>): Promise<string> {
  try {
    await dialled;
  } catch (error) {
    return (error as Error).message;
  }
  return 'it was let in';
}

test('bytes cross both ways, in order, however many are sent at once', async () => {
  await taking(async ({ port, accepted }) => {
    const { duplex } = await network.dialWeb(`ws://${HOST}:${port}`, await guest());
    assert.equal(
      accepted.map(({ fingerprint }) => fingerprint),
      ['guest:clinic'],
    );
    const sent = Uint8Array.from({ length: 700_001 }, (_, i) => i * 7);
    for (const [from, to] of [
      [duplex, accepted[0].duplex],
      [accepted[0].duplex, duplex],
    ]) {
      const got: Uint8Array[] = [];
      const arrived = new Promise<void>((resolve) => {
        const data = (bytes: Uint8Array) => {
          got.push(bytes.slice());
          if (got.reduce((sum, { length }) => sum + length, 0) === sent.length) resolve();
        };
        to.listen({ data, drained() {}, closed() {} });
      });
      from.send(sent);
      await arrived;
      assert.ok(Buffer.concat(got).equals(sent));
      assert.ok(got.every(({ length }) => length <= 2 ** 18));
    }
    duplex.close();
  });
});

test('a page of another origin is told so, and nobody else is asked', async () => {
  await taking(async ({ port, accepted, refused }) => {
    const { code, reason } = await closing(`ws://${HOST}:${port}`, null, 'https://evil.example');
    assert.is(code, 4403);
    assert.is(reason, 'alice takes no pages of https://evil.example');
    assert.equal(refused, [`a guest was refused: ${reason}`]);
    assert.is(accepted.length, 0);
  });
});

test('the same over TLS', async () => {
  await taking(async ({ port }) => {
    const { reason } = await closing(`wss://${HOST}:${port}`, null, 'https://evil.example');
    assert.is(reason, 'alice takes no pages of https://evil.example');
  }, keys);
});

test('garbage, text and long messages end a connection that has proved nothing', async () => {
  await taking(async ({ port, accepted }) => {
    const url = `ws://${HOST}:${port}`;
    const strange = { code: 4403, reason: 'it does not speak as roles do' };
    assert.equal(await closing(url, Uint8Array.of(1, 2, 3)), strange);
    assert.equal(await closing(url, new Uint8Array(10_000)), strange);
    assert.equal(await closing(url, Buffer.from('null')), {
      code: 4403,
      reason: 'another version of the links is spoken',
    });
    assert.match((await closing(url, '{}')).reason, /messages are binary/);
    assert.is((await closing(url, new Uint8Array(2 ** 18 + 1))).code, 1009);
    assert.is(accepted.length, 0);
  });
});

test('an invitation is of use for one run, which may come again', async () => {
  await taking(async ({ port, accepted }) => {
    const url = `ws://${HOST}:${port}`;
    const first = await guest();
    for (let time = 0; time < 2; time++) (await network.dialWeb(url, first)).duplex.close();
    const other = { ...first, run: 'f'.repeat(32) };
    assert.is(await problemOf(network.dialWeb(url, other)), 'the invitation was used');
    assert.is(accepted.length, 2);
  });
});

test('a wrong secret does not use an invitation up', async () => {
  await taking(async ({ port }) => {
    const url = `ws://${HOST}:${port}`;
    const right = await guest();
    const wrong = { ...right, invitation: { ...right.invitation, secret: '0'.repeat(64) } };
    assert.is(await problemOf(network.dialWeb(url, wrong)), 'alice knows no such invitation');
    const another = { ...right, self: 'lab' };
    assert.is(await problemOf(network.dialWeb(url, another)), 'alice knows no such invitation');
    (await network.dialWeb(url, right)).duplex.close();
  });
});

test('a guest refuses a host with another certificate, before it proves anything', async () => {
  const { fingerprint } = await makeKeys('alice');
  await taking(async ({ port, refused }) => {
    const problem = await problemOf(network.dialWeb(`ws://${HOST}:${port}`, await guest({ fingerprint })));
    assert.is(problem, `it shows the certificate ${keys.fingerprint}, where ${fingerprint} is expected`);
    while (refused.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(refused, ['a guest has gone: clinic knows alice by another certificate']);
  });
});

test('what is no certificate has no key', () => {
  const der = Uint8Array.from(atob(keys.certificate.replace(/-----[^-]+-----|\s/g, '')), (c) =>
    c.charCodeAt(0),
  );
  assert.is(publicKeyOf(der).length, 91); // of a key on P-256
  for (const wrong of [new Uint8Array(0), der.slice(0, 100), der.slice(1), der.fill(0xff, 2)]) {
    assert.throws(() => publicKeyOf(wrong), /is no certificate/);
  }
});

test.run();
