/** One page at a time, by the part of the address after `#/`, up to a slash: what follows is the page's own. */

/**
 * Shows the section that the address names, and tells it so the first time.
 * @param pages by name, which is the id of a section too; the first is shown where the address names none
 */
export function route(pages: Readonly<Record<string, () => void>>): void {
  const started = new Set<string>();
  const show = (moved: boolean) => {
    const asked = location.hash.replace(/^#\//, '').split('/')[0];
    const name = Object.hasOwn(pages, asked) ? asked : Object.keys(pages)[0];
    for (const page of Object.keys(pages)) {
      const section = document.getElementById(page);
      if (section) section.hidden = page !== name;
    }
    for (const link of document.querySelectorAll('nav a')) {
      if (link.getAttribute('href') === `#/${name}`) link.setAttribute('aria-current', 'page');
      else link.removeAttribute('aria-current');
    }
    const heading = document.querySelector<HTMLElement>(`#${name} h1`);
    document.title = `${heading?.textContent ?? name} · beaverdam`;
    if (moved) heading?.focus();
    if (started.has(name)) return;
    started.add(name);
    pages[name]();
  };
  addEventListener('hashchange', () => {
    scrollTo(0, 0);
    show(true);
  });
  show(false);
}
