/** The form of job files: the validator, and the JSON Schema made from it. */
import { z } from 'zod';
import { JobError, reasonOf } from '../errors.js';
import { MOST_WEIGHT } from '../model/class-weights.js';
import { type LayerConfig, layerKinds } from '../model/config.js';
import { lossNames } from '../model/losses.js';
import { type OptimizerConfig, optimizerKinds } from '../model/optimizers.js';
import { scoreNames } from '../model/scores.js';
import { LABEL_BYTES } from '../party/disclosures.js';
import { GUEST } from '../session/guests.js';
import { FINGERPRINT } from '../session/network.js';
import { PUBLIC_KEY } from '../tape/keys.js';
import type { JobFile } from './job-file.js';
import { checkWhole } from './job-whole.js';
import { ROLE_NAME } from './role-job.js';

const name = z.string().regex(ROLE_NAME, 'expected 1 to 40 letters, digits, _ . or -, no sign first');
const text = z.string().min(1).max(200);
const count = z
  .int()
  .min(1)
  .max(2 ** 31 - 1);
const shape = z.array(count).min(1).max(8);
const names = z.array(text).min(1).max(100_000);
const seconds = (most: number) => z.int().min(1).max(most).optional();

const role = z.strictObject({
  address: z.string().max(300).optional().describe('host:port at which the others reach the role'),
  fingerprint: z
    .string()
    .regex(
      new RegExp(`${FINGERPRINT.source}|^${GUEST}$`),
      `expected "sha256:" and 64 hexadecimal digits in lower case, as \`beaverdam keys\` prints them, or "${GUEST}"`,
    )
    .describe(
      'SHA-256 of the DER form of the role’s certificate; guest for a party or a client that has none',
    ),
  web: z
    .string()
    .max(300)
    .optional()
    .describe('wss://host at which guests find the role, with a port and a path where they are needed'),
  sealing: z
    .string()
    .regex(
      PUBLIC_KEY,
      'expected "x25519:" and 64 hexadecimal digits in lower case, as `beaverdam keys` prints them',
    )
    .optional()
    .describe('public key to which a tape is sealed, and by which a tape’s provider is known'),
});

const COLUMN = 'expected a name, or an object that says what the column is';

/** A column of a table: a name alone is one of numbers. */
const column = z.union(
  [
    text,
    z.discriminatedUnion('kind', [
      z.strictObject({
        name: text,
        kind: z.literal('number'),
        missing: z
          .union([z.enum(['error', 'drop', 'mean', 'median']), z.number()], {
            error: 'expected error, drop, mean, median, or a number',
          })
          .optional()
          .describe(
            'what stands in for a missing number, mean and median those over all owners’ training rows; drop leaves such rows out',
          ),
      }),
      z.strictObject({
        name: text,
        kind: z.literal('category'),
        categories: names.describe('the texts of the column, each an input of zeros and ones'),
        missing: z.enum(['error', 'drop', 'zeros']).optional(),
        unknown: z.enum(['error', 'zeros']).optional().describe('what becomes of a text that is no category'),
      }),
    ]),
  ],
  { error: COLUMN },
);

/** The form of the rows; how many there are depends on the task. */
const dataOf = <Rows extends z.ZodType, Keys extends z.ZodType>(counts: Rows, keys: Keys, told: string) => {
  const rows = z.record(name, counts).describe(told);
  return z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('table'),
      columns: z
        .array(column)
        .min(1)
        .max(100_000)
        .describe('in the order of the model’s inputs; a category is an input each'),
      target: z
        .union([text, z.array(text).min(1).max(1000)], { error: 'expected a name, or several' })
        .describe('the column with the class of a row, or with a number; several columns are numbers'),
      classes: names
        .optional()
        .describe('the classes as they stand in the target’s column; left out: it is a number'),
      missingTarget: z.enum(['error', 'drop']).optional(),
      scaling: z.enum(['standardise', 'none']),
      owners: z
        .record(name, names)
        .optional()
        .describe('who has which columns of all rows, the target among them, in place of rows'),
      key: text.optional().describe('of owners: the column by whose texts rows are put in one order'),
      keys: keys.describe('sha256: of the keys in order, by which owners see that they have the same rows'),
      rows,
    }),
    z.strictObject({
      kind: z.literal('images'),
      height: count,
      width: count,
      classes: names.describe('names of the classes, by their labels from 0'),
      rows,
    }),
  ]);
};

const digest = z.string().regex(FINGERPRINT, 'expected "sha256:" and 64 hexadecimal digits').optional();

const trainingRows = dataOf(
  z.strictObject({ train: count, test: count }),
  z.strictObject({ train: digest, test: digest }).optional(),
  'how many rows each party brings, to train and to test on',
);
const queryRows = dataOf(
  z.strictObject({ test: count }),
  z.strictObject({ test: digest }).optional(),
  'how many rows each party brings that the model is asked about',
);

const noRows = dataOf(z.never(), z.strictObject({ test: digest }).optional(), 'nobody brings rows');

/** Descriptions are checked in full by the model they are of; see {@link checkWhole}. */
const description = (kinds: object) =>
  z.looseObject({ type: z.enum(Object.keys(kinds) as [string, ...string[]]) });

