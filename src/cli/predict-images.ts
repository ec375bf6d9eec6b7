/** `predict` of a model of images: those of a folder in the files of MNIST, with labels or without. */
import { stat } from 'node:fs/promises';
import type { Dataset } from '../data/dataset.js';
import { folderUrl, imageDataset, imageFile, readImageFile } from '../data/images.js';
import { reasonOf } from '../errors.js';
import { askModel } from '../jobs/ask.js';
import { csv } from '../jobs/csv.js';
import { largest } from '../jobs/predictions.js';
import { accuracyOf, rounded } from './answers.js';
import type { ImageModel } from './image-model.js';
import { meant, ranged } from './inputs.js';
import { tellAnswers } from './predict-told.js';
import { untilSignal } from './signals.js';
import { UsageError } from './usage.js';

interface Images {
  readonly x: Float32Array;
  readonly rows: number;
  /** The same with labels; null where there are none. */
  readonly labelled: Dataset | null;
  /** Why labels that are there cannot be compared with; else null. */
  readonly unlabelled: string | null;
}

/** @throws Error where there are no images, RangeError for those of another size, and for files that are damaged */
async function readImages(folder: string, { height, width, classes }: ImageModel): Promise<Images> {
  const url = folderUrl(folder);
  const images = await readImageFile(url, 't10k', 'images');
  const [rows, high, wide] = images.shape;
  if (high !== height || wide !== width) {
    throw new RangeError(`${folder}: images of ${high} × ${wide}, and the model takes ${height} × ${width}`);
  }
  const x = Float32Array.from(images.data, (pixel) => pixel / 255);
  const labels = await readImageFile(url, 't10k', 'labels').catch((error: unknown) => error);
  if (labels instanceof RangeError) return { x, rows, labelled: null, unlabelled: labels.message };
  if (labels instanceof Error) return { x, rows, labelled: null, unlabelled: null };
  try {
    const set = imageDataset(folder, images, labels as typeof images, classes);
    return { x, rows, labelled: set, unlabelled: null };
  } catch (error) {
    return { x, rows, labelled: null, unlabelled: reasonOf(error) };
  }
}

/** Asks the model and tells what it has answered. @returns the exit code */
export async function predictImages(
  model: ImageModel,
  folder: string,
  { ring, out, json }: { ring: 32 | 64; out: string | undefined; json: boolean },
): Promise<number> {
  const there = await stat(folder).catch(() => null);
  if (!there?.isDirectory()) throw new UsageError(`predict: --data: ${folder} is no folder with images`);
  const { x, rows, labelled, unlabelled } = await meant('predict', folder, () =>
    readImages(folder, model).catch((error: unknown) => {
      if (error instanceof RangeError) throw error;
      const name = imageFile('t10k', 'images');
      throw new UsageError(`predict: --data: neither ${name} nor ${name}.gz can be read in ${folder}`);
    }),
  );
  const outputs = await ranged('predict', () =>
    untilSignal('the question', 'nothing was written', (signal) => askModel({ model, x, ring, signal })),
  );
  const { classes } = model;
  const units = classes.length;
  const answers = Array.from({ length: rows }, (_, i) => {
    const own = Array.from(outputs.values.subarray(i * units, (i + 1) * units));
    return { row: i + 1, class: classes[largest(own)], outputs: own.map(rounded) };
  });
  const lines = answers.map((answer) => [String(answer.row), answer.class, ...answer.outputs.map(String)]);
  return tellAnswers({
    title: model.title,
    unit: 'images',
    rows,
    dropped: 0,
    unlabelled,
    answers,
    csv: csv([['row', 'class', ...classes.map((name) => `output ${name}`)], ...lines]),
    scores: labelled && { accuracy: accuracyOf(outputs.values, labelled) },
    unknown: { accuracy: null },
    outputs,
    ring,
    out,
    json,
  });
}
