/**
 * Pages in Firefox, for scripts/browser-check.mjs. Playwright drives builds of its own alone, so nobody drives this one: it opens a page that
 * reports by itself (test/browser/report.js).
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { serve } from './serve.mjs';

const LIMIT_MS = 120_000;
/** What keeps a new profile from opening pages of its own. */
const PREFERENCES = {
  'browser.aboutwelcome.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.homepage_override.mstone': 'ignore',
  'datareporting.policy.dataSubmissionEnabled': false,
  'toolkit.telemetry.enabled': false,
};

/** The version of a Firefox, in its own words. */
export const versionOf = (firefox) => spawnSync(firefox, ['--version'], { encoding: 'utf8' }).stdout.trim();

/**
 * What a page of a build reports in Firefox: its outcome, and what stood in its console.
 * @param page the name that test/browser/report.js has for it
 * @param isolated whether the server sends the headers of isolation
 */
export async function reportOf(firefox, folder, page, isolated) {
  const profile = mkdtempSync(join(tmpdir(), 'beaverdam-firefox-'));
  const lines = Object.entries(PREFERENCES).map(
    ([name, value]) => `user_pref(${JSON.stringify(name)}, ${JSON.stringify(value)});`,
  );
  writeFileSync(join(profile, 'user.js'), lines.join('\n'));
  let report = () => {};
  const reported = new Promise((resolve) => {
    report = (text) => resolve(JSON.parse(text));
  });
  const server = await serve(folder, isolated, 0, report);
  const address = `${server.url}report.html#${page}`;
  const child = spawn(firefox, ['--headless', '--no-remote', '--profile', profile, address], {
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => {
    child.once('error', (error) => resolve({ outcome: { error: String(error) } }));
    child.once('exit', () => resolve({ outcome: { error: 'Firefox has ended' } }));
  });
  const limit = new AbortController();
  const late = sleep(LIMIT_MS, { outcome: { error: 'the page has not reported' } }, { signal: limit.signal });
  try {
    return await Promise.race([reported, ended, late]);
  } finally {
    late.catch(() => {}); // it is called off
    limit.abort();
    child.kill();
    await ended;
    await server.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 10 });
  }
}
