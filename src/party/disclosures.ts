/**
 * What becomes clear, and to whom. A role may be given the list of what it agrees to disclose; it refuses everything else
 * before it sends anything of it.
 */
import { ProtocolError } from '../errors.js';
import { checkText } from '../options.js';

/** One kind of value that becomes clear to one role. */
export interface Disclosure {
  /** What it is: 'fit: loss', 'weights', the label of a reveal. */
  readonly label: string;
  /** The role that learns it. */
  readonly to: string;
}

/** A disclosure as it happened: how many numbers, how often. */
export interface Disclosed extends Disclosure {
  readonly values: number;
  readonly times: number;
}

/** Longest label, in bytes of UTF-8. */
export const LABEL_BYTES = 48;

export class DisclosureList {
  readonly #done = new Map<string, Disclosed>();

  /** @param agreed what the role agrees to; null for everything */
  constructor(
    readonly role: string,
    readonly agreed: readonly Disclosure[] | null,
  ) {}

  /** Takes note of a disclosure. @throws ProtocolError where the role's list does not have it */
  pass(label: string, to: string, values: number): void {
    if (this.agreed && !this.agreed.some((entry) => entry.label === label && entry.to === to)) {
      const list = this.agreed.map((entry) => `"${entry.label}" to ${entry.to}`).join(', ') || 'nothing';
      throw new ProtocolError(`${this.role} refuses to disclose "${label}" to ${to}; it agreed to: ${list}`);
    }
    const key = JSON.stringify([label, to]);
    const before = this.#done.get(key);
    this.#done.set(key, {
      label,
      to,
      values: (before?.values ?? 0) + values,
      times: (before?.times ?? 0) + 1,
    });
  }

  /** What has been disclosed so far, in the order in which each kind came first. */
  get done(): readonly Disclosed[] {
    return [...this.#done.values()];
  }
}

/** @throws TypeError or RangeError for what is no label of a disclosure */
export function checkLabel(name: string, label: unknown): asserts label is string {
  checkText(`${name}: label`, label);
  const bytes = new TextEncoder().encode(label).length;
  if (bytes > 0 && bytes <= LABEL_BYTES) return;
  throw new RangeError(`${name}: a label has 1 to ${LABEL_BYTES} bytes`);
}

/** @throws TypeError for what is not the name of a role */
export function checkRole(name: string, role: unknown, roles: readonly string[]): asserts role is string {
  checkText(name, role);
  if (!roles.includes(role))
    throw new TypeError(`${name}: no role named "${role}" (roles: ${roles.join(', ')})`);
}
