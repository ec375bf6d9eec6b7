/** The keys to which a tape is sealed: X25519, the public one as 'x25519:' and 64 hexadecimal digits, the private one as PEM. */

import { tapeHost } from '#tape';
import type { TapeHost } from '../../bindings/host/tape.js';
import { bytesOfHex, hexOf } from '../bytes.js';
import { JobError } from '../errors.js';
import { checkText } from '../options.js';

/** A party's pair of keys, to which the provider seals its tape. */
export interface TapeKeys {
  /** 'x25519:' and 64 hexadecimal digits, for whoever deals. */
  readonly publicKey: string;
  /** PKCS#8 PEM, for the party alone. */
  readonly privateKey: string;
}

/** @throws JobError where the platform has no tapes */
export function host(): TapeHost {
  if (!tapeHost) throw new JobError('a tape needs files and cryptography that a browser does not have');
  return tapeHost;
}

/** A public key as it is written. */
export const PUBLIC_KEY = /^x25519:([0-9a-f]{64})$/;

/** A key pair to which a tape can be sealed, or by which its provider is known. */
export function makeTapeKeys(): TapeKeys {
  const { publicKey, privateKey } = host().makeKeys();
  return { publicKey: writtenKey(publicKey), privateKey };
}

/** A public key as it is written. */
export const writtenKey = (bytes: Uint8Array): string => `x25519:${hexOf(bytes)}`;

/** Whether this is a public key as it is written. */
export const isPublicKey = (text: unknown): boolean => typeof text === 'string' && PUBLIC_KEY.test(text);

/** The bytes of a public key. @throws TypeError or RangeError that begins with `name` for what is none */
export function readPublicKey(name: string, text: unknown): Uint8Array {
  checkText(name, text);
  const digits = PUBLIC_KEY.exec(text)?.[1];
  if (!digits) throw new RangeError(`${name}: expected "x25519:" and 64 hexadecimal digits in lower case`);
  return bytesOfHex(digits);
}

/** The public key of a private one. @throws TypeError or RangeError that begins with `name` for what is none */
export function publicKeyOf(name: string, privateKey: unknown): Uint8Array {
  checkText(name, privateKey);
  const bytes = host().publicOf(privateKey);
  if (!bytes) throw new RangeError(`${name}: expected the PEM of an X25519 private key`);
  return bytes;
}
