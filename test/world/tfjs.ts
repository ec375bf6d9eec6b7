/** TensorFlow.js as a user has it, as far as tests of its models go. */

export interface Tensor {
  readonly shape: number[];
  readonly dtype: string;
  dataSync(): Float32Array;
  data(): Promise<Float32Array>;
  dispose(): void;
}

export interface LayersModel {
  add(layer: unknown): void;
  compile(config: object): void;
  fit(x: Tensor, y: Tensor, config: object): Promise<unknown>;
  predict(x: Tensor): Tensor;
  getWeights(): Tensor[];
  setWeights(weights: readonly Tensor[]): void;
  save(handler: object): Promise<unknown>;
  dispose(): unknown;
}

export interface Tfjs {
  readonly layers: Readonly<Record<string, (config?: object) => { apply(input: unknown): unknown }>>;
  readonly io: { fromMemory(artifacts: object): object };
  readonly train: { sgd(rate: number): object };
  sequential(config?: object): LayersModel;
  model(config: object): LayersModel;
  input(config: object): unknown;
  tensor(values: ArrayLike<number>, shape: readonly number[], dtype?: string): Tensor;
  loadLayersModel(source: string | object): Promise<LayersModel>;
  setBackend(name: string): Promise<boolean>;
}

/** The plain package, on its cpu backend. */
export async function plainTfjs(): Promise<Tfjs> {
  const name: string = '@tensorflow/tfjs';
  const module = await import(name);
  const tf: Tfjs = module.default ?? module;
  await tf.setBackend('cpu');
  return tf;
}

/** A model's predictions for rows. */
export async function predictionsOf(
  tf: Tfjs,
  model: LayersModel,
  x: Float32Array,
  shape: readonly number[],
): Promise<Float32Array> {
  const input = tf.tensor(x, shape);
  const output = model.predict(input);
  const values = await output.data();
  for (const tensor of [input, output]) tensor.dispose();
  return values;
}

/** What a model hands to whoever saves it. */
export async function artifactsOf(model: LayersModel): Promise<Record<string, unknown>> {
  let artifacts: Record<string, unknown> = {};
  await model.save({
    async save(given: Record<string, unknown>) {
      artifacts = given;
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } };
    },
  });
  return artifacts;
}
