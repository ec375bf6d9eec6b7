/** What a job makes of a role, in sentences, and what it costs: before anything runs. */
import { describeLayers } from '../jobs/job.js';
import type { JobFile } from '../jobs/job-file.js';
import { costsOf, tapesOf } from '../jobs/job-folder.js';
import {
  clientsOfJob,
  guestsOf,
  isAway,
  isGuest,
  keepsCheckpoints,
  peersOfJob,
  queryJob,
  rolesOfJob,
  trainingJob,
} from '../jobs/role-job.js';
import { mediansOf, missingOf, namesOf, taskOf } from '../jobs/table-form.js';
import { bytes, count, duration } from '../report/format.js';
import type { ProgramCosts } from '../session/dry-roles.js';
import { aboutCells, columnsWords, list } from './job-rows-report.js';

/** A line between two machines: milliseconds one way, bytes a second. */
export interface Line {
  readonly delay: number;
  readonly rate: number;
}

/** Words for what a kind of disclosure tells. */
const TOLD: Readonly<Record<string, string>> = {
  'fit: loss': 'the mean loss of each epoch',
  'fit: accuracy': 'the accuracy on the training rows of each epoch',
  'fit: stop': 'after which epoch the owner ends the training, if it does',
  'fit: alarms': 'whether numbers came near the limit of the ring, layer by layer',
  'evaluate: loss': 'the mean loss on the test rows after each epoch',
  'evaluate: accuracy': 'the accuracy on the test rows after each epoch',
  'evaluate: alarms': 'whether numbers of an evaluation came near the limit of the ring',
  weights: 'the trained weights',
  'predict: outputs': 'the outputs of the model for its own rows',
  aggregate: 'the sums that scale the columns',
  medians: 'the median of each column in which it stands in for a missing number',
  'evaluate: confusionMatrix': 'how many test rows of each class are told as which, after the training',
  'evaluate: auc': 'the area under the curve of the test rows, after the training',
  'evaluate: r2': 'R² of the test rows against their own mean, after the training',
  'evaluate: meanAbsoluteError': 'the mean absolute error of the outputs, after the training',
  'scaling of the target': "the target's mean and deviation over the training rows",
  'evaluate: absolute error': 'the mean absolute error on the test rows',
};

/** Lines about the job, about each of `roles`, and about costs. */
export async function describeRoles(file: JobFile, roles: readonly string[], line: Line): Promise<string[]> {
  const [costs, tapes] = [await costsOf(file), await tapesOf(file)];
  const unlisted = costs.disclosed.filter(
    ({ label, to }) => !file.discloses.some((entry) => entry.label === label && entry.to === to),
  );
  return [
    `${file.title}: ${describeLayers(layersOf(file))}, ${whatIsDone(file)}.`,
    `${list(file.parties)} compute, ${file.provider} deals randomness, ${
      isAway(file) ? 'and nothing is revealed' : `${learnerOf(file)} learns what is revealed`
    }.`,
    ...(isAway(file)
      ? [`${file.owner} takes no part: a later job opens the model "${savedAs(file)}" to it.`]
      : file.parties.includes(file.owner)
        ? []
        : [`${file.owner} holds no share.`]),
    ...(clientsOfJob(file).length > 0
      ? [
          file.task === 'train'
            ? `${list(clientsOfJob(file))} bring rows, hold no share, and leave.`
            : `${list(clientsOfJob(file))} holds no share.`,
        ]
      : []),
    ...roles.flatMap((role) => ['', `${role}:`, ...aboutRole(file, role).map((text) => `  - ${text}`)]),
    ...aboutOthers(file, roles),
    ...unlisted.map(
      ({ label, to }) =>
        `\nThe program would disclose "${label}" to ${to}, which \`discloses\` does not list: it will be refused.`,
    ),
    '',
    'Costs:',
    ...[...aboutCosts(costs, line), ...(await aboutRounds(file, costs, line))].map((text) => `  - ${text}`),
    `  - tapes, where the provider deals beforehand: ${Object.entries(tapes)
      .map(([role, size]) => `${role} ${bytes(size)}`)
      .join(', ')}`,
  ];
}

