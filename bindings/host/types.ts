import type { Endpoint } from 'comlink';

/** A started worker thread as the session sees it. */
export interface HostWorker {
  /** Channel for Comlink. */
  readonly endpoint: Endpoint;
  /** Called when the thread fails or ends without having been asked to. */
  onFailure(listener: (error: Error) => void): void;
  /** Ends the thread as a crash would: listeners hear of it. */
  kill(): void;
  /** Ends the thread and waits until it is gone. */
  stop(): Promise<void>;
}
