/** Job files: what is written is read again, and every wrong field is refused by its path. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fashionMnistJob } from '../../src/jobs/fashion-mnist.js';
import type { LocalTrainingJob } from '../../src/jobs/job.js';
import { formatJobFile, jobFileSchema, parseJobFile } from '../../src/jobs/job-document.js';
import { agreedOf, type JobFile, jobDigest, type QueryFile } from '../../src/jobs/job-file.js';
import {
  costsOf,
  type DataForm,
  disclosuresOf,
  queryFileOf,
  writeJobFolder,
} from '../../src/jobs/job-folder.js';
import { readOwnerRows } from '../../src/jobs/owner-files.js';
import { trainingJob } from '../../src/jobs/role-job.js';
import { runJob } from '../../src/jobs/run.js';
import type { Costs } from '../../src/jobs/run-options.js';
import { wineJob } from '../../src/jobs/wine.js';

const folder = mkdtempSync(join(tmpdir(), 'beaverdam-job-'));
const wineForm = ({ parts }: LocalTrainingJob): DataForm => ({
  kind: 'table',
  columns: [...(parts[0].train.names?.features ?? [])],
  target: 'class',
  classes: [...(parts[0].train.names?.classes ?? [])],
  scaling: 'standardise',
});

const wine = await wineJob({ fold: 2, epochs: 2, batchSize: 16, hidden: [8] });
const file = await writeJobFolder(wine, wineForm(wine), join(folder, 'wine'), { port: 9100 });

test.after(() => rmSync(folder, { recursive: true }));

const errorOf = (text: string) =>
  parseJobFile('job.json', text).then(
    () => null,
    (error: Error) => error,
  );

test('a job folder has job, keys and rows, for their user alone, and nothing else', () => {
  const all = readdirSync(join(folder, 'wine'), { recursive: true }).map(String);
  const files = all.filter((name) => statSync(join(folder, 'wine', name)).isFile());
  const keys = ['alice', 'bob', 'provider', 'owner'].flatMap((role) =>
    ['crt', 'key', 'sealing.key'].map((ending) => `keys/${role}/${role}.${ending}`),
  );
  const rows = ['alice', 'bob'].flatMap((owner) => [`data/${owner}/train.csv`, `data/${owner}/test.csv`]);
  assert.equal(files.sort(), ['job.json', ...keys, ...rows].sort());
  for (const name of files) assert.is(statSync(join(folder, 'wine', name)).mode & 0o077, 0, name);
});

test('the file is read as it was written, and can be read in a minute', async () => {
  const text = readFileSync(join(folder, 'wine/job.json'), 'utf8');
  assert.equal(await parseJobFile('job.json', text), file);
  assert.is(formatJobFile(file), text);
  assert.ok(text.split('\n').length < 90);
  assert.ok(text.split('\n').every((line) => line.length < 120));
  assert.is(file.roles.provider.address, '127.0.0.1:9102');
});

test('rows come back as they were, in both forms', async () => {
  for (const part of wine.parts) {
    const rows = await readOwnerRows(file, part.owner, join(folder, 'wine/data', part.owner));
    assert.equal(rows, part);
  }
  const images = await fashionMnistJob({ images: 40, parties: 3 });
  const classes = [...(images.parts[0].train.names?.classes ?? [])];
  const form: DataForm = { kind: 'images', height: 28, width: 28, classes };
  const dir = join(folder, 'images');
  const job = await writeJobFolder(images, form, dir);
  for (const part of images.parts) {
    assert.equal(await readOwnerRows(job, part.owner, join(dir, 'data', part.owner)), part);
  }
  const { title: _, ...read } = trainingJob(job, images.parts);
  const { title: __, ...made } = images;
  assert.equal(read.layers, made.layers);
  assert.equal(
    [read.optimizer, read.loss, read.initialScale],
    [made.optimizer, made.loss, made.initialScale],
  );
});

test('a job of the file is the job it was made of: the same training in one process', async () => {
  const rows = await Promise.all(
    file.parties.map((owner) => readOwnerRows(file, owner, join(folder, 'wine/data', owner))),
  );
  const [read, made] = [await runJob(trainingJob(file, rows)), await runJob(wine)];
  assert.is(read.ring, made.ring);
  assert.is(read.accuracy, made.accuracy);
  assert.ok(Math.abs(read.loss - made.loss) < 0.01);
});

test('its disclosures are those of the program, and its costs those of the run', async () => {
  assert.equal(await disclosuresOf(file), file.discloses);
  assert.ok(file.discloses.some(({ label, to }) => label === 'weights' && to === 'owner'));
  const rows = await Promise.all(
    file.parties.map((owner) => readOwnerRows(file, owner, join(folder, 'wine/data', owner))),
  );
  const dealtOf = (costs: Costs) => Number(costs.get('provider')?.dealt);
  let exchange = { rounds: 0, dealt: 0, online: 0 };
  const result = await runJob(trainingJob(file, rows), {
    checkpoint: join(folder, 'state'), // as `beaverdam run` does
    onStep: (step) => {
      if (step.step !== 'exchange') return;
      exchange = { ...(step.costs.get('bob') as typeof exchange), dealt: dealtOf(step.costs) };
    },
  });
  const costs = await costsOf(file);
  const bob = result.costs.get('bob');
  assert.is(costs.totals.rounds, exchange.rounds + Number(bob?.rounds));
  assert.is(costs.totals.dealt, exchange.dealt + dealtOf(result.costs));
  assert.is(costs.totals.online, exchange.online + Number(bob?.online));
});

test('the memory that a job is said to take is what a party takes, and does not grow with its epochs', async () => {
  const images = await fashionMnistJob({ images: 256, epochs: 1, hidden: [32] });
  const classes = [...(images.parts[0].train.names?.classes ?? [])];
  const form: DataForm = { kind: 'images', height: 28, width: 28, classes };
  const job = await writeJobFolder(images, form, join(folder, 'memory'));
  const { peakMemory } = await runJob(trainingJob(job, images.parts));
  const said = (await costsOf(job)).peakBytes;
  const taken = Number(peakMemory.get('bob'));
  assert.ok(said <= taken && taken < 1.1 * said, `said ${said}, taken ${taken}`); // blocks are rounded up
  const longer = { ...job, training: { ...job.training, epochs: 8 } };
  assert.ok((await costsOf(longer)).peakBytes < 1.02 * said);
});

test('a role refuses what its copy does not list', async () => {
  const rows = await Promise.all(
    file.parties.map((owner) => readOwnerRows(file, owner, join(folder, 'wine/data', owner))),
  );
  const discloses = file.discloses.filter(({ label }) => label !== 'weights');
  const error = await runJob(trainingJob({ ...file, discloses }, rows)).catch(
    ({ message }: Error) => message,
  );
  assert.match(String(error), /refuses to disclose "weights" to owner/);
});

test('a folder with something in it is left as it is', async () => {
  const error = await writeJobFolder(wine, wineForm(wine), join(folder, 'wine')).catch(
    (e: Error) => e.message,
  );
  assert.match(String(error), /is not empty; nothing was written/);
});

type Change = (job: Record<string, never> & JobFile) => unknown;
const set =
  (path: string, value: unknown): Change =>
  (job) => {
    const keys = path.split('.');
    const last = keys.pop() as string;
    const at = keys.reduce((object, key) => (object as never)[key], job as never) as unknown as Record<
      string,
      unknown
    >;
    if (value === undefined) delete at[last];
    else at[last] = value;
  };
const zeros = `sha256:${'0'.repeat(64)}`;

const WRONG: [Change, RegExp][] = [
  [set('beaverdam', 'job 2'), /^job\.json: beaverdam: /],
  [set('title', undefined), /: title: is missing$/],
  [set('title', ''), /: title: /],
  [set('titel', 'Wine'), /: the document: unknown field "titel"$/],
  [set('task', 'guess'), /: task: expected train, evaluate, predict, open$/],
  [set('task', undefined), /: task: expected train, evaluate, predict, open$/],
  [set('task', 'evaluate'), /: from: is missing; loss: .*unknown field "training"/],
  [set('saveAs', '../wine'), /: saveAs: expected 1 to 40 letters/],
  [set('from', 'wine'), /: the document: unknown field "from"$/],
  [set('parties', ['alice']), /: parties: /],
  [set('parties', ['alice', 'alice']), /: parties: the name "alice" is taken twice$/],
  [set('parties', ['alice', '../bob']), /: parties\[1\]: expected 1 to 40 letters/],
  [set('parties', 'alice'), /: parties: expected array/],
  [set('provider', 'bob'), /: parties: the name "bob" is taken twice$/],
  [set('provider', 7), /: provider: expected string/],
  [set('owner', 'mallory'), /: roles: lacks mallory$/],
  [set('roles.alice', undefined), /: roles: lacks alice$/],
  [set('roles.mallory', { fingerprint: zeros }), /: roles\.mallory: is no party, provider, owner or client$/],
  [set('roles.alice.fingerprint', 'sha256:1'), /: roles\.alice\.fingerprint: expected "sha256:" and 64/],
  [set('roles.alice.fingerprint', undefined), /: roles\.alice\.fingerprint: is missing$/],
  [set('roles.alice.address', 'localhost'), /: roles\.alice\.address: .*host:port/],
  [set('roles.alice.address', 'localhost:0'), /: roles\.alice\.address: .*port from 1/],
  [set('roles.alice.adress', 'localhost:1'), /: roles\.alice: unknown field "adress"$/],
  [set('roles.alice.sealing', 'x25519:0'), /: roles\.alice\.sealing: expected "x25519:"/],
  [
    (job) => set('roles.bob.fingerprint', job.roles.alice.fingerprint)(job),
    /: roles\.bob\.fingerprint: is another/,
  ],
  [set('roles.bob.address', undefined), /: roles: neither bob nor owner has an address/],
  [set('data.kind', 'video'), /: data\.kind: /],
  [set('data.columns', []), /: data\.columns: /],
  [set('data.columns', ['alcohol']), /: model\.inputShape: has 13 numbers, but a row of the data 1$/],
  [set('data.columns.1', 'alcohol'), /: data\.columns\[1\]: stands there twice$/],
  [set('data.target', 'alcohol'), /: data\.target: is one of the columns too$/],
  [set('data.classes', ['0', '1']), /: data\.classes: 2 classes, but the model has 3 outputs$/],
  [set('data.scaling', 'maybe'), /: data\.scaling: /],
  [set('data.rows.alice', undefined), /: data\.rows: lacks alice$/],
  [set('data.rows.owner', { train: 1, test: 1 }), /: data\.rows\.owner: is no party and no client$/],
  [set('data.rows.alice.train', 0), /: data\.rows\.alice\.train: /],
  [set('data.rows.alice.train', 1.5), /: data\.rows\.alice\.train: /],
  [set('model.inputShape', [14]), /: model\.inputShape: has 14 numbers/],
  [set('model.layers', []), /: model\.layers: /],
  [set('model.layers.0.type', 'dence'), /: model\.layers\[0\]\.type: /],
  [set('model.layers.0.units', -1), /: model: layer 0 \(dense\)/],
  [set('model.layers.0.unit', 4), /: model: layer 0 \(dense\): unknown/],
  [set('model.layers.0.activation', 'swish'), /: model: layer 0 \(dense\)/],
  [set('model.initialScale', 0), /: model\.initialScale: /],
  [set('training.loss', 'mse'), /: training\.loss: /],
  [
    set('training.classWeights', [1, 2]),
    /: training: classWeights: expected a weight for each of 3 classes, got 2$/,
  ],
  [set('training.classWeights', 'rare'), /: training\.classWeights: /],
  [set('training.classWeights', [1, 2, 61]), /: training\.classWeights/],
  [set('training.optimizer.type', 'rmsprop'), /: training\.optimizer\.type: /],
  [set('training.optimizer.learningRate', -1), /: training\.optimizer: /],
  [set('training.optimizer.rate', 1), /: training\.optimizer: /],
  [set('training.epochs', 0), /: training\.epochs: /],
  [set('training.batchSize', '8'), /: training\.batchSize: expected (int|number)/],
  [set('training.seed', -1), /: training\.seed: /],
  [set('numbers.ring', 16), /: numbers\.ring: /],
  [set('numbers.fractionBits', 15), /: numbers\.fractionBits: at most 14 in ring 32$/],
  [set('discloses.0.to', 'mallory'), /: discloses\[0\]\.to: no role named "mallory"$/],
  [set('discloses.0.label', ''), /: discloses\[0\]\.label: /],
  [set('discloses', undefined), /: discloses: is missing$/],
  [set('limits.leastRows', 2), /: limits\.leastRows: /],
  [set('limits.heartbeat', 0), /: limits\.heartbeat: /],
  [set('limits.patience', 1), /: limits: unknown field "patience"$/],
];

const web = (name: string) => ({ ...file.roles[name], web: `wss://${name}.example` });
const withGuest: JobFile = {
  ...file,
  roles: {
    ...file.roles,
    alice: web('alice'),
    bob: web('bob'),
    provider: web('provider'),
    owner: { fingerprint: 'guest' },
  },
};
const withParty: JobFile = {
  ...file,
  roles: {
    alice: web('alice'),
    bob: { fingerprint: 'guest' },
    provider: web('provider'),
    owner: web('owner'),
  },
};
const GUESTS: [JobFile, Change, RegExp][] = [
  [withGuest, set('roles.owner.address', 'a:1'), /: roles\.owner\.address: a guest dials, and has none$/],
  [withGuest, set('roles.owner.web', 'wss://a.example'), /: roles\.owner\.web: a guest dials, and has none$/],
  [
    withGuest,
    set('roles.provider.web', undefined),
    /: roles\.provider\.web: is missing, where owner is a guest$/,
  ],
  [withGuest, set('roles.bob.web', 'ws://bob.example'), /: roles\.bob\.web: web: expected wss:\/\/host/],
  [
    withGuest,
    set('roles.provider.fingerprint', 'guest'),
    /: roles\.provider\.fingerprint: the provider deals to all by/,
  ],
  [withGuest, set('roles.owner.fingerprint', undefined), /: roles\.owner\.fingerprint: is missing$/],
  [
    withGuest,
    (job) => Object.assign(job.roles, { bob: { fingerprint: 'guest' } }),
    /: roles\.owner\.fingerprint: bob and owner are guests, and two guests cannot be linked to each other$/,
  ],
  [withParty, set('roles.owner.web', undefined), /: roles\.owner\.web: is missing, where bob is a guest$/],
  [
    withParty,
    set('roles.bob.sealing', file.roles.bob.sealing),
    /: roles\.bob\.sealing: a guest takes no tape$/,
  ],
  [withParty, set('saveAs', 'wine'), /: saveAs: bob is a guest, and keeps nothing$/],
  [
    { ...(await queryFileOf({ ...file, saveAs: 'wine' }, { task: 'evaluate' })), roles: withParty.roles },
    () => {},
    /: roles\.bob\.fingerprint: parties have kept the model that is asked, and guests keep nothing$/,
  ],
];

test('a job with a guest is read as it was written', async () => {
  for (const job of [withGuest, withParty]) {
    assert.equal(await parseJobFile('job.json', formatJobFile(job)), job);
  }
});

const named = { ...file, saveAs: 'wine' };
const evaluation = await queryFileOf(named, { task: 'evaluate' });
const prediction = await queryFileOf(named, { task: 'predict', asker: 'bob' });

const opening = await queryFileOf(named, { task: 'open' });

const WRONG_QUERIES: [QueryFile, Change, RegExp][] = [
  [evaluation, set('from', undefined), /: from: is missing$/],
  [opening, set('data.rows', { alice: { test: 1 } }), /: data\.rows\.alice: /],
  [opening, set('loss', 'hinge'), /: the document: unknown field "loss"$/],
  [evaluation, set('from', 'a/b'), /: from: expected 1 to 40 letters/],
  [evaluation, set('loss', 'mse'), /: loss: /],
  [evaluation, set('asker', 'bob'), /: the document: unknown field "asker"$/],
  [evaluation, set('training', {}), /: the document: unknown field "training"$/],
  [evaluation, set('data.rows', {}), /: data\.rows: names no party$/],
  [evaluation, set('data.rows.owner', { test: 1 }), /: data\.rows\.owner: is no party$/],
  [evaluation, set('data.rows.alice.train', 7), /: data\.rows\.alice: unknown field "train"$/],
  [prediction, set('asker', 'owner'), /: asker: is no party and no client$/],
  [prediction, set('clients', ['owner']), /: parties: the name "owner" is taken twice$/],
  [prediction, set('clients', ['clinic']), /: roles: lacks clinic$/],
  [prediction, set('asker', 'alice'), /: data\.rows: lacks alice$/],
  [prediction, set('data.rows.alice', { test: 1 }), /: data\.rows\.alice: is not the asker$/],
  [prediction, set('loss', 'meanSquaredError'), /: the document: unknown field "loss"$/],
  [prediction, set('data.classes', ['1']), /: data\.classes: 1 classes, but the model has 3 outputs$/],
];

test('a training that has a name for its model makes jobs that ask it, with its roles, keys and rows', async () => {
  for (const job of [evaluation, prediction, opening]) {
    assert.equal(await parseJobFile('job.json', formatJobFile(job)), job);
    assert.equal([job.roles, job.numbers, job.from], [file.roles, file.numbers, 'wine']);
  }
  const labels = ['evaluate: loss', 'evaluate: accuracy', 'evaluate: alarms'];
  assert.equal(
    evaluation.discloses,
    labels.map((label) => ({ label, to: 'owner' })),
  );
  assert.equal(prediction.discloses, [{ label: 'predict: outputs', to: 'bob' }]);
  assert.equal(opening.discloses.map(({ label, to }) => `${label} to ${to}`).sort(), [
    'aggregate to alice',
    'aggregate to bob',
    'aggregate to owner',
    'weights to owner',
  ]);
  assert.equal(prediction.data.rows, { bob: { test: file.data.rows.bob.test } });
  const messageOf = (work: Promise<unknown>) => work.then(String, ({ message }: Error) => message);
  assert.match(
    await messageOf(queryFileOf(file, { task: 'evaluate' })),
    /leaves no model at its parties: it has no saveAs/,
  );
  assert.match(
    await messageOf(queryFileOf(named, { task: 'predict', asker: 'owner' })),
    /no party named "owner" \(parties: alice, bob\)/,
  );
});

const CASES: [JobFile, Change, RegExp][] = [
  ...WRONG.map(([change, expected]): [JobFile, Change, RegExp] => [file, change, expected]),
  ...WRONG_QUERIES,
  ...GUESTS,
];

for (const [right, change, expected] of CASES) {
  test(`${right.task}: refused by its path: ${expected.source}`, async () => {
    const job = structuredClone(right);
    change(job as never);
    const error = await errorOf(JSON.stringify(job));
    assert.ok(error, 'it was accepted');
    assert.is(error.name, 'JobError');
    assert.match(error.message, expected);
  });
}

test('what is no JSON, or too long, is refused', async () => {
  assert.match(String(await errorOf('{')), /job\.json: not JSON/);
  assert.match(String(await errorOf('[]')), /the document: expected object/);
  assert.match(String(await errorOf('null')), /the document: expected object/);
  assert.match(String(await errorOf(' '.repeat(2 ** 20 + 1))), /longer than/);
});

test('two jobs are told apart by field, and by a digest that the order of fields does not change', async () => {
  const reordered = Object.fromEntries(Object.entries(file).reverse()) as unknown as JobFile;
  assert.is(await jobDigest(reordered), await jobDigest(file));
  assert.is(await jobDigest({ ...file, $schema: 'somewhere' }), await jobDigest(file));
  assert.is.not(await jobDigest({ ...file, title: 'Beer' }), await jobDigest(file));
  assert.ok(Object.keys(agreedOf(file)).includes('training of the job'));
});

test('the published JSON Schema is that of the validator', async () => {
  const published = readFileSync(new URL('../../../schemas/job.json', import.meta.url), 'utf8');
  assert.equal(JSON.parse(published), JSON.parse(JSON.stringify(await jobFileSchema())));
});

test.run();
