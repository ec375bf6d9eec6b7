/** What `predict` and `train --save` do at their edges: rows and texts that no training has met, outputs that are no plain files. */
import { lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { saveModel } from '../../src/cli/model-folder.js';
import { loadModel } from '../../src/index.js';
import { modelOf } from '../../src/jobs/job.js';
import { flowers } from '../data/table/small-tables.js';
import { call } from './in-process.js';
import { csv, ownFolder } from './own-folder.js';
import { runCli } from './run.js';

const { at, file, remove } = ownFolder('predict');
test.after(remove);

const flowersFile = file('flowers.csv', flowers);
const TRAIN = ['--epochs', '6', '--no-compare', '--json'];

test('rows far out, texts that nobody has met, and outputs that are no plain files', async () => {
  const made = await call(['train', flowersFile, '--target', 'kind', '--save', at('far'), ...TRAIN]);
  assert.is(made.code, 0);
  const [head] = flowers.split('\n');
  const row = (first: number) => file('far.csv', `${head}\n${[first, 3, 4, 'blue', 'setosa'].join(',')}\n`);
  const near = await call(['predict', '--model', at('far'), '--data', row(5)]);
  assert.equal([near.code, near.error], [0, '']);
  const refused = await call(['predict', '--model', at('far'), '--data', row(3e6)]);
  assert.equal([refused.code, refused.stdout], [2, '']);
  assert.match(
    refused.error,
    /far.csv line 2: so far from the rows of the training that ring 64 does not hold/,
  );
  const link = at('link.csv');
  file('real.csv', '');
  symlinkSync(at('real.csv'), link);
  const linked = await call(['predict', '--model', at('far'), '--data', row(5), '--out', link]);
  assert.is(linked.code, 0);
  const cells = (text: string) => csv(text).map((line) => line.slice(0, 2));
  assert.equal(cells(readFileSync(at('real.csv'), 'utf8')), cells(near.stdout));
  assert.ok(lstatSync(link).isSymbolicLink());
  const soils = Array.from(
    { length: 60 },
    (_, i) => `${i % 7},${i % 2 ? 'wet' : 'dry'},${i % 2 ? 'a' : 'b'}`,
  );
  const soil = file('soil.csv', `height,soil,kind\n${soils.join('\n')}\n`);
  assert.is((await call(['train', soil, '--target', 'kind', '--save', at('soil'), ...TRAIN])).code, 0);
  const mud = file('mud.csv', 'height,soil\n1,mud\n2,wet\n3,mud\n');
  const asked = await runCli(['predict', '--model', at('soil'), '--data', mud]);
  assert.is(asked.code, 0);
  assert.match(asked.stderr, /mud.csv line 2 and 1 more: column "soil": "mud" was not in the training/);
});

test('a model whose folder has been filled meanwhile is kept beside it', async () => {
  const { layers, weights } = await loadModel(at('far'));
  mkdirSync(at('full'));
  file('full/other.txt', '');
  const model = { plan: modelOf({ layers }), weights: [...weights] };
  const error = await saveModel(at('full'), model, {}, 'table.json', {}).catch((cause: Error) => cause);
  const [, beside] = /cannot write .*full: ENOTEMPTY.*; the model is in (.+)$/.exec(String(error)) ?? [];
  assert.equal(readdirSync(beside).sort(), ['model.safetensors', 'table.json']);
  assert.equal((await loadModel(beside)).weights, weights);
  assert.equal(readdirSync(at('full')), ['other.txt']);
});

test.run();
