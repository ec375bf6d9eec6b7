import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { zero } from '../../src/links/zero.js';

const test = suite('zero');

test('zeroes all of what it is given and nothing beside, wherever it begins and ends', () => {
  for (let start = 0; start < 17; start++) {
    for (let length = 0; length < 41; length++) {
      const bytes = new Uint8Array(new SharedArrayBuffer(64)).fill(0xa5);
      zero(bytes.subarray(start, start + length));
      const expected = new Uint8Array(64).fill(0xa5).fill(0, start, start + length);
      assert.equal([...bytes], [...expected], `${length} bytes from ${start}`);
    }
  }
});

test.run();
