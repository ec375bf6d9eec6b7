/** Steps of all parameters as one: what a watcher is shown, and what stays of each parameter. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Words } from '../../../bindings/memory.js';
import type { ModelConfig } from '../../../src/model/config.js';
import { adam, batchNormalization, dense } from '../../../src/model/describe.js';
import { placeOf, watchedKinds } from '../../../src/nn/sentinel.js';
import type { Watcher } from '../../../src/party/runtime.js';
import { sizeOf } from '../../../src/shape.js';
import { weightsFor } from '../../twins/twin-case.js';
import { drawn, SteppedModel } from '../../world/model-steps.js';
import { partiesOf } from '../../world/settings.js';

const config: ModelConfig = {
  inputShape: [5],
  layers: [dense({ units: 4, activation: 'relu' }), batchNormalization(), dense({ units: 3 })],
};

/** Notes what it is shown: how many numbers at which layer and kind. */
class Notes implements Watcher {
  site: number | null = null;
  readonly shown: string[] = [];

  watch({ length }: Words): void {
    if (this.site === null) return;
    const { layer, kind } = placeOf(this.site);
    this.shown.push(`${layer} ${kind} ${length}`);
  }
}

for (const parties of [2, 3]) {
  test(`every role's watcher is shown each parameter's numbers at its own layer, ${parties} parties`, () => {
    const world = partiesOf(parties, 64);
    world.scoped(() => {
      const secure = new SteppedModel(world, config, weightsFor(world, config));
      const batch = 4;
      const x = secure.rows(drawn(world, batch * sizeOf(config.inputShape), 1), batch, config.inputShape);
      const t = secure.targets(new Array(batch * 3).fill(0), batch, 3, 'meanSquaredError', world.fraction);
      const notes = world.roles.map((rt) => {
        rt.watcher = new Notes();
        return rt.watcher as Notes;
      });
      const step = { rate: 0.5, previousRate: 0.5, exponent: 4, mean: 1 / 8, count: 1 };
      const pass = { training: true, step: 0, seed: 3 };
      const gradientFraction = world.fraction;
      secure.step(x, t, { loss: 'meanSquaredError', optimizer: adam(), step, pass, gradientFraction });
      for (const [i, rt] of world.roles.entries()) assert.is(rt.watcher, notes[i]);
      const [first] = notes;
      for (const { shown } of notes) assert.equal(shown, first.shown);
      const updates = first.shown.filter((line) => line.includes('update'));
      const sizes = secure.models[0].layers.flatMap(({ parameters }) =>
        parameters.map(({ value }) => value.size),
      );
      assert.equal(sizes, [24, 8, 15]);
      const layers = new Set(updates.map((line) => line.split(' ')[0]));
      assert.equal([...layers].sort(), ['0', '1', '2']);
      for (const [layer, size] of sizes.entries()) {
        const own = updates.filter((line) => line.startsWith(`${layer} `));
        assert.ok(own.length > 3 && own.every((line) => line === `${layer} update ${size}`), String(own));
      }
      assert.ok(first.shown.every((line) => watchedKinds.some((kind) => line.includes(` ${kind} `))));
    });
  });
}

test.run();
