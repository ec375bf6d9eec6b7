/** The few things that the pages ask of the document. */

/** The element with this id, of the kind that its page takes it for. */
export function element<T extends HTMLElement>(id: string, kind: new () => T): T {
  const found = document.getElementById(id);
  if (found instanceof kind) return found;
  throw new TypeError(`the page has no ${kind.name} #${id}`);
}

/** An element with these attributes and children. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Readonly<Record<string, string>> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...children);
  return made;
}

/** A row of a table: its first cell names it, the others are figures. */
export const tableRow = (name: string, ...cells: (Node | string)[]): HTMLTableRowElement =>
  make('tr', {}, make('th', { scope: 'row' }, name), ...cells.map((cell) => make('td', {}, cell)));

/** A box that says what went wrong, or nothing. */
export function showError(box: HTMLElement, error: unknown): void {
  box.hidden = error === null;
  box.textContent = error instanceof Error ? error.message : String(error ?? '');
}
