/** What tabs and the hub that introduces them say to each other. */

export const ROLES = ['alice', 'bob', 'provider'] as const;
export type Role = (typeof ROLES)[number];

export const isRole = (text: string): text is Role => (ROLES as readonly string[]).includes(text);

/** A tab's words. */
export type ToHub =
  /** It wants a role; it holds the lock of this name until it is closed. */
  | { readonly take: Role; readonly lock: string }
  /** Its run is over, well or not. */
  | { readonly idle: true }
  /** Its visitor wants another run. */
  | { readonly again: true };

/** The hub's words: which roles are taken and which of them this tab has, who has gone; or the ports of a run, and one for shares that parties show. */
export type FromHub =
  | { readonly taken: readonly Role[]; readonly yours: Role | null; readonly gone: Role | null }
  | { readonly ports: Readonly<Record<string, MessagePort>>; readonly shown: MessagePort | null };
