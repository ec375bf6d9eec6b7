// Loops over vectors of ring words for any word type T, to be inlined by the kernels (vector.ts): four
// vectors a turn, then single vectors, then single words.

export enum Op {
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
export function zip<T extends number>(op: Op, out: usize, a: usize, b: usize, n: i32): void {
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
export function accumulate<T extends number>(op: Op, out: usize, a: usize, b: usize, n: i32): void {
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
export function map<T extends number>(op: Op, out: usize, a: usize, c: T, n: i32): void {
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
export function negate<T extends number>(out: usize, a: usize, n: i32): void {
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
export function shiftLeft<T extends number>(out: usize, a: usize, s: i32, n: i32): void {
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

/** out[i] = c. */
// @ts-ignore: decorator
@inline
export function fill<T extends number>(out: usize, c: T, n: i32): void {
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
