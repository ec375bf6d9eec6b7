/** What a program discloses can be listed before it runs, and roles refuse what their lists lack. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ProtocolError } from '../../src/errors.js';
import { conv2d, dense, flatten, maxPooling2d, sgd } from '../../src/model/describe.js';
import type { Disclosure } from '../../src/party/disclosures.js';
import { listDisclosures } from '../../src/session/dry-roles.js';
import { sequential } from '../../src/session/sequential.js';
import { createSession, type Session } from '../../src/session/session.js';
import { runApart } from '../world/apart.js';
import { withSession } from '../world/sessions.js';

/** A training with all that it may disclose, on alice's and bob's rows. */
const training =
  ({ weights = true, image = false } = {}) =>
  async (session: Session) => {
    const inputShape = image ? [6, 6, 1] : [4];
    const width = image ? 36 : 4;
    const own = (owner: string, size: number) => ({
      owner,
      values: session.isHere(owner) ? Array.from({ length: 16 * size }, (_, i) => (i % 7) / 8) : null,
      rows: 16,
    });
    const x = await session.shareRows([own('alice', width), own('bob', width)], inputShape);
    const labels = session.isHere('alice') ? Array.from({ length: 64 }, (_, i) => Number(i % 3 === 1)) : null;
    const y = session.share(labels, { owner: 'alice', shape: [32, 2] });
    const layers = image
      ? [conv2d({ filters: 2, kernelSize: 3, inputShape }), maxPooling2d(), flatten(), dense({ units: 2 })]
      : [dense({ units: 2, inputShape, activation: 'relu' }), dense({ units: 2 })];
    const model = sequential(layers);
    model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: 'hinge', metrics: ['binaryAccuracy'] });
    await model.fit(x, y, {
      epochs: 2,
      batchSize: 10,
      earlyStopping: { patience: 9 },
      validationData: [x, y],
    });
    await model.predict(x).reveal({ to: 'bob', label: 'predictions' });
    if (weights) await model.weights();
    await x
      .reshape([32 * width])
      .slice([0], [5])
      .reveal();
    await session.aggregate(
      Object.fromEntries(
        session.parties
          .filter((party) => session.isHere(party))
          .map((party) => [party, BigInt64Array.of(1n, 2n)]),
      ),
      { length: 2 },
    );
    return session.disclosed();
  };

for (const ring of [32, 64] as const) {
  for (const image of [false, true]) {
    for (const owner of ['owner', 'alice']) {
      test(`the list of a dry run is what a run discloses: ring ${ring}, images ${image}, owner ${owner}`, async () => {
        const options = { ring, owner, threads: 0 };
        const expected = await listDisclosures(training({ image }), options);
        assert.equal(await withSession(options, training({ image })), expected);
        assert.equal(
          expected.map(({ label, to, times }) => `${label} → ${to}, ${times}`),
          [
            `fit: loss → ${owner}, 4`,
            `fit: binaryAccuracy → ${owner}, 2`,
            `fit: alarms → ${owner}, 2`,
            `evaluate: loss → ${owner}, 4`,
            `evaluate: binaryAccuracy → ${owner}, 2`,
            `evaluate: alarms → ${owner}, 2`,
            ...['alice', 'bob', 'provider']
              .filter((role) => role !== owner)
              .map((role) => `fit: stop → ${role}, 1`),
            'predictions → bob, 1',
            `weights → ${owner}, 2`,
            `tensor → ${owner}, 1`,
            'aggregate → alice, 1',
            'aggregate → bob, 1',
          ],
        );
      });
    }
  }
}

test('roles that are given the list of a program run it', async () => {
  const discloses = await listDisclosures(training());
  assert.equal(await withSession({ discloses, ring: 32 }, training()), discloses);
});

test('a role refuses what its list lacks, by name, and nothing of it is sent', async () => {
  const list = await listDisclosures(training({ weights: false }));
  await withSession({ discloses: list, ring: 32 }, async (session) => {
    const before = async () => session.totals();
    const error = await training()(session).catch((reason: unknown) => reason);
    assert.instance(error, ProtocolError);
    assert.match(
      (error as Error).message,
      /^(alice|bob|provider) refuses to disclose "weights" to owner; it agreed to: "fit: loss" to owner, /,
    );
    await assert_rejects(before());
  });
});

test('each disclosure of a program is needed: without it the run ends', async () => {
  const list = await listDisclosures(training());
  for (const missing of list) {
    const discloses: Disclosure[] = list.filter((entry) => entry !== missing);
    await withSession({ discloses, ring: 32 }, async (session) => {
      const error = await training()(session).catch((reason: Error) => reason.message);
      assert.match(String(error), `refuses to disclose "${missing.label}" to ${missing.to}; it agreed to`);
    });
  }
});

test('one role alone can refuse, in a process of its own, and all others end with its reason', async () => {
  const list = await listDisclosures(training({ weights: false }));
  const here = [['alice'], ['bob'], ['provider'], ['owner']];
  const outcomes = await runApart(
    { ring: 32 },
    here,
    () => training(),
    {},
    (place) => (place === 1 ? { discloses: list } : {}),
  );
  for (const [place, outcome] of outcomes.entries()) {
    assert.ok('error' in outcome, `${here[place]} went on`);
    const { message } = (outcome as { error: Error }).error;
    assert.match(message, /bob refuses to disclose "weights" to owner/, String(here[place]));
  }
});

test('lists that make no sense are refused before anything starts', async () => {
  const cases: [unknown, RegExp][] = [
    ['weights', /discloses must be an array/],
    [[{ label: 'weights' }], /discloses, entry 0: to must be a string/],
    [[{ label: '', to: 'owner' }], /a label has 1 to 48 bytes/],
    [[{ label: 'x'.repeat(49), to: 'owner' }], /a label has 1 to 48 bytes/],
    [[{ label: 'weights', to: 'mallory' }], /discloses, entry 0: to: no role named "mallory"/],
    [[{ label: 'weights', to: 'owner', when: 1 }], /unknown option "when"/],
  ];
  for (const [discloses, expected] of cases) {
    const error = await createSession({ discloses } as never).catch(({ message }: Error) => message);
    assert.match(String(error), expected);
  }
});

async function assert_rejects(promise: Promise<unknown>): Promise<void> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  );
  assert.ok(error, 'the session has ended');
}

test.run();
