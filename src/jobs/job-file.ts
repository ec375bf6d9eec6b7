/**
 * A job as all roles agree on it: one JSON document without data, to be read in a minute. What a role runs, and what it
 * discloses, is what its own copy says; roles whose copies differ end with an error that names the field.
 */
import { hexOf } from '../bytes.js';
import type { LayerConfig } from '../model/config.js';
import type { LossName } from '../model/losses.js';
import type { OptimizerConfig } from '../model/optimizers.js';
import type { ScoreName } from '../model/scores.js';
import type { Disclosure } from '../party/disclosures.js';
import { digestOf } from '../session/digest.js';
import type { EarlyStopping } from '../session/early-stopping.js';
import type { ClassWeights } from './class-weights.js';

/** What is the same in every job. */
interface JobBase {
  /** Where the JSON Schema is, for editors. Not compared. */
  $schema?: string;
  /** Version of this form of document. */
  beaverdam: 'job 1';
  /** What is done, for people. */
  title: string;
  /** The compute parties; two or more. Rows are theirs one after the other. */
  parties: string[];
  /** The provider of correlated randomness. */
  provider: string;
  /** Learns what is revealed: a role of its own, or one of the parties. */
  owner: string;
  /** Every role's certificate, and where it listens. */
  roles: Record<string, JobRole>;
  model: JobModel;
  numbers: JobNumbers;
  /** Fewer rounds for more bytes: for links with long delays. Default false. */
  fewRounds?: boolean;
  /** What becomes clear, and to whom; every role refuses anything else. */
  discloses: Disclosure[];
  limits?: JobLimits;
}

/** Trains a model on the rows of all parties and clients. */
export interface TrainingFile extends JobBase {
  task: 'train';
  /**
   * Roles that hold no share: they bring rows, and leave when the parties have them. Parties need not bring any then. Each
   * party has an address, at which they dial it.
   */
  clients?: string[];
  /** The name under which the model stays as shares at the parties, for later jobs; left out: it does not stay. */
  saveAs?: string;
  /** What of the test rows becomes clear to the owner after the training, beside loss and accuracy. */
  metrics?: ScoreName[];
  /**
   * True where the owner takes no part, and nothing is revealed: a later job (`open`) does that, of the model that `saveAs` names. Test
   * rows are counted all the same, and left for a job that evaluates. Default false.
   */
  ownerAway?: boolean;
  data: TableData | ImageData;
  training: JobTraining;
}

/** Tests a model that has stayed at the parties; loss and accuracy become clear to the owner. */
export interface EvaluationFile extends JobBase {
  task: 'evaluate';
  /** The name that the training gave the model. */
  from: string;
  loss: LossName;
  /** What becomes clear to the owner beside them. */
  metrics?: ScoreName[];
  /** Rows of one or more parties. */
  data: TableData<TestRows> | ImageData<TestRows>;
}

/** Asks a model that has stayed at the parties about rows of one role, which alone learns the outputs. */
export interface PredictionFile extends JobBase {
  task: 'predict';
  /** The name that the training gave the model. */
  from: string;
  /** Whose rows they are: a party, or the client of this job. */
  asker: string;
  /** The asker, where it holds no share; each party has an address, at which it dials them. It is told what columns are scaled by. */
  clients?: string[];
  data: TableData<TestRows> | ImageData<TestRows>;
}

/** Opens a model that has stayed at the parties to the owner: its weights, and what columns were scaled by. */
export interface OpeningFile extends JobBase {
  task: 'open';
  /** The name that the training gave the model. */
  from: string;
  /** The form of the training's rows; nobody brings any. */
  data: TableData<never> | ImageData<never>;
}

/** A job that asks a model which is there. */
export type QueryFile = EvaluationFile | PredictionFile | OpeningFile;

export type JobFile = TrainingFile | QueryFile;

export interface JobRole {
  /**
   * 'sha256:' and 64 hexadecimal digits, as `beaverdam keys` prints it. 'guest' for a party, an owner or a client without a certificate: it
   * dials the web addresses of all that it is linked to, with an invitation of each. Where a party is one, no party keeps checkpoints.
   */
  fingerprint: string;
  /** 'host:port' at which the others reach it. Of two roles at least one has an address. */
  address?: string;
  /** Where guests find it: 'wss://host', with a port and a path where they are needed; 'ws://' on a machine's own addresses alone. */
  web?: string;
  /** 'x25519:' and 64 hexadecimal digits: a party's tape is sealed to it, and a provider's says who has dealt a tape. */
  sealing?: string;
}

/** How many rows an owner brings to ask a model about. */
export interface TestRows {
  test: number;
}

/** How many rows an owner brings to a training. */
export interface RowCounts extends TestRows {
  train: number;
}

