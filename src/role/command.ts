/**
 * Commands: what a session asks of its roles. Every role gets the same list and runs it in the same order; only payloads
 * differ, which are a role's own data. A command names values and models by the numbers that the session gave them.
 *
 * A new operation is a line in {@link Operations}; the compiler then asks for what runs it (role/operations).
 */
import type { ModelConfig } from '../model/config.js';
import type { OptimizerConfig } from '../model/optimizers.js';
import type { Score } from '../model/scores.js';
import type { Delay } from '../nn/delay.js';
import type { SavedState } from '../nn/model-state.js';
import type { EpochSettings } from '../nn/step-plan.js';
import type { Measures } from '../nn/train.js';
import type { Polynomial } from '../protocol/polynomial.js';
import type { Domain } from '../protocol/powers-of-four.js';
import type { TakeArgs } from '../protocol/rearrange.js';
import type { ReciprocalOptions } from '../protocol/reciprocal.js';
import type { ClearWords } from '../protocol/reveal.js';
import type { Shape } from '../shape.js';

/** One axis, from 0, or null for all elements. */
export interface AxisArgs {
  readonly axis: number | null;
}

export interface ConcatArgs {
  /** From 0. */
  readonly axis: number;
}

export interface PublicArgs {
  /** A public number. */
  readonly value: number;
}

export interface GuardArgs {
  readonly guarded: boolean;
}

export interface DomainArgs {
  readonly domain?: Domain;
}

/** Operations that make one value from others, with their public arguments. */
export interface Operations {
  readonly add: null;
  readonly sub: null;
  readonly neg: null;
  readonly addPublic: PublicArgs;
  readonly mulPublic: PublicArgs;
  readonly mul: null;
  readonly matmul: null;
  readonly polynomial: { readonly coefficients: Polynomial; readonly domain: number };
  readonly relu: null;
  readonly sum: AxisArgs;
  readonly mean: AxisArgs;
  readonly take: TakeArgs;
  readonly concat: ConcatArgs;
  readonly sigmoid: GuardArgs;
  readonly tanh: GuardArgs;
  readonly exp: { readonly max?: number };
  readonly log: DomainArgs;
  readonly sqrt: DomainArgs;
  readonly inverseSqrt: DomainArgs;
  readonly reciprocal: ReciprocalOptions;
  readonly divide: ReciprocalOptions;
  readonly abs: null;
  readonly maximum: null;
  readonly minimum: null;
  /** 1 where x < 0. */
  readonly negative: null;
  /** 1 where x ≥ 0. */
  readonly notNegative: null;
  /** 1 where x = 0. */
  readonly zero: null;
  readonly softmax: null;
  readonly logSoftmax: null;
  readonly max: null;
  readonly argmax: { readonly oneHot: boolean };
}

export type OperationName = keyof Operations;

/** An operation on values that the roles have. */
export interface Operation<N extends OperationName = OperationName> {
  readonly name: N;
  readonly in: readonly number[];
  readonly out: number;
  readonly args: Operations[N];
}

/** Numbers of one owner. */
export type Numbers = Float32Array | Float64Array;

export interface ShareArgs {
  readonly owner: string;
  readonly shape: Shape;
}

/** Some rows of a tensor of several parts, which come in order: `rows` rows from `start` on. */
export interface ShareRowsArgs extends ShareArgs {
  readonly start: number;
  readonly rows: number;
  /** Whether it is stored outside wasm memory, and each part opened by itself; else all parts are opened together. */
  readonly stored: boolean;
}

export interface RevealArgs {
  /** What it is, for the roles' lists of disclosures. */
  readonly label: string;
  readonly to: string;
  /** Numbers that it has. */
  readonly size: number;
}

export interface CreateModelArgs {
  readonly config: ModelConfig;
  /** Public initial weights. */
  readonly weights: readonly Float32Array[];
}

export interface RevealWeightsArgs {
  readonly model: number;
  /** What they are called in the roles' lists of disclosures. */
  readonly label: string;
  readonly to: string;
  /** Numbers in all weights. */
  readonly total: number;
}

export interface FitEpochArgs {
  readonly model: number;
  readonly optimizer: OptimizerConfig;
  readonly measures: Measures;
  readonly batchSize: number;
  readonly epoch: number;
  /** Public seed of the order of rows and of dropout. */
  readonly seed: number;
  readonly shuffle: boolean;
  /** Fraction bits of gradients. */
  readonly gradientFraction: number;
  /** How the first layer's updates are delayed; null where they are not. */
  readonly delay: Delay | null;
  readonly sentinel: boolean;
  /** Nothing is measured, and nothing revealed. */
  readonly quiet?: boolean;
  /** Whether the last of its inputs is what each row counts for. */
  readonly weighted?: boolean;
}

export interface EvaluateArgs {
  readonly model: number;
  readonly measures: Measures;
  readonly scores: readonly Score[];
  readonly batchSize: number;
  readonly sentinel: boolean;
}

export type PredictArgs = Pick<EvaluateArgs, 'model' | 'batchSize'>;

export interface ResumeModelArgs {
  readonly model: number;
  /** Of the training, with the number of its first epoch. */
  readonly settings: EpochSettings;
  /** Epochs that it had made when the model was saved, or that are left out, over `rows` rows. */
  readonly epochs: number;
  readonly rows: number;
}

