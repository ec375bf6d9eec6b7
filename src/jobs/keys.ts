/** A role's own keys: for its links, and for what is sealed to it. */
import { checkName } from '../options.js';
import { fingerprintOf } from '../session/network.js';
import { makeTapeKeys, type TapeKeys } from '../session/tape.js';

/** What a role keeps on its machine; fingerprint and sealing key are told to the others. */
export interface RoleKeys {
  /** Self-signed, EC P-256, valid for ten years, its common name the role's; PEM. */
  readonly certificate: string;
  /** The private key of the certificate: PEM of PKCS#8. */
  readonly key: string;
  /** 'sha256:' and 64 hexadecimal digits, as others name the certificate. */
  readonly fingerprint: string;
  /** An X25519 key pair: a party's tape is sealed to its public key, and a provider's says who has dealt. */
  readonly sealing: TapeKeys;
}

const YEARS = 10;

/**
 * Makes the keys of a role. Nobody vouches for its certificate: what counts is its fingerprint, which the roles tell one another.
 * @param name the role's, as sessions take it
 * @throws TypeError or RangeError for a name that no role can have
 */
export async function makeKeys(name: string): Promise<RoleKeys> {
  checkName('makeKeys: the name of the role', name);
  await import('reflect-metadata'); // which the next needs
  const { KeyUsageFlags, KeyUsagesExtension, Name, X509CertificateGenerator } = await import(
    '@peculiar/x509'
  );
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, [
    'sign',
    'verify',
  ]);
  const [notBefore, notAfter] = [new Date(), new Date()];
  notAfter.setUTCFullYear(notBefore.getUTCFullYear() + YEARS);
  const made = await X509CertificateGenerator.createSelfSigned({
    name: new Name([{ CN: [{ utf8String: name }] }]), // as it is: a bare text would be taken apart
    keys, // no serial number: it draws one
    notBefore,
    notAfter,
    signingAlgorithm: { name: 'ECDSA', hash: 'SHA-256' },
    extensions: [new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true)],
  });
  const certificate = pem('CERTIFICATE', made.rawData);
  return {
    certificate,
    key: await privatePem(keys.privateKey),
    fingerprint: await fingerprintOf('makeKeys', certificate),
    sealing: makeTapeKeys(),
  };
}

const privatePem = async (key: CryptoKey): Promise<string> =>
  pem('PRIVATE KEY', await crypto.subtle.exportKey('pkcs8', key));

/** RFC 7468. */
function pem(label: string, der: ArrayBuffer): string {
  const text = btoa(String.fromCharCode(...new Uint8Array(der)));
  return [`-----BEGIN ${label}-----`, ...(text.match(/.{1,64}/g) ?? []), `-----END ${label}-----`, ''].join(
    '\n',
  );
}
