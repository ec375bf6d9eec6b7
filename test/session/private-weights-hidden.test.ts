/** No role but their owner sees weights that are secrets: not in commands, not on links, not in what is opened. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dense } from '../../src/model/describe.js';
import { planModel } from '../../src/model/plan.js';
import { SecureModel } from '../../src/nn/model.js';
import { input } from '../../src/protocol/input.js';
import { open } from '../../src/protocol/open.js';
import { sequential } from '../../src/session/sequential.js';
import { sizeOf } from '../../src/shape.js';
import { transcriptsOf } from '../../src/testing.js';
import { type Case, dataOf, modelOf, small, training, weightsFor } from '../world/private-models.js';
import { RINGS } from '../world/ring.js';
import { namesOf, withSession } from '../world/sessions.js';
import { inEverySetting } from '../world/settings.js';
import { irregularity } from '../world/statistics.js';
import { watched } from '../world/watched.js';

/** All numbers, typed arrays included, that stand somewhere in a value. */
function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>);
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

for (const owner of ['bob', 'owner']) {
  test(`commands carry no weights; ${owner}'s go to ${owner}'s role alone`, async () => {
    const arrays = weightsFor(small);
    const own = new Set(arrays.flatMap((array) => [...array]));
    const seen = await watched(() => withSession({}, training(small, owner)));
    const receivers = seen.flatMap(({ payloads }) =>
      Object.entries(payloads).flatMap(([role, payload]) =>
        numbersIn(payload).some((n) => own.has(n)) ? [role] : [],
      ),
    );
    assert.equal(receivers, [owner], 'once, to one role');
    for (const { command } of seen) {
      assert.not.ok(
        numbersIn(command).some((n) => own.has(n)),
        `${command.name} carries a weight`,
      );
    }
    const names = seen.map(({ command }) => command.name);
    assert.ok(names.includes('createSharedModel') && !names.includes('createModel'), names.join());
    // the same look finds public weights
    const open = await watched(() =>
      withSession({}, async (session) => {
        const model = sequential(small.layers);
        model.setWeights(arrays);
        await model.predict(dataOf(session, small).x).reveal();
      }),
    );
    assert.ok(open.some(({ command }) => numbersIn(command).some((n) => own.has(n))));
  });
}

/** Many weights, all equal: whatever were not hidden would show. */
const wide: Case = { inputShape: [40], layers: [dense({ units: 64, inputShape: [40] })] };
const equalWeights = () =>
  planModel(wide).weights.map(({ shape }) => new Float32Array(sizeOf(shape)).fill(0.5));
const WEIGHTS = planModel(wide).parameters;

for (const ring of RINGS) {
  for (const parties of [2, 3]) {
    test(`ring ${ring}, ${parties} parties: what the others see of equal weights is uniform`, () =>
      withSession(
        { ring, parties: namesOf(parties) },
        async (session) => {
          const model = modelOf(session, wide, 'bob', equalWeights());
          await model.predict(dataOf(session, wide).x).reveal({ to: 'alice' });
          const seen = await transcriptsOf(session);
          for (const party of namesOf(parties).filter((name) => name !== 'bob')) {
            const [entry, ...others] = (seen.get(party) ?? []).filter(
              ({ label, opened }) => label === 'input' && opened.length === (WEIGHTS * ring) / 8,
            );
            assert.is(others.length, 0);
            for (const bytes of [entry.opened, ...entry.received]) {
              assert.is(irregularity(bytes, ring / 8), null, party);
            }
          }
        },
        { transcripts: true },
      ));
  }
}

test('every frame that leaves a role while a model of shared weights is made is uniform, and the provider gets none', () => {
  inEverySetting((world, where) => {
    const frames: { from: string; to: string; bytes: Uint8Array }[] = [];
    world.post.watch = (from, to, bytes) => frames.push({ from, to, bytes });
    const plan = planModel(wide);
    const bob = world.parties[1];
    const one = 1n << BigInt(world.fraction);
    const shares = world.each((rt) =>
      input(
        rt,
        bob.name,
        rt === bob ? world.words(rt, Array(WEIGHTS).fill(one)) : null,
        [WEIGHTS],
        world.fraction,
      ),
    );
    const { results } = world.run((rt, role) => open(rt, shares[role], 'input'));
    const models = world.each((rt, role) => new SecureModel(rt, plan, results[role]));
    assert.is(models[0].kept[0].value.size, WEIGHTS);
    assert.ok(frames.length >= 2, 'frames have been seen');
    for (const { from, to, bytes } of frames) {
      assert.is.not(to, world.provider.name, where);
      assert.is(irregularity(bytes, world.bits / 8), null, `${from} → ${to}, ${where}`);
    }
  });
});

test.run();
