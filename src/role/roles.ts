/** The roles of a session, as tensors and models ask them. */
import type { Agreement } from '../party/agreement.js';
import type { Command, CommandName, Operation, OperationName, Payloads, ResultOf } from './command.js';
import type { Progress } from './context.js';

/** The results of a command: one for each role that is here. */
export type Results<N extends CommandName> = ReadonlyMap<string, ResultOf<N>>;

export interface Roles {
  readonly settings: Agreement;
  /** True when the session has failed, or was closed or is about to: it takes nothing more. */
  readonly ended: boolean;
  /** Whether the provider is a tape, or writes one. */
  readonly taped: boolean;
  /** Whether this role runs in this process. */
  isHere(role: string): boolean;
  /** Whether this role was a client that has left. */
  hasLeft(role: string): boolean;
  /** @internal A number for a new value or model, the same in all processes. */
  number(): number;
  /** @internal Queues an operation on values. @throws the error that ended the session */
  operate<N extends OperationName>(operation: Operation<N>): void;
  /**
   * @internal
   * Queues a command whose result nobody waits for; where it fails, whoever comes later is told.
   * @param payloads data for one role each, by role name
   * @throws the error that ended the session
   */
  send<N extends CommandName>(command: Command<N>, payloads?: Payloads<N>): void;
  /**
   * @internal
   * Queues a command and waits for the result of every role that is here; rejects with the error that ended the session. A
   * promise that nobody looks at is no unhandled rejection: whoever comes later is told the same error.
   */
  call<N extends CommandName>(
    command: Command<N>,
    payloads?: Payloads<N>,
    report?: (progress: Progress) => void,
  ): Promise<Results<N>>;
}
