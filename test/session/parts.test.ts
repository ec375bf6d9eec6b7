/**
 * Openings that go through adders, among three parties with a thread each, in turn in one thread, and in processes of their own
 * linked by TLS: the same numbers, bytes and rounds, and the same that each party sees.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Session } from '../../src/session/session.js';
import { createTestSession, transcriptsOf } from '../../src/testing.js';
import { RolesOnNetwork, rolesWith, runOverNetwork, valueAt } from '../world/network.js';
import { namesOf } from '../world/sessions.js';

const SEED = { seed: 77, transcripts: true };
const COUNT = 160_003;
const options = { ring: 32, parties: namesOf(3), threads: 0 } as const;
const values = Float32Array.from({ length: COUNT }, (_, i) => (i % 17) / 8 - 1);

async function program(session: Session) {
  const x = session.share(session.isHere('alice') ? values : null, { owner: 'alice', shape: [COUNT] });
  const y = await x.mul(x).sub(0.5).relu().reveal({ to: 'owner' });
  return { y: y && [...y], totals: await session.totals(), seen: await transcriptsOf(session) };
}

async function inOneProcess(mode: 'parallel' | 'in-turn' | 'parties-in-turn') {
  const session = await createTestSession({ ...options, mode }, SEED);
  const outcome = await program(session);
  await session.close();
  return outcome;
}

const one = await inOneProcess('parallel');

test('numbers, and what goes through adders of what is opened', () => {
  const { y, totals, seen } = one;
  assert.ok(y?.every((value, i) => Math.abs(value - Math.max(0, values[i] ** 2 - 0.5)) < 0.002));
  const [alice, bob, carol] = namesOf(3).map((name) => totals.get(name));
  const opened = Object.values(alice?.openings ?? {}).reduce((sum, bytes) => sum + bytes, 0);
  const sent = [alice, bob, carol].reduce((sum, total) => sum + (total?.online ?? 0), 0);
  assert.ok(
    sent < 4.5 * opened,
    `${sent} bytes for ${opened} opened, of which all to all sends 6 times as many`,
  );
  assert.ok(seen.get('bob')?.some(({ adder }) => adder !== undefined));
});

test('in turn as in threads', async () => {
  assert.equal(await inOneProcess('in-turn'), one);
  assert.equal(await inOneProcess('parties-in-turn'), one);
});

test('over TLS as in one process', async () => {
  const roles = await RolesOnNetwork.of(rolesWith(3));
  const outcomes = await runOverNetwork({ roles, options, testing: SEED, program });
  for (const role of roles.names) {
    const { y, totals, seen } = valueAt(outcomes, role);
    assert.equal(y, role === 'owner' ? one.y : null, role);
    for (const [name, total] of totals) assert.equal(total, one.totals.get(name), `${name} at ${role}`);
    for (const [name, entries] of seen) assert.equal(entries, one.seen.get(name), `${name} at ${role}`);
  }
});

test.run();
