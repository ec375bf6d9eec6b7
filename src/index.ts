/** beaverdam: train and query neural networks on data that nobody reveals. */

export { readCsv } from './data/csv.js';
export { type Dataset, selectRows } from './data/dataset.js';
export { loadFashionMnist } from './data/fashion-mnist.js';
export { readIdx } from './data/idx.js';
export { oneHot } from './data/one-hot.js';
export { columnStatistics, standardise } from './data/scale.js';
export { foldSplit } from './data/split.js';
export { loadWine } from './data/wine.js';
export { JobError, ProtocolError } from './errors.js';
export { type ClearResult, runPlain, runTensorFlow } from './jobs/clear.js';
export { type FashionMnistJobOptions, fashionMnistJob } from './jobs/fashion-mnist.js';
export type { Network, OwnedRows, TrainingJob } from './jobs/job.js';
export { type JobProgress, type JobResult, type JobStep, type RunOptions, runJob } from './jobs/run.js';
export { jointStatistics } from './jobs/statistics.js';
export { type WineJobOptions, wineJob } from './jobs/wine.js';
export type { Activation, LayerConfig, ModelConfig } from './nn/config.js';
export * from './nn/describe.js';
export type { LossName } from './nn/loss-names.js';
export type { MetricName } from './nn/metric-names.js';
export type { OptimizerConfig } from './nn/optimizer-config.js';
export type { LearningRate, Schedule } from './nn/schedule.js';
export type { LayerSummary, PartCost, Summary } from './nn/summary.js';
export type { LedgerTotals } from './party/ledger.js';
export type { EarlyStopping } from './session/early-stopping.js';
export type { Callbacks, CompileOptions, FitOptions } from './session/fit-options.js';
export type { SessionOptions } from './session/options.js';
export { type EpochLog, type History, type Metrics, Sequential, sequential } from './session/sequential.js';
export { createSession, Session, type ShareOptions } from './session/session.js';
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
export { SecureTensor } from './tensor/secure-tensor.js';
