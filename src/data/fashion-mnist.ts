/** Fashion-MNIST (Xiao, Rasul, Vollgraf, 2017; MIT): a built-in part, or the full set from its files. */
import { readAsset } from '#host';
import { checkNumber, checkOptions, kindOf } from '../options.js';
import type { Dataset } from './dataset.js';
import { readIdx } from './idx.js';
import { oneHot } from './one-hot.js';

export interface FashionMnistOptions {
  /**
   * Where the full set's four files are, gzipped or not: train-images-idx3-ubyte, train-labels-idx1-ubyte,
   * t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte. A path (Node only) or a URL. The MNIST files, which have the
   * same names and shapes, can be read in the same way.
   */
  dir?: string | URL;
  /** Use the first so many training rows; all of them when left out. */
  train?: number;
  /** Use the first so many test rows; all of them when left out. */
  test?: number;
}

const CLASSES = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
];
const BUILT_IN = { train: '2k', t10k: '1k' };

/**
 * Loads images as rows of 784 pixels in [0, 1] (28 × 28, value / 255) and ten classes.
 * Built in are the first 2,000 training and the first 1,000 test images.
 * @throws TypeError for options of another kind or that are not known.
 * @throws RangeError when a file is damaged or has fewer rows than asked for.
 * @throws Error when a file is missing.
 */
export async function loadFashionMnist(
  options: FashionMnistOptions = {},
): Promise<{ train: Dataset; test: Dataset }> {
  checkOptions('loadFashionMnist', options, ['dir', 'train', 'test']);
  const { train, test, dir } = options;
  for (const [name, rows] of Object.entries({ train, test })) {
    if (rows !== undefined) checkNumber(`loadFashionMnist: ${name}`, rows);
  }
  if (dir !== undefined && typeof dir !== 'string' && !(dir instanceof URL)) {
    throw new TypeError(`loadFashionMnist: dir must be a path or a URL, got ${kindOf(dir)}`);
  }
  const folder = options.dir === undefined ? undefined : await folderUrl(options.dir);
  return {
    train: await loadPart('train', folder, options.train),
    test: await loadPart('t10k', folder, options.test),
  };
}

async function loadPart(part: 'train' | 't10k', folder: URL | undefined, limit?: number): Promise<Dataset> {
  const images = await readPart(`${part}-images-idx3-ubyte`, 3, part, folder);
  const labels = await readPart(`${part}-labels-idx1-ubyte`, 1, part, folder);
  const [count, height, width] = images.shape;
  if (labels.shape[0] !== count) {
    throw new RangeError(`Fashion-MNIST ${part}: ${count} images, but ${labels.shape[0]} labels`);
  }
  const rows = limit ?? count;
  if (!Number.isInteger(rows) || rows < 1 || rows > count) {
    throw new RangeError(`Fashion-MNIST ${part}: rows must be in 1..${count}`);
  }
  const features = height * width;
  return {
    x: Float32Array.from(images.data.subarray(0, rows * features), (pixel) => pixel / 255),
    y: oneHot(labels.data.subarray(0, rows), CLASSES.length),
    rows,
    features,
    classes: CLASSES.length,
    names: { classes: CLASSES },
  };
}

async function readPart(name: string, dimensions: number, part: 'train' | 't10k', folder: URL | undefined) {
  if (!folder) {
    const file = `${name}-${BUILT_IN[part]}.gz`;
    return readIdx(await readAsset(new URL(`./fashion-mnist/${file}`, import.meta.url)), file, dimensions);
  }
  for (const file of [name, `${name}.gz`]) {
    const bytes = await readAsset(new URL(file, folder)).catch(() => undefined);
    if (bytes) return readIdx(bytes, file, dimensions);
  }
  throw new Error(`neither ${name} nor ${name}.gz can be read in ${folder.href}`);
}

async function folderUrl(dir: string | URL): Promise<URL> {
  const url = dir instanceof URL ? dir : (await import('node:url')).pathToFileURL(dir);
  return new URL(url.href.endsWith('/') ? url.href : `${url.href}/`);
}
