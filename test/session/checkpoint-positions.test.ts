/** The newest position that all roles have, for every state that killed runs leave behind. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CheckpointPosition } from '../../src/session/checkpoint-folder.js';
import { newestCommon } from '../../src/session/checkpoint-positions.js';

/** Positions of training 0, written '3a' for epoch 3 of run a. */
const at = (text: string): CheckpointPosition[] =>
  (text.match(/\d+\w?/g) ?? []).map((one) => ({
    training: 0,
    epoch: Number.parseInt(one, 10),
    id: one.replace(/\d+/, ''),
  }));

const common = (roles: Record<string, string>) =>
  newestCommon(0, new Map(Object.entries(roles).map(([role, text]) => [role, at(text)])));

test('the newest of one run that every role has', () => {
  const cases: [Record<string, string>, string][] = [
    [{ alice: '2a 3b', bob: '2a 3b' }, '3b'],
    [{ alice: '2a 3b', bob: '1c 2a' }, '2a'],
    [{ alice: '3b', bob: '2a 3b', carol: '3b 4d' }, '3b'],
    [{ alice: '2a 3b', bob: '2a 3c' }, '2a'],
    [{ alice: '2a 3b', bob: '2a 3b', owner: '2 3' }, '3b'],
    [{ owner: '2 3', alice: '2a 3b', bob: '2a 3b' }, '3b'],
    [{ alice: '2a 3b', bob: '2a 3b', owner: '1 2' }, '2a'],
  ];
  for (const [roles, expected] of cases) assert.equal(common(roles), at(expected)[0], JSON.stringify(roles));
});

test('the beginning where nobody has kept more than the first epoch', () => {
  for (const roles of [
    { alice: '', bob: '' },
    { alice: '1a', bob: '' },
    { alice: '1a', bob: '1b' },
  ]) {
    assert.is(common(roles as Record<string, string>), null);
  }
});

test('nothing in common is an error that says what each has', () => {
  assert.throws(() => common({ alice: '2a 3b', bob: '' }), /alice has those after epoch 2, 3; bob has none/);
  assert.throws(() => common({ alice: '5a 6b', bob: '2c 3d' }), /bob has those after epoch 2, 3/);
  assert.throws(() => common({ alice: '2a', bob: '2b' }), /after epoch 2 are of different runs/);
  assert.throws(() => common({ alice: '2a 3b', bob: '2a 3b', owner: '' }), /owner has none/);
});

test('other trainings do not count', () => {
  const later = at('4a').map((position) => ({ ...position, training: 1 }));
  const roles = new Map(['alice', 'bob'].map((role) => [role, [...at('2b'), ...later]]));
  assert.equal(newestCommon(1, roles), later[0]);
  assert.equal(newestCommon(0, roles), at('2b')[0]);
  assert.is(newestCommon(2, roles), null);
});

test.run();
