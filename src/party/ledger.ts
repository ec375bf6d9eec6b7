/** What one role really sent and received: rounds, and payload bytes by purpose, without frame headers (8 bytes each). */
export interface LedgerTotals {
  /** Rounds of openings between the parties. */
  rounds: number;
  /** Bytes this party sent in openings, to all peers together. */
  online: number;
  /** Bytes of dealt corrections: those that the provider sent, or those that this party received. */
  dealt: number;
  /** Bytes this role sent or received of owners' inputs. */
  input: number;
  /** Bytes this role sent in reveals. */
  revealed: number;
  /** Values opened under a mask, by label. */
  openings: Record<string, number>;
}

/** Counts for one role. */
export class Ledger {
  readonly #totals = emptyTotals();
  readonly #openings = new Map<string, number>();

  round(): void {
    this.#totals.rounds++;
  }

  add(what: 'online' | 'dealt' | 'input' | 'revealed', bytes: number): void {
    const totals = this.#totals;
    if (what === 'online') totals.online += bytes;
    else if (what === 'dealt') totals.dealt += bytes;
    else if (what === 'input') totals.input += bytes;
    else totals.revealed += bytes;
  }

  opened(label: string, bytes: number): void {
    this.#openings.set(label, (this.#openings.get(label) ?? 0) + bytes);
  }

  /** A copy of the counts so far. */
  totals(): LedgerTotals {
    return { ...this.#totals, openings: Object.fromEntries(this.#openings) };
  }
}

/** All counts zero. */
export const emptyTotals = (): LedgerTotals => ({
  rounds: 0,
  online: 0,
  dealt: 0,
  input: 0,
  revealed: 0,
  openings: {},
});

/** What was counted between two readings of a ledger. */
export function difference(after: LedgerTotals, before: LedgerTotals): LedgerTotals {
  const openings: Record<string, number> = {};
  for (const [label, bytes] of Object.entries(after.openings)) {
    const more = bytes - (before.openings[label] ?? 0);
    if (more !== 0) openings[label] = more;
  }
  return {
    rounds: after.rounds - before.rounds,
    online: after.online - before.online,
    dealt: after.dealt - before.dealt,
    input: after.input - before.input,
    revealed: after.revealed - before.revealed,
    openings,
  };
}
