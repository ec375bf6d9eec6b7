/** What the page of three tabs shows. */
import { element, make, tableRow } from '../dom.js';
import { bytes } from '../format.js';
import type { OwnRows } from './job.js';
import { ROLES, type Role } from './messages.js';
import type { Crossed, Relay } from './relay.js';

const ABOUT: Readonly<Record<Role, string>> = {
  alice: 'Half of the wines, and the result',
  bob: 'The other half',
  provider: 'Deals randomness, has no rows',
};

export const Name = (role: Role): string => role[0].toUpperCase() + role.slice(1);

/** Who is where, with what can be done about it. */
export function showSeats(taken: readonly Role[], own: Role | null, be: (role: Role) => void): void {
  const seats = ROLES.map((role) => {
    const state = role === own ? 'this tab' : taken.includes(role) ? 'in another tab' : 'free';
    const seat = make('li', {}, make('b', {}, Name(role)), make('span', {}, ABOUT[role]));
    seat.append(make('span', { class: 'state' }, state));
    if (state === 'free') {
      const here = make('button', { type: 'button' }, `Be ${role}`);
      here.addEventListener('click', () => be(role));
      const there = make('button', { type: 'button' }, `Open ${role}`);
      there.addEventListener('click', () => open(`#/tabs/${role}`, '_blank', 'noopener'));
      seat.append(make('div', { class: 'actions' }, ...(own ? [there] : [here, there])));
    }
    if (role === own) seat.setAttribute('aria-current', 'true');
    return seat;
  });
  const list = element('tabs-seats', HTMLElement);
  const focused = list.contains(document.activeElement);
  list.replaceChildren(...seats);
  if (focused) element('tabs-status', HTMLElement).focus();
}

/** The first rows that this role has in clear, or that it has none. */
export function showRows(role: Role, own: OwnRows | null): void {
  const others = role === 'alice' ? 'Bob’s rows are' : 'Alice’s rows are';
  element('tabs-rows-note', HTMLElement).textContent = own
    ? `${own.count} rows to train on, the first of them here. ${others} nowhere in this tab but as shares, which are random.`
    : 'Nothing: no rows, no share of any, no result.';
  element('tabs-rows-box', HTMLElement).hidden = own === null;
  if (!own) return;
  const head = ['Row', ...own.columns].map((name) => make('th', { scope: 'col' }, name));
  element('tabs-rows-head', HTMLElement).replaceChildren(make('tr', {}, ...head));
  element('tabs-rows', HTMLElement).replaceChildren(
    ...own.rows.map((row, i) => tableRow(`${i + 1}`, ...row.map((value) => value.toPrecision(4)))),
  );
}

/** What has crossed this role's links so far. */
export function showLinks(relays: ReadonlyMap<string, Relay>): void {
  const row = (name: string, { messages, bytes: count, last }: Crossed) =>
    tableRow(name, messages.toLocaleString('en'), bytes(count), make('code', {}, last || '–'));
  const rows = [...relays].flatMap(([peer, { sent, received }]) => [
    row(`to ${peer}`, sent),
    row(`from ${peer}`, received),
  ]);
  element('tabs-links', HTMLElement).replaceChildren(...rows);
}
