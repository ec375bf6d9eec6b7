/** The checks of options: what is let through, what is refused, what is suggested. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { checkArray, checkInteger, checkOptions, checkShape, kindOf } from '../src/options.js';

const KNOWN = ['batchSize', 'epochs', 'to'];

test('plain objects with known options pass, whatever made them', () => {
  for (const options of [{}, { to: undefined }, Object.assign(Object.create(null), { epochs: 1 })]) {
    checkOptions('f', options, KNOWN);
  }
});

test('what is near a known option is suggested, what is far from all is not', () => {
  const said = (key: string): string => {
    try {
      checkOptions('f', { [key]: 1 }, KNOWN);
    } catch (error) {
      return (error as Error).message;
    }
    return assert.unreachable() as never;
  };
  const start = (key: string) => `f: unknown option "${key}" (known: batchSize, epochs, to)`;
  for (const [key, near] of Object.entries({
    To: 'to',
    batch: 'batchSize',
    BATCHSIZE: 'batchSize',
    epoch: 'epochs',
    epcohs: 'epochs',
    bs: 'batchSize',
  })) {
    assert.is(said(key), `${start(key)}; did you mean "${near}"?`);
  }
  for (const key of ['colour', 'x', 'learningRate', 'toString', '__proto__', 'k'.repeat(1000)]) {
    assert.is(said(key), start(key));
  }
});

test('other things than plain objects are called what they are', () => {
  class Options {
    readonly to = 'alice';
  }
  const kinds: readonly [unknown, string][] = [
    [null, 'null'],
    [undefined, 'undefined'],
    ['alice', 'a string'],
    [[1], 'an array'],
    [new Float32Array(1), 'an array'],
    [new Map(), 'an instance of Map'],
    [new Options(), 'an instance of Options'],
    [() => {}, 'a function'],
  ];
  for (const [value, kind] of kinds) {
    assert.is(kindOf(value), kind);
    assert.throws(
      () => checkOptions('f', value, ['to']),
      (error: Error) =>
        error instanceof TypeError && error.message === `f: expected a plain object { to }, got ${kind}`,
    );
  }
});

test('holes, numbers that are none, and numbers out of range', () => {
  const holed: unknown[] = [1];
  holed[2] = 3;
  assert.throws(() => checkArray('f: list', holed), /^f: list: entry 1 is missing$/);
  assert.throws(
    () => checkShape('f: shape', [2, Number.NaN]),
    /^f: shape: \[2,NaN\] must hold positive integers$/,
  );
  assert.throws(() => checkShape('f: shape', []), RangeError);
  checkShape('f: shape', [], 0);
  assert.throws(() => checkInteger('f: n', '1', 1), /^f: n must be a number, got a string$/);
  assert.throws(() => checkInteger('f: n', 0, 1), /^f: n must be a positive integer$/);
  assert.throws(() => checkInteger('f: n', -1, 0), /^f: n must be an integer, 0 or more$/);
  assert.throws(() => checkInteger('f: n', 9, 1, 8), /^f: n must be an integer from 1 to 8$/);
});

test.run();
