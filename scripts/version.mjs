/**
 * What Changesets leaves to be done once it has raised the version in package.json: in src/version.ts and package-lock.json, and in
 * CHANGELOG.md what is new goes where it belongs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { inItsPlace } from './changelog.mjs';

const at = (path) => new URL(`../${path}`, import.meta.url);
const read = (path) => readFileSync(at(path), 'utf8');

const { version } = JSON.parse(read('package.json'));
const text = read('src/version.ts');
writeFileSync(at('src/version.ts'), text.replace(/(?<=VERSION = ')[^']+/, version));
const lock = JSON.parse(read('package-lock.json'));
lock.version = lock.packages[''].version = version;
writeFileSync(at('package-lock.json'), `${JSON.stringify(lock, null, 2)}\n`);
writeFileSync(at('CHANGELOG.md'), inItsPlace(read('CHANGELOG.md')));
