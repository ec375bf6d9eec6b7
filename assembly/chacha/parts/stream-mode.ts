// Where a keystream goes: set, added, subtracted or xored, sixteen bytes or the last few at a time.

/** What is done with the stream; additions are lane-wise, mod 2^32 or 2^64. */
export enum Mode {
  Set = 0,
  Add32 = 1,
  Add64 = 2,
  Sub32 = 3,
  Sub64 = 4,
  Xor = 5,
}

/** out[0..16) op= v. */
// @ts-ignore: decorator
@inline
export function put(mode: i32, out: usize, v: v128): void {
  if (mode == Mode.Set) v128.store(out, v);
  else if (mode == Mode.Add32) v128.store(out, i32x4.add(v128.load(out), v));
  else if (mode == Mode.Add64) v128.store(out, i64x2.add(v128.load(out), v));
  else if (mode == Mode.Sub32) v128.store(out, i32x4.sub(v128.load(out), v));
  else if (mode == Mode.Sub64) v128.store(out, i64x2.sub(v128.load(out), v));
  else v128.store(out, v128.xor(v128.load(out), v));
}

/** The first `left` (0..16) bytes of v; whole words for the additive modes. */
function putPart(mode: i32, out: usize, v: v128, left: usize): void {
  if (mode == Mode.Add64 || mode == Mode.Sub64) {
    if (left < 8) return;
    const word = i64x2.extract_lane(v, 0);
    store<i64>(out, mode == Mode.Add64 ? load<i64>(out) + word : load<i64>(out) - word);
    return;
  }
  for (; left >= 4; left -= 4) {
    const word = i32x4.extract_lane(v, 0);
    if (mode == Mode.Set) store<i32>(out, word);
    else if (mode == Mode.Add32) store<i32>(out, load<i32>(out) + word);
    else if (mode == Mode.Sub32) store<i32>(out, load<i32>(out) - word);
    else store<i32>(out, load<i32>(out) ^ word);
    v = v128.shuffle<i32>(v, v, 1, 2, 3, 0);
    out += 4;
  }
  let word = i32x4.extract_lane(v, 0) as u32;
  for (; left > 0; left--) {
    store<u8>(out, (mode == Mode.Set ? word : (load<u8>(out) as u32) ^ word) as u8);
    word >>= 8;
    out++;
  }
}

/** As `put` for the vector at `offset` of a region that ends after `bytes` bytes. */
// @ts-ignore: decorator
@inline
export function putWithin(mode: i32, out: usize, bytes: usize, offset: usize, v: v128): void {
  if (bytes >= offset + 16) put(mode, out + offset, v);
  else if (bytes > offset) putPart(mode, out + offset, v, bytes - offset);
}