/** What is the same in every job. */
const common = {
  $schema: z.string().optional(),
  beaverdam: z.literal('job 1'),
  title: text,
  parties: z.array(name).min(2).max(16).describe('the compute parties, who bring the data'),
  provider: name.describe('deals correlated randomness, and takes no part in the training'),
  owner: name.describe('learns what is revealed: a role of its own, or one of the parties'),
  roles: z.record(name, role),
  model: z.strictObject({
    inputShape: shape,
    layers: z
      .array(description(layerKinds) as unknown as z.ZodType<LayerConfig>)
      .min(1)
      .max(1000),
    initialScale: z.number().positive().optional(),
  }),
  numbers: z.strictObject({
    ring: z.union([z.literal(32), z.literal(64)]),
    fractionBits: z.int().min(1).max(30),
  }),
  fewRounds: z.boolean().optional().describe('fewer rounds for more bytes: for links with long delays'),
  discloses: z
    .array(z.strictObject({ label: z.string().min(1).max(LABEL_BYTES), to: name }))
    .max(1000)
    .describe('what becomes clear, and to whom; every role refuses anything else'),
  limits: z
    .strictObject({
      leastRows: z.int().min(10).optional().describe('fewest rows over which a sum is opened'),
      join: seconds(7 * 24 * 3600).describe('seconds for which roles wait for each other at the start'),
      heartbeat: seconds(3600).describe('seconds after which a role that cannot be reached is given up'),
      silence: seconds(24 * 3600).describe('seconds a role that is there may stay silent'),
    })
    .optional(),
};

const metrics = z
  .array(z.enum(scoreNames))
  .min(1)
  .optional()
  .describe('what is measured of the test rows, for the owner alone, beside loss and accuracy');

const from = name.describe('the name under which the parties have kept the model');

const TASKS = ['train', 'evaluate', 'predict', 'open'] as const;

const schema = z.discriminatedUnion('task', [
  z.strictObject({
    ...common,
    task: z.literal('train'),
    clients: z
      .array(name)
      .min(1)
      .max(64)
      .optional()
      .describe('roles that hold no share: they bring rows, and leave when the parties have them'),
    saveAs: name.optional().describe('the name under which the model stays as shares at the parties'),
    metrics,
    ownerAway: z
      .boolean()
      .optional()
      .describe(
        'whether the owner takes no part, and nothing is revealed before a later job opens the model',
      ),
    data: trainingRows,
    training: z.strictObject({
      loss: z.enum(lossNames),
      optimizer: description(optimizerKinds) as unknown as z.ZodType<OptimizerConfig>,
      epochs: count,
      earlyStopping: z
        .strictObject({
          monitor: z.enum(['loss', 'accuracy', 'valLoss', 'valAccuracy']).optional(),
          patience: count.optional(),
          minDelta: z.number().min(0).optional(),
        })
        .optional()
        .describe(
          'ends the training when what is monitored, valLoss if nothing else is said, gets better no more for so many epochs; all roles learn when',
        ),
      classWeights: z
        .union([z.literal('balanced'), z.array(z.number().min(0).max(MOST_WEIGHT)).min(2)])
        .optional()
        .describe(
          'what the rows of each class count for in training, in the order of the classes; balanced: rows / (classes * rows of the class), 60 at the most, of which the parties and the clients that bring rows learn the counts',
        ),
      batchSize: count,
      seed: z.int().min(0),
    }),
  }),
  z.strictObject({
    ...common,
    task: z.literal('evaluate'),
    from,
    loss: z.enum(lossNames),
    metrics,
    data: queryRows,
  }),
  z.strictObject({
    ...common,
    task: z.literal('predict'),
    from,
    asker: name.describe('the party or client whose rows they are, and who alone learns the outputs'),
    clients: z
      .array(name)
      .length(1)
      .optional()
      .describe('the asker, where it holds no share: it is told what columns are scaled by'),
    data: queryRows,
  }),
  z.strictObject({ ...common, task: z.literal('open'), from, data: noRows }),
]) satisfies z.ZodType<JobFile>;

export function jsonSchema(): object {
  const { $schema, ...rest } = z.toJSONSchema(schema);
  return { $schema, title: 'beaverdam job file', ...rest };
}

/** See {@link parseJobFile}. */
export function readJobFile(file: string, source: string | Uint8Array, mostBytes: number): JobFile {
  if (source.length > mostBytes) throw new JobError(`${file}: longer than ${mostBytes} bytes`);
  const json = parseJson(file, typeof source === 'string' ? source : new TextDecoder().decode(source));
  const parsed = schema.safeParse(json, { reportInput: true });
  if (!parsed.success) {
    const problems = parsed.error.issues
      .flatMap(unfolded)
      .slice(0, 5)
      .map((issue) => `${pathOf(issue.path)}: ${sentence(issue)}`);
    throw new JobError(`${file}: ${problems.join('; ')}`);
  }
  checkWhole(file, parsed.data);
  return parsed.data;
}

function parseJson(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new JobError(`${file}: not JSON: ${reasonOf(error)}`);
  }
}

/** What is wrong with the form that was meant, where several were allowed: the one of which it is some field. */
function unfolded(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const meant = issue.errors.find((found) =>
    found.every(({ path, code }) => path.length > 0 || code === 'unrecognized_keys'),
  );
  if (!meant) return [issue];
  return meant.flatMap((found) => unfolded({ ...found, path: [...issue.path, ...found.path] }));
}

/** 'model.layers[2].units'; 'the document' for the whole. */
const pathOf = (path: readonly PropertyKey[]): string =>
  path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .replace(/^\./, '') || 'the document';

function sentence(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys')
    return `unknown field ${issue.keys.map((key) => `"${key}"`).join(', ')}`;
  if (issue.code === 'invalid_type' && issue.input === undefined) return 'is missing';
  if (issue.code === 'invalid_union' && issue.path.at(-1) === 'task') return `expected ${TASKS.join(', ')}`;
  if (issue.code === 'invalid_union' && issue.path.at(-1) === 'kind' && issue.path.includes('columns')) {
    return 'expected number, category';
  }
  return issue.message.replace(/^Invalid input: /, '');
}
