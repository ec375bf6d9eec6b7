/** beaverdam: train and query neural networks on data that nobody reveals. */

export type { RingBits } from '../bindings/ring.js';
export { type CsvOptions, type CsvTable, readCsv } from './data/csv.js';
export { type Dataset, selectRows } from './data/dataset.js';
export { type FashionMnistOptions, loadFashionMnist } from './data/fashion-mnist.js';
export { type IdxArray, readIdx } from './data/idx.js';
export { oneHot } from './data/one-hot.js';
export { type ColumnStatistics, columnStatistics, standardise } from './data/scale.js';
export { foldSplit, type Split } from './data/split.js';
export { loadWine } from './data/wine.js';
export { JobError, ProtocolError, RangeExceeded, TimeoutError } from './errors.js';
export { type ClearResult, runPlain, runTensorFlow } from './jobs/clear.js';
export {
  type FashionMnistJobOptions,
  type FashionMnistModel,
  fashionMnistJob,
} from './jobs/fashion-mnist.js';
export type { Network, OwnedRows, TrainingJob } from './jobs/job.js';
export type { Prediction } from './jobs/predictions.js';
export {
  type Costs,
  type JobProgress,
  type JobResult,
  type JobStep,
  type RunOptions,
  runJob,
  type StopSignal,
} from './jobs/run.js';
export { jointStatistics } from './jobs/statistics.js';
export { type WineJobOptions, wineJob } from './jobs/wine.js';
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
export * from './model/describe.js';
export type { LossName } from './model/losses.js';
export type { MetricName } from './model/metrics.js';
export type { AdamConfig, MomentumConfig, OptimizerConfig, SgdConfig } from './model/optimizers.js';
export type { LearningRate, Schedule } from './model/schedule.js';
export type { Padding } from './model/window.js';
export type { Peak, RangeCheck } from './nn/dry-run.js';
export type { WatchedKind } from './nn/sentinel.js';
export type { LayerSummary, PartCost, Summary } from './nn/summary.js';
export type { Agreement } from './party/agreement.js';
export type { Disclosed, Disclosure } from './party/disclosures.js';
export type { DrySetting } from './party/dry.js';
export type { LedgerTotals } from './party/ledger.js';
export type { Domain } from './protocol/powers-of-four.js';
export type { ReciprocalOptions } from './protocol/reciprocal.js';
export type { Times, Work } from './role/profile.js';
export type { TranscriptEntry } from './role/role.js';
export type {
  Attempt,
  ClearNumbers,
  ColumnBounds,
  DryRunOptions,
  DryRunReport,
} from './session/dry-run.js';
export type { EarlyStopping } from './session/early-stopping.js';
export type { Callbacks, CompileOptions, EvaluateOptions, FitOptions } from './session/fit-options.js';
export type { EpochLog, History, Metrics } from './session/history.js';
export type { SessionOptions, Settings } from './session/options.js';
export type { RoleGroup } from './session/role-group.js';
export { type Layer, Sequential, sequential } from './session/sequential.js';
export {
  createSession,
  type RowsOfOwner,
  Session,
  type ShareOptions,
  type ShareRowsOptions,
} from './session/session.js';
export type { TensorLike } from './session/validate.js';
export {
  addShares,
  dealTriple,
  join,
  multiplyShares,
  type Openings,
  type SharedNumber,
  split,
  type Triple,
} from './sharing.js';
export { type Operand, type RevealOptions, SecureTensor } from './tensor/secure-tensor.js';
export type { GuardOptions } from './tensor/tensor-functions.js';
export type { TensorHost } from './tensor/tensor-handle.js';
