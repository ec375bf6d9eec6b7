/** Models in folders: what is saved is loaded again, where its reader is and nowhere else; broken files are refused. */
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { columnStatistics, standardise } from '../../src/data/scale.js';
import { JobError } from '../../src/errors.js';
import { readSafetensors, writeSafetensors } from '../../src/interchange/safetensors.js';
import { dense } from '../../src/model/describe.js';
import { listDisclosures } from '../../src/session/dry-roles.js';
import { loadModel } from '../../src/session/saved-model.js';
import { sequential } from '../../src/session/sequential.js';
import type { Session } from '../../src/session/session.js';
import { uniform } from '../baseline/gradient-check.js';
import { runApart, valuesOf } from '../world/apart.js';
import { dataOf, images, modelOf, small } from '../world/private-models.js';
import { withSession } from '../world/sessions.js';

const scaling = columnStatistics(uniform(40, 9), 4);
const classes = ['red', 'blue'];

/** Runs `work` with a folder of its own. */
async function inFolder<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'beaverdam-model-'));
  try {
    return await work(dir);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

for (const [name, config] of Object.entries({ small, images })) {
  test(`${name}: description, weights, scaling and classes are loaded as they were saved`, () =>
    inFolder((dir) =>
      withSession({}, async (session) => {
        const folder = join(dir, 'made', 'here');
        const model = modelOf(session, config, 'bob');
        const { x, y } = dataOf(session, config);
        await model.fit(x, y, { epochs: 1, batchSize: 4 });
        await model.save(folder, { ...(config === small && { scaling }), classes });
        const weights = await model.weights();
        assert.equal(await readdir(folder), ['model.safetensors']);
        assert.is((await stat(join(folder, 'model.safetensors'))).mode & 0o777, 0o600);
        const saved = await loadModel(folder);
        assert.equal(saved.weights, weights);
        assert.equal(saved.layers, config.layers);
        assert.equal(saved.classes, classes);
        assert.equal(saved.scaling, config === small ? scaling : null);
        if (saved.scaling) standardise(uniform(8, 1), saved.scaling);
        const again = sequential(saved.layers);
        again.setWeights(saved.weights);
        const [old, fresh] = await Promise.all([model.predict(x).reveal(), again.predict(x).reveal()]);
        const apart = old.reduce((far, value, i) => Math.max(far, Math.abs(value - fresh[i])), 0);
        assert.ok(apart < 0.01, `${apart} apart`);
        // names and shapes stand in the file, for other readers of the format
        const { tensors } = readSafetensors(await readFile(join(folder, 'model.safetensors')));
        assert.equal(
          [tensors[0].name, tensors[0].shape],
          ['0.kernel', [...(config === small ? [4, 6] : [3, 3, 1, 3])]],
        );
      }),
    ));
}

for (const to of ['bob', 'owner']) {
  test(`each role in a process of its own: ${to} alone writes`, () =>
    inFolder(async (dir) => {
      const program = (folder: string) => async (session: Session) => {
        const model = modelOf(session, small, 'bob');
        const { x, y } = dataOf(session, small);
        await model.fit(x, y, { epochs: 1, batchSize: 4 });
        await model.save(folder, to === 'owner' ? {} : { to, label: 'the model' });
        return session.disclosed();
      };
      const here = [['alice'], ['bob'], ['provider'], ['owner']];
      const lists = valuesOf(
        await runApart({ ring: 32 }, here, (place) => program(join(dir, here[place][0]))),
      );
      assert.equal(await readdir(dir), [to]);
      assert.is((await loadModel(join(dir, to))).weights.length, 8);
      const label = to === 'owner' ? 'weights' : 'the model';
      assert.ok(lists[0].some((entry) => entry.label === label && entry.to === to));
      const listed = await listDisclosures(program(join(dir, 'nobody')));
      assert.ok(listed.some((entry) => entry.label === label && entry.to === to));
      assert.equal(await readdir(dir), [to], 'a dry run writes nothing');
    }));
}

test('what is saved again takes the place of what was there; where that fails the old file stays', () =>
  inFolder((dir) =>
    withSession({}, async (session) => {
      const model = modelOf(session, small, 'bob');
      const { x, y } = dataOf(session, small);
      await model.predict(x).reveal();
      await model.save(dir);
      const before = await readFile(join(dir, 'model.safetensors'));
      await model.fit(x, y, { epochs: 1, batchSize: 4 });
      await model.save(dir, { classes });
      assert.equal((await loadModel(dir)).classes, classes);
      assert.not.equal(await readFile(join(dir, 'model.safetensors')), before);
      assert.equal(await readdir(dir), ['model.safetensors'], 'nothing is left beside it');
      await writeFile(join(dir, 'file'), '');
      const error = await model.save(join(dir, 'file')).catch((reason: unknown) => reason);
      assert.instance(error, JobError);
      assert.match((error as Error).message, /^save: cannot write .*file\/model.safetensors: /);
      await session.ready();
    }),
  ));

test('refused by name: what cannot be saved', () =>
  inFolder((dir) =>
    withSession({}, async (session) => {
      const model = modelOf(session, small, 'bob');
      const one = dense({ units: 1, inputShape: [4] });
      const cases: [() => Promise<void>, RegExp][] = [
        [() => model.save(dir), /^save: the model has not been trained yet$/],
        [() => model.save(''), /^save: dir is empty$/],
        [() => model.save(7 as never), /^save: dir must be a string, got a number$/],
        [() => model.save(dir, { into: 1 } as never), /^save: unknown option "into"/],
        [() => model.save(dir, { classes: ['a'] }), /^save: classes: 1 names, expected 2$/],
        [() => sequential([one]).save(dir, { classes: ['a'] }), /^save: classes: 1 names, expected 2$/],
        [() => model.save(dir, { classes: [1, 2] as never }), /^save: classes: entry 0 must be a string/],
        [
          () => model.save(dir, { scaling: { mean: [1], deviation: [1] } as never }),
          /^save: scaling: mean must be a Float64Array, got an array$/,
        ],
        [
          () => model.save(dir, { scaling: { mean: new Float64Array(3), deviation: new Float64Array(3) } }),
          /^save: scaling: 3 means and 3 deviations for rows of 4 numbers$/,
        ],
        [
          () =>
            model.save(dir, {
              scaling: { mean: new Float64Array(4).fill(Number.NaN), deviation: new Float64Array(4) },
            }),
          /^save: scaling: mean must hold finite numbers$/,
        ],
      ];
      for (const [work, expected] of cases) {
        assert.match(String(await work().catch(({ message }: Error) => message)), expected);
      }
      await model.predict(dataOf(session, small).x).reveal();
      const error = await model.save(dir, { to: 'provider' }).catch(({ message }: Error) => message);
      assert.match(String(error), /no role named "provider"/);
      assert.equal(await readdir(dir), []);
    }),
  ));

test('refused by its fault: a file that is no model, or not whole', () =>
  inFolder(async (dir) => {
    const layers = [dense({ units: 2, inputShape: [3] })];
    const kernel = { name: '0.kernel', shape: [3, 2], values: new Float32Array(6) };
    const bias = { name: '0.bias', shape: [2], values: new Float32Array(2) };
    const about = {
      format: 'beaverdam model',
      version: '1',
      model: JSON.stringify({ layers, inputShape: [3] }),
    };
    const file = (tensors: object[], metadata: object) =>
      writeSafetensors(tensors as never, metadata as never);
    const whole = file([kernel, bias], about);
    const path = join(dir, 'model.safetensors');
    await writeFile(path, whole);
    assert.equal((await loadModel(`${dir}/`)).layers, layers);
    const cases: [Uint8Array, RegExp][] = [
      [whole.subarray(0, whole.length - 1), /data_offsets end at 32, and there are 31 bytes/],
      [new Uint8Array(0), /too short/],
      [file([kernel, bias], {}), /no model, but another file in the safetensors format/],
      [file([kernel, bias], { ...about, version: '2' }), /version "2" of the format; this package reads 1/],
      [file([kernel, bias], { format: about.format, version: '1' }), /model: expected a plain object/],
      [file([kernel, bias], { ...about, model: '{' }), /JSON/],
      [file([kernel, bias], { ...about, model: '{"layers":[],"inputShape":[3]}' }), /model: no layers/],
      [file([bias, kernel], about), /expected the tensors 0.kernel, 0.bias, in this order/],
      [file([kernel], about), /expected the tensors 0.kernel, 0.bias, in this order/],
      [
        file([{ ...kernel, shape: [2, 3] }, bias], about),
        /0.kernel: expected float32 numbers \[3,2\], got \[2,3\]/,
      ],
      [file([kernel, bias], { ...about, classes: '["a"]' }), /classes: 1 names, expected 2/],
      [file([kernel, bias], { ...about, classes: 'null' }), /classes must be an array, got null/],
      [file([kernel, bias], { ...about, scaling: '{"mean":[1]}' }), /scaling: deviation must be an array/],
      [
        file([kernel, bias], { ...about, scaling: '{"mean":[1],"deviation":["x"]}' }),
        /deviation must hold finite numbers/,
      ],
    ];
    for (const [bytes, expected] of cases) {
      await writeFile(path, bytes);
      const error = await loadModel(dir).catch((reason: unknown) => reason);
      assert.instance(error, JobError, String(expected));
      assert.match((error as Error).message, expected);
      assert.match((error as Error).message, /^loadModel: .*model.safetensors: /);
    }
    await rm(path);
    assert.match(String(await loadModel(dir).catch(({ message }: Error) => message)), /ENOENT/);
    assert.match(
      String(await loadModel('').catch(({ message }: Error) => message)),
      /^loadModel: dir is empty/,
    );
  }));

test.run();
