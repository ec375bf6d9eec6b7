/** Every operation that roles know, through the tensor that asks for it: a case here is a must for a new one. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { OperationName } from '../../src/role/command.js';
import { RoleGroup } from '../../src/session/role-group.js';
import type { SecureTensor } from '../../src/tensor/secure-tensor.js';
import { nameOf, sessionsOfEverySetting } from '../world/sessions.js';

const A = [1.5, -0.25, 0.75, 2];
const B = [0.5, 2, 1.25, -1];

interface Case {
  /** Asks for the operation on A and B, as matrices [2, 2]. */
  readonly ask: (a: SecureTensor, b: SecureTensor) => SecureTensor;
  /** What comes of it, row-major. */
  readonly value: readonly number[];
}

/** An operation on each number of A, and of the number of B beside it. */
const each = (ask: Case['ask'], of: (a: number, b: number) => number): Case => ({
  ask,
  value: A.map((a, i) => of(a, B[i])),
});

const softmax = (row: readonly number[]): number[] => {
  const sum = row.reduce((total, x) => total + Math.exp(x), 0);
  return row.map((x) => Math.exp(x) / sum);
};
const rows = [A.slice(0, 2), A.slice(2)];

const cases: { readonly [N in OperationName]: Case } = {
  add: each(
    (a, b) => a.add(b),
    (a, b) => a + b,
  ),
  sub: each(
    (a, b) => a.sub(b),
    (a, b) => a - b,
  ),
  neg: each(
    (a) => a.neg(),
    (a) => -a,
  ),
  addPublic: each(
    (a) => a.sub(3),
    (a) => a - 3,
  ),
  mulPublic: each(
    (a) => a.mul(1.5),
    (a) => a * 1.5,
  ),
  mul: each(
    (a, b) => a.mul(b),
    (a, b) => a * b,
  ),
  matmul: {
    ask: (a, b) => a.matmul(b),
    value: [0, 1, 2, 3].map((i) => A[i < 2 ? 0 : 2] * B[i % 2] + A[i < 2 ? 1 : 3] * B[2 + (i % 2)]),
  },
  polynomial: each(
    (a) => a.polynomial([1, 0.5, 0.25]),
    (a) => 1 + a / 2 + a ** 2 / 4,
  ),
  relu: each(
    (a) => a.relu(),
    (a) => Math.max(0, a),
  ),
  sum: { ask: (a) => a.sum(0), value: [A[0] + A[2], A[1] + A[3]] },
  mean: { ask: (a) => a.mean(1), value: [(A[0] + A[1]) / 2, (A[2] + A[3]) / 2] },
  take: { ask: (a) => a.transpose(), value: [A[0], A[2], A[1], A[3]] },
  concat: { ask: (a, b) => a.concat(b), value: [...A, ...B] },
  sigmoid: each(
    (a) => a.sigmoid(),
    (a) => 1 / (1 + Math.exp(-a)),
  ),
  tanh: each(
    (a) => a.tanh(),
    (a) => Math.tanh(a),
  ),
  exp: each(
    (a) => a.exp(),
    (a) => Math.exp(a),
  ),
  log: each(
    (a) => a.abs().log(),
    (a) => Math.log(Math.abs(a)),
  ),
  sqrt: each(
    (a) => a.abs().sqrt(),
    (a) => Math.sqrt(Math.abs(a)),
  ),
  inverseSqrt: each(
    (a) => a.abs().inverseSqrt(),
    (a) => 1 / Math.sqrt(Math.abs(a)),
  ),
  reciprocal: each(
    (a) => a.reciprocal(),
    (a) => 1 / a,
  ),
  divide: each(
    (a, b) => a.divide(b),
    (a, b) => a / b,
  ),
  abs: each(
    (a) => a.abs(),
    (a) => Math.abs(a),
  ),
  maximum: each(
    (a, b) => a.maximum(b),
    (a, b) => Math.max(a, b),
  ),
  minimum: each(
    (a, b) => a.minimum(b),
    (a, b) => Math.min(a, b),
  ),
  negative: each(
    (a, b) => a.less(b),
    (a, b) => Number(a < b),
  ),
  notNegative: each(
    (a, b) => a.greaterEqual(b),
    (a, b) => Number(a >= b),
  ),
  zero: each(
    (a) => a.equal(0.75),
    (a) => Number(a === 0.75),
  ),
  softmax: { ask: (a) => a.softmax(), value: rows.flatMap(softmax) },
  logSoftmax: { ask: (a) => a.logSoftmax(), value: rows.flatMap((row) => softmax(row).map(Math.log)) },
  max: { ask: (a) => a.max(), value: [1.5, 2] },
  argmax: { ask: (a) => a.argmax(), value: [0, 1] },
};

const { sessions, closeAll } = await sessionsOfEverySetting();
test.after(closeAll);

for (const [name, { ask, value }] of Object.entries(cases)) {
  test(name, async () => {
    const { operate } = RoleGroup.prototype;
    for (const session of sessions) {
      const asked: string[] = [];
      RoleGroup.prototype.operate = function (operation) {
        asked.push(operation.name);
        operate.call(this, operation);
      };
      const [a, b] = [A, B].map((numbers) => session.share(numbers, { owner: 'alice', shape: [2, 2] }));
      const result = ask(a, b);
      RoleGroup.prototype.operate = operate;
      const shown = await result.reveal();
      assert.is(asked.at(-1), name, 'the method asks for the operation');
      assert.is(shown.length, value.length, nameOf(session));
      const off = session.settings.ring === 32 ? 4e-3 : 2e-5;
      shown.forEach((x, i) => {
        assert.ok(Math.abs(x - value[i]) < off, `${x}, not ${value[i]}: ${nameOf(session)}, number ${i}`);
      });
    }
  });
}

test.run();
