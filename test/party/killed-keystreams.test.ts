/** Runs that are killed and taken up use no key and no region of a keystream that a run before has used. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';

const script = fileURLToPath(new URL('../world/killed-runs.js', import.meta.url));
const preload = new URL('../world/stream-log.js', import.meta.url).href;
const RUNS = 5;
/** Bytes of a keystream that one call of the generator yields: a block is used by one region alone. */
const BLOCK = 64;

interface Region {
  readonly from: number;
  readonly to: number;
}

/** What speaks against the uses of all runs, or null; and how many there are, by run. */
async function runAll(known: string): Promise<{ problem: string | null; uses: number[] }> {
  const folder = mkdtempSync(join(tmpdir(), 'beaverdam-streams-'));
  try {
    const env = { ...process.env, NODE_OPTIONS: `--import=${preload}` };
    const child = fork(script, [folder, known], { env, execArgv: [] });
    const [code] = await once(child, 'close');
    assert.is(code, 0);
    return problemOf(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function problemOf(folder: string): { problem: string | null; uses: number[] } {
  /** The run that has used a stream, by its key, operation and purpose. */
  const runOf = new Map<string, number>();
  const uses: number[] = Array(RUNS).fill(0);
  let problem: string | null = null;
  for (let run = 0; run < RUNS; run++) {
    const own = join(folder, `run-${run}`);
    for (const role of readdirSync(own)) {
      const streams = new Map<string, Region[]>();
      for (const line of readFileSync(join(own, role), 'utf8').split('\n')) {
        const [, stream, from, to] = /^(\w{64} \d+ \d+) (\d+) (\d+)$/.exec(line) ?? [];
        if (stream === undefined) continue;
        uses[run]++;
        const before = runOf.get(stream);
        if (before !== undefined && before !== run)
          problem ??= `${role}: runs ${before} and ${run} share ${stream}`;
        runOf.set(stream, run);
        streams.set(stream, [...(streams.get(stream) ?? []), { from: Number(from), to: Number(to) }]);
      }
      for (const [stream, regions] of streams) {
        regions.sort((a, b) => a.from - b.from);
        const twice = regions.some(
          ({ from }, i) => i > 0 && from < Math.ceil(regions[i - 1].to / BLOCK) * BLOCK,
        );
        if (twice) problem ??= `${role} uses a region of ${stream} twice`;
      }
    }
  }
  return { problem, uses };
}

test('runs that are killed and taken up share no stream, and none of them uses a region twice', async () => {
  const { problem, uses } = await runAll('none');
  assert.ok(
    uses.every((count) => count > 500),
    String(uses),
  );
  assert.is(problem, null);
});

test('positive control: runs with the same seeds share streams', async () => {
  const { problem } = await runAll('1');
  assert.match(String(problem), /runs 0 and 1 share/);
});

test.run();
