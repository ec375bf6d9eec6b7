/** The joined command of a checkout, and the code of it that V8 has kept. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { codeFile, joinedFile } from '../../bindings/host/node-code.js';

const test = suite('kept code');

/** What a process of its own, which has compiled nothing before, finds in a folder: whether the command is there, and its code. */
const LOOK = `
  const { prepareV8, runJoined } = await import('./bindings/host/node-code.js');
  prepareV8();
  const joined = runJoined('start');
  console.log(typeof joined?.exports.start, joined?.script.cachedDataRejected);`;

/** A copy of the joined command and of what loads it, where it can be damaged. */
function copied(work: (look: () => string, code: string, script: string) => void) {
  const folder = mkdtempSync(`${tmpdir()}/beaverdam-code-`);
  try {
    mkdirSync(`${folder}/command`);
    const [script, code] = [`${folder}/command/start.cjs`, `${folder}/command/start.cjs.code`];
    cpSync(joinedFile('start'), script);
    cpSync(codeFile('start'), code);
    writeFileSync(`${folder}/package.json`, '{ "type": "module" }');
    cpSync(new URL('../../bindings/host/', import.meta.url), `${folder}/bindings/host`, { recursive: true });
    const look = () => execFileSync(process.execPath, ['--input-type=module', '-e', LOOK], { cwd: folder });
    work(() => String(look()).trim(), code, script);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('code that was kept is taken', () => copied((look) => assert.is(look(), 'function false')));

test('where it is damaged or missing, the command is compiled', () =>
  copied((look, code) => {
    const kept = readFileSync(code);
    const flipped = Buffer.from(kept);
    flipped[kept.length - 1000] ^= 1;
    for (const bytes of [kept.subarray(0, 1000), flipped, Buffer.alloc(kept.length), Buffer.alloc(0)]) {
      writeFileSync(code, bytes);
      assert.is(look(), 'function undefined');
    }
    rmSync(code);
    assert.is(look(), 'function undefined');
  }));

test('it is not taken for a script of the same length', () =>
  copied((look, _code, script) => {
    const source = readFileSync(script, 'latin1');
    writeFileSync(script, source.replace('"use strict"', "'use strict'"), 'latin1');
    assert.is(look(), 'function undefined');
  }));

test('where there is no joined script, nothing is run', () =>
  copied((look, _code, script) => {
    rmSync(script);
    assert.is(look(), 'undefined undefined');
  }));

test.run();
