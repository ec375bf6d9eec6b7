/** Grey images with labels in the four files of MNIST: train-images-idx3-ubyte and its siblings, gzipped or not. */
import { readAsset, urlOf } from '#host';
import type { Dataset } from './dataset.js';
import { type IdxArray, readIdx } from './idx.js';
import { oneHot } from './one-hot.js';

/** The training files are called train-…, the test files t10k-…. */
export type ImagePart = 'train' | 't10k';

export type ImageKind = 'images' | 'labels';

/** Name of a file without an ending for gzip. */
export const imageFile = (part: ImagePart, kind: ImageKind): string =>
  `${part}-${kind}-idx${kind === 'images' ? 3 : 1}-ubyte`;

/**
 * Images as rows of pixels in [0, 1] (value / 255), and one-hot labels.
 * @param name what errors call the set
 * @throws RangeError for images and labels that do not fit each other, or a label that is no class
 */
export function imageDataset(
  name: string,
  images: IdxArray,
  labels: IdxArray,
  classes: readonly string[],
  limit?: number,
): Dataset {
  const [count, height, width] = images.shape;
  if (labels.shape[0] !== count) {
    throw new RangeError(`${name}: ${count} images, but ${labels.shape[0]} labels`);
  }
  const rows = limit ?? count;
  if (!Number.isInteger(rows) || rows < 1 || rows > count) {
    throw new RangeError(`${name}: rows must be in 1..${count}`);
  }
  const features = height * width;
  return {
    x: shades(images.data.subarray(0, rows * features)),
    y: oneHot(labels.data.subarray(0, rows), classes.length),
    rows,
    features,
    classes: classes.length,
    names: { classes },
  };
}

/** Pixels as numbers in [0, 1]. */
export function shades(pixels: Uint8Array): Float32Array {
  const shade = Float32Array.from({ length: 256 }, (_, pixel) => pixel / 255);
  const out = new Float32Array(pixels.length);
  for (let i = 0; i < pixels.length; i++) out[i] = shade[pixels[i]];
  return out;
}

/**
 * Reads one of the files in a folder, gzipped or not.
 * @throws Error where there is none, RangeError for a file that is damaged
 */
export async function readImageFile(folder: URL, part: ImagePart, kind: ImageKind): Promise<IdxArray> {
  const name = imageFile(part, kind);
  for (const file of [name, `${name}.gz`]) {
    const bytes = await readAsset(new URL(file, folder)).catch(() => undefined);
    if (bytes) return readIdx(bytes, file, kind === 'images' ? 3 : 1);
  }
  throw new Error(`neither ${name} nor ${name}.gz can be read in ${folder.href}`);
}

/** The URL of a folder. @param dir a path, or a URL */
export function folderUrl(dir: string | { readonly href: string }): URL {
  const { href } = typeof dir === 'string' ? urlOf(dir) : dir;
  return new URL(href.endsWith('/') ? href : `${href}/`);
}
