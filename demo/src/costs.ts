/** What crossed at each role, as rows of a table. */
import type { LedgerTotals } from 'beaverdam';
import { tableRow } from './dom.js';
import { bytes } from './format.js';

/** One row a role: rounds, sent in openings, dealt, inputs, revealed. */
export function showCosts(body: HTMLElement, costs: ReadonlyMap<string, LedgerTotals>): void {
  const rows = [...costs].map(([role, { rounds, online, dealt, input, revealed }]) =>
    tableRow(
      role,
      online === 0 ? '–' : rounds.toLocaleString('en'),
      ...[online, dealt, input, revealed].map(bytes),
    ),
  );
  body.replaceChildren(...rows);
}
