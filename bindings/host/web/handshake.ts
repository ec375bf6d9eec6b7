/**
 * How the two ends of a WebSocket prove who they are before a byte of the links is read.
 *
 *     guest                                        host
 *     names, nonce, run, invitation    ──────>
 *                                      <──────     nonce, certificate, signature over all that was said
 *     HMAC over all that was said      ──────>
 *                                      <──────     welcome, or a refusal
 *
 * A page cannot show a certificate, nor see the one of the TLS beneath it. So the host signs with the key of the certificate that its
 * role is known by, and the guest knows the secret of an invitation. Both sign both nonces, which are fresh, so nothing can be said
 * again. What is said afterwards is protected by TLS alone.
 */
import { type Guest, Refused } from '../connection.js';
import { publicKeyOf } from './certificate.js';
import type { WebChannel } from './socket.js';

/** Bytes of a message of the handshake at the most; certificates of roles have some 400. */
const MOST_WORDS = 8192;

/** What a guest says first. */
interface Greeting {
  readonly beaverdam: 'web 1';
  readonly from: string;
  readonly to: string;
  readonly nonce: string;
  readonly run: string;
  readonly invitation: string;
}

interface Answer {
  readonly nonce: string;
  /** DER, hexadecimal. */
  readonly certificate: string;
  /** ECDSA on P-256 with SHA-256, both numbers one after the other (IEEE P1363), hexadecimal. */
  readonly signature: string;
}

/** A role that guests come to. */
export interface Host {
  readonly role: string;
  /** DER. */
  readonly certificate: Uint8Array;
  sign(bytes: Uint8Array): Uint8Array;
  /** The secret of an invitation of this role for `from`; null where there is none. */
  secretOf(invitation: string, from: string): Uint8Array<ArrayBuffer> | null;
  /** Takes the invitation for this run. @throws Refused where it is expired, or used by another run */
  take(invitation: string, run: string): void;
}

const HEX_16 = /^[0-9a-f]{32}$/;
const ECDSA = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/**
 * Proves who a guest is and that the host is the one that it should be.
 * @throws Refused where either finds that the other is not
 */
export async function greet(channel: WebChannel, guest: Guest): Promise<void> {
  const { self, peer, fingerprint, run, invitation } = guest;
  const greeting: Greeting = {
    beaverdam: 'web 1',
    from: self,
    to: peer,
    nonce: freshNonce(),
    run,
    invitation: invitation.id,
  };
  say(channel, greeting);
  const answer = readAnswer(await hear(channel));
  const der = bytesOf(answer.certificate);
  const shown = `sha256:${hexOf(new Uint8Array(await crypto.subtle.digest('SHA-256', der)))}`;
  if (shown !== fingerprint) {
    channel.refuse(`${self} knows ${peer} by another certificate`);
    throw new Refused(`it shows the certificate ${shown}, where ${fingerprint} is expected`);
  }
  const key = await crypto.subtle.importKey('spki', publicKeyOf(der), ECDSA, false, ['verify']);
  const method = { name: 'ECDSA', hash: 'SHA-256' };
  const said = transcript('host', greeting, answer);
  if (!(await crypto.subtle.verify(method, key, bytesOf(answer.signature), said))) {
    channel.refuse(`${peer} does not hold the key of its certificate`);
    throw new Refused('it does not hold the key of its certificate');
  }
  const proof = await crypto.subtle.sign(
    'HMAC',
    await macKey(bytesOf(invitation.secret)),
    transcript('guest', greeting, answer),
  );
  say(channel, { proof: hexOf(new Uint8Array(proof)) });
  const { welcome } = await hear(channel);
  if (welcome !== peer) throw new Refused('it answers in another way than roles do');
}

/** Proves who a host is, and that the guest was invited. Resolves to the guest's role. @throws Refused where it was not */
export async function welcome(channel: WebChannel, host: Host): Promise<string> {
  const greeting = readGreeting(await hear(channel));
  if (greeting.to !== host.role) throw new Refused(`${host.role} is here`);
  const unsigned = { nonce: freshNonce(), certificate: hexOf(host.certificate) };
  const answer = { ...unsigned, signature: hexOf(host.sign(transcript('host', greeting, unsigned))) };
  say(channel, answer);
  const { proof } = await hear(channel);
  const secret = host.secretOf(greeting.invitation, greeting.from);
  // whoever does not know the secret learns nothing of the invitation
  const known =
    isHex(proof) &&
    secret !== null &&
    (await crypto.subtle.verify(
      'HMAC',
      await macKey(secret),
      bytesOf(proof),
      transcript('guest', greeting, answer),
    ));
  if (!known) throw new Refused(`${host.role} knows no such invitation`);
  host.take(greeting.invitation, greeting.run);
  say(channel, { welcome: host.role });
  return greeting.from;
}

/** What both ends prove: all that was said, and who says it. */
const transcript = (
  side: 'host' | 'guest',
  { from, to, nonce, run, invitation }: Greeting,
  { nonce: other, certificate }: Omit<Answer, 'signature'>,
): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(
    JSON.stringify(['beaverdam web 1', side, from, to, nonce, other, run, invitation, certificate]),
  );

const macKey = (secret: Uint8Array<ArrayBuffer>) =>
  crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign', 'verify']);

const freshNonce = (): string => hexOf(crypto.getRandomValues(new Uint8Array(32)));

const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

const bytesOf = (hex: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

const isHex = (value: unknown): value is string =>
  typeof value === 'string' && /^(?:[0-9a-f]{2})+$/.test(value);

const say = (channel: WebChannel, words: object): void =>
  channel.send(new TextEncoder().encode(JSON.stringify(words)));

async function hear(channel: WebChannel): Promise<Record<string, unknown>> {
  const bytes = await channel.next();
  try {
    if (bytes.length > MOST_WORDS) throw new RangeError();
    return Object(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch {
    throw new Refused('it does not speak as roles do');
  }
}

function readGreeting(words: Record<string, unknown>): Greeting {
  const { beaverdam, from, to, nonce, run, invitation } = words;
  if (beaverdam !== 'web 1') throw new Refused('another version of the links is spoken');
  const texts = [from, to].every((name) => typeof name === 'string' && name.length <= 100);
  const numbers = [run, invitation].every((number) => typeof number === 'string' && HEX_16.test(number));
  if (!texts || !numbers || !isHex(nonce) || nonce.length !== 64) {
    throw new Refused('it does not speak as roles do');
  }
  return { beaverdam, from, to, nonce, run, invitation } as Greeting;
}

function readAnswer({ nonce, certificate, signature }: Record<string, unknown>): Answer {
  if (isHex(nonce) && nonce.length === 64 && isHex(certificate) && isHex(signature)) {
    return { nonce, certificate, signature };
  }
  throw new Refused('it does not speak as roles do');
}