/**
 * Rows of a table: every owner has train.csv and test.csv (a query: the latter alone), with these columns and the target in a
 * header line, in any order. What is to be known of a column stands here, so that owners agree on it who have never put their
 * rows together.
 */
export interface TableData<Rows = RowCounts> {
  kind: 'table';
  columns: JobColumn[];
  /** The column with the class of a row, or with the number to learn; several of them are numbers. */
  target: string | string[];
  /** The classes as they stand in the target's column, in the order of the model's outputs; left out: the target is a number. */
  classes?: string[];
  /** 'drop': a row without a target is left out; 'error', the default, refuses it. */
  missingTarget?: 'error' | 'drop';
  /** 'standardise': every input to mean 0 and deviation 1 over all owners' training rows, by sums that are opened. */
  scaling: 'standardise' | 'none';
  /** Who has which columns of all rows, the target at one of them, in place of rows; `columns` stand in the order of their owners. */
  owners?: Record<string, string[]>;
  /** Of `owners`: a column of all their files, by whose texts rows are put in one order; nothing is learned from it. */
  key?: string;
  /** 'sha256:' of all keys in order, by which owners see that theirs are of the same rows. */
  keys?: { train?: string; test?: string };
  /** How many rows each owner brings, without those that are left out. */
  rows: Record<string, Rows>;
}

/** A column: its name alone where it has numbers, of which none may be missing. */
export type JobColumn = string | JobNumberColumn | JobCategoryColumn;

/** A column of numbers. */
export interface JobNumberColumn {
  name: string;
  kind: 'number';
  /**
   * A number that stands in for a missing one; 'mean' for the mean over all owners' training rows, which columns are scaled by; 'median' for their
   * median, about which the column is scaled then; 'drop' to
   * leave such rows out, 'error', the default, to refuse them.
   */
  missing?: 'error' | 'drop' | 'mean' | 'median' | number;
}

/** A column of texts: each of its categories becomes an input of zeros and ones. */
export interface JobCategoryColumn {
  name: string;
  kind: 'category';
  categories: string[];
  /** As of numbers; 'zeros': a missing text is none of the categories. */
  missing?: 'error' | 'drop' | 'zeros';
  /** A text that is none of the categories: refused, by default, or zeros. */
  unknown?: 'error' | 'zeros';
}

/** Grey images in the files of MNIST, whose pixels become 0..1: train-images-idx3-ubyte and its three siblings. */
export interface ImageData<Rows = RowCounts> {
  kind: 'images';
  height: number;
  width: number;
  /** Names of the classes, by their labels from 0. */
  classes: string[];
  rows: Record<string, Rows>;
}

export interface JobModel {
  /** Shape of one row as the model takes it. */
  inputShape: number[];
  layers: LayerConfig[];
  /** Factor of the layers' usual initial kernels. Default 1. */
  initialScale?: number;
}

export interface JobTraining {
  loss: LossName;
  optimizer: OptimizerConfig;
  epochs: number;
  /** Ends the training when the test rows' loss, or what it names, gets better no more; all roles learn when. */
  earlyStopping?: EarlyStopping;
  /** What the rows of each class count for, or `'balanced'`; see {@link TrainingJob.classWeights}. */
  classWeights?: ClassWeights;
  batchSize: number;
  /** Public seed of the initial weights and of the order of rows. */
  seed: number;
}

export interface JobNumbers {
  /** Bits of a number on shares. */
  ring: 32 | 64;
  fractionBits: number;
}

export interface JobLimits {
  /** Fewest rows over which a sum is opened. Default 10. */
  leastRows?: number;
  /** Seconds for which roles wait for each other at the start. Default 600. */
  join?: number;
  /** Seconds after which a role that cannot be reached is given up. Default 10. */
  heartbeat?: number;
  /** Seconds a role that is there may stay silent. Default 30. */
  silence?: number;
}

/** What roles compare of a job when they meet, by field. */
export function agreedOf({ $schema: _, ...fields }: JobFile): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([field, value]) => [`${field} of the job`, value]));
}

/** A digest of a job, by which checkpoints know theirs: 64 hexadecimal digits. */
export async function jobDigest(job: JobFile): Promise<string> {
  return hexOf(await digestOf(agreedOf(job)));
}

/** A digest of what a job computes, by which tapes know theirs: of all but where its roles are and how long they wait. */
export async function computedDigest({ title: _, roles: __, limits: ___, ...job }: JobFile): Promise<string> {
  const { $schema: ____, ...computed } = { $schema: undefined, ...job };
  return hexOf(await digestOf(computed));
}

/** A digest of the form of a job's rows, by which kept models know theirs. */
export async function formDigest({ data }: JobFile): Promise<string> {
  const { rows: _, keys: __, ...form } = { keys: undefined, ...data };
  return hexOf(await digestOf(form));
}
