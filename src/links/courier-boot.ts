/** What a courier is started with. */
import type { Address, Identity, Invitation, WebPlace } from '../../bindings/host/connection.js';
import type { CheckpointPosition } from './hello.js';

/** A link of a role here to a role elsewhere. */
export interface CourierLink {
  readonly self: string;
  readonly peer: string;
  /** The rings of a role that has a thread of its own, and its bell; null where the role is in the courier's thread. */
  readonly rings: {
    readonly outgoing: SharedArrayBuffer;
    readonly incoming: SharedArrayBuffer;
    readonly bell: SharedArrayBuffer;
  } | null;
  /** The peer's key. */
  readonly fingerprint: string;
  /** Where the peer is dialled; null where it dials. */
  readonly dial: Address | Visit | null;
}

/** Where a role here is a guest: the peer's web address, and its invitation. */
export interface Visit {
  readonly url: string;
  readonly invitation: Invitation;
}

export interface CourierBoot {
  readonly links: readonly CourierLink[];
  /** The bell that the roles here ring for all peers elsewhere; null where they are in the courier's thread. */
  readonly bell: SharedArrayBuffer | null;
  /** Where roles here listen. */
  readonly listen: readonly { readonly self: string; readonly address: Address }[];
  /** Where roles here take guests. */
  readonly web: readonly WebPlace[];
  /** By role here. */
  readonly identities: ReadonlyMap<string, Identity>;
  /** What both ends of every link must have alike: a short digest by name. */
  readonly agreed: Readonly<Record<string, string>>;
  /** Positions of the checkpoints that each role here has. */
  readonly checkpoints: ReadonlyMap<string, readonly CheckpointPosition[]>;
  /** Milliseconds: see LinkSetup. */
  readonly joinWithin: number;
  readonly heartbeat: number;
}
