/** Which epochs a training asks for, and what is decided between them; also at a role that is told nothing of them. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { dense, sgd } from '../../src/model/describe.js';
import { planModel } from '../../src/model/plan.js';
import type { DeployedModel } from '../../src/session/deployed.js';
import { listDisclosures } from '../../src/session/dry-roles.js';
import { notStopping } from '../../src/session/early-stopping.js';
import { fit } from '../../src/session/fit.js';
import type { Compiled, FitOptions, FitPlan } from '../../src/session/fit-options.js';
import { sequential } from '../../src/session/sequential.js';
import type { SecureTensor } from '../../src/tensor/secure-tensor.js';

const PLAN: FitPlan = {
  epochs: 4,
  batchSize: 10,
  shuffle: true,
  seed: 0,
  sampleWeight: null,
  validation: null,
  callbacks: {},
  sentinel: false,
  mayStop: false,
  quiet: false,
  earlyStopping: null,
  stopping: notStopping(),
  checkpoint: null,
  resume: null,
};

const COMPILED = { optimizer: sgd({ learningRate: 1 }), measures: {} } as unknown as Compiled;

/**
 * What a training asks its model for, in order, where the owner is elsewhere.
 * @param heard the owner's decisions
 */
async function asked(plan: Partial<FitPlan>, heard: boolean[] = []): Promise<string[]> {
  const said: string[] = [];
  const slowly = async (what: string, value: unknown) => {
    said.push(what);
    await new Promise((resolve) => setTimeout(resolve, 1));
    said.push(`${what} done`);
    return value;
  };
  const model = {
    session: { roles: { settings: { ring: 32, fractionBits: 12, parties: ['alice', 'bob'] } } },
    plan: planModel({ inputShape: [1], layers: [dense({ units: 1 })] }),
    seen: () => null,
    fitEpoch: () => slowly('epoch', new Map()),
    evaluate: () => slowly('evaluate', new Map()),
    decide: (label: string, say: boolean) => slowly(`${label}, ${say}`, heard.shift() ?? false),
  } as unknown as DeployedModel;
  const data = { shape: [20, 1] } as unknown as SecureTensor;
  await fit(model, [data, data], { ...PLAN, ...plan }, COMPILED, []);
  return said.filter((what) => !what.endsWith('done') || plan.callbacks !== undefined);
}

test('a training that may stop asks for a decision after each epoch but the last, and for no epoch before it', async () => {
  const [epoch, decision] = ['epoch', 'fit: stop, false'];
  assert.equal(await asked({ mayStop: true }), [epoch, decision, epoch, decision, epoch, decision, epoch]);
  assert.equal(await asked({ mayStop: true, epochs: 1 }), [epoch]);
});

test('what the owner decides ends it after that epoch, at a role that sees nothing of it', async () => {
  const [epoch, decision] = ['epoch', 'fit: stop, false'];
  assert.equal(await asked({ mayStop: true }, [true]), [epoch, decision]);
  assert.equal(await asked({ mayStop: true }, [false, true]), [epoch, decision, epoch, decision]);
});

test('one that may not stop asks for no decision, and for all its epochs, several at once where nobody looks', async () => {
  for (const epochs of [1, 4, 8, 9, 20]) {
    assert.equal(await asked({ epochs }), Array(epochs).fill('epoch'));
  }
  assert.equal(await asked({ epochs: 2, callbacks: {} }), ['epoch', 'epoch', 'epoch done', 'epoch done']);
  const [onEpochBegin, one] = [() => {}, ['epoch', 'epoch done']];
  assert.equal(await asked({ epochs: 2, callbacks: { onEpochBegin } }), [...one, ...one]);
});

test('the validation of an epoch is asked for before the next epoch', async () => {
  const rows = { shape: [20, 1] } as unknown as SecureTensor;
  assert.equal(await asked({ epochs: 3, validation: [rows, rows] }), [
    ...['epoch', 'evaluate', 'epoch', 'evaluate', 'epoch', 'evaluate'],
  ]);
});

test('a training may stop with early stopping or a callback at the end of epochs, unless the program says otherwise', async () => {
  const cases: [FitOptions, boolean][] = [
    [{}, false],
    [{ earlyStopping: {} }, true],
    [{ callbacks: { onEpochEnd: () => {} } }, true],
    [{ callbacks: { onEpochBegin: () => {}, onTrainEnd: () => {} } }, false],
    [{ callbacks: { onEpochEnd: () => {} }, mayStop: false }, false],
    [{ mayStop: true }, true],
  ];
  for (const [options, expected] of cases) {
    const list = await listDisclosures(
      async (session) => {
        const x = session.share(null, { owner: 'alice', shape: [20, 1] });
        const y = session.share(null, { owner: 'bob', shape: [20, 1] });
        const model = sequential([dense({ units: 1, inputShape: [1] })]);
        model.compile({ optimizer: sgd({ learningRate: 0.1 }), loss: 'meanSquaredError' });
        await model.fit(x, y, { epochs: 3, ...options });
      },
      { ring: 32 },
    );
    const decisions = list.filter(({ label }) => label === 'fit: stop');
    assert.equal(
      decisions.map(({ to, times }) => [to, times]),
      expected ? ['alice', 'bob', 'provider'].map((to) => [to, 2]) : [],
      JSON.stringify(options),
    );
  }
});

test.run();
