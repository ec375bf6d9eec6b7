/**
 * Writes to package.json where the workflow that publishes it has its sources from: npm takes a package with a statement of
 * provenance only where the two agree.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const { GITHUB_SERVER_URL, GITHUB_REPOSITORY } = process.env;
if (!GITHUB_SERVER_URL || !GITHUB_REPOSITORY) {
  console.error('release: versions are published by the workflow of that name, which knows the repository');
  process.exit(1);
}
const path = new URL('../package.json', import.meta.url);
const described = JSON.parse(readFileSync(path, 'utf8'));
described.repository = { type: 'git', url: `git+${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}.git` };
writeFileSync(path, `${JSON.stringify(described, null, 2)}\n`);
