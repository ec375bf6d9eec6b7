/** The public key in a certificate, without a library for certificates: a page would have to load it. */

const SEQUENCE = 0x30;
const INTEGER = 0x02;
const VERSION = 0xa0;

interface Part {
  readonly tag: number;
  /** Where it begins, its contents begin, and both end. */
  readonly start: number;
  readonly inner: number;
  readonly end: number;
}

/**
 * The SubjectPublicKeyInfo of a certificate (RFC 5280, section 4.1), DER. Only for certificates whose digest is known: nothing
 * else of them is looked at.
 * @throws Error for what is no certificate
 */
export function publicKeyOf(der: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const certificate = partAt(der, 0, SEQUENCE);
  const body = partAt(der, certificate.inner, SEQUENCE);
  let at = body.inner;
  if (der[at] === VERSION) at = partAt(der, at, VERSION).end;
  // serial number, algorithm, issuer, validity, subject
  for (const tag of [INTEGER, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE]) at = partAt(der, at, tag).end;
  const key = partAt(der, at, SEQUENCE);
  return der.slice(key.start, key.end);
}

function partAt(der: Uint8Array, start: number, tag: number): Part {
  const first = der[start + 1];
  const digits = first < 0x80 ? 0 : first & 0x7f;
  let length = digits === 0 ? first : 0;
  for (let i = 0; i < digits; i++) length = length * 256 + der[start + 2 + i];
  const inner = start + 2 + digits;
  const end = inner + length;
  if (der[start] !== tag || digits > 3 || !(end <= der.length)) throw new Error('is no certificate');
  return { tag, start, inner, end };
}
