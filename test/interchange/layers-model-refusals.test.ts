/** What is refused of Keras' descriptions and of models for TensorFlow.js, by name. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toLayersModel } from '../../src/interchange/index.js';
import { dense } from '../../src/model/describe.js';
import { type Anything, chain, converted, keras3Layers, refusalOf } from '../world/keras-model.js';

/** A converted model with other fields. */
const changed = (fields: Anything): Anything => ({ ...converted(chain()), ...fields });

const given = converted(chain());

/** The same with one weight described otherwise. */
const respecified = (index: number, fields: Anything): Anything =>
  changed({
    weightSpecs: given.weightSpecs.map((spec: Anything, i: number) =>
      i === index ? { ...spec, ...fields } : spec,
    ),
  });

/** The same with one weight more. */
const withMore = (name: string): Anything =>
  changed({
    weightSpecs: [...given.weightSpecs, { name, shape: [1], dtype: 'float32' }],
    weightData: [given.weightData, new Uint8Array(4)],
  });

const models: [string, Anything, RegExp][] = [
  ['a graph model', { format: 'graph-model', modelTopology: {} }, /format "graph-model" is not read/],
  ['no topology', { weightSpecs: [], weightData: new ArrayBuffer(0) }, /modelTopology must be an object/],
  [
    'a graph',
    { modelTopology: { node: [] }, weightSpecs: [], weightData: new ArrayBuffer(0) },
    /describes no Keras model/,
  ],
  ['another model', converted(chain(), undefined, 'Subclassed'), /a Subclassed is not read/],
  ['no layers', converted(chain([])), /the model has no layers/],
  [
    'a second input',
    converted(chain([...keras3Layers, keras3Layers[0]])),
    /an input in the middle of a model/,
  ],
  [
    'an input of integers',
    converted(
      chain([{ ...keras3Layers[0], config: { ...keras3Layers[0].config, dtype: 'int32' } }, keras3Layers[4]]),
    ),
    /layer 0 \(InputLayer "input_layer"\): dtype "int32": only float32 is read/,
  ],
  [
    'a sparse input',
    converted(
      chain([{ ...keras3Layers[0], config: { ...keras3Layers[0].config, sparse: true } }, keras3Layers[4]]),
    ),
    /layer 0 \(InputLayer "input_layer"\): sparse true has no counterpart/,
  ],
  ['no JSON', '{"a":', /model.json is no JSON/],
  ['no weights', '{"modelTopology":{}}', /the option weights is missing/],
  [
    'bytes of another kind',
    changed({ weightData: 'x' }),
    /weights must be a Uint8Array or an ArrayBuffer, or several/,
  ],
  [
    'too few bytes',
    changed({ weightData: given.weightData.slice(0, 219) }),
    /weight "dense\/bias": its numbers end at byte 220, and there are 219/,
  ],
  [
    'too many bytes',
    changed({ weightData: [given.weightData, new Uint8Array(3)] }),
    /3 bytes behind the last weight belong to none/,
  ],
  [
    'a name twice',
    respecified(1, { name: 'conv2d/kernel' }),
    /weight "conv2d\/kernel": there are two of this name/,
  ],
  ['a missing bias', respecified(7, { name: 'other/bias' }), /\(Dense "dense"\): its bias \[3\] is missing/],
  ['another shape', respecified(6, { shape: [3, 8] }), /expected kernel \[8,3\], got \[3,8\]/],
  ['another weight', respecified(7, { name: 'dense/scale' }), /its bias \[3\] is missing/],
  ['one more weight', withMore('dense/more'), /it has no "more", of which there are numbers/],
  ['weights of no layer', withMore('x/bias'), /the weights of "x" belong to no layer/],
  [
    'integers',
    respecified(7, { dtype: 'int32' }),
    /weight "dense\/bias": dtype "int32": only float32 is read/,
  ],
  ['text', respecified(7, { dtype: 'string' }), /weight "dense\/bias": dtype "string" is not read/],
  ['a strange quantization', respecified(7, { quantization: { dtype: 'int4' } }), /dtype "int4" is not read/],
  [
    'a quantization without its scale',
    respecified(6, { quantization: { dtype: 'uint8' } }),
    /quantization: scale must be a number/,
  ],
  ['nothing', null, /expected a model, the path of its model.json or what that holds, got null/],
  ['a path that is not there', '/no/such/model.json', /cannot read \/no\/such\/model.json/],
  ['a URL that is not there', 'file:///no/such/model.json', /cannot read \/no\/such\/model.json: ENOENT/],
  ['a folder', tmpdir(), /cannot read \/.*: it is a folder; name the model.json in it/],
];
for (const [what, source, expected] of models) {
  test(`refused: ${what}`, async () => {
    const message = await refusalOf(source);
    assert.match(message, expected);
    assert.match(message, /^fromLayersModel: /);
  });
}

