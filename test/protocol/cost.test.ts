/** Costs are what operations declare: the ledger, the transcripts and the memory left behind, for every operation. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { functionOperations, longRowOperations } from '../world/function-operations.js';
import { operations as plainOperations } from '../world/operations.js';
import { scoreOperations } from '../world/score-operations.js';
import { inEverySetting, SIZES } from '../world/settings.js';

const operations = [...plainOperations, ...functionOperations, ...longRowOperations, ...scoreOperations];

for (const operation of operations) {
  test(`${operation.name}: the ledger equals the declared cost`, () => {
    inEverySetting((world, where) => {
      for (const size of SIZES) {
        const program = operation.prepare(world, world.random.words(world.bits, size));
        const { cost } = world.run(program);
        const declared = operation.cost(world.setting, size, world.fraction);
        assert.equal(cost, declared, `${where}, ${size} values`);
      }
    });
  });
}

test('whatever an operation opens stands in the ledger under its label, and nothing else crosses', () => {
  inEverySetting((world, where) => {
    for (const operation of operations) {
      world.forget();
      const program = operation.prepare(world, world.random.words(world.bits, 129));
      const { ledgers } = world.run(program);
      world.parties.forEach((rt, i) => {
        const seen: Record<string, number> = {};
        for (const { party, label, opened, received } of world.seen) {
          if (party !== rt.name) continue;
          seen[label] = (seen[label] ?? 0) + opened.length;
          assert.equal(
            received.map((bytes) => bytes.length),
            Array(rt.parties.length - 1).fill(opened.length),
          );
        }
        const what = `${operation.name}, ${where}, ${rt.name}`;
        assert.equal(ledgers[i].openings, seen, what);
        const total = Object.values(seen).reduce((sum, bytes) => sum + bytes, 0);
        assert.is(ledgers[i].online, total * (rt.parties.length - 1), what);
        assert.is(ledgers[i].input + ledgers[i].revealed, 0, what);
      });
    }
  });
});

test('an operation leaves no memory behind but its results and the arguments that it does not consume', () => {
  inEverySetting((world, where) => {
    for (const operation of operations) {
      const before = world.roles.map((rt) => rt.heap.liveBytes);
      const program = operation.prepare(world, world.random.words(world.bits, 300));
      const { results } = world.run(program);
      world.roles.forEach((rt, i) => {
        rt.free(...results[i]);
        assert.is(rt.heap.liveBytes - before[i], 0, `${operation.name}, ${where}, ${rt.name}: bytes left`);
      });
    }
  });
});

test.run();