const layersOf = (file: JobFile) => (file.task === 'train' ? trainingJob(file, []) : queryJob(file, []));

/** The name under which a training's model stays. */
const savedAs = (file: JobFile): string => (file.task === 'train' && file.saveAs) || '';

/** The role to which a job's results are opened. */
const learnerOf = (file: JobFile): string => (file.task === 'predict' ? file.asker : file.owner);

function whatIsDone(file: JobFile): string {
  if (file.task === 'train') {
    const { epochs, batchSize, earlyStopping, classWeights } = file.training;
    const most = earlyStopping ? 'at most ' : '';
    const weighted =
      classWeights === undefined
        ? ''
        : classWeights === 'balanced'
          ? ', rare classes counting for more'
          : `, rows counting by class for ${classWeights.join(', ')}`;
    return `${most}${epochs} epochs in batches of ${batchSize}${weighted}`;
  }
  if (file.task === 'open') return `the model "${file.from}" opened`;
  return file.task === 'evaluate'
    ? `the model "${file.from}" tested`
    : `the model "${file.from}" asked about rows of ${file.asker}`;
}

/** How many rows a role brings to each part. */
const rowsOf = ({ data }: JobFile, role: string): { train?: number; test?: number } =>
  (data.rows as Record<string, { train?: number; test: number }>)[role] ?? {};

function aboutRole(file: JobFile, role: string): string[] {
  const isParty = file.parties.includes(role);
  const { sealing } = file.roles[role];
  const isProvider = role === file.provider;
  return [
    ...aboutLinks(file, role),
    ...(sealing === undefined
      ? []
      : [`${isProvider ? 'signs tapes with' : 'takes tapes sealed to'} ${sealing}`]),
    ...(isParty ? aboutParty(file, role) : []),
    ...(clientsOfJob(file).includes(role) ? aboutClient(file, role) : []),
    ...(role === file.provider ? aboutProvider(file) : []),
    ...aboutLearning(file, role),
  ];
}

/** How a role is reached, and who it proves to be. */
function aboutLinks(file: JobFile, role: string): string[] {
  const { address, fingerprint, web } = file.roles[role];
  const guests = guestsOf(file, role);
  if (isGuest(file, role)) {
    const hosts = peersOfJob(file, role);
    return [
      `is a guest: it has no certificate, and dials ${list(hosts.map((host) => `${file.roles[host].web}`))}`,
      `needs an invitation of each of ${list(hosts)}, which one run uses up: whoever has all of them can come in its place`,
    ];
  }
  return [
    address === undefined ? 'dials all others and lets nobody in' : `is reached at ${address}`,
    ...(guests.length === 0
      ? []
      : [
          `takes ${list(guests)} over WebSockets at ${web}: such a link is protected by the TLS of that address`,
        ]),
    `shows the certificate ${fingerprint}`,
  ];
}

/** What rows are called, and what one of them is. */
const rowsWords = ({ data }: JobFile, role: string): [string, string] =>
  data.kind === 'images'
    ? ['images', `${data.height} × ${data.width} pixels, one of ${data.classes.length} classes`]
    : ['rows', columnsWords(data, role)];

/** How many sums are opened to scale a training's columns, counts of cells that are not missing among them. */
function sumsOf(file: JobFile): number {
  if (isDivided(file)) return 0;
  const { features = [], classes } = namesOf(file);
  const scaled = file.data.kind === 'table' && file.data.scaling === 'standardise' ? features.length : 0;
  const targets = taskOf(file) === 'regress' ? classes.length : 0;
  return 2 * (scaled + targets - mediansOf(file).length) + missingOf(file).length;
}

const isDivided = ({ data }: JobFile): boolean => data.kind === 'table' && data.owners !== undefined;

