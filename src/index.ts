/**
 * beaverdam: sessions, tensors on shares, models, and the errors that they end with.
 *
 *     const session = await createSession({ parties: ['alice', 'bob'] });
 *     const x = session.share([[1, 2], [3, 4]], { owner: 'alice' });
 *     console.log(await x.matmul(session.share([[0.5], [2]], { owner: 'bob' })).reveal());
 *     await session.close();
 *
 * Sharing in its plainest form is in beaverdam/sharing, readers of data in beaverdam/data, whole trainings in
 * beaverdam/jobs, formats of others in beaverdam/interchange, what tests need in beaverdam/testing.
 */

export type { RingBits } from '../bindings/ring.js';
export { JobError, LeftError, ProtocolError, RangeExceeded, TimeoutError } from './errors.js';
export { type ClassScore, classScores } from './model/class-scores.js';
export type {
  Activation,
  ActivationConfig,
  ActivationName,
  AveragePooling2dConfig,
  BatchNormalizationConfig,
  Conv2dConfig,
  DenseConfig,
  DropoutConfig,
  FlattenConfig,
  GlobalAveragePooling2dConfig,
  LayerConfig,
  MaxPooling2dConfig,
  ModelConfig,
} from './model/config.js';
export {
  type AdamOptions,
  activation,
  adam,
  averagePooling2d,
  type BatchNormalizationOptions,
  batchNormalization,
  type Conv2dOptions,
  constantRate,
  conv2d,
  cosineDecay,
  type DenseOptions,
  dense,
  dropout,
  exponentialDecay,
  flatten,
  globalAveragePooling2d,
  type LayerOptions,
  leakyRelu,
  type MomentumOptions,
  maxPooling2d,
  momentum,
  type OptimizerOptions,
  type PoolingOptions,
  polynomialActivation,
  type Size,
  sgd,
  stepDecay,
} from './model/describe.js';
export type { LossName } from './model/losses.js';
export type { MetricName } from './model/metrics.js';
export type { AdamConfig, MomentumConfig, OptimizerConfig, SgdConfig } from './model/optimizers.js';
export type { LearningRate, Schedule } from './model/schedule.js';
export type { ScoreName } from './model/scores.js';
export type { Padding } from './model/window.js';
export type { Peak } from './nn/dry-run.js';
export type { WatchedKind } from './nn/sentinel.js';
export type { LayerSummary, PartCost, Summary } from './nn/summary.js';
export type { Disclosed, Disclosure } from './party/disclosures.js';
export type { DrySetting } from './party/dry.js';
export type { LedgerTotals } from './party/ledger.js';
export type { Domain } from './protocol/powers-of-four.js';
export type { ReciprocalOptions } from './protocol/reciprocal.js';
export type { Times, Work } from './role/profile.js';
export type { Location, WorkerUrls } from './session/assets.js';
export { type CheckpointPosition, checkpointPositions } from './session/checkpoint-folder.js';
export type { CheckpointOptions, ResumeOptions } from './session/checkpoint-options.js';
export type { NestedNumbers, NumberArray, TensorFlowTensor, TensorLike } from './session/clear-numbers.js';
export { listDisclosures } from './session/dry-roles.js';
export type { ClearNumbers, ColumnBounds, DryRunOptions } from './session/dry-run.js';
export type { Attempt, DryRunReport } from './session/dry-run-report.js';
export type { EarlyStopping } from './session/early-stopping.js';
export type { Callbacks, CompileOptions, EvaluateOptions, FitOptions } from './session/fit-options.js';
export type { EpochLog, Evaluation, History, Metrics } from './session/history.js';
export { type InviteOptions, invite } from './session/invite.js';
export type { KeepOptions, KeptExtras, RestoreOptions } from './session/kept-model.js';
export type { SaveOptions, SetWeightsOptions, WeightsOptions } from './session/model-options.js';
export type { LinkEvent, NetworkOptions, RoleOnNetwork } from './session/network.js';
export type { SessionOptions, Settings, StopSignal } from './session/options.js';
export type { LinkPort, PortsOptions } from './session/ports.js';
export { loadModel, type SavedModel } from './session/saved-model.js';
export { type Layer, Sequential, sequential } from './session/sequential.js';
export {
  type AggregateOptions,
  createSession,
  type RowsOfOwner,
  Session,
  type ShareOptions,
  type ShareRowsOptions,
} from './session/session.js';
export {
  makeTapeKeys,
  type TapeKeys,
  tapePath,
} from './session/tape.js';
export type { DealOptions, TapeOptions } from './session/tape-options.js';
export { type TapeSize, tapeSize } from './session/tape-size.js';
export type { WebOptions } from './session/web.js';
export type { NestedArray, Revealed } from './tensor/revealed.js';
export { type RevealOptions, SecureTensor } from './tensor/secure-tensor.js';
export type { GuardOptions } from './tensor/tensor-functions.js';
export type { TensorHandle, TensorHost } from './tensor/tensor-handle.js';