/** The sums of an epoch or an evaluation, as they are disclosed to the owner. */
export interface ClearSums {
  readonly loss: { readonly low: ClearWords; readonly high: ClearWords };
  readonly hits: readonly ClearWords[];
  readonly scores: readonly (readonly ClearWords[])[];
  /** The sites that were watched and a word for each (nn/sentinel.ts). */
  readonly alarms: { readonly sites: readonly number[]; readonly words: Uint8Array } | null;
}

/** What a role makes of an epoch or an evaluation. */
export interface SumsResult {
  /** Null but at the owner. */
  readonly sums: ClearSums | null;
  /** When they were there, in milliseconds since 1970. */
  readonly ended: number;
}

/** Commands that are no operations: what each reads and makes, its public arguments, a role's own data, its result. */
interface Others {
  /** An owner's numbers, shared and opened under a mask. */
  readonly share: { readonly out: number; readonly args: ShareArgs; readonly payload: Numbers };
  /** Rows of a tensor of several parts. */
  readonly shareRows: { readonly out: number; readonly args: ShareRowsArgs; readonly payload: Numbers };
  /** A value to one role. */
  readonly reveal: {
    readonly in: readonly [number];
    readonly args: RevealArgs;
    readonly result: ClearWords | null;
  };
  /** The sums of the parties' private integers, and of those that some clients bring, opened to all parties. */
  readonly aggregate: {
    readonly args: { readonly length: number; readonly words: number; readonly clients: readonly string[] };
    readonly payload: BigInt64Array;
    readonly result: BigInt64Array | null;
  };
  /** The owner's decision, told to all roles. */
  readonly decide: {
    readonly args: { readonly label: string };
    readonly payload: boolean;
    readonly result: boolean;
  };
  /** A client takes no part in what follows. */
  readonly leave: { readonly args: { readonly client: string } };
  /** Frees values. */
  readonly dispose: { readonly in: readonly number[] };
  /** Done when every role has come to it. */
  readonly sync: Record<never, never>;
  readonly createModel: { readonly out: number; readonly args: CreateModelArgs };
  /** A model whose initial weights are a shared vector: all arrays, one after the other. */
  readonly createSharedModel: {
    readonly in: readonly [number];
    readonly out: number;
    readonly args: { readonly config: ModelConfig };
  };
  /** Labels at another scale. */
  readonly roundedLabels: {
    readonly in: readonly [number];
    readonly out: number;
    readonly args: { readonly fraction: number };
  };
  /** One epoch of training; `in`: inputs, labels, targets and perhaps labels at scale 0. */
  readonly fitEpoch: {
    readonly in: readonly number[];
    readonly args: FitEpochArgs;
    readonly result: SumsResult;
  };
  readonly evaluate: {
    readonly in: readonly number[];
    readonly args: EvaluateArgs;
    readonly result: SumsResult;
  };
  readonly predict: { readonly in: readonly [number]; readonly out: number; readonly args: PredictArgs };
  /** All trained numbers, to one role: `total` of them in some arrays. */
  readonly weights: {
    readonly args: RevealWeightsArgs;
    readonly result: readonly ClearWords[] | null;
  };
  /** Each party's settled shares of all that the model's training has changed, or of its values alone, to its own process. */
  readonly saveModel: {
    readonly args: { readonly model: number; readonly what: 'all' | 'values' };
    readonly result: SavedState | null;
  };
  /** After {@link saveModel}: each party says which one its process has written. */
  readonly confirmSaved: { readonly payload: Uint8Array };
  /** A model as it was saved, in place of one that has come as far by the same trainings but for this one. */
  readonly resumeModel: { readonly args: ResumeModelArgs; readonly payload: SavedState };
  /** The values of a model as they were saved, in place of those of one that has made no step. */
  readonly restoreModel: { readonly args: { readonly model: number }; readonly payload: SavedState };
  /** In sessions with a tape, after an epoch behind which a training may stop: the provider keeps no summand of the model. */
  readonly settleModel: { readonly args: { readonly model: number } };
  /** The same where a training has stopped: epochs that were dealt and are not made. */
  readonly skipEpochs: { readonly args: ResumeModelArgs };
  /** The same at the end of a training: fresh masks under fresh keys, wherever it has stopped. */
  readonly renewModel: { readonly args: { readonly model: number } };
  readonly disposeModel: { readonly args: { readonly model: number } };
}

export type OtherName = keyof Others;
type Part<T, Key extends string> = T extends { readonly [K in Key]: infer P } ? P : undefined;

/** What a command that is no operation looks like. */
type Other<N extends OtherName> = {
  readonly [K in N]: { readonly name: K } & Omit<Others[K], 'payload' | 'result'>;
}[N];

export type CommandName = OperationName | OtherName;

/** A command of one name, or of any. */
export type Command<N extends CommandName = CommandName> = N extends OperationName
  ? { readonly [K in N]: Operation<K> }[N]
  : N extends OtherName
    ? Other<N>
    : never;

/** What all commands have in common. */
export interface AnyCommand {
  readonly name: CommandName;
  readonly in?: readonly number[];
  readonly out?: number;
  readonly args?: unknown;
}

/** A role's own data of a command. */
export type PayloadOf<N extends CommandName> = N extends OtherName ? Part<Others[N], 'payload'> : undefined;

/** What a role returns of a command. */
export type ResultOf<N extends CommandName> = N extends OtherName ? Part<Others[N], 'result'> : undefined;

/** Payloads by role. */
export type Payloads<N extends CommandName = CommandName> = Readonly<Record<string, PayloadOf<N>>>;
