/** What a role agrees to disclose: nothing else leaves it, and what did is on record. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ProtocolError } from '../../src/errors.js';
import { DisclosureList } from '../../src/party/disclosures.js';

test('without a list everything passes, and is counted by label and reader', () => {
  const list = new DisclosureList('alice', null);
  list.pass('loss', 'owner', 1);
  list.pass('weights', 'owner', 10);
  list.pass('loss', 'owner', 1);
  list.pass('loss', 'bob', 3);
  assert.equal(list.done, [
    { label: 'loss', to: 'owner', values: 2, times: 2 },
    { label: 'weights', to: 'owner', values: 10, times: 1 },
    { label: 'loss', to: 'bob', values: 3, times: 1 },
  ]);
});

test('with a list, what it lacks is refused by name and not counted', () => {
  const list = new DisclosureList('alice', [{ label: 'loss', to: 'owner' }]);
  list.pass('loss', 'owner', 1);
  for (const [label, to] of [
    ['weights', 'owner'],
    ['loss', 'bob'],
    ['los', 'sowner'],
  ]) {
    assert.throws(
      () => list.pass(label, to, 1),
      (error: Error) =>
        error instanceof ProtocolError &&
        error.message === `alice refuses to disclose "${label}" to ${to}; it agreed to: "loss" to owner`,
    );
  }
  assert.is(list.done.length, 1);
  assert.throws(() => new DisclosureList('bob', []).pass('loss', 'owner', 1), /it agreed to: nothing$/);
});

test.run();
