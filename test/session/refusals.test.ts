/**
 * Wrong inputs: each is refused at once with a message that names the function and the option, tells nothing of the data,
 * and leaves the session as it was.
 */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as data from '../../src/data/index.js';
import * as beaverdam from '../../src/index.js';
import * as jobs from '../../src/jobs/index.js';
import { planModel } from '../../src/model/plan.js';
import * as sharing from '../../src/sharing.js';

const { createSession, dense, sequential, sgd } = beaverdam;
const session = await createSession({ threads: 0, ring: 32 });
test.after(() => session.close());

/** A number that must not turn up in any message. */
const SECRET = 31.4159265;
const x = session.share(Array(12).fill(SECRET), { shape: [4, 3], owner: 'alice' });
const y = session.share([1, 0, 0, 1, 0, 1, 1, 0], { shape: [4, 2], owner: 'bob' });
const layer = { type: 'dense', units: 2, activation: 'relu', useBias: true };

const network = () => sequential([dense({ units: 2, inputShape: [3] })]);
function compiled() {
  const model = network();
  model.compile({ optimizer: sgd({ learningRate: 0.25 }), loss: 'meanSquaredError' });
  return model;
}
const fit = (options: unknown) => compiled().fit(x, y, options as never);
const compile = (options: object) =>
  network().compile({ optimizer: sgd({ learningRate: 1 }), loss: 'hinge', ...options } as never);
const plan = (...layers: unknown[]) => planModel({ layers, inputShape: [3] } as never);
const text = 'a,b\n1,2\n';

/** [first, a hole, last]. */
function holed(first: unknown, last: unknown): unknown[] {
  const array = [first];
  array[2] = last;
  return array;
}

/** Everything of the package, whatever it is given. */
// biome-ignore lint/suspicious/noExplicitAny: wrong inputs are the subject
type Anything = any;
const any: Anything = { ...beaverdam, ...sharing, ...data, ...jobs };
const s: Anything = session;
const t: Anything = x;

