/** Labels at the scales that metrics (scale 0) and gradients want, and weights of rows at theirs, made once for each tensor that they come from. */
import { SecureTensor } from '../tensor/secure-tensor.js';

export class LabelScales {
  readonly #made = new Map<SecureTensor, Map<number, SecureTensor>>();

  /** The labels y at `fraction` bits: y itself at the working scale. */
  of(y: SecureTensor, fraction: number): SecureTensor {
    const { roles } = y.session;
    if (fraction === roles.settings.fractionBits) return y;
    this.#forgetDisposed();
    const scales = this.#made.get(y) ?? new Map<number, SecureTensor>();
    this.#made.set(y, scales);
    const known = scales.get(fraction);
    if (known) return known;
    const out = roles.number();
    roles.send({ name: 'roundedLabels', in: [y.number], out, args: { fraction } });
    const made = new SecureTensor(y.session, out, y.shape);
    scales.set(fraction, made);
    return made;
  }

  /** Frees all that was made. */
  dispose(): void {
    for (const scales of this.#made.values()) for (const tensor of scales.values()) tensor.dispose();
    this.#made.clear();
  }

  #forgetDisposed(): void {
    for (const [from, scales] of this.#made) {
      if (!from.disposed) continue;
      for (const tensor of scales.values()) tensor.dispose();
      this.#made.delete(from);
    }
  }
}