const scaledWords = (file: JobFile): string =>
  taskOf(file) === 'regress' ? 'the columns and the target' : 'the columns';

function aboutClient(file: JobFile, role: string): string[] {
  const { parties } = file;
  const { train, test } = rowsOf(file, role);
  const [rows, what] = rowsWords(file, role);
  const sums = file.task === 'train' ? sumsOf(file) : 0;
  return [
    train === undefined
      ? `brings ${test} ${rows}: ${what}, which is not read`
      : `brings ${train} ${rows} to train and ${test} to test: ${what}`,
    ...aboutCells(file, role),
    `sends each of ${list(parties)} shares of its ${rows}; each message alone is noise`,
    ...(sums > 0
      ? [
          `learns, with ${list(parties)}, ${sums} sums over the training rows of all, to scale ${scaledWords(file)}`,
        ]
      : []),
    `${train === undefined ? '' : 'leaves when the parties have all of it; '}${list(parties)} together could open its ${rows}`,
  ];
}

/** Whether owners of rows count those of each class together. */
const countsClasses = (file: JobFile): boolean =>
  file.task === 'train' &&
  file.training.classWeights === 'balanced' &&
  !(file.data.kind === 'table' && file.data.owners);

function aboutParty(file: JobFile, role: string): string[] {
  const { parties, provider, data, task } = file;
  const peers = parties.filter((party) => party !== role);
  const { train, test } = rowsOf(file, role);
  const [rows, what] = rowsWords(file, role);
  const others = Object.keys(data.rows).filter((owner) => owner !== role);
  const opened = task === 'train' ? sumsOf(file) : 0;
  const texts =
    data.kind === 'table' &&
    data.columns.some((column) => typeof column !== 'string' && column.kind === 'category');
  const counts = texts ? ', and of each text how many rows have it' : '';
  const alone = others.length === 1 && others[0] === peers[0] && train !== undefined;
  const sums =
    opened > 0
      ? [
          `opens, with ${list([...peers, ...clientsOfJob(file)])}, ${opened} sums over the training rows of all, to scale ${scaledWords(file)}; ` +
            (alone
              ? `${peers[0]} learns from them mean and deviation of each of ${role}'s columns${counts}`
              : `all but one owner together learn from them mean and deviation of each column of that one${counts}`),
        ]
      : [];
  const counted = countsClasses(file)
    ? [
        `opens, with ${list([...peers, ...clientsOfJob(file)])}, how many training rows of all each class has; ` +
          (alone
            ? `${peers[0]} learns from it how many of ${role}'s each class has`
            : 'all but one owner together learn from it how many of that one each class has'),
      ]
    : [];
  return [
    test === undefined
      ? `brings no ${rows}`
      : train === undefined
        ? `brings ${test} ${rows}: ${task === 'predict' ? `${what}, which is not read` : what}`
        : `brings ${train} ${rows} to train and ${test} to test: ${what}`,
    ...(test === undefined ? [] : aboutCells(file, role)),
    `sends ${list(peers)} ${test === undefined ? '' : `shares of its ${rows} and `}masked values; each message alone is noise`,
    `sees of the others' ${rows} how many they are, and shares, which alone are noise`,
    ...sums,
    ...counted,
    keepsCheckpoints(file)
      ? `${keeping(file)} its shares of the model in files that only its user may read; they and those of ${list(peers)} together are the model`
      : 'keeps no checkpoint, since a party is a guest: a run that breaks off begins anew',
    `together with ${list(peers)}, or with ${provider} reading the links, could open everything: these must not be in the same hands`,
  ];
}

/** What a party does with its files. */
function keeping(file: JobFile): string {
  if (file.task !== 'train') return `brings, of the model "${file.from}",`;
  return file.saveAs === undefined ? 'keeps' : `keeps, at the end as "${file.saveAs}",`;
}

const aboutProvider = ({ parties }: JobFile): string[] => [
  'sends randomness; sees no row, no share, no weight: the shape of the model and the numbers of rows alone',
  `together with any of ${list(parties)} who reads the links, could open everything: these must not be in the same hands`,
];

