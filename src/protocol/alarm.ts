/**
 * Alarms: whether some of many opened numbers came near a limit, as one bit for each of several sites, and nothing
 * else about them. nn/sentinel.ts chooses the numbers, and adds the hits up by site.
 *
 * A number z is opened under a mask that the provider knows, c = z + r. Of c and of r each role keeps five bits, so that
 * the limit is 8 units of the lowest of them. Their difference modulo 32 is z in these units, less than one off. A hit is
 * a difference outside −4 … 4: for |z| ≤ 4 units there is none, from 5 units on always, until at 28 units, far beyond
 * the limit, numbers repeat modulo 32.
 *
 *   dealHits    for each number the 32 answers for every c, one bit each, XOR-shared: a fixed word turned by the bits of
 *               r. Each party takes the bit at its c: a share of "hit". No message.
 *   openAlarms  16 sums pⱼ over Z₂ for each site, each hit in a public random half of them, are opened under masks; with
 *               random words vⱼ that no party knows, dealt beside pⱼ's masks, Σ pⱼ·vⱼ is 0 without a hit and else uniform:
 *               this alone is revealed. 1 round.
 *
 * Sums miss a hit with probability 2⁻¹⁶. Four bytes are dealt a number.
 */
import type { Planes, Words } from '../../bindings/memory.js';
import type { Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { Share } from '../party/values.js';
import { type Cost, dealing, opening, type Setting, sequence, wordBytes } from './cost.js';

/** Sums over Z₂ for each site. */
export const SUMS = 16;
/** log2 of the limit in units of the lowest bit that is looked at. */
const LIMIT_BITS = 3;
/** Answers for differences 0 … 31: those outside −4 … 4 are hits. */
const ANSWERS = 0x0fff_ffe0;

/** Which of a vector's words are looked at: `count` of them, `stride` words apart. */
export interface Sample {
  readonly count: number;
  readonly start: number;
  readonly stride: number;
}

/**
 * The five bits of each number of a sample, into `out` from `at` on.
 * @param words c at a party, r at the provider
 * @param limit |z| is to stay below 2^limit in ring units
 */
export function coarseBits(
  rt: Runtime,
  { ptr, length }: Words,
  limit: number,
  { count, start, stride }: Sample,
  out: Uint8Array,
  at: number,
): void {
  const low = limit - LIMIT_BITS; // the lowest of the five bits
  const lanes = rt.ring.bytes >> 2;
  const words = rt.heap.lanes;
  const lane = low >> 5;
  const first = (ptr >> 2) + lane;
  const shift = low & 31;
  const rest = 32 - shift;
  const upper = lanes > 1 && lane === 0 && rest < 5; // some of them are in the next lane
  for (let i = 0; i < count; i++) {
    const place = first + Math.min(length - 1, Math.floor(start + i * stride)) * lanes;
    const bits = words[place] >>> shift;
    out[at + i] = (upper ? bits | (words[place + 1] << rest) : bits) & 31;
  }
}

/** Cost of {@link dealHits}. */
export const hitsCost = (count: number): Cost => dealing(Math.ceil(count / 4) * 16);

/** A party's share, 0 or 1, of whether each number is a hit, written over its five bits; nothing at the provider. */
export function dealHits(rt: Runtime, bits: Uint8Array): Uint8Array | null {
  const count = bits.length;
  const blocks = Math.ceil(count / 4);
  const planes: Planes = rt.dealPlanes(1, blocks, () => {
    const out = rt.planes(1, blocks);
    const answers = rt.heap.u32(out.ptr, blocks * 4).fill(0);
    for (let i = 0; i < count; i++) {
      const turn = bits[i];
      answers[i] = (ANSWERS << turn) | (ANSWERS >>> ((32 - turn) & 31));
    }
    return out;
  });
  if (!rt.isProvider) {
    const answers = rt.heap.u32(planes.ptr, count);
    for (let i = 0; i < count; i++) bits[i] = (answers[i] >>> bits[i]) & 1;
  }
  rt.free(planes);
  return rt.isProvider ? null : bits;
}

/** Cost of {@link openAlarms}. */
export const alarmsCost = (at: Setting, sites: number): Cost =>
  sequence(opening(at, Math.ceil((sites * SUMS) / 128) * 16), dealing(wordBytes(at, sites * SUMS)));

/**
 * For each site a word that is 0 where it had no hit, [sites], settled.
 * @param sums a party's shares of each site's {@link SUMS} sums, one a bit; not read at the provider
 */
export function* openAlarms(rt: Runtime, sums: readonly number[]): Secure<Share> {
  const count = sums.length * SUMS;
  const blocks = Math.ceil(count / 128);
  const mask = rt.maskPlanes(1, blocks);
  const open = rt.isProvider ? null : maskedSums(rt, mask, sums);
  yield [{ ptr: open?.ptr ?? 0, bytes: blocks * 16, join: 'xor', label: 'sentinel' }];
  // [v], and [r·v] for p = c ⊕ r: p·v is v − r·v where c is 1, and r·v where it is 0
  const random = rt.zeros(count);
  rt.addMask(random);
  const products = rt.deal(count, () => {
    const bits = rt.words(count);
    rt.ring.fromPlane(bits, mask);
    const out = rt.words(count);
    rt.ring.mul(out, bits, random);
    rt.free(bits);
    return out;
  });
  const words = open ? joined(rt, open, random, products, sums.length) : null;
  rt.free(mask, open, random, products);
  return new Share(words, [sums.length], 0, true);
}

/** This party's shares of all sums, under its share of their mask. */
function maskedSums(rt: Runtime, mask: Planes, sums: readonly number[]): Planes {
  const { heap } = rt;
  const open = rt.planes(1, mask.blocks);
  const bytes = heap.bytes(open.ptr, mask.blocks * 16);
  bytes.set(heap.bytes(mask.ptr, mask.blocks * 16));
  sums.forEach((sum, i) => {
    bytes[2 * i] ^= sum & 255;
    bytes[2 * i + 1] ^= sum >> 8;
  });
  return open;
}

/** Σ pⱼ·vⱼ of each site; writes over its arguments. */
function joined(rt: Runtime, open: Planes, random: Words, products: Words, sites: number): Words {
  const { ring } = rt;
  // c·(v − 2·r·v) + r·v
  const bits = rt.words(products.length);
  ring.fromPlane(bits, open);
  ring.sub(random, random, products);
  ring.sub(random, random, products);
  ring.mulAdd(products, bits, random);
  const sums = rt.words(sites);
  ring.sumColumns(sums, products, sites, SUMS, 0);
  rt.free(bits);
  return sums;
}