type Kind = typeof TypeError | typeof RangeError;
const REFUSED: readonly [Kind, RegExp, () => unknown][] = [
  // roles and owners
  [TypeError, /^reveal: expected a plain object \{ to, label \}, got a string$/, () => t.reveal('alice')],
  [
    TypeError,
    /^reveal: unknown option "To" \(known: to, label\); did you mean "to"\?$/,
    () => t.reveal({ To: 'alice' }),
  ],
  [TypeError, /^reveal: to must not be null$/, () => t.reveal({ to: null })],
  [TypeError, /^reveal: .* got null$/, () => t.reveal(null)],
  [TypeError, /^reveal: to: no role named "provider"/, () => t.reveal({ to: 'provider' })],
  [TypeError, /^reveal: to must be a string, got a number$/, () => t.reveal({ to: 1 })],
  [TypeError, /^share: expected a plain object .* got a string$/, () => s.share([SECRET], 'alice')],
  [TypeError, /^share: unknown option "ownr" .*did you mean "owner"\?$/, () => s.share([1], { ownr: 'bob' })],
  [TypeError, /^share: owner must be the name .* got an array$/, () => s.share([1], { owner: ['bob'] })],
  [TypeError, /^share: expected a plain object .* got an array$/, () => s.share([1], [SECRET])],
  [TypeError, /^share: columns must be an array, got a string$/, () => s.share([1], { columns: 'ash' })],
  [TypeError, /no command named "toString"/, () => s.roles.call({ name: 'toString' })],
  [TypeError, /no command named "__proto__"/, () => s.roles.send({ name: '__proto__' })],
  [
    TypeError,
    /^aggregate: unknown option "alcie" .*did you mean "alice"/,
    () => s.aggregate({ alcie: null }),
  ],
  [
    TypeError,
    /^aggregate: alice's list must be a BigInt64Array, got an array$/,
    () => s.aggregate({ alice: [1n] }),
  ],
  [RangeError, /^aggregate: every party \(alice, bob\) needs a list/, () => s.aggregate({})],
  [TypeError, /^tidy: expected a function, got undefined$/, () => s.tidy()],
  // numbers and their shapes
  [TypeError, /^share: row 1 is missing, not an array/, () => s.share(holed([SECRET], [SECRET]))],
  [TypeError, /^share: entry 1 is not a number$/, () => s.share(holed(SECRET, SECRET))],
  [TypeError, /^share: row 1 is a number, not an array/, () => s.share([[SECRET], SECRET])],
  [TypeError, /^share: row 0: entry 0 is not a number: .* flat numbers/, () => s.share([[[SECRET]]])],
  [TypeError, /^share: expected numbers, got null$/, () => s.share(null)],
  [TypeError, /^share: shape must be an array, got a string$/, () => s.share([1], { shape: '1' })],
  [TypeError, /^share: shape: entry 0 must be a number, got a string$/, () => s.share([1], { shape: ['1'] })],
  [TypeError, /^share: shape: entry 1 is missing$/, () => s.share([1, 2], { shape: holed(2, 1) })],
  [RangeError, /^share: shape: \[NaN\] must hold positive/, () => s.share([1], { shape: [Number.NaN] })],
  [TypeError, /^shareRows: parts must be an array, got an object$/, () => s.shareRows({ alice: [1] }, [1])],
  [
    TypeError,
    /^shareRows: part 0: unknown option "value"/,
    () => s.shareRows([{ owner: 'bob', value: [1] }], [1]),
  ],
  [
    TypeError,
    /^shareRows: alice: expected flat numbers, got a string$/,
    () => s.shareRows([{ owner: 'alice', values: '1' }], [1]),
  ],
  [TypeError, /^shareRows: rowShape must be an array, got a number$/, () => s.shareRows([], 1)],
  [
    TypeError,
    /^shareRows: piece must be a number, got a string$/,
    () => s.shareRows([], [1], { piece: '8' }),
  ],
  [TypeError, /^reshape: shape must be an array, got a string$/, () => t.reshape('12')],
  [TypeError, /^reshape: shape: entry 1 is missing$/, () => t.reshape(holed(12, 1))],
  [RangeError, /^reshape: shape: \[-1,12\] must hold positive integers$/, () => t.reshape([-1, 12])],
  [TypeError, /^slice: begin must be a number or an array of numbers, got a string$/, () => t.slice('1')],
  [TypeError, /^slice: size must be .* got null$/, () => t.slice(1, null)],
  [TypeError, /^slice: begin, entry 1 must be a number, got undefined$/, () => t.slice(holed(1, 1))],
  [RangeError, /^slice: begin has 3 entries, the tensor 2 dimensions$/, () => t.slice([0, 0, 0])],
  // public numbers
  [RangeError, /^add: the number must be below 262144 in magnitude$/, () => t.add(1e10)],
  [RangeError, /^greater: the number must be below/, () => t.greater(-1e10)],
  [RangeError, /^maximum: the number must be finite$/, () => t.maximum(Number.NaN)],
  [TypeError, /^equal: expected a tensor, got a string$/, () => t.equal('1')],
  [RangeError, /^divide: one over the number must be below/, () => t.divide(1e-9)],
  [TypeError, /^polynomial: coefficients must be an array, got a number$/, () => t.polynomial(1)],
  [TypeError, /^polynomial: coefficients: entry 1 is missing$/, () => t.polynomial(holed(1, 1))],
  [RangeError, /^polynomial: coefficient 1 must be below/, () => t.polynomial([1, 1e9])],
  [RangeError, /^polynomial: domain must be below/, () => t.polynomial([0, 0, 0, 1e-9], { domain: 1e200 })],
  [TypeError, /^polynomial: unknown option "domian"/, () => t.polynomial([1], { domian: 1 })],
  // functions
  [TypeError, /^sigmoid: unknown option "guard" .*did you mean "guarded"/, () => t.sigmoid({ guard: false })],
  [TypeError, /^tanh: guarded must be true or false, got a string$/, () => t.tanh({ guarded: 'no' })],
  [TypeError, /^exp: unknown option "Max"/, () => t.exp({ Max: 2 })],
  [TypeError, /^exp: max must be a number, got a string$/, () => t.exp({ max: '2' })],
  [TypeError, /^log: domain: expected a plain object \{ low, high \}, got a number$/, () => t.log(4)],
  [TypeError, /^sqrt: domain\.high must be a number, got undefined$/, () => t.sqrt({ low: 1 })],
  [TypeError, /^reciprocal: unknown option "low"/, () => t.reciprocal({ low: 1, high: 2 })],
  [
    RangeError,
    /^inverseSqrt: a domain up to 500000 is compared with 1048576, beyond/,
    () => t.inverseSqrt({ low: 1, high: 5e5 }),
  ],
  [TypeError, /^argmax: expected a plain object \{ oneHot \}, got a number$/, () => t.argmax(1)],
  [TypeError, /^max: takes no argument: it goes over the last axis$/, () => t.max(0)],
  [TypeError, /^softmax: takes no argument/, () => t.softmax({ axis: 0 })],
  [TypeError, /^relu: takes no argument$/, () => t.relu({ alpha: 0.1 })],
  [
    TypeError,
    /^split: unknown option "fraction" .*did you mean "fractionBits"/,
    () => any.split(1, 2, { fraction: 8 }),
  ],
  [TypeError, /^split: parties must be a number, got a string$/, () => any.split(1, '2')],
  [TypeError, /^join: expected a plain object .* got null$/, () => any.join(null)],
  // models
  [TypeError, /^dense: expected a plain object .* got a number$/, () => any.dense(16)],
  [
    TypeError,
    /^conv2d: unknown option "kernel" .*did you mean "kernelSize"/,
    () => any.conv2d({ filters: 1, kernel: 3 }),
  ],
  [TypeError, /^leakyRelu: the slope of a leaky ReLU must be a number/, () => any.leakyRelu('0.1')],
  [
    TypeError,
    /^polynomialActivation: coefficients must be an array, got a string$/,
    () => any.polynomialActivation('12'),
  ],
  [
    TypeError,
    /^sequential: layers must be an array, got an object$/,
    () => any.sequential(dense({ units: 1 })),
  ],
  [TypeError, /^layer 1: expected a description, as dense.*got null$/, () => plan(layer, null)],
  [
    TypeError,
    /^layer 0 \(dense\): unknown option "unit" .*did you mean "units"/,
    () => plan({ ...layer, unit: 2 }),
  ],
  [
    TypeError,
    /^layer 0 \(dense\): units must be a number, got a string$/,
    () => plan({ ...layer, units: '2' }),
  ],
  [
    TypeError,
    /^layer 0 \(dense\): useBias must be true or false, got undefined$/,
    () => plan({ ...layer, useBias: undefined }),
  ],
  [
    TypeError,
    /^model: unknown option "inputshape"/,
    () => any.sequential && planModel({ layers: [layer], inputshape: [3] } as never),
  ],
  [TypeError, /^sgd: unknown option "rate"/, () => any.sgd({ rate: 1 })],
  [
    TypeError,
    /^sgd: schedule step: unknown option "decay"/,
    () => any.sgd({ learningRate: { ...beaverdam.stepDecay({ rate: 1 }), decay: 1 } }),
  ],
  [
    TypeError,
    /^compile: optimizer sgd: unknown option "lr"/,
    () => compile({ optimizer: { ...sgd({ learningRate: 1 }), lr: 1 } }),
  ],
  [TypeError, /^compile: metrics must be an array, got a string$/, () => compile({ metrics: 'accuracy' })],
  [TypeError, /^compile: loss must be a name, got a number$/, () => compile({ loss: 1 })],
  [
    RangeError,
    /^compile: softmaxCrossEntropy needs two outputs or more/,
    () => {
      const one = sequential([dense({ units: 1, inputShape: [3] })]);
      one.compile({ optimizer: sgd({ learningRate: 1 }), loss: 'softmaxCrossEntropy' });
    },
  ],
  [TypeError, /^fit: expected a plain object .* got a number$/, () => fit(8)],
  [TypeError, /^fit: epochs must be a number, got a string$/, () => fit({ epochs: '5' })],
  [TypeError, /^fit: shuffle must be true or false, got a number$/, () => fit({ shuffle: 0 })],
  [
    TypeError,
    /^fit: validationData must be an array, got an instance of SecureTensor$/,
    () => fit({ validationData: x }),
  ],
  [TypeError, /^fit: validationData must be \[inputs, labels\]$/, () => fit({ validationData: [x] })],
  [
    TypeError,
    /^fit: callbacks: unknown option "onEpoch" .*did you mean "onEpoch(Begin|End)"/,
    () => fit({ callbacks: { onEpoch() {} } }),
  ],
  [
    TypeError,
    /^fit: callbacks\.onEpochEnd must be a function, got a string$/,
    () => fit({ callbacks: { onEpochEnd: 'log' } }),
  ],
  [TypeError, /^fit: earlyStopping must not be null$/, () => fit({ earlyStopping: null })],
  [
    TypeError,
    /^earlyStopping: patience must be a number, got a string$/,
    () => fit({ earlyStopping: { patience: '2' } }),
  ],
  [
    TypeError,
    /^predict: expected a plain object \{ batchSize \}, got a number$/,
    () => compiled().predict(x, 16 as never),
  ],
  [
    TypeError,
    /^evaluate: unknown option "batch" .*did you mean "batchSize"/,
    () => compiled().evaluate(x, y, { batch: 1 } as never),
  ],
  [
    TypeError,
    /^weights: expected a plain object \{ revealTo \}, got a string$/,
    () => compiled().weights('bob' as never),
  ],
  [
    TypeError,
    /^summary: unknown option "rings" .*did you mean "ring"/,
    () => network().summary({ rings: 64 } as never),
  ],
  [
    TypeError,
    /^summary: parties must be a number, got an array$/,
    () => network().summary({ parties: ['a', 'b'] } as never),
  ],
  [TypeError, /^setWeights: weights must be an array, got null$/, () => network().setWeights(null as never)],
  [
    RangeError,
    /^setWeights: array 0 .*number 1: not a finite number$/,
    () =>
      network().setWeights([
        [1, Number.NaN, 1, 1, 1, 1],
        [0, 0],
      ] as never),
  ],
  // data
  [TypeError, /^readCsv: expected a plain object .* got a string$/, () => any.readCsv(text, ';')],
  [TypeError, /^readCsv: unknown option "separator"/, () => any.readCsv(text, { separator: ';' })],
  [TypeError, /^readCsv: ignore must be an array, got a string$/, () => any.readCsv(text, { ignore: 'a' })],
  [
    TypeError,
    /^readCsv: header must be true or false, got a string$/,
    () => any.readCsv(text, { header: 'no' }),
  ],
  [
    TypeError,
    /^readIdx: name must be a string, got an object$/,
    () => any.readIdx(new Uint8Array(8), { name: 'x' }),
  ],
  [TypeError, /^oneHot: classes must be a number, got a string$/, () => any.oneHot([1], '3')],
  [TypeError, /^oneHot: expected an array of labels, got null$/, () => any.oneHot(null, 3)],
  [
    TypeError,
    /^standardise: mean must be an array, got undefined$/,
    () => any.standardise(new Float32Array(2), {}),
  ],
  [TypeError, /^foldSplit: k must be a number, got a string$/, () => any.foldSplit(10, '1')],
  [TypeError, /^selectRows: expected a data set/, () => any.selectRows(null, [0])],
  [TypeError, /^loadWine: unknown option "fold" \(known: none\)$/, () => any.loadWine({ fold: 1 })],
  [TypeError, /^loadFashionMnist: unknown option "rows"/, () => any.loadFashionMnist({ rows: 10 })],
  [TypeError, /^loadFashionMnist: dir must not be null$/, () => any.loadFashionMnist({ dir: null })],
  [
    TypeError,
    /^jointStatistics: alice's part must be a Float32Array.* got an array$/,
    () => any.jointStatistics(session, { alice: [1] }, 1),
  ],
  // jobs
  [TypeError, /^wineJob: unknown option "epoch" .*did you mean "epochs"/, () => any.wineJob({ epoch: 3 })],
  [TypeError, /^wineJob: hidden must be an array, got a number$/, () => any.wineJob({ hidden: 16 })],
  [RangeError, /^wineJob: batchSize must be a positive integer$/, () => any.wineJob({ batchSize: 0 })],
  [
    RangeError,
    /^fashionMnistJob: unknown model; known are mlp, lenet$/,
    () => any.fashionMnistJob({ model: 'toString' }),
  ],
  [TypeError, /^runJob: job: expected a plain object .* got undefined$/, () => any.runJob()],
  [
    TypeError,
    /^runJob: unknown option "onEpochEnd"/,
    async () => any.runJob(await jobs.wineJob(), { onEpochEnd() {} }),
  ],
  [
    TypeError,
    /^runJob: onStep must be a function, got a string$/,
    async () => any.runJob(await jobs.wineJob(), { onStep: 'x' }),
  ],
  // sessions
  [
    TypeError,
    /^createSession: expected a plain object .* got an array$/,
    () => any.createSession(['alice', 'bob']),
  ],
  [TypeError, /^createSession: ring must not be null$/, () => any.createSession({ ring: null })],
  [
    TypeError,
    /^createSession: profile must be true or false, got a string$/,
    () => any.createSession({ profile: 'yes' }),
  ],
  [
    TypeError,
    /^createSession: parties: entry 1 is missing$/,
    () => any.createSession({ parties: holed('a', 'b') }),
  ],
  [
    RangeError,
    /the name of party 0 has a line break or another control/,
    () => any.createSession({ parties: ['a\nb', 'c'] }),
  ],
  [
    RangeError,
    /the name of party 1 has more than 100 characters/,
    () => any.createSession({ parties: ['a', 'b'.repeat(101)] }),
  ],
  [TypeError, /the name of the provider is empty/, () => any.createSession({ provider: ' ' })],
];

REFUSED.forEach(([kind, pattern, work], i) => {
  test(`${i}: ${pattern.source}`, async () => {
    let error: unknown = null;
    try {
      await work();
    } catch (thrown) {
      error = thrown;
    }
    assert.instance(error, kind, String(error));
    const { message } = error as Error;
    assert.match(message, pattern);
    assert.not.match(message, /31|4159/);
    assert.not.ok(session.roles.ended, 'the session goes on');
  });
});

test('the session works on after all of these, and nothing but the two tensors has crossed', async () => {
  const { rounds } = (await session.roles.totals()).get('alice') as { rounds: number };
  assert.is(rounds, 2);
  assert.equal([...(await y.sum(0).reveal())], [2, 2]);
});

test.run();
