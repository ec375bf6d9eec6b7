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

/** Folders of files that outlive the process. */
export interface Files {
  /** Names of the files in a folder; none where there is no folder. */
  list(folder: string): Promise<readonly string[]>;
  read(folder: string, name: string): Promise<Uint8Array<ArrayBuffer>>;
  /**
   * Writes a file that only the user may read, as a whole or not at all, and waits until it is on the disk. Makes the folder
   * where there is none.
   */
  replace(folder: string, name: string, bytes: Uint8Array): Promise<void>;
  /** Looks whether a file of this name could be written, by writing an empty one beside it. Makes the folder where there is none. */
  tryOut(folder: string, name: string): Promise<void>;
  /** Gives a file another name, in place of what had it, and waits until that is on the disk. */
  rename(folder: string, from: string, to: string): Promise<void>;
  /** Nothing where there is no such file. */
  remove(folder: string, name: string): Promise<void>;
}
