/** What is to be seen of a run on its lines: TLS records and nothing else; and behind these, nothing of what is revealed. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type ProxyHandle, startProxies } from '../../bench/support/proxy/host.js';
import type { Session } from '../../src/session/session.js';
import { transcriptsOf } from '../../src/testing.js';
import { RolesOnNetwork, rolesWith, runOverNetwork, valueAt } from '../world/network.js';
import { freePorts, HOST } from '../world/ports.js';
import { Random } from '../world/ring.js';
import { seed } from '../world/seed.js';
import { tap } from '../world/tap.js';

const random = new Random(seed ^ 31);
const SIZE = 256;
/** Numbers whose squares a ring of 64 bits holds exactly, with 20 fraction bits: odd multiples of 2^−10 below 8. */
const NUMBERS = Float64Array.from({ length: SIZE }, () => (2 * random.below(4096) + 1) / 1024);
const SQUARES = NUMBERS.map((x) => x * x);

/** Bob's numbers are squared, and `count` of the squares revealed to alice. */
const squares = (count: number) => async (session: Session) => {
  const x = session.share(session.isHere('bob') ? NUMBERS : null, { owner: 'bob', shape: [SIZE] });
  const y = x.square();
  const shown = await y.slice([0], [count]).reveal({ to: 'alice' });
  return { shown, seen: await transcriptsOf(session) };
};

const has = (bytes: Uint8Array, wanted: Uint8Array): boolean =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(Buffer.from(wanted));

/** Pairs of numbers that follow each other, in each form in which they could be written: words of the ring, doubles, floats. */
function formsOf(values: Float64Array): Uint8Array[] {
  const words = BigInt64Array.from(values, (value) => BigInt(Math.round(value * 2 ** 20)));
  return [words, values, Float32Array.from(values)].flatMap((list) => {
    const bytes = new Uint8Array(list.buffer);
    const width = list.BYTES_PER_ELEMENT;
    return Array.from({ length: values.length - 1 }, (_, i) => bytes.slice(i * width, (i + 2) * width));
  });
}

/** The program over links that are tapped. */
async function tapped(parties: number, count: number) {
  const roles = await RolesOnNetwork.of(rolesWith(parties));
  const ports = await freePorts(roles.names.length);
  const behind = Object.fromEntries(roles.names.map((name, i) => [name, ports[i]] as const));
  const line = await tap(roles, behind);
  const outcomes = await runOverNetwork({
    roles,
    options: { ring: 64 },
    testing: { transcripts: true },
    own: ([role]) => ({ listen: { [role]: `${HOST}:${behind[role]}` } }),
    program: squares(count),
  });
  const { records, rings } = line;
  await line.close();
  return { roles, outcomes, records, rings };
}

for (const parties of [2, 3]) {
  test(`what is revealed to alice of ${parties} parties crosses to alice alone, in shares`, async () => {
    const all = await tapped(parties, SIZE);
    const { roles, outcomes, records, rings } = all;
    assert.is(rings.size, roles.names.length * (roles.names.length - 1));
    for (const role of roles.names) {
      const { shown } = valueAt(outcomes, role);
      assert.equal(shown && [...shown], role === 'alice' ? [...SQUARES] : null);
    }

    // it is nowhere in clear: not behind the TLS of any link, nor in what the other parties have seen
    const forms = [...formsOf(NUMBERS), ...formsOf(SQUARES)];
    for (const [way, bytes] of records)
      assert.not(
        forms.some((form) => has(bytes, form)),
        way,
      );
    for (const [way, bytes] of rings)
      assert.not(
        forms.some((form) => has(bytes, form)),
        way,
      );
    for (const role of roles.names.slice(1)) {
      for (const { label, opened, received } of valueAt(outcomes, role).seen.get(role) ?? []) {
        const seen = [opened, ...received];
        assert.not(
          seen.some((bytes) => forms.some((form) => has(bytes, form))),
          `${role}, ${label}`,
        );
      }
    }
    // although what crosses is there to be found: the masked squares that alice and bob have opened
    const entries = valueAt(outcomes, 'alice').seen.get('alice') ?? [];
    assert.ok(entries.length > 0);
    for (const { received } of entries) assert.ok(has(rings.get('bob → alice') as Uint8Array, received[0]));

    // and its shares go to alice alone: of half as many numbers, as many words less, and nothing else is less
    const half = await tapped(parties, SIZE / 2);
    for (const [way, bytes] of rings) {
      const [from, to] = way.split(' → ');
      const share = to === 'alice' && roles.names.slice(0, parties).includes(from);
      assert.is(bytes.length - (half.rings.get(way)?.length ?? 0), share ? (SIZE / 2) * 8 : 0, way);
    }
  });
}

/** The records of TLS in a stream: their content types, and the bytes behind the last whole one. */
function tlsRecords(stream: Uint8Array): { types: number[]; rest: number } {
  const view = new DataView(stream.buffer, stream.byteOffset, stream.length);
  const types: number[] = [];
  let at = 0;
  while (at + 5 <= stream.length) {
    const [type, version, length] = [view.getUint8(at), view.getUint16(at + 1), view.getUint16(at + 3)];
    assert.ok(type >= 20 && type <= 23, `type ${type} at ${at}`);
    // RFC 8446, 5.1: 0x0303, and 0x0301 in a first hello
    assert.ok(version === 0x0303 || (version === 0x0301 && at === 0), `version ${version} at ${at}`);
    assert.ok(length > 0 && length <= 2 ** 14 + 256, `${length} bytes at ${at}`);
    types.push(type);
    at += 5 + length;
  }
  return { types, rest: stream.length - at };
}

test('a line carries TLS records alone, and none of the words with which roles greet', async () => {
  const roles = await RolesOnNetwork.of(rolesWith(2));
  const proxies = await startProxies();
  try {
    const lines: Record<string, ProxyHandle> = {};
    for (const role of roles.names) {
      lines[role] = await proxies.open({ target: { host: HOST, port: roles.ports[role] }, capture: 2 ** 22 });
    }
    const outcomes = await runOverNetwork({
      roles,
      options: { ring: 64 },
      own: ([role]) => ({
        roles: Object.fromEntries(
          roles.names.map((name) => [
            name,
            { fingerprint: roles.keys[name].fingerprint, address: `${HOST}:${lines[name].port}` },
          ]),
        ),
        listen: { [role]: `${HOST}:${roles.ports[role]}` },
      }),
      program: squares(SIZE),
    });
    assert.equal([...(valueAt(outcomes, 'alice').shown ?? [])], [...SQUARES]);

    const words = ['beaverdam', '"from"', '"run"', 'agreed', 'alice', 'provider', 'sha256'];
    const captured = await Promise.all(Object.values(lines).map((line) => line.captured()));
    const connections = captured.flat().filter(({ back }) => back.length > 0);
    assert.is(connections.length, 6, 'a connection for each pair of roles');
    for (const { there, back } of connections) {
      for (const stream of [there, back]) {
        assert.ok(stream.length > 1000 && stream.length < 2 ** 22);
        const { types, rest } = tlsRecords(stream);
        assert.ok(rest <= 0, `${rest} bytes behind the last record`);
        // hellos in the handshake, then nothing in clear but a change of ciphers that TLS 1.3 keeps for old middleboxes
        assert.is(types[0], 22);
        assert.equal([...new Set(types.slice(1))].sort(), [20, 23]);
        assert.is(types.filter((type) => type === 20).length, 1);
        for (const word of words) assert.not(has(stream, Buffer.from(word)), word);
      }
    }
  } finally {
    await proxies.close();
  }
});

test.run();
