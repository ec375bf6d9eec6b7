import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Post } from '../../src/links/in-memory.js';

const filled = (length: number, seed: number) => Uint8Array.from({ length }, (_, i) => (seed + 7 * i) & 255);

test('frames under way keep their bytes, however many and long they are', () => {
  const post = new Post();
  const [alice, bob] = [post.links('alice'), post.links('bob')];
  const lengths = [1, 63, 64, 65, 1000, 2 ** 16, 2 ** 16 + 1, 2 ** 20, 2 ** 20 + 1, 5, 0, 2 ** 18];
  for (let turn = 0; turn < 3; turn++) {
    lengths.forEach((length, i) => {
      const bytes = filled(length, i + turn);
      const half = length >> 1;
      if (i % 2) alice.send('bob', i, [bytes.subarray(0, half), bytes.subarray(half)]);
      else alice.sendChunks('bob', i, length, () => bytes);
      bytes.fill(0);
    });
    assert.equal(post.undelivered, ['alice → bob']);
    lengths.forEach((length, i) => {
      const bytes = new Uint8Array(length);
      bob.receive('alice', i, [bytes.subarray(0, length >> 2), bytes.subarray(length >> 2)], i % 3 === 0);
      assert.equal(bytes, filled(length, i + turn), `frame ${i}`);
    });
    assert.equal(post.undelivered, []);
  }
});

test('what is announced to several peers reaches each of them', () => {
  const post = new Post();
  const names = ['alice', 'bob', 'carol'];
  const values = names.map((_, i) => filled(100, 50 * i));
  for (let operation = 1; operation < 4; operation++) {
    const peersOf = (name: string) => names.filter((other) => other !== name);
    names.forEach((name, i) => {
      post.announce(name, peersOf(name), operation, [values[i]]);
    });
    names.forEach((name, i) => {
      const chunk = { bytes: new Uint8Array(64), grain: 8 };
      const got = peersOf(name).map(() => new Uint8Array(100));
      post
        .links(name)
        .exchange(peersOf(name), operation, [values[i]], chunk, (peer, _piece, offset, bytes) => {
          got[peer].set(chunk.bytes.subarray(0, bytes), offset);
        });
      assert.equal(
        got,
        peersOf(name).map((peer) => values[names.indexOf(peer)]),
      );
    });
    assert.equal(post.undelivered, []);
  }
});

test.run();
