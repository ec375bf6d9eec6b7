/** What each role's worker is started with. */
import type { WasmMemory } from '../../bindings/memory.js';
import type { WasmModule } from '../../bindings/module.js';
import type { LinkBuffers } from '../links/mailbox.js';
import type { Agreement } from '../party/agreement.js';
import type { TapeHeader } from '../tape/header.js';
import type { TapePlace } from '../tape/tape-file.js';
import type { Local } from './local.js';
import type { TestSettings } from './test-settings.js';

/** The tapes that a provider writes, the last party's last but for an owner's. */
export interface DealBoot {
  readonly tapes: readonly {
    readonly path: string;
    readonly header: TapeHeader;
    /** The party's public key; null for an owner that is no party. */
    readonly to: Uint8Array | null;
  }[];
  /** The provider's private key, where it has one. */
  readonly from: string | null;
}

export interface RoleBoot {
  readonly name: string;
  readonly agreement: Agreement;
  /** SHA-256 of what all roles must agree on; null where all of them are here. */
  readonly digest: Uint8Array | null;
  /** Whether peers elsewhere may come late, so that the role greets them without a limit. */
  readonly patient: boolean;
  /** Peers that are not here. */
  readonly elsewhere: readonly string[];
  /** Whether peers share a thread that hears of nothing else while it waits: the links tell them that this role has failed. */
  readonly blocking?: boolean;
  readonly local: Local;
  readonly testing: TestSettings;
  readonly module: WasmModule;
  readonly memory: WasmMemory;
  readonly bell: SharedArrayBuffer;
  readonly links: readonly LinkBuffers[];
  /** Of a party in the thread that keeps its links: how many bytes each peer may send ahead. */
  readonly windows?: ReadonlyMap<string, number>;
  /** Of a party whose provider is a tape, and of the thread that plays it to the last one. */
  readonly tape?: TapePlace;
  /** Of a provider that writes tapes. */
  readonly deal?: DealBoot;
}
