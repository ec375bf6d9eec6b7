// Elementwise arithmetic on vectors of ring words: out[i] = f(a[i], b[i]) mod 2^k.
//
// n counts words, n >= 0. `out` may be one of the inputs (the very same address), but must not overlap it
// otherwise.
import { Address, Count, Source } from '../border';
import { accumulate, fill, map, negate, Op, shiftLeft, zip } from './parts/elementwise';

/** A public integer (a safe integer held in an f64) as a ring word. */
// @ts-ignore: decorator
@inline
function ring<T extends number>(c: f64): T {
  return c as i64 as T;
}

/** out = a + b. */
export function add32(out: Address, a: Source, b: Source, n: Count): void {
  zip<i32>(Op.Add, out, a, b, n);
}
export function add64(out: Address, a: Source, b: Source, n: Count): void {
  zip<i64>(Op.Add, out, a, b, n);
}

/** out = a - b. */
export function sub32(out: Address, a: Source, b: Source, n: Count): void {
  zip<i32>(Op.Sub, out, a, b, n);
}
export function sub64(out: Address, a: Source, b: Source, n: Count): void {
  zip<i64>(Op.Sub, out, a, b, n);
}

/** out = a * b. */
export function mul32(out: Address, a: Source, b: Source, n: Count): void {
  zip<i32>(Op.Mul, out, a, b, n);
}
export function mul64(out: Address, a: Source, b: Source, n: Count): void {
  zip<i64>(Op.Mul, out, a, b, n);
}

/** out += a * b. */
export function mulAdd32(out: Address, a: Source, b: Source, n: Count): void {
  accumulate<i32>(Op.Add, out, a, b, n);
}
export function mulAdd64(out: Address, a: Source, b: Source, n: Count): void {
  accumulate<i64>(Op.Add, out, a, b, n);
}

/** out -= a * b. */
export function mulSub32(out: Address, a: Source, b: Source, n: Count): void {
  accumulate<i32>(Op.Sub, out, a, b, n);
}
export function mulSub64(out: Address, a: Source, b: Source, n: Count): void {
  accumulate<i64>(Op.Sub, out, a, b, n);
}

/** out = -a. */
export function neg32(out: Address, a: Source, n: Count): void {
  negate<i32>(out, a, n);
}
export function neg64(out: Address, a: Source, n: Count): void {
  negate<i64>(out, a, n);
}

/** out = a * 2^s. */
export function shl32(out: Address, a: Source, s: i32, n: Count): void {
  shiftLeft<i32>(out, a, s, n);
}
export function shl64(out: Address, a: Source, s: i32, n: Count): void {
  shiftLeft<i64>(out, a, s, n);
}

/** out = a * c for a public integer c. */
export function scale32(out: Address, a: Source, c: f64, n: Count): void {
  map<i32>(Op.Mul, out, a, ring<i32>(c), n);
}
export function scale64(out: Address, a: Source, c: f64, n: Count): void {
  map<i64>(Op.Mul, out, a, ring<i64>(c), n);
}

/** out = a + c for a public integer c. */
export function addConst32(out: Address, a: Source, c: f64, n: Count): void {
  map<i32>(Op.Add, out, a, ring<i32>(c), n);
}
export function addConst64(out: Address, a: Source, c: f64, n: Count): void {
  map<i64>(Op.Add, out, a, ring<i64>(c), n);
}

/** out = c for a public integer c. */
export function fill32(out: Address, c: f64, n: Count): void {
  fill<i32>(out, ring<i32>(c), n);
}
export function fill64(out: Address, c: f64, n: Count): void {
  fill<i64>(out, ring<i64>(c), n);
}

/** out = a; the two may overlap. */
export function copy32(out: Address, a: Source, n: Count): void {
  memory.copy(out, a, (n as usize) << 2);
}
export function copy64(out: Address, a: Source, n: Count): void {
  memory.copy(out, a, (n as usize) << 3);
}