/** What sums tell a role; null where it is what they tell everybody. */
function sumsFor(file: JobFile, role: string): string | null {
  const { owner, parties } = file;
  if (file.task === 'predict') return 'what the training has scaled the columns by';
  if (file.task !== 'train') return null;
  if (role === owner && !parties.includes(owner)) {
    return "the target's mean and deviation over the training rows of all";
  }
  const counted = missingOf(file).length > mediansOf(file).length && parties.includes(role);
  const scales = counted
    ? 'the sums that scale the columns, and how many cells of some are not missing'
    : TOLD.aggregate;
  if (file.training.classWeights !== 'balanced') return scales;
  const classes = 'how many training rows each class has';
  const { data } = file;
  const unscaled = data.kind === 'images' || data.scaling === 'none' || data.owners !== undefined;
  return unscaled ? classes : `${scales}; ${classes}`;
}

/** What is disclosed to a role, in words. */
const toldTo = (file: JobFile, role: string): string[] =>
  file.discloses
    .filter(({ to }) => to === role)
    .map(({ label }) => (label === 'aggregate' ? sumsFor(file, role) : null) ?? TOLD[label] ?? `"${label}"`);

/** What is disclosed to the roles that are not asked about: whoever shares rows has agreed to that, too. */
function aboutOthers(file: JobFile, roles: readonly string[]): string[] {
  const lines = rolesOfJob(file)
    .filter((role) => !roles.includes(role))
    .map((role) => ({ role, told: toldTo(file, role) }))
    .filter(({ told }) => told.length > 0)
    .map(({ role, told }) => `  - ${role} learns ${told.join('; ')}`);
  return lines.length === 0 ? [] : ['', 'What this job tells others:', ...lines];
}

function aboutLearning(file: JobFile, role: string): string[] {
  const { owner } = file;
  const told = toldTo(file, role);
  if (told.length > 0) return [`learns ${told.join('; ')}`];
  return role === owner ? ['learns nothing: `discloses` lists nothing for it'] : ['learns no result'];
}

/** With a digit behind the point where there are few. */
const millions = (number: number): string => (number < 1e7 ? (number / 1e6).toFixed(1) : count(number / 1e6));

/** The least seconds that lines take. */
function onLines({ totals, line }: ProgramCosts, { delay, rate }: Line): number {
  return Math.max((totals.rounds * delay) / 1000 + (totals.online + totals.input) / rate, line / rate);
}

/** What the job would take with fewer rounds or without, where that is a percent less. */
async function aboutRounds(file: JobFile, costs: ProgramCosts, line: Line): Promise<string[]> {
  const other = { ...file, fewRounds: !file.fewRounds };
  const otherCosts = await costsOf(other);
  const seconds = onLines(otherCosts, line);
  if (seconds > 0.99 * onLines(costs, line)) return [];
  const { rounds, dealt } = otherCosts.totals;
  const what = other.fewRounds ? 'with "fewRounds": true' : 'without "fewRounds"';
  return [
    `${what} in the job it is ${duration(seconds)}: ${count(rounds)} rounds, and ${bytes(dealt)} dealt`,
  ];
}

function aboutCosts(costs: ProgramCosts, line: Line): string[] {
  const { delay, rate } = line;
  const { rounds, online, dealt, input } = costs.totals;
  const mbit = count((rate * 8) / 1e6);
  return [
    `${count(rounds)} rounds between the parties`,
    `${bytes(online)} sent by a party, ${bytes(input)} of shared rows sent or received by one, ${bytes(dealt)} dealt, ${bytes(costs.line)} to one at the most`,
    `${bytes(costs.peakBytes)} of memory for values at a party, and some 100 kB besides`,
    `on lines of ${delay} ms one way and ${mbit} Mbit/s at least ${duration(onLines(costs, line))}, and beside it ` +
      `${millions(costs.multiplyAdds)} million multiply-adds at each party`,
  ];
}
