/** Fashion-MNIST (Xiao, Rasul, Vollgraf, 2017; MIT): a built-in part, or the full set from its files. */
import { readAsset } from '#host';
import { checkNumber, checkOptions, kindOf } from '../options.js';
import type { Dataset } from './dataset.js';
import { type IdxArray, readIdx } from './idx.js';
import {
  folderUrl,
  type ImageKind,
  type ImagePart,
  imageDataset,
  imageFile,
  readImageFile,
} from './images.js';

/** What `loadFashionMnist` takes. */
export interface FashionMnistOptions {
  /**
   * Where the full set's four files are, gzipped or not: train-images-idx3-ubyte, train-labels-idx1-ubyte,
   * t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte. A URL, or in Node a path, in a browser a URL relative to the page.
   * The MNIST files, which have the same names and shapes, can be read in the same way.
   */
  dir?: string | { readonly href: string };
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
/** The files of the built-in part. Bundlers find a file by exactly this expression. */
const BUILT_IN = {
  train: {
    images: () => new URL('./fashion-mnist/train-images-idx3-ubyte-2k.gz', import.meta.url),
    labels: () => new URL('./fashion-mnist/train-labels-idx1-ubyte-2k.gz', import.meta.url),
  },
  t10k: {
    images: () => new URL('./fashion-mnist/t10k-images-idx3-ubyte-1k.gz', import.meta.url),
    labels: () => new URL('./fashion-mnist/t10k-labels-idx1-ubyte-1k.gz', import.meta.url),
  },
};

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
  const folder = dir === undefined ? undefined : folderUrl(dir);
  const parts = [loadPart('train', folder, options.train), loadPart('t10k', folder, options.test)];
  await Promise.allSettled(parts); // of several failures the first part's is told
  const [first, second] = [await parts[0], await parts[1]];
  return { train: first, test: second };
}

async function loadPart(part: ImagePart, folder: URL | undefined, limit?: number): Promise<Dataset> {
  const files = [readPart(part, 'images', folder), readPart(part, 'labels', folder)];
  await Promise.allSettled(files);
  const [images, labels] = await Promise.all(files);
  return imageDataset(`Fashion-MNIST ${part}`, images, labels, CLASSES, limit);
}

async function readPart(part: ImagePart, kind: ImageKind, folder: URL | undefined): Promise<IdxArray> {
  if (folder) return readImageFile(folder, part, kind);
  return readIdx(await readAsset(BUILT_IN[part][kind]()), imageFile(part, kind), kind === 'images' ? 3 : 1);
}
