/**
 * One test image, what each party would hold of it, and the sum: a demonstration on the owner's own picture, split by
 * `beaverdam/sharing` when the page is made. The shares of the run itself never leave their roles.
 */
import { isOwned, type OwnedRows, type TrainingJob } from '../jobs/job.js';
import { join, split } from '../sharing.js';

export interface SharedPicture {
  readonly owner: string;
  /** What it shows, where the classes have names. */
  readonly label: string | null;
  /** Pixels in a row, and rows. */
  readonly side: number;
  /** Brightness in 0..255 of each pixel, row by row, of each party's share: the upper eight of its 64 bits. */
  readonly shares: readonly (readonly number[])[];
  /** The same of the sum of all shares. */
  readonly sum: readonly number[];
}

/** The first owner's first test image in shares; null where rows are no square images. */
export function sharePicture({ unit, parts }: TrainingJob): SharedPicture | null {
  const part = parts.find(isOwned);
  if (unit !== 'images' || !part) return null;
  const { x, features } = part.test;
  const side = Math.sqrt(features);
  if (!Number.isInteger(side)) return null;
  const pixels = Array.from(x.subarray(0, features), (value) => split(value, parts.length));
  return {
    owner: part.owner,
    label: labelOf(part),
    side,
    shares: parts.map((_, party) =>
      pixels.map(({ shares }) => Number(BigInt.asUintN(64, shares[party]) >> 56n)),
    ),
    sum: pixels.map((pixel) => Math.round(Math.min(1, Math.max(0, join(pixel))) * 255)),
  };
}

function labelOf({ test: { y, classes, names } }: OwnedRows): string | null {
  const index = y.subarray(0, classes).indexOf(1);
  return names?.classes?.[index] ?? null;
}

/** Bytes before the pixels: two headers and a palette of 256 greys. */
const HEAD = 14 + 40 + 4 * 256;

/**
 * A square of grey pixels as the address of a picture: a bitmap of eight bits a pixel.
 * @param pixels in 0..255, row by row; the side a multiple of four, as the format's rows are, or filled up
 */
export function bitmap(pixels: readonly number[], side: number): string {
  const stride = Math.ceil(side / 4) * 4;
  const bytes = Buffer.alloc(HEAD + stride * side);
  bytes.write('BM', 0, 'latin1');
  bytes.writeUInt32LE(bytes.length, 2);
  bytes.writeUInt32LE(HEAD, 10);
  bytes.writeUInt32LE(40, 14);
  bytes.writeInt32LE(side, 18);
  bytes.writeInt32LE(-side, 22); // rows from the top
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(8, 28);
  bytes.writeUInt32LE(256, 46);
  for (let grey = 0; grey < 256; grey++) bytes.fill(grey, 54 + 4 * grey, 54 + 4 * grey + 3);
  for (let row = 0; row < side; row++)
    bytes.set(pixels.slice(row * side, (row + 1) * side), HEAD + row * stride);
  return `data:image/bmp;base64,${bytes.toString('base64')}`;
}