test('functional models that are no chain are refused', async () => {
  const layer = (name: string, nodes: Anything, className = 'Flatten', more = {}) => ({
    class_name: className,
    name,
    config: { name, ...more },
    inbound_nodes: nodes,
  });
  const input = layer('in', [], 'InputLayer', { batch_input_shape: [null, 2, 2] });
  const source = (layers: Anything[], ends: Anything = {}): Anything => ({
    modelTopology: {
      class_name: 'Model',
      config: {
        layers: [input, ...layers],
        input_layers: [['in', 0, 0]],
        output_layers: [['out', 0, 0]],
        ...ends,
      },
    },
    weightSpecs: [],
    weightData: new ArrayBuffer(0),
  });
  const out = layer('out', [[['in', 0, 0, {}]]]);
  assert.is(await refusalOf(source([out])), 'read');
  const cases: [Anything, RegExp][] = [
    [
      source([
        layer('out', [
          [
            ['in', 0, 0, {}],
            ['in', 0, 0, {}],
          ],
        ]),
      ]),
      /has more than one input/,
    ],
    [source([layer('out', [[['in', 0, 0, {}]], [['in', 0, 0, {}]]])]), /used more than once/],
    [source([layer('out', [[['in', 0, 0, { training: true }]]])]), /called with training: true/],
    [source([layer('out', [[['in', 1, 0, {}]]])]), /"in" is used more than once/],
    [source([out, layer('beside', [[['in', 0, 0, {}]]])]), /some are beside the way/],
    [source([layer('out', [[['gone', 0, 0, {}]]])]), /no chain of layers: at "gone"/],
    [source([layer('out', [[['out', 0, 0, {}]]])]), /no chain of layers: at "out"/],
    [source([layer('out', [])]), /some are beside the way/],
    [
      source([out], {
        output_layers: [
          ['out', 0, 0],
          ['in', 0, 0],
        ],
      }),
      /output_layers: 2, and a chain of layers has one/,
    ],
  ];
  for (const [model, expected] of cases) assert.match(await refusalOf(model), expected);
});

test('what TensorFlow.js does not have is not written', () => {
  const write =
    (layers: Anything, numbers: Anything = []) =>
    () =>
      toLayersModel(layers, numbers);
  const square = dense({ units: 1, activation: 'square', useBias: false, inputShape: [1] });
  const one = [Float32Array.of(1)];
  const cases: [() => unknown, RegExp][] = [
    [write([square], one), /toLayersModel: layer 0 \(dense\): TensorFlow.js has no square activation/],
    [
      write([{ ...square, activation: { polynomial: [1, 2] } }], one),
      /has no polynomial of degree 1 activation/,
    ],
    [write([square], []), /expected 1 weight arrays, got 0/],
    [write([square], [Float32Array.of(1, 2)]), /expected kernel \[1,1\], got 2 numbers/],
    [write([square], [[1]]), /array 0 must be a Float32Array, got an array/],
    [write([{ ...square, inputShape: undefined }], one), /the first layer needs an inputShape/],
    [write('x'), /expected a model or its layers, got a string/],
  ];
  for (const [work, expected] of cases) assert.throws(work, expected);
});

test('a file that is no JSON is refused', async () => {
  const dir = await mkdtemp(`${tmpdir()}/keras-`);
  try {
    await writeFile(`${dir}/model.json`, '{"modelTopology":');
    assert.is(await refusalOf(`${dir}/model.json`), 'fromLayersModel: model.json is no JSON');
    await writeFile(`${dir}/model.json`, '[]');
    assert.is(
      await refusalOf(`${dir}/model.json`),
      'fromLayersModel: model.json must be an object, got an array',
    );
  } finally {
    await rm(dir, { recursive: true });
  }
});

test('files are read below the folder of a model.json, and nowhere else', async () => {
  const dir = await mkdtemp(`${tmpdir()}/keras-`);
  try {
    const { weightData: _, ...model } = converted(chain());
    for (const path of [
      '../x',
      '/etc/passwd',
      'a/../../x',
      'http://example.com/x',
      '',
      'a//b',
      '.',
      7,
      '..\\x',
    ]) {
      const weightsManifest = [{ paths: [path], weights: model.weightSpecs }];
      await writeFile(`${dir}/model.json`, JSON.stringify({ ...model, weightsManifest }));
      assert.match(
        await refusalOf(`${dir}/model.json`),
        /is no path below the folder of model.json/,
        String(path),
      );
    }
  } finally {
    await rm(dir, { recursive: true });
  }
});

test.run();
