/** The version that roles compare is the package's. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VERSION } from '../src/version.js';

test('VERSION is what package.json says', () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  assert.is(VERSION, version);
});

test.run();
