/** Writes the version of package.json to src/version.ts, after Changesets has raised it. */
import { readFileSync, writeFileSync } from 'node:fs';

const at = (path) => new URL(`../${path}`, import.meta.url);
const { version } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
const text = readFileSync(at('src/version.ts'), 'utf8');
writeFileSync(at('src/version.ts'), text.replace(/(?<=VERSION = ')[^']+/, version));
