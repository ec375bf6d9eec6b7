/** A dry run counts what a real run counts, operation by operation, without data, links or kernels. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { clip } from '../../src/nn/optimizers/clip.js';
import { DryRuntime } from '../../src/party/dry.js';
import type { Secure } from '../../src/party/program.js';
import type { Runtime } from '../../src/party/runtime.js';
import { Masked } from '../../src/party/values.js';
import { isNegative } from '../../src/protocol/compare.js';
import { isZero } from '../../src/protocol/equal.js';
import { asShare } from '../../src/protocol/linear.js';
import { max } from '../../src/protocol/max.js';
import { matmul, multiply } from '../../src/protocol/multiply.js';
import { open } from '../../src/protocol/open.js';
import { polynomial } from '../../src/protocol/polynomial.js';
import { isPositive, relu } from '../../src/protocol/relu.js';
import { inverseSqrt } from '../../src/protocol/roots.js';
import { multiplyBit, select } from '../../src/protocol/select.js';
import { sigmoidPair } from '../../src/protocol/sigmoid.js';
import { softmax } from '../../src/protocol/softmax.js';
import { rescale } from '../../src/protocol/truncate.js';
import { inEverySetting } from '../world/settings.js';

/** Programs of a masked [rows, 3]. */
const PROGRAMS: Record<string, (rt: Runtime, x: Masked) => Secure<unknown>> = {
  open: (rt, x) => open(rt, asShare(rt, x)),
  rescale: (rt, x) => rescale(rt, multiply(rt, x, x)),
  'comparison with zero': isNegative,
  relu: (rt, x) => relu(rt, multiply(rt, x, x)),
  *selection(rt, x) {
    const bit = yield* isPositive(rt, x);
    yield* open(rt, multiplyBit(rt, bit, x));
    yield* select(rt, bit, multiply(rt, x, x), rt.fraction);
  },
  clip: (rt, x) => clip(rt, asShare(rt, x), 1),
  polynomial: (rt, x) => polynomial(rt, x, [0.1, 0.6, 0.2, -0.05]),
  sigmoid: (rt, x) => sigmoidPair(rt, asShare(rt, x), true, true),
  'inverse square root': (rt, x) => inverseSqrt(rt, x),
  equality: (rt, x) => isZero(rt, x),
  max: (rt, x) => max(rt, x, { mark: true, value: true }),
  softmax: (rt, x) => softmax(rt, x, { log: true }),
};

for (const [name, program] of Object.entries(PROGRAMS)) {
  test(`${name}: rounds, online and dealt bytes of a dry run equal the ledgers'`, () => {
    inEverySetting((world, where) => {
      for (const rows of [1, 43, 130]) {
        const shape = [rows, 3];
        const x = world.masked(
          Array.from({ length: rows * 3 }, () => BigInt(world.random.below(2 ** world.fraction))),
          world.fraction,
          shape,
        );
        const { cost } = world.run((rt, role) => program(rt, x[role]));
        const parties = world.parties.length;
        const dry = new DryRuntime({ ring: world.bits, fractionBits: world.fraction, parties });
        dry.run(program(dry, new Masked(dry.words(rows * 3), dry.words(rows * 3), shape, dry.fraction)));
        const { rounds, online, dealt } = dry.ledger.totals();
        assert.equal({ rounds, online, dealt }, cost, `${where}: ${rows} rows`);
      }
    });
  });
}

test('a party does two multiply-adds for each of a matrix product in clear', () => {
  const rt = new DryRuntime({ ring: 32, fractionBits: 12, parties: 2 });
  const value = (m: number, n: number) => new Masked(rt.words(m * n), rt.words(m * n), [m, n], rt.fraction);
  matmul(rt, value(5, 7), value(7, 3));
  assert.is(rt.multiplyAdds, 2 * 5 * 7 * 3);
});

test.run();
