/**
 * Trigonometric sums of a masked value: sin(Δ − δ) = sin Δ·cos δ − cos Δ·sin δ with Δ public and sin δ, cos δ dealt.
 *
 * Angles are 2π·harmonic·x / 2^periodBits for ring words x, reduced without error. Values are within 2⁻⁵⁰ before
 * they are rounded to the scale asked for (half to even), and the same on every machine.
 *
 * One harmonic at a time: sinCos, sinAdd, cosAdd. A whole sum Σⱼ bⱼ·sin j(Δ − δ) in one pass: harmonics, harmonicSum.
 */
import { NULL } from './border.js';
import type { Heap, ReadonlyWords, Words } from './memory.js';
import { type Kernels, kernel } from './module.js';

/** Most harmonics of one sum. */
export const MAX_HARMONICS = 32;

/** Sine and cosine kernels for the ring Z_2^bits. */
export function trigonometricOps(kernels: Kernels, heap: Heap, bits: 32 | 64) {
  const sinCos = kernel(kernels, `sinCos${bits}`);
  const harmonics = kernel(kernels, `harmonics${bits}`);
  const harmonicSum = kernel(kernels, `harmonicSum${bits}`);
  const sinAdd = kernel(kernels, `sinAdd${bits}`);
  const cosAdd = kernel(kernels, `cosAdd${bits}`);
  const maxScaleBits = bits === 32 ? 30 : 50;

  function checkAngle(name: string, harmonic: number, periodBits: number): void {
    if (!(Number.isInteger(harmonic) && harmonic >= 0 && harmonic < 2 ** 31)) {
      throw new RangeError(`${name}: harmonic ${harmonic} is no integer from 0 to 2^31 - 1`);
    }
    if (!(Number.isInteger(periodBits) && periodBits >= 1 && periodBits <= bits)) {
      throw new RangeError(`${name}: period of ${periodBits} bits is not within 1 to ${bits}`);
    }
  }

  function checkScale(name: string, scaleBits: number): void {
    if (!(Number.isInteger(scaleBits) && scaleBits >= 0 && scaleBits <= maxScaleBits)) {
      throw new RangeError(`${name}: scale 2^${scaleBits} is not within 2^0 to 2^${maxScaleBits}`);
    }
  }

  function checkCount(name: string, count: number, dealt: number, n: number): void {
    if (!(Number.isInteger(count) && count >= 1 && count <= MAX_HARMONICS)) {
      throw new RangeError(`${name}: ${count} harmonics are not within 1 to ${MAX_HARMONICS}`);
    }
    if (dealt !== 2 * count * n) {
      throw new RangeError(`${name}: ${dealt} words for ${count} harmonics of ${n} values`);
    }
  }

  function checkedScale(
    name: string,
    out: Words,
    delta: ReadonlyWords,
    sinShare: ReadonlyWords,
    cosShare: ReadonlyWords,
    coefficientScaleBits: number,
    coefficient: number,
  ): number {
    const n = out.length;
    if (delta.length !== n || sinShare.length !== n || cosShare.length !== n) {
      const lengths = [out, delta, sinShare, cosShare].map((x) => x.length).join(', ');
      throw new RangeError(`${name}: lengths ${lengths} differ`);
    }
    const scale = coefficient * 2 ** coefficientScaleBits;
    if (!(Math.abs(scale) <= 2 ** 50)) {
      throw new RangeError(
        `${name}: coefficient ${coefficient} at scale 2^${coefficientScaleBits} exceeds 2^50`,
      );
    }
    return scale;
  }

  return {
    /**
     * outSin = round(sin(2π·harmonic·x / 2^periodBits)·2^scaleBits), outCos the same of the cosine.
     * @param outSin where sines go, or null; may be the input
     * @param outCos where cosines go, or null; may be the input
     * @param periodBits 1 to k: only the low periodBits bits of a word matter
     * @param scaleBits 0 to 30 (k = 32) or 50 (k = 64)
     */
    sinCos(
      outSin: Words | null,
      outCos: Words | null,
      input: ReadonlyWords,
      harmonic: number,
      periodBits: number,
      scaleBits: number,
    ): void {
      const n = input.length;
      if ((outSin && outSin.length !== n) || (outCos && outCos.length !== n)) {
        throw new RangeError(`sinCos: lengths ${outSin?.length ?? n}, ${outCos?.length ?? n}, ${n} differ`);
      }
      checkAngle('sinCos', harmonic, periodBits);
      checkScale('sinCos', scaleBits);
      sinCos(outSin?.ptr ?? NULL, outCos?.ptr ?? NULL, input.ptr, n, harmonic, periodBits, 2 ** scaleBits);
    },

    /**
     * Party: out += its share of coefficient·sin(Δ − δ), that is round(s·sin Δ)·cosShare − round(s·cos Δ)·sinShare
     * with s = coefficient·2^coefficientScaleBits, |s| ≤ 2^50; the scales of s and of the shares multiply.
     * @param delta the public Δ
     * @param sinShare its share of sin δ (of {@link sinCos} with the same harmonic and period)
     * @param cosShare its share of cos δ
     */
    sinAdd(
      out: Words,
      delta: ReadonlyWords,
      sinShare: ReadonlyWords,
      cosShare: ReadonlyWords,
      harmonic: number,
      periodBits: number,
      coefficientScaleBits: number,
      coefficient: number,
    ): void {
      checkAngle('sinAdd', harmonic, periodBits);
      const scale = checkedScale('sinAdd', out, delta, sinShare, cosShare, coefficientScaleBits, coefficient);
      sinAdd(out.ptr, delta.ptr, sinShare.ptr, cosShare.ptr, out.length, harmonic, periodBits, scale);
    },

    /** The same for coefficient·cos(Δ − δ): out += round(s·cos Δ)·cosShare + round(s·sin Δ)·sinShare. */
    cosAdd(
      out: Words,
      delta: ReadonlyWords,
      sinShare: ReadonlyWords,
      cosShare: ReadonlyWords,
      harmonic: number,
      periodBits: number,
      coefficientScaleBits: number,
      coefficient: number,
    ): void {
      checkAngle('cosAdd', harmonic, periodBits);
      const scale = checkedScale('cosAdd', out, delta, sinShare, cosShare, coefficientScaleBits, coefficient);
      cosAdd(out.ptr, delta.ptr, sinShare.ptr, cosShare.ptr, out.length, harmonic, periodBits, scale);
    },

    /**
     * Dealer: sines and cosines of all harmonics 1 to `count` of the input at once, as {@link sinCos} gives them but
     * for errors below 2⁻⁴⁵ before rounding; several times faster. Their order suits `harmonicSum` and no other use:
     * for each 16 bytes of words (the last words one by one) sin 1, cos 1, sin 2, cos 2 … of these words.
     * @param out 2 · count · n words, not the input
     */
    harmonics(out: Words, input: ReadonlyWords, count: number, periodBits: number, scaleBits: number): void {
      checkAngle('harmonics', 1, periodBits);
      checkScale('harmonics', scaleBits);
      checkCount('harmonics', count, out.length, input.length);
      harmonics(out.ptr, input.ptr, input.length, count, periodBits, 2 ** scaleBits);
    },

    /**
     * Allocates the factors of a {@link harmonicSum}, pairs of f64 (bⱼ, wⱼ) times 2^scaleBits; the caller frees them.
     * @param sines bⱼ, factors of the sines of the value
     * @param cosines wⱼ, factors of the cosines of the slope, as many as sines
     */
    harmonicFactors(sines: readonly number[], cosines: readonly number[], scaleBits: number): Words {
      const count = sines.length;
      if (cosines.length !== count) {
        throw new RangeError(`harmonicFactors: ${count} factors of sines, ${cosines.length} of cosines`);
      }
      checkCount('harmonicFactors', count, 0, 0);
      const scale = 2 ** scaleBits;
      const ptr = heap.alloc(2 * count * 8);
      const pairs = heap.f64(ptr, 2 * count);
      let most = 0;
      for (let j = 0; j < count; j++) {
        pairs[2 * j] = sines[j] * scale;
        pairs[2 * j + 1] = cosines[j] * scale;
        most = Math.max(most, Math.abs(pairs[2 * j]), Math.abs(pairs[2 * j + 1]));
      }
      if (!(most <= 2 ** 50)) {
        heap.free(ptr);
        throw new RangeError(`harmonicFactors: a factor at scale 2^${scaleBits} exceeds 2^50`);
      }
      return { ptr, length: 2 * count };
    },

    /**
     * Party: its share of trigonometric sums, out += Σⱼ bⱼ·sin(j(Δ − δ)) and slope += Σⱼ wⱼ·cos(j(Δ − δ)), at the
     * scale of the factors times that of the dealt words.
     * @param slope or null
     * @param delta the public Δ
     * @param dealt its share of what {@link harmonics} gives for δ
     * @param factors of {@link harmonicFactors}: there are half as many harmonics
     */
    harmonicSum(
      out: Words,
      slope: Words | null,
      delta: ReadonlyWords,
      dealt: ReadonlyWords,
      periodBits: number,
      factors: ReadonlyWords,
    ): void {
      const n = out.length;
      if (delta.length !== n || (slope && slope.length !== n)) {
        throw new RangeError(`harmonicSum: lengths ${n}, ${slope?.length ?? n}, ${delta.length} differ`);
      }
      const count = factors.length / 2;
      checkAngle('harmonicSum', 1, periodBits);
      checkCount('harmonicSum', count, dealt.length, n);
      harmonicSum(out.ptr, slope?.ptr ?? NULL, delta.ptr, dealt.ptr, n, count, periodBits, factors.ptr);
    },
  };
}

/** What {@link trigonometricOps} returns. */
export type TrigonometricOps = ReturnType<typeof trigonometricOps>;
