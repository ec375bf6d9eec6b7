// Elementwise arithmetic on vectors of ring words: out[i] = f(a[i], b[i]) mod 2^k.
//
// n counts words, n >= 0. `out` may be one of the inputs (the very same address), but must not overlap it
// otherwise. Each kernel runs four vectors a turn, then single vectors, then single words.
export * from './rows';
export * from './movement';

enum Op {
  Add,
  Sub,
  Mul,
}

// @ts-ignore: decorator
@inline
function lanes<T extends number>(op: Op, x: v128, y: v128): v128 {
  if (op == Op.Add) return v128.add<T>(x, y);
  if (op == Op.Sub) return v128.sub<T>(x, y);
  return v128.mul<T>(x, y);
}

// @ts-ignore: decorator
@inline
function word<T extends number>(op: Op, x: T, y: T): T {
  if (op == Op.Add) return (x + y) as T;
  if (op == Op.Sub) return (x - y) as T;
  return (x * y) as T;
}

/** out[i] = a[i] op b[i]. */
// @ts-ignore: decorator
@inline
function zip<T extends number>(op: Op, out: usize, a: usize, b: usize, n: i32): void {
  const step: i32 = 16 / sizeof<T>();
  for (; n >= 4 * step; n -= 4 * step) {
    v128.store(out, lanes<T>(op, v128.load(a, 0), v128.load(b, 0)), 0);
    v128.store(out, lanes<T>(op, v128.load(a, 16), v128.load(b, 16)), 16);
    v128.store(out, lanes<T>(op, v128.load(a, 32), v128.load(b, 32)), 32);
    v128.store(out, lanes<T>(op, v128.load(a, 48), v128.load(b, 48)), 48);
    out += 64;
    a += 64;
    b += 64;
  }
  for (; n >= step; n -= step) {
    v128.store(out, lanes<T>(op, v128.load(a), v128.load(b)));
    out += 16;
    a += 16;
    b += 16;
  }
  for (; n > 0; n--) {
    store<T>(out, word<T>(op, load<T>(a), load<T>(b)));
    out += sizeof<T>();
    a += sizeof<T>();
    b += sizeof<T>();
  }
}

/** out[i] = out[i] op a[i] * b[i]. */
// @ts-ignore: decorator
@inline
function accumulate<T extends number>(op: Op, out: usize, a: usize, b: usize, n: i32): void {
  const step: i32 = 16 / sizeof<T>();
  for (; n >= 4 * step; n -= 4 * step) {
    v128.store(out, lanes<T>(op, v128.load(out, 0), v128.mul<T>(v128.load(a, 0), v128.load(b, 0))), 0);
    v128.store(out, lanes<T>(op, v128.load(out, 16), v128.mul<T>(v128.load(a, 16), v128.load(b, 16))), 16);
    v128.store(out, lanes<T>(op, v128.load(out, 32), v128.mul<T>(v128.load(a, 32), v128.load(b, 32))), 32);
    v128.store(out, lanes<T>(op, v128.load(out, 48), v128.mul<T>(v128.load(a, 48), v128.load(b, 48))), 48);
    out += 64;
    a += 64;
    b += 64;
  }
  for (; n >= step; n -= step) {
    v128.store(out, lanes<T>(op, v128.load(out), v128.mul<T>(v128.load(a), v128.load(b))));
    out += 16;
    a += 16;
    b += 16;
  }
  for (; n > 0; n--) {
    store<T>(out, word<T>(op, load<T>(out), (load<T>(a) * load<T>(b)) as T));
    out += sizeof<T>();
    a += sizeof<T>();
    b += sizeof<T>();
  }
}

/** out[i] = a[i] op c. */
// @ts-ignore: decorator
@inline
function map<T extends number>(op: Op, out: usize, a: usize, c: T, n: i32): void {
  const step: i32 = 16 / sizeof<T>();
  const y = v128.splat<T>(c);
  for (; n >= 4 * step; n -= 4 * step) {
    v128.store(out, lanes<T>(op, v128.load(a, 0), y), 0);
    v128.store(out, lanes<T>(op, v128.load(a, 16), y), 16);
    v128.store(out, lanes<T>(op, v128.load(a, 32), y), 32);
    v128.store(out, lanes<T>(op, v128.load(a, 48), y), 48);
    out += 64;
    a += 64;
  }
  for (; n >= step; n -= step) {
    v128.store(out, lanes<T>(op, v128.load(a), y));
    out += 16;
    a += 16;
  }
  for (; n > 0; n--) {
    store<T>(out, word<T>(op, load<T>(a), c));
    out += sizeof<T>();
    a += sizeof<T>();
  }
}

/** out[i] = -a[i]. */
// @ts-ignore: decorator
@inline
function negate<T extends number>(out: usize, a: usize, n: i32): void {
  const step: i32 = 16 / sizeof<T>();
  for (; n >= 4 * step; n -= 4 * step) {
    v128.store(out, v128.neg<T>(v128.load(a, 0)), 0);
    v128.store(out, v128.neg<T>(v128.load(a, 16)), 16);
    v128.store(out, v128.neg<T>(v128.load(a, 32)), 32);
    v128.store(out, v128.neg<T>(v128.load(a, 48)), 48);
    out += 64;
    a += 64;
  }
  for (; n > 0; n--) {
    store<T>(out, (0 - load<T>(a)) as T);
    out += sizeof<T>();
    a += sizeof<T>();
  }
}

