/** Commands and options that make no sense: each is refused by a line of its own, with what may have been meant. */
import { test } from 'uvu';
import { flowers } from '../data/table/small-tables.js';
import { place, refused, type Wrong } from './wrong.js';

const here = place();
const file = here.file('flowers.csv', flowers);
here.file('full/something.txt', '');
here.file('plain', flowers);

const typed = (line: string, message: string): Wrong => [line.split(' '), message];
/** A training on a good table with one thing wrong. */
const train = (options: string, message: string): Wrong => [
  ['train', file, '--target', 'kind', ...options.split(' ')],
  `train: ${message}`,
];
const sweep = (options: string, message: string): Wrong => [
  ['sweep', file, '--target', 'kind', ...options.split(' ')],
  message,
];

const commands: readonly Wrong[] = [
  typed('trian wine', 'unknown command "trian wine" (did you mean train wine?)'),
  typed('predicct', 'unknown command "predicct" (did you mean predict?)'),
  typed('jobs check x', 'unknown command "jobs check x" (did you mean job check?)'),
  typed('sweep wime', 'unknown command "sweep wime" (did you mean sweep wine?)'),
  typed('frobnicate', 'unknown command "frobnicate" (see beaverdam --help)'),
  typed('--verison', 'unknown option --verison (did you mean --version?)'),
  typed('sweep', 'incomplete command "sweep"; known: sweep wine, sweep fashion-mnist, sweep FILE'),
  typed('train --target y', 'train FILE: FILE is missing (see beaverdam train FILE --help)'),
  typed('summary', 'summary: DIR|FILE is missing (see beaverdam summary --help)'),
  [['train', file], 'train: --target is needed (see beaverdam train FILE --help)'],
  [['sweep', file], 'sweep: --target is needed (see beaverdam sweep FILE --help)'],
  [['summary', file], 'summary: --target is needed (see beaverdam summary FILE --help)'],
  typed('predict', 'predict: --model is needed (see beaverdam predict --help)'),
  typed('predict --model m', 'predict: --data is needed (see beaverdam predict --help)'),
  typed('report wime --out x', 'report: unexpected argument "wime"'),
];

const options: readonly Wrong[] = [
  train('--epcohs 3', 'unknown option --epcohs (did you mean --epochs?)'),
  train('--optimiser adam', 'unknown option --optimiser (did you mean --optimizer?)'),
  train('--target', '--target needs a value'),
  train('--json=1', '--json takes no value'),
  train('more', 'unexpected argument "more"'),
  train('--epochs 0', '--epochs: expected a whole number, 1 or more'),
  train('--batch 1.5', '--batch: expected a whole number, 1 or more'),
  train('--seed 99999999999999999999', '--seed: expected a whole number, 0 or more'),
  train('--rate fast', '--rate: expected a positive number'),
  train('--ring 16', '--ring: expected auto or 32 or 64'),
  train('--optimizer adm', '--optimizer: expected sgd or momentum or adam'),
  train('--activation swish', '--activation: expected relu or sigmoid or tanh or linear'),
  train(
    '--loss entropy',
    '--loss: expected meanSquaredError or softmaxCrossEntropy or sigmoidCrossEntropy or hinge',
  ),
  train('--task cluster', '--task: expected classify or regress'),
  train('--missing guess', '--missing: expected error or mean or median or drop'),
  train('--decimal x', '--decimal: expected . or ,'),
  train('--delimiter ;;', 'delimiter must be one character, not a quote or a line break'),
  train('--encoding klingon', 'encoding is none that TextDecoder knows'),
  train('--max-categories 0', '--max-categories: expected a whole number, 1 or more'),
  train('--hidden 16,,8', '--hidden: expected positive whole numbers with commas between them, or none'),
  train('--test 1', '--test: expected a number between 0 and 1'),
  train(
    '--rows alice',
    '--rows: expected two names or more with colons between them, or parts that sum to 1',
  ),
  train(
    '--columns alice=petal:bob=',
    '--columns: expected two names or more with their columns, alice=a,b:bob=c,d',
  ),
  train(
    '--rows ann:ben --columns ann=petal:ben=sepal,width,colour',
    '--rows and --columns: either rows are divided or columns',
  ),
  sweep('--rate 5000', '--rate must be positive and below 1024'),
];

const sweeps: readonly Wrong[] = [
  sweep('--hidden 8:16:8', 'sweep: --hidden: 8 stands there twice'),
  sweep('--hidden 8:', 'sweep: --hidden: expected positive whole numbers with commas between them, or none'),
  sweep('--rate 0.1,fast', 'sweep: --rate: expected a positive number'),
  sweep('--seed -1', 'sweep: --seed: expected a whole number, 0 or more'),
  sweep(
    `--seed ${Array.from({ length: 1001 }, (_, seed) => seed).join()}`,
    'sweep: 1001 trainings, more than 1000',
  ),
  typed(
    'sweep fashion-mnist --model lenet --hidden 8:16',
    'sweep fashion-mnist: --hidden: a lenet has no hidden layers to choose',
  ),
  typed('summary FOLDER --batch 1000001', 'summary: --batch: expected a whole number, from 1 to 1000000'),
  typed('summary FOLDER --parties 9', 'summary: --parties: expected a whole number, from 2 to 5'),
];

const places: readonly Wrong[] = [
  train('--save FOLDER/full', '--save: FOLDER/full is not empty; nothing was written'),
  train('--save FOLDER/plain', '--save: FOLDER/plain is no folder'),
  train('--save FOLDER/no/model', '--save: there is no folder FOLDER/no'),
  train('--report FOLDER', '--report: FOLDER is a folder'),
  train('--report FOLDER/no/page.html', '--report: there is no folder FOLDER/no'),
  sweep('--report FOLDER/full', 'sweep: --report: FOLDER/full is a folder'),
  typed('report wine', 'report wine: --out is needed (see beaverdam report wine --help)'),
  typed(
    'train fashion-mnist --images 1',
    'train fashion-mnist: --images: expected a whole number, from 2 to 60000',
  ),
  typed('job init wine --out FOLDER/full', 'FOLDER/full is not empty; nothing was written'),
  typed(
    'job init wine --out FOLDER/new --save-as a/b',
    'job init wine: --save-as: name: expected 1 to 40 letters, digits, _ . or -, no sign first',
  ),
  typed(
    'keys ../alice --out FOLDER/k',
    'keys: NAME: expected 1 to 40 letters, digits, _ . or -, no sign first',
  ),
];

const all = { commands, options, sweeps, places };
for (const [name, wrong] of Object.entries(all)) {
  test(`${name}: ${wrong.length} wrong inputs, each with its own line`, () => refused(here, wrong));
}

test('a file without an ending is taken for a command, and the answer says how it is written', async () => {
  const before = process.cwd();
  process.chdir(here.folder);
  try {
    await refused(here, [
      [['train', 'plain'], 'unknown command "train plain" (did you mean train ./plain?)'],
      [['sweep', 'plain'], 'unknown command "sweep plain" (did you mean sweep ./plain?)'],
    ]);
  } finally {
    process.chdir(before);
  }
});

test.run();
