/**
 * Trigonometric sums of a masked value: sin(Δ − δ) = sin Δ·cos δ − cos Δ·sin δ with Δ public and sin δ, cos δ dealt.
 *
 * Angles are 2π·harmonic·x / 2^periodBits for ring words x, reduced without error. Values are within 2⁻⁵⁰ before
 * they are rounded to the scale asked for (half to even), and the same on every machine.
 */
import type { Heap, Words } from './memory.js';
import { type Kernels, kernel } from './module.js';

/** Sine and cosine kernels for the ring Z_2^bits. */
export function trigonometricOps(kernels: Kernels, _heap: Heap, bits: 32 | 64) {
  const sinCos = kernel(kernels, `sinCos${bits}`);
  const trigAdd = kernel(kernels, `trigAdd${bits}`);
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

  function checkedScale(
    name: string,
    out: Words,
    delta: Words,
    sinShare: Words,
    cosShare: Words,
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
      input: Words,
      harmonic: number,
      periodBits: number,
      scaleBits: number,
    ): void {
      const n = input.length;
      if ((outSin && outSin.length !== n) || (outCos && outCos.length !== n)) {
        throw new RangeError(`sinCos: lengths ${outSin?.length ?? n}, ${outCos?.length ?? n}, ${n} differ`);
      }
      checkAngle('sinCos', harmonic, periodBits);
      if (!(Number.isInteger(scaleBits) && scaleBits >= 0 && scaleBits <= maxScaleBits)) {
        throw new RangeError(`sinCos: scale 2^${scaleBits} is not within 2^0 to 2^${maxScaleBits}`);
      }
      sinCos(outSin?.ptr ?? 0, outCos?.ptr ?? 0, input.ptr, n, harmonic, periodBits, 2 ** scaleBits);
    },

    /**
     * Party: out += its share of coefficient·sin(Δ − δ), that is round(s·sin Δ)·cosShare − round(s·cos Δ)·sinShare
     * with s = coefficient·2^coefficientScaleBits, |s| ≤ 2^50; the scales of s and of the shares multiply.
     * @param delta the public Δ
     * @param sinShare its share of sin δ (of {@link sinCos} with the same harmonic and period)
     * @param cosShare its share of cos δ
     */
    trigAdd(
      out: Words,
      delta: Words,
      sinShare: Words,
      cosShare: Words,
      harmonic: number,
      periodBits: number,
      coefficientScaleBits: number,
      coefficient: number,
    ): void {
      checkAngle('trigAdd', harmonic, periodBits);
      const scale = checkedScale(
        'trigAdd',
        out,
        delta,
        sinShare,
        cosShare,
        coefficientScaleBits,
        coefficient,
      );
      trigAdd(out.ptr, delta.ptr, sinShare.ptr, cosShare.ptr, out.length, harmonic, periodBits, scale);
    },

    /** The same for coefficient·cos(Δ − δ): out += round(s·cos Δ)·cosShare + round(s·sin Δ)·sinShare. */
    cosAdd(
      out: Words,
      delta: Words,
      sinShare: Words,
      cosShare: Words,
      harmonic: number,
      periodBits: number,
      coefficientScaleBits: number,
      coefficient: number,
    ): void {
      checkAngle('cosAdd', harmonic, periodBits);
      const scale = checkedScale('cosAdd', out, delta, sinShare, cosShare, coefficientScaleBits, coefficient);
      cosAdd(out.ptr, delta.ptr, sinShare.ptr, cosShare.ptr, out.length, harmonic, periodBits, scale);
    },
  };
}

/** What {@link trigonometricOps} returns. */
export type TrigonometricOps = ReturnType<typeof trigonometricOps>;
