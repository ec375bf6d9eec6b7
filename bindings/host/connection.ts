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
  /**
   * Connects to the web address of a role. Rejects with Refused where one of the two is not whom the other expects, with another
   * Error where nobody answers.
   */
  dialWeb(url: string, guest: Guest): Promise<Authenticated>;
  /**
   * Takes guests over WebSockets; calls `accept` with each that has proved an invitation, and `refused` with what there is to say
   * of others. Rejects where it cannot listen.
   */
  listenWeb(
    place: WebPlace,
    identity: Identity,
    accept: (connection: Authenticated) => void,
    refused: (reason: string) => void,
  ): Promise<Listener>;
}

/** One end does not take the other for whom it should be; its message says why, and another attempt is of no use. */
export class Refused extends Error {
  override readonly name = 'Refused';
  /** Whether the other end has said so. */
  readonly byPeer: boolean;

  constructor(message: string, byPeer = false) {
    super(message);
    this.byPeer = byPeer;
  }
}

/** A role without a certificate, which comes with an invitation. */
export interface Guest {
  readonly self: string;
  readonly peer: string;
  /** The peer's. */
  readonly fingerprint: string;
  /** Number of the run: 32 hexadecimal digits. */
  readonly run: string;
  readonly invitation: Invitation;
}

/** What a role hands to its guest: a number of 128 bits and a secret of 256, hexadecimal. */
export interface Invitation {
  readonly id: string;
  readonly secret: string;
}

/** What a role keeps of an invitation. */
export interface KeptInvitation extends Invitation {
  /** The role that takes the guest, and the guest's. */
  readonly at: string;
  readonly role: string;
  /** Milliseconds since 1970 after which no run can begin with it. */
  readonly expires: number;
}

/** Where a role takes guests. */
export interface WebPlace {
  readonly role: string;
  readonly address: Address;
  /** Pages that may come: each 'https://host' or 'https://host:port'. */
  readonly origins: readonly string[];
  /** Folder of its invitations. */
  readonly invitations: string;
  /** For TLS, PEM; null for none, on an address of this machine behind a proxy that has it. */
  readonly tls: Identity | null;
}

/** What stands for a guest's fingerprint. */
export const guestOf = (role: string): string => `guest:${role}`;

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
  /** The other end's: 'sha256:' and 64 hexadecimal digits, or `guestOf` its role. */
  readonly fingerprint: string;
}

export interface Listener {
  close(): void;
}
