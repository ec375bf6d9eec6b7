/**
 * Patches of images, for convolution and pooling. An image is [height, width, channels], row-major.
 *
 * patches: row (oy, ox) of the result [oh·ow, kh·kw·channels] is the image under the window at
 * (oy·sh − top, ox·sw − left); what lies outside the image is zero.
 * unpatches: its transpose; adds each row back to where it came from.
 * addRowsAt: out row indices[i] += row i.
 *
 * Nothing depends on data; sizes and indices are public.
 */
import { Address, Count, Source } from './border';
import { read, write } from './parts/lanes';

// @ts-ignore: decorator
@inline
function copyWords<T>(out: usize, a: usize, n: i32): void {
  const end = out + n * sizeof<T>();
  for (; out + 16 <= end; out += 16, a += 16) write<T, v128>(out, read<T, v128>(a));
  for (; out < end; out += sizeof<T>(), a += sizeof<T>()) write<T, T>(out, read<T, T>(a));
}

// @ts-ignore: decorator
@inline
function zeroWords<T>(out: usize, n: i32): void {
  const end = out + n * sizeof<T>();
  for (; out + 16 <= end; out += 16) write<T, v128>(out, i32x4.splat(0));
  for (; out < end; out += sizeof<T>()) write<T, T>(out, i32x4.splat(0));
}

// @ts-ignore: decorator
@inline
function addWords<T>(out: usize, a: usize, n: i32): void {
  const end = out + n * sizeof<T>();
  for (; out + 16 <= end; out += 16, a += 16) {
    write<T, v128>(out, v128.add<T>(read<T, v128>(out), read<T, v128>(a)));
  }
  for (; out < end; out += sizeof<T>(), a += sizeof<T>()) {
    write<T, T>(out, v128.add<T>(read<T, T>(out), read<T, T>(a)));
  }
}

// @ts-ignore: decorator
@inline
function patches<T>(
  out: usize,
  image: usize,
  height: i32,
  width: i32,
  channels: i32,
  kh: i32,
  kw: i32,
  sh: i32,
  sw: i32,
  top: i32,
  left: i32,
  oh: i32,
  ow: i32,
): void {
  const row = kw * channels;
  for (let oy = 0; oy < oh; oy++) {
    for (let ox = 0; ox < ow; ox++) {
      const x0 = ox * sw - left;
      // the window's columns before, inside and after the image
      const before = min(kw, max(0, -x0));
      const inside = max(0, min(kw, width - x0) - before);
      const after = kw - before - inside;
      for (let ky = 0; ky < kh; ky++) {
        const y = oy * sh - top + ky;
        if (y < 0 || y >= height) {
          zeroWords<T>(out, row);
        } else {
          const source = image + (y * width + x0 + before) * channels * sizeof<T>();
          zeroWords<T>(out, before * channels);
          copyWords<T>(out + before * channels * sizeof<T>(), source, inside * channels);
          zeroWords<T>(out + (before + inside) * channels * sizeof<T>(), after * channels);
        }
        out += row * sizeof<T>();
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function unpatches<T>(
  image: usize,
  a: usize,
  height: i32,
  width: i32,
  channels: i32,
  kh: i32,
  kw: i32,
  sh: i32,
  sw: i32,
  top: i32,
  left: i32,
  oh: i32,
  ow: i32,
): void {
  const row = kw * channels;
  for (let oy = 0; oy < oh; oy++) {
    for (let ox = 0; ox < ow; ox++) {
      const x0 = ox * sw - left;
      const before = min(kw, max(0, -x0));
      const inside = max(0, min(kw, width - x0) - before);
      for (let ky = 0; ky < kh; ky++) {
        const y = oy * sh - top + ky;
        if (y >= 0 && y < height) {
          const target = image + (y * width + x0 + before) * channels * sizeof<T>();
          addWords<T>(target, a + before * channels * sizeof<T>(), inside * channels);
        }
        a += row * sizeof<T>();
      }
    }
  }
}

// @ts-ignore: decorator
@inline
function addRowsAt<T>(out: usize, a: usize, indices: usize, count: i32, cols: i32): void {
  for (let i = 0; i < count; i++) {
    const row = <usize>load<u32>(indices + i * 4);
    addWords<T>(out + row * cols * sizeof<T>(), a, cols);
    a += cols * sizeof<T>();
  }
}

export function patches32(
  out: Address,
  image: Source,
  height: i32,
  width: i32,
  channels: i32,
  kh: i32,
  kw: i32,
  sh: i32,
  sw: i32,
  top: i32,
  left: i32,
  oh: i32,
  ow: i32,
): void {
  patches<i32>(out, image, height, width, channels, kh, kw, sh, sw, top, left, oh, ow);
}

export function patches64(
  out: Address,
  image: Source,
  height: i32,
  width: i32,
  channels: i32,
  kh: i32,
  kw: i32,
  sh: i32,
  sw: i32,
  top: i32,
  left: i32,
  oh: i32,
  ow: i32,
): void {
  patches<i64>(out, image, height, width, channels, kh, kw, sh, sw, top, left, oh, ow);
}

export function unpatches32(
  image: Address,
  a: Source,
  height: i32,
  width: i32,
  channels: i32,
  kh: i32,
  kw: i32,
  sh: i32,
  sw: i32,
  top: i32,
  left: i32,
  oh: i32,
  ow: i32,
): void {
  unpatches<i32>(image, a, height, width, channels, kh, kw, sh, sw, top, left, oh, ow);
}

export function unpatches64(
  image: Address,
  a: Source,
  height: i32,
  width: i32,
  channels: i32,
  kh: i32,
  kw: i32,
  sh: i32,
  sw: i32,
  top: i32,
  left: i32,
  oh: i32,
  ow: i32,
): void {
  unpatches<i64>(image, a, height, width, channels, kh, kw, sh, sw, top, left, oh, ow);
}

export function addRowsAt32(out: Address, a: Source, indices: Source, count: Count, cols: Count): void {
  addRowsAt<i32>(out, a, indices, count, cols);
}

export function addRowsAt64(out: Address, a: Source, indices: Source, count: Count, cols: Count): void {
  addRowsAt<i64>(out, a, indices, count, cols);
}
