/** The activations a layer may name in a model's description. */

/**
 * linear: z; relu: max(z, 0); square: z²; sigmoid: 1 / (1 + e⁻ᶻ); tanh; or a polynomial's coefficients
 * a₀, a₁ … a_d for a₀ + a₁z + … + a_d zᵈ.
 */
export type Activation = ActivationName | { polynomial: number[] };

/** The activations that have a name of their own. */
export type ActivationName = (typeof NAMES)[number];

const NAMES = ['linear', 'relu', 'square', 'sigmoid', 'tanh'] as const;

/**
 * Throws unless `value` is an activation.
 * @throws TypeError when it is of the wrong kind, RangeError for an unknown name or bad coefficients.
 */
export function checkActivation(value: unknown): asserts value is Activation {
  if (typeof value === 'string') {
    if ((NAMES as readonly string[]).includes(value)) return;
    throw new RangeError(
      `unknown activation "${value}"; known are ${NAMES.join(', ')} and { polynomial: [a0, a1, …] }`,
    );
  }
  const coefficients = (value as { polynomial?: unknown } | null | undefined)?.polynomial;
  if (!Array.isArray(coefficients))
    throw new TypeError('an activation is a name or { polynomial: [a0, a1, …] }');
  if (coefficients.length === 0 || !coefficients.every(Number.isFinite)) {
    throw new RangeError('the coefficients of a polynomial activation must be finite numbers, at least one');
  }
}
