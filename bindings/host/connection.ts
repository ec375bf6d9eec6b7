/** A connection to a peer whose identity has been proved, whatever it runs over: bytes both ways, in order. */

export interface DuplexListener {
  /** Bytes have come; they are read before the call returns. */
  data(bytes: Uint8Array): void;
  /** All that was given to `send` has left, and may be changed again. */
  drained(): void;
  /** Nothing comes or goes any more. */
  closed(): void;
}

export interface Duplex {
  /** Where the peer is, for messages. */
  readonly place: string;
  /** Bytes given to `send` that have not left yet. */
  readonly backlog: number;
  /** Sends bytes, which belong to the connection until it has drained. */
  send(bytes: Uint8Array): void;
  /** Tells `listener` from now on, and nobody else. */
  listen(listener: DuplexListener): void;
  /** Ends the connection once all has left. */
  close(): void;
  /** Ends the connection at once. */
  destroy(): void;
}

/** How a process reaches others and is reached. Both ends prove who they are by their keys before they hand over a connection. */
export interface Network {
  /** @throws Error, which says nothing of the key, for a certificate or a key that no connection can be made with */
  check(identity: Identity): void;
  /** Connects to a listening role. Rejects where nobody answers. */
  dial(address: Address, identity: Identity): Promise<Authenticated>;
  /** Listens; calls `accept` with every connection whose other end has proved some identity. Rejects where it cannot. */
  listen(
    address: Address,
    identity: Identity,
    accept: (connection: Authenticated) => void,
  ): Promise<Listener>;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** A role's certificate and private key, PEM. */
export interface Identity {
  readonly certificate: string;
  readonly key: string;
}

export interface Authenticated {
  readonly duplex: Duplex;
  /** The other end's: 'sha256:' and 64 hexadecimal digits. */
  readonly fingerprint: string;
}

export interface Listener {
  close(): void;
}
