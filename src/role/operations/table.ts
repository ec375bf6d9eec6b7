/** What runs each operation: values that a role has → one value. */
import type { Secure } from '../../party/program.js';
import type { Runtime } from '../../party/runtime.js';
import type { Masked } from '../../party/values.js';
import type { OperationName, Operations } from '../command.js';

export type OperationTable = {
  readonly [N in OperationName]: (
    rt: Runtime,
    operands: readonly Masked[],
    args: Operations[N],
  ) => Masked | Secure<Masked>;
};
