/** All roles on one thread (roles.ts), with every share in sight: values go in and come out as signed integers. */
import { blocksFor, type Planes, type Words } from '../../bindings/memory.js';
import type { Runtime } from '../../src/party/runtime.js';
import { Masked, MaskedBit, Share } from '../../src/party/values.js';
import { type Shape, sizeOf } from '../../src/shape.js';
import { read, write } from './ring.js';
import { Roles } from './roles.js';

export class Parties extends Roles {
  /** Signed integers of magnitude below 2^bits, a third of them extreme: 0, ±1, ±2, ±(2^bits − 1). */
  integers(bits: number, count: number): bigint[] {
    const most = 2n ** BigInt(bits) - 1n;
    const extremes = [0n, 1n, -1n, 2n, -2n, most, -most];
    return Array.from({ length: count }, (_, i) => {
      if (i % 3 === 0) return extremes[(i / 3) % extremes.length];
      return BigInt.asUintN(bits, this.random.next()) * (this.random.below(2) ? 1n : -1n);
    });
  }

  /** Numbers that a narrow rounding by s bits takes, the largest among them. */
  roundable(count: number, s: number): bigint[] {
    const most = this.largest(s);
    return this.integers(this.bits - 2, count).map((z) => (z > most ? most : z < -most ? -most : z));
  }

  /** Words at one role. */
  words(rt: Runtime, values: readonly bigint[]): Words {
    const words = rt.words(values.length);
    write(rt.heap, this.bits, words, values);
    return words;
  }

  /**
   * [x], one share a role, drawn from the test's generator.
   * @param settled false: the provider holds a random summand too
   */
  share(
    values: readonly bigint[],
    fraction = this.fraction,
    settled = true,
    shape: Shape = [values.length],
  ): Share[] {
    const n = this.parties.length;
    const summands = Array.from({ length: settled ? n - 1 : n }, () => values.map(() => this.random.next()));
    const rest = values.map((value, i) => summands.reduce((sum, share) => sum - share[i], value));
    const shares = [rest, ...summands];
    return this.roles.map((rt, i) => {
      const words = shares[i] ? this.words(rt, shares[i]) : null;
      return new Share(words, shape, fraction, settled);
    });
  }

  /** ⟨x⟩, one a role, under masks from the test's generator. */
  masked(values: readonly bigint[], fraction = this.fraction, shape: Shape = [values.length]): Masked[] {
    const masks = this.parties.map(() => values.map(() => this.random.next()));
    const mask = values.map((_, i) => masks.reduce((sum, share) => sum + share[i], 0n));
    const delta = values.map((value, i) => value + mask[i]);
    return this.roles.map((rt, i) => {
      const own = i < masks.length ? masks[i] : mask;
      const open = rt.isProvider ? null : this.words(rt, delta);
      const x = new Masked(open, this.words(rt, own), shape, fraction, undefined, rt.factored);
      if (rt.factored && rt.isProvider) {
        x.factor = this.words(
          rt,
          mask.map((sum, at) => sum + masks[0][at]),
        );
      }
      return x;
    });
  }

  /** m masked bit planes a role under masks from the test's generator; bits past the last value are random. */
  maskedPlanes(bits: readonly (readonly number[])[]): { open: Planes | null; mask: Planes }[] {
    const blocks = blocksFor(bits[0].length);
    const bytes = bits.length * blocks * 16;
    const draw = () => Uint8Array.from({ length: bytes }, () => this.random.below(256));
    const masks = this.parties.map(draw);
    const mask = masks.reduce((sum, share) => sum.map((byte, i) => byte ^ share[i]));
    const open = draw();
    bits.forEach((plane, j) => {
      plane.forEach((bit, i) => {
        const at = j * blocks * 16 + (i >> 3);
        const flag = 1 << (i & 7);
        open[at] = (open[at] & ~flag) | ((mask[at] ^ (bit ? flag : 0)) & flag);
      });
    });
    const planes = (rt: Runtime, values: Uint8Array): Planes => {
      const out = rt.planes(bits.length, blocks);
      rt.heap.bytes(out.ptr, bytes).set(values);
      return out;
    };
    return this.each((rt, role) => ({
      open: rt.isProvider ? null : planes(rt, open),
      mask: planes(rt, masks[role] ?? mask),
    }));
  }

  /** ⟨b⟩, one a role. */
  maskedBits(bits: readonly number[], shape: Shape = [bits.length]): MaskedBit[] {
    return this.maskedPlanes([bits]).map(({ open, mask }) => new MaskedBit(open, mask, shape));
  }

  /** x of [x] as signed integers: all summands, the provider's too. */
  joined(shares: readonly Share[]): bigint[] {
    const { settled, shape, fraction } = shares[0];
    const sums = Array.from({ length: sizeOf(shape) }, () => 0n);
    shares.forEach((share, i) => {
      if (share.settled !== settled || String(share.shape) !== String(shape) || share.fraction !== fraction) {
        throw new Error('the roles do not agree on what the share is');
      }
      if (!share.words) return;
      if (settled && i === this.parties.length) throw new Error('settled, but the provider has a summand');
      read(this.roles[i].heap, this.bits, share.words).forEach((word, j) => {
        sums[j] += word;
      });
    });
    return sums.map((sum) => BigInt.asIntN(this.bits, sum));
  }

  /** x of ⟨x⟩ as signed integers; checks that Δ is the same at all parties and that the provider knows δ. */
  opened(values: readonly Masked[]): bigint[] {
    const n = this.parties.length;
    const size = sizeOf(values[0].shape);
    const zero = Array.from({ length: size }, () => 0n);
    const at = (role: number, words: Words | null) => {
      if (words && words.length !== size)
        throw new Error(`${words.length} words for the shape ${values[0].shape}`);
      return words ? read(this.roles[role].heap, this.bits, words) : zero;
    };
    const deltas = values.slice(0, n).map((value, i) => at(i, value.delta));
    const masks = values.map((value, i) => at(i, value.mask));
    return zero.map((_, j) => {
      const sum = masks.slice(0, n).reduce((total, mask) => total + mask[j], 0n);
      if (BigInt.asIntN(this.bits, sum - masks[n][j]) !== 0n)
        throw new Error('the provider does not know the mask');
      if (deltas.some((delta) => delta[j] !== deltas[0][j]))
        throw new Error('the parties opened different values');
      return BigInt.asIntN(this.bits, deltas[0][j] - sum);
    });
  }

  /** b of ⟨b⟩; checks that the open bits are the same at all parties and that the provider knows the mask. */
  bitsOf(values: readonly MaskedBit[]): number[] {
    const n = this.parties.length;
    const at = (role: number, planes: Planes | null, j: number): number =>
      planes ? (this.roles[role].heap.bytes(planes.ptr + (j >> 3), 1)[0] >> (j & 7)) & 1 : 0;
    return Array.from({ length: sizeOf(values[0].shape) }, (_, j) => {
      const opens = values.slice(0, n).map((value, i) => at(i, value.open, j));
      const masks = values.map((value, i) => at(i, value.mask, j));
      const mask = masks.slice(0, n).reduce((a, b) => a ^ b, 0);
      if (mask !== masks[n]) throw new Error('the provider does not know the mask of a bit');
      if (opens.some((open) => open !== opens[0])) throw new Error('the parties opened different bits');
      return opens[0] ^ mask;
    });
  }
}