/** out[i] = a[i] * 2^s, 0 <= s < k. */
// @ts-ignore: decorator
@inline
function shiftLeft<T extends number>(out: usize, a: usize, s: i32, n: i32): void {
  const step: i32 = 16 / sizeof<T>();
  for (; n >= 4 * step; n -= 4 * step) {
    v128.store(out, v128.shl<T>(v128.load(a, 0), s), 0);
    v128.store(out, v128.shl<T>(v128.load(a, 16), s), 16);
    v128.store(out, v128.shl<T>(v128.load(a, 32), s), 32);
    v128.store(out, v128.shl<T>(v128.load(a, 48), s), 48);
    out += 64;
    a += 64;
  }
  for (; n > 0; n--) {
    store<T>(out, (load<T>(a) << (s as T)) as T);
    out += sizeof<T>();
    a += sizeof<T>();
  }
}

/** A public integer (a safe integer held in an f64) as a ring word. */
// @ts-ignore: decorator
@inline
function ring<T extends number>(c: f64): T {
  return (c as i64) as T;
}

/** out[i] = c. */
// @ts-ignore: decorator
@inline
function fill<T extends number>(out: usize, c: T, n: i32): void {
  const step: i32 = 16 / sizeof<T>();
  const v = v128.splat<T>(c);
  for (; n >= step; n -= step) {
    v128.store(out, v);
    out += 16;
  }
  for (; n > 0; n--) {
    store<T>(out, c);
    out += sizeof<T>();
  }
}

/** out = a + b. */
export function add32(out: usize, a: usize, b: usize, n: i32): void {
  zip<i32>(Op.Add, out, a, b, n);
}
export function add64(out: usize, a: usize, b: usize, n: i32): void {
  zip<i64>(Op.Add, out, a, b, n);
}

/** out = a - b. */
export function sub32(out: usize, a: usize, b: usize, n: i32): void {
  zip<i32>(Op.Sub, out, a, b, n);
}
export function sub64(out: usize, a: usize, b: usize, n: i32): void {
  zip<i64>(Op.Sub, out, a, b, n);
}

/** out = a * b. */
export function mul32(out: usize, a: usize, b: usize, n: i32): void {
  zip<i32>(Op.Mul, out, a, b, n);
}
export function mul64(out: usize, a: usize, b: usize, n: i32): void {
  zip<i64>(Op.Mul, out, a, b, n);
}

/** out += a * b. */
export function mulAdd32(out: usize, a: usize, b: usize, n: i32): void {
  accumulate<i32>(Op.Add, out, a, b, n);
}
export function mulAdd64(out: usize, a: usize, b: usize, n: i32): void {
  accumulate<i64>(Op.Add, out, a, b, n);
}

/** out -= a * b. */
export function mulSub32(out: usize, a: usize, b: usize, n: i32): void {
  accumulate<i32>(Op.Sub, out, a, b, n);
}
export function mulSub64(out: usize, a: usize, b: usize, n: i32): void {
  accumulate<i64>(Op.Sub, out, a, b, n);
}

/** out = -a. */
export function neg32(out: usize, a: usize, n: i32): void {
  negate<i32>(out, a, n);
}
export function neg64(out: usize, a: usize, n: i32): void {
  negate<i64>(out, a, n);
}

/** out = a * 2^s. */
export function shl32(out: usize, a: usize, s: i32, n: i32): void {
  shiftLeft<i32>(out, a, s, n);
}
export function shl64(out: usize, a: usize, s: i32, n: i32): void {
  shiftLeft<i64>(out, a, s, n);
}

/** out = a * c for a public integer c. */
export function scale32(out: usize, a: usize, c: f64, n: i32): void {
  map<i32>(Op.Mul, out, a, ring<i32>(c), n);
}
export function scale64(out: usize, a: usize, c: f64, n: i32): void {
  map<i64>(Op.Mul, out, a, ring<i64>(c), n);
}

/** out = a + c for a public integer c. */
export function addConst32(out: usize, a: usize, c: f64, n: i32): void {
  map<i32>(Op.Add, out, a, ring<i32>(c), n);
}
export function addConst64(out: usize, a: usize, c: f64, n: i32): void {
  map<i64>(Op.Add, out, a, ring<i64>(c), n);
}

/** out = c for a public integer c. */
export function fill32(out: usize, c: f64, n: i32): void {
  fill<i32>(out, ring<i32>(c), n);
}
export function fill64(out: usize, c: f64, n: i32): void {
  fill<i64>(out, ring<i64>(c), n);
}

/** out = a; the two may overlap. */
export function copy32(out: usize, a: usize, n: i32): void {
  memory.copy(out, a, (n as usize) << 2);
}
export function copy64(out: usize, a: usize, n: i32): void {
  memory.copy(out, a, (n as usize) << 3);
}
