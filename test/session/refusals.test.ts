/** Wrong inputs to sessions, tensors and functions; see test/world/refusals.ts for what is asked of each refusal. */
import { test } from 'uvu';
import {
  type Anything,
  any,
  holed,
  type Refusal,
  refusingSession,
  SECRET,
  testRefusals,
} from '../world/refusals.js';

const own = await refusingSession();
const s: Anything = own.session;
const t: Anything = own.x;

const REFUSED: readonly Refusal[] = [
  // roles and owners
  [TypeError, /^reveal: expected a plain object \{ to, label \}, got a string$/, () => t.reveal('alice')],
  [
    TypeError,
    /^reveal: unknown option "To" \(known: to, label\); did you mean "to"\?$/,
    () => t.reveal({ To: 'alice' }),
  ],
  [TypeError, /^reveal: to must not be null$/, () => t.reveal({ to: null })],
  [TypeError, /^reveal: .* got null$/, () => t.reveal(null)],
  [TypeError, /^reveal: to: no role named "provider"/, () => t.reveal({ to: 'provider' })],
  [TypeError, /^reveal: to must be a string, got a number$/, () => t.reveal({ to: 1 })],
  [TypeError, /^share: expected a plain object .* got a string$/, () => s.share([SECRET], 'alice')],
  [TypeError, /^share: unknown option "ownr" .*did you mean "owner"\?$/, () => s.share([1], { ownr: 'bob' })],
  [TypeError, /^share: owner must be the name .* got an array$/, () => s.share([1], { owner: ['bob'] })],
  [TypeError, /^share: expected a plain object .* got an array$/, () => s.share([1], [SECRET])],
  [TypeError, /^share: columns must be an array, got a string$/, () => s.share([1], { columns: 'ash' })],
  [TypeError, /no command named "toString"/, () => s.roles.call({ name: 'toString' })],
  [TypeError, /no command named "__proto__"/, () => s.roles.send({ name: '__proto__' })],
  [
    TypeError,
    /^aggregate: unknown option "alcie" .*did you mean "alice"/,
    () => s.aggregate({ alcie: null }),
  ],
  [
    TypeError,
    /^aggregate: alice's list must be a BigInt64Array, got an array$/,
    () => s.aggregate({ alice: [1n] }),
  ],
  [RangeError, /^aggregate: every party \(alice, bob\) needs a list/, () => s.aggregate({})],
  [TypeError, /^tidy: expected a function, got undefined$/, () => s.tidy()],
  // numbers and their shapes
  [TypeError, /^share: row 1 is missing, not an array/, () => s.share(holed([SECRET], [SECRET]))],
  [TypeError, /^share: entry 1 is not a number$/, () => s.share(holed(SECRET, SECRET))],
  [TypeError, /^share: row 1 is a number, not an array/, () => s.share([[SECRET], SECRET])],
  [TypeError, /^share: entry \[0,1\] is a number, not an array/, () => s.share([[[SECRET], SECRET]])],
  [TypeError, /^share: expected numbers, got null$/, () => s.share(null)],
  [TypeError, /^share: shape must be an array, got a string$/, () => s.share([1], { shape: '1' })],
  [TypeError, /^share: shape: entry 0 must be a number, got a string$/, () => s.share([1], { shape: ['1'] })],
  [TypeError, /^share: shape: entry 1 is missing$/, () => s.share([1, 2], { shape: holed(2, 1) })],
  [RangeError, /^share: shape: \[NaN\] must hold positive/, () => s.share([1], { shape: [Number.NaN] })],
  [TypeError, /^shareRows: parts must be an array, got an object$/, () => s.shareRows({ alice: [1] }, [1])],
  [
    TypeError,
    /^shareRows: part 0: unknown option "value"/,
    () => s.shareRows([{ owner: 'bob', value: [1] }], [1]),
  ],
  [
    TypeError,
    /^shareRows: alice: expected flat numbers, got a string$/,
    () => s.shareRows([{ owner: 'alice', values: '1' }], [1]),
  ],
  [TypeError, /^shareRows: rowShape must be an array, got a number$/, () => s.shareRows([], 1)],
  [
    TypeError,
    /^shareRows: piece must be a number, got a string$/,
    () => s.shareRows([], [1], { piece: '8' }),
  ],
  [TypeError, /^reshape: shape must be an array, got a string$/, () => t.reshape('12')],
  [TypeError, /^reshape: shape: entry 1 is missing$/, () => t.reshape(holed(12, 1))],
  [RangeError, /^reshape: shape: \[-1,12\] must hold positive integers$/, () => t.reshape([-1, 12])],
  [TypeError, /^slice: begin must be a number or an array of numbers, got a string$/, () => t.slice('1')],
  [TypeError, /^slice: size must be .* got null$/, () => t.slice(1, null)],
  [TypeError, /^slice: begin, entry 1 must be a number, got undefined$/, () => t.slice(holed(1, 1))],
  [RangeError, /^slice: begin has 3 entries, the tensor 2 dimensions$/, () => t.slice([0, 0, 0])],
  // public numbers
  [RangeError, /^add: the number must be below 262144 in magnitude$/, () => t.add(1e10)],
  [RangeError, /^greater: the number must be below/, () => t.greater(-1e10)],
  [RangeError, /^maximum: the number must be finite$/, () => t.maximum(Number.NaN)],
  [TypeError, /^equal: expected a tensor, got a string$/, () => t.equal('1')],
  [RangeError, /^divide: one over the number must be below/, () => t.divide(1e-9)],
  [TypeError, /^polynomial: coefficients must be an array, got a number$/, () => t.polynomial(1)],
  [TypeError, /^polynomial: coefficients: entry 1 is missing$/, () => t.polynomial(holed(1, 1))],
  [RangeError, /^polynomial: coefficient 1 must be below/, () => t.polynomial([1, 1e9])],
  [RangeError, /^polynomial: domain must be below/, () => t.polynomial([0, 0, 0, 1e-9], { domain: 1e200 })],
  [TypeError, /^polynomial: unknown option "domian"/, () => t.polynomial([1], { domian: 1 })],
  // functions
  [TypeError, /^sigmoid: unknown option "guard" .*did you mean "guarded"/, () => t.sigmoid({ guard: false })],
  [TypeError, /^tanh: guarded must be true or false, got a string$/, () => t.tanh({ guarded: 'no' })],
  [TypeError, /^exp: unknown option "Max"/, () => t.exp({ Max: 2 })],
  [TypeError, /^exp: max must be a number, got a string$/, () => t.exp({ max: '2' })],
  [TypeError, /^log: domain: expected a plain object \{ low, high \}, got a number$/, () => t.log(4)],
  [TypeError, /^sqrt: domain\.high must be a number, got undefined$/, () => t.sqrt({ low: 1 })],
  [TypeError, /^reciprocal: unknown option "low"/, () => t.reciprocal({ low: 1, high: 2 })],
  [
    RangeError,
    /^inverseSqrt: a domain up to 500000 is compared with 1048576, beyond/,
    () => t.inverseSqrt({ low: 1, high: 5e5 }),
  ],
  [TypeError, /^argmax: expected a plain object \{ oneHot \}, got a number$/, () => t.argmax(1)],
  [TypeError, /^max: takes no argument: it goes over the last axis$/, () => t.max(0)],
  [TypeError, /^softmax: takes no argument/, () => t.softmax({ axis: 0 })],
  [TypeError, /^relu: takes no argument$/, () => t.relu({ alpha: 0.1 })],
  [
    TypeError,
    /^split: unknown option "fraction" .*did you mean "fractionBits"/,
    () => any.split(1, 2, { fraction: 8 }),
  ],
  [TypeError, /^split: parties must be a number, got a string$/, () => any.split(1, '2')],
  [TypeError, /^join: expected a plain object .* got null$/, () => any.join(null)],
  // sessions
  [
    TypeError,
    /^createSession: expected a plain object .* got an array$/,
    () => any.createSession(['alice', 'bob']),
  ],
  [TypeError, /^createSession: ring must not be null$/, () => any.createSession({ ring: null })],
  [
    TypeError,
    /^createSession: profile must be true or false, got a string$/,
    () => any.createSession({ profile: 'yes' }),
  ],
  [
    TypeError,
    /^createSession: parties: entry 1 is missing$/,
    () => any.createSession({ parties: holed('a', 'b') }),
  ],
  [
    RangeError,
    /the name of party 0 has a line break or another control/,
    () => any.createSession({ parties: ['a\nb', 'c'] }),
  ],
  [
    RangeError,
    /the name of party 1 has more than 100 characters/,
    () => any.createSession({ parties: ['a', 'b'.repeat(101)] }),
  ],
  [TypeError, /the name of the provider is empty/, () => any.createSession({ provider: ' ' })],
];

testRefusals(own, REFUSED);

test.run();
