/** A table of your own: read it, look at it, train on it with its rows cut into shares. */
import { readTable, splitRows, tableShape, toDataset } from 'beaverdam/data';
import { runJob, tableJob } from 'beaverdam/jobs';

// here as bytes; a path, a URL, a File or a stream do as well, gzipped or not
const rows = Array.from({ length: 120 }, (_, i) => {
  const [length, width] = [(i * 37) % 100, (i * 61) % 50];
  return `${length},${width},${i % 3 ? 'meadow' : 'wood'},${length > 2 * width ? 'long' : 'short'}`;
});
const csv = new TextEncoder().encode(['length,width,place,form', ...rows].join('\n'));

// an owner's rows, as numbers: what training rows decide (means, names of classes) is kept for rows that come later
const table = await readTable(csv, { target: 'form' });
const { train } = splitRows(table, { test: 0.2, stratify: true });
const { features, classes } = toDataset(train, tableShape(train));
console.log(features, classes); // 4 2

// the whole training: alice and bob get the rows in turn, and scale them by joint statistics
const { job } = await tableJob(csv, { target: 'form', epochs: 15 });
const { accuracy } = await runJob(job);
console.log(accuracy > 0.7); // true
