// The digits of several comparisons at once, all with one δ: what a list of thresholds takes.
import { Address, Count, Size, Source } from '../border';
import { leaf } from './compare';

/**
 * Shares of lt and eq of every digit (`leaf`) of several public numbers against one δ.
 *
 * Digit d has digits[d] bits (bytes). The planes of number c begin at delta + c·region. Planes of the result hold the
 * numbers side by side, `blocks` blocks each: lt of every digit, then eq of every digit but the lowest.
 */
export function leaves(
  out: Address,
  delta: Source,
  products: Source,
  digits: Source,
  count: Count,
  numbers: Count,
  blocks: Count,
  region: Size,
  first: i32,
): void {
  const part = (<usize>blocks) << 4;
  const stride = part * <usize>numbers;
  for (let c: usize = 0; c < <usize>numbers; c++) {
    let bit = delta + c * region;
    let product = products;
    let lt = out + c * part;
    let eq = lt + <usize>(count - 1) * stride;
    for (let d: usize = 0; d < <usize>count; d++) {
      const m = <i32>load<u8>(digits + d);
      leaf(lt, d ? eq : 0, bit, product, m, blocks, first);
      bit += <usize>m * part;
      product += <usize>((1 << m) - 1) * part;
      lt += stride;
      eq += stride;
    }
  }
}
