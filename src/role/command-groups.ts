/**
 * Which module runs a command. What few programs use is loaded when the first command of its kind comes, so that a page
 * which trains nothing need not fetch the trainer; what every program uses is there from the start.
 *
 * A new command is a line here; the compiler then asks for it in the module that is named.
 */
import type { CommandName, OperationName, OtherName } from './command.js';

/** In operations/: all that sums and products take; functions and comparisons beyond. */
export const operationGroups = {
  add: 'arithmetic',
  sub: 'arithmetic',
  neg: 'arithmetic',
  addPublic: 'arithmetic',
  mulPublic: 'arithmetic',
  mul: 'arithmetic',
  matmul: 'arithmetic',
  polynomial: 'functions',
  relu: 'comparisons',
  sum: 'arithmetic',
  mean: 'arithmetic',
  take: 'arithmetic',
  concat: 'arithmetic',
  sigmoid: 'functions',
  tanh: 'functions',
  exp: 'functions',
  log: 'functions',
  sqrt: 'functions',
  inverseSqrt: 'functions',
  reciprocal: 'functions',
  divide: 'functions',
  abs: 'comparisons',
  maximum: 'comparisons',
  minimum: 'comparisons',
  negative: 'comparisons',
  notNegative: 'comparisons',
  zero: 'comparisons',
  softmax: 'functions',
  logSoftmax: 'functions',
  max: 'comparisons',
  argmax: 'comparisons',
} as const satisfies Record<OperationName, string>;

/** A tensor's data, or a model. */
export const otherGroups = {
  share: 'data',
  shareRows: 'data',
  reveal: 'data',
  aggregate: 'data',
  decide: 'data',
  leave: 'data',
  dispose: 'data',
  sync: 'data',
  createModel: 'models',
  createSharedModel: 'models',
  roundedLabels: 'models',
  fitEpoch: 'models',
  evaluate: 'models',
  predict: 'models',
  weights: 'models',
  disposeModel: 'models',
  saveModel: 'models',
  confirmSaved: 'models',
  resumeModel: 'models',
  restoreModel: 'models',
  settleModel: 'models',
  skipEpochs: 'models',
  renewModel: 'models',
} as const satisfies Record<OtherName, string>;

type NamesIn<Groups, Group> = { [N in keyof Groups]: Groups[N] extends Group ? N : never }[keyof Groups];

/** The operations of a group. */
export type OperationsIn<Group extends (typeof operationGroups)[OperationName]> = NamesIn<
  typeof operationGroups,
  Group
>;

/** The other commands of a group. */
export type OthersIn<Group extends (typeof otherGroups)[OtherName]> = NamesIn<typeof otherGroups, Group>;

export type CommandGroup = (typeof operationGroups)[OperationName] | (typeof otherGroups)[OtherName];

export const isOperationName = (name: string): name is OperationName => Object.hasOwn(operationGroups, name);

/** Whether there is a command of this name. */
export const isCommand = (name: string): name is CommandName =>
  isOperationName(name) || Object.hasOwn(otherGroups, name);

/** Where a command is run. */
export const groupOf = (name: CommandName): CommandGroup =>
  isOperationName(name) ? operationGroups[name] : otherGroups[name];
