/** The ledger counts, hands out copies, and subtracts. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { difference, emptyTotals, Ledger } from '../../src/party/ledger.js';

test('rounds, bytes by purpose and openings by label', () => {
  const ledger = new Ledger();
  assert.equal(ledger.totals(), emptyTotals());
  ledger.round();
  ledger.add('online', 8);
  ledger.add('dealt', 4);
  ledger.add('input', 2);
  ledger.add('revealed', 1);
  ledger.opened('truncate', 8);
  ledger.opened('truncate', 8);
  ledger.opened('bit', 16);
  assert.equal(ledger.totals(), {
    rounds: 1,
    online: 8,
    dealt: 4,
    input: 2,
    revealed: 1,
    openings: { truncate: 16, bit: 16 },
  });
});

test('totals are a copy', () => {
  const ledger = new Ledger();
  const before = ledger.totals();
  before.openings.forged = 1;
  before.rounds = 9;
  assert.equal(ledger.totals(), emptyTotals());
});

test('the difference of two readings names only the labels that have grown', () => {
  const ledger = new Ledger();
  ledger.opened('old', 8);
  ledger.add('online', 8);
  const before = ledger.totals();
  ledger.round();
  ledger.opened('new', 4);
  ledger.add('online', 4);
  assert.equal(difference(ledger.totals(), before), {
    ...emptyTotals(),
    rounds: 1,
    online: 4,
    openings: { new: 4 },
  });
});

test.run();
