/** Where a version stands in CHANGELOG.md: Changesets puts it right below the title. */

/** A heading of a version, or of what is not released yet. */
const HEADING = /^## /m;

/** The changelog with its newest version below the introduction, and with what was not released as a part of it. */
export function inItsPlace(changelog) {
  const first = changelog.search(HEADING);
  const introduction = changelog.search(/^All notable changes/m);
  if (first === -1 || introduction < first) return changelog;
  const title = changelog.slice(0, first);
  const version = changelog
    .slice(first, introduction)
    .trimEnd()
    .replace(/^(#.*)\n(?=#)/gm, '$1\n\n');
  const rest = changelog.slice(introduction);
  const next = rest.search(HEADING);
  const [before, after] = next === -1 ? [`${rest}\n`, ''] : [rest.slice(0, next), rest.slice(next)];
  return `${title}${before}${version}\n\n${after.replace(/^## \[Unreleased\]\s*/, '')}`;
}
