import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Waiting } from '../../src/cli/waiting.js';
import type { LinkEvent } from '../../src/session/network.js';

const test = suite('waiting');

const event = (peer: string, state: LinkEvent['state']): LinkEvent => ({
  self: 'alice',
  peer,
  state,
});

/** Lines as they come; a timer keeps the process awake, for those of a role that waits do not. */
function heard() {
  const awake = setInterval(() => {}, 1000);
  const lines: string[] = [];
  let told = () => {};
  return {
    say: (line: string) => {
      lines.push(line);
      told();
    },
    async lines(count: number): Promise<string[]> {
      while (lines.length < count) await new Promise<void>((resolve) => (told = resolve));
      return lines;
    },
    end: () => clearInterval(awake),
  };
}

test('it says again and again who is missing, and no more who has come', async () => {
  const { say, lines, end } = heard();
  const waiting = new Waiting(['bob', 'provider', 'owner'], 600, say, 5, 5);
  const [first] = await lines(1);
  assert.match(first, /^waiting for bob, provider and owner, for (600|599) s more at the most$/);
  waiting.link(event('provider', 'linked'));
  const now = await lines(2);
  assert.match(now[1], /^waiting for bob and owner, for /);
  waiting.link(event('bob', 'ended'));
  waiting.link(event('owner', 'linked'));
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.is(now.length, 2, 'nothing more once all have come');
  end();
});

test('it says nothing where all come at once', async () => {
  const { say, lines, end } = heard();
  const waiting = new Waiting(['bob'], 600, say, 20, 20);
  waiting.link(event('bob', 'linked'));
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.equal(await lines(0), []);
  end();
});

test.run();
