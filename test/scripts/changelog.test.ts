/** scripts/changelog.mjs: a new version stands below the introduction, above older ones. */
import { readFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const script = new URL('../../../scripts/changelog.mjs', import.meta.url);
const { inItsPlace } = (await import(script.href)) as { inItsPlace: (changelog: string) => string };

const INTRODUCTION = 'All notable changes to this project are written down here.\n';
const NEW = '## 0.2.0\n\n### Minor Changes\n\n- 1234567: New.\n';

test('below the introduction, and what was not released is a part of it', () => {
  const raised = `# Changelog\n\n${NEW.replace('\n\n', '\n')}\n${INTRODUCTION}\n## [Unreleased]\n\n### Added\n\n- Old.\n`;
  assert.is(inItsPlace(raised), `# Changelog\n\n${INTRODUCTION}\n${NEW}\n### Added\n\n- Old.\n`);
});

test('above an older version', () => {
  const raised = `# Changelog\n\n${NEW}\n${INTRODUCTION}\n## 0.1.0\n\n- Old.\n`;
  assert.is(inItsPlace(raised), `# Changelog\n\n${INTRODUCTION}\n${NEW}\n## 0.1.0\n\n- Old.\n`);
});

test('above nothing, where it is the first', () => {
  const raised = `# Changelog\n\n${NEW}\n${INTRODUCTION}`;
  assert.is(inItsPlace(raised), `# Changelog\n\n${INTRODUCTION}\n${NEW}\n`);
});

test('a changelog to which nothing was added stays as it is, this one too', () => {
  const own = readFileSync('CHANGELOG.md', 'utf8');
  assert.is(inItsPlace(own), own);
});

test.run();
