/** What all roles of a session must agree on. Public, the same at every role. */
import type { RingBits } from '../../bindings/ring.js';

/** Version of what crosses between roles: they must have the same. */
export const PROTOCOL = 8;

export interface Agreement {
  /** Names of the compute parties, P₀ first. */
  readonly parties: readonly string[];
  readonly provider: string;
  /** The model owner: a party, or a role of its own that holds no share. */
  readonly owner: string;
  /** Other roles that hold no share: they bring data and are shown results, and may leave. None unless it is given. */
  readonly clients?: readonly string[];
  readonly ring: RingBits;
  readonly fractionBits: number;
  /** Rounds of the ChaCha generator. */
  readonly prgRounds: 8 | 12 | 20;
  /** Fewest rows over which a sum is opened. */
  readonly leastRows: number;
  /** Whether operations take fewer rounds where that costs more bytes, for links with long delays. Not unless it is given. */
  readonly fewRounds?: boolean | undefined;
  /** Which tape stands for the provider, which is nowhere then; undefined where it is at work. */
  readonly tape?: string | undefined;
}

/** The names of an agreement's fields, in the order in which they are compared. */
export const AGREED = [
  'parties',
  'provider',
  'owner',
  'clients',
  'ring',
  'fractionBits',
  'prgRounds',
  'leastRows',
  'fewRounds',
  'tape',
] as const satisfies readonly (keyof Agreement)[];

/** The agreed part of some settings. */
export const agreementOf = (settings: Agreement): Agreement => {
  const { parties, provider, owner, clients = [], ring, fractionBits, prgRounds, leastRows } = settings;
  const { fewRounds, tape } = settings;
  return {
    ...{ parties, provider, owner, clients, ring, fractionBits, prgRounds, leastRows },
    ...(fewRounds && { fewRounds }),
    ...(tape !== undefined && { tape }),
  };
};

/** The owner's name where it is a role of its own; null where it is a party. */
export const ownerApart = ({ parties, owner }: Pick<Agreement, 'parties' | 'owner'>): string | null =>
  parties.includes(owner) ? null : owner;

/** What tells which roles there are. */
export type Named = Pick<Agreement, 'parties' | 'provider' | 'owner' | 'clients' | 'tape'>;

/** The roles that hold no share and deal nothing: the owner where it is no party, and the clients. */
export function clientsOf(agreement: Pick<Agreement, 'parties' | 'owner' | 'clients'>): string[] {
  const apart = ownerApart(agreement);
  return [...(apart === null ? [] : [apart]), ...(agreement.clients ?? [])];
}

/** Those that bring data and may be shown results: all but the provider. */
export const withData = (agreement: Pick<Agreement, 'parties' | 'owner' | 'clients'>): string[] => [
  ...agreement.parties,
  ...clientsOf(agreement),
];

/** Names of all roles: the parties, the provider unless a tape stands for it, the owner where it is no party, the clients. */
export function rolesOf(agreement: Named): string[] {
  const provider = agreement.tape === undefined ? [agreement.provider] : [];
  return [...agreement.parties, ...provider, ...clientsOf(agreement)];
}

/** The roles that a role is linked to: all others, but a client other than the owner to the parties alone. */
export function peersOf(agreement: Named, name: string): string[] {
  const { parties, clients = [] } = agreement;
  const linked = (a: string, b: string) => !clients.includes(a) || parties.includes(b);
  return rolesOf(agreement).filter((peer) => peer !== name && linked(peer, name) && linked(name, peer));
}
