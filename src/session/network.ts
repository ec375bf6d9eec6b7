/** How roles elsewhere are reached: whose key is whose, who listens where, what is compared before anything else. */

import { type Address, guestOf, type WebPlace } from '../../bindings/host/connection.js';
import { hexOf } from '../bytes.js';
import type { Visit } from '../links/courier-boot.js';
import { type CheckpointPosition, MOST_AGREED, MOST_POSITIONS, POSITION_ID } from '../links/hello.js';
import { checkArray, checkInteger, checkName, checkOptions, checkText, kindOf } from '../options.js';
import { AGREED, type Agreement, PROTOCOL, peersOf, rolesOf } from '../party/agreement.js';
import { VERSION } from '../version.js';
import { addressOf } from './address.js';
import { digestOf } from './digest.js';
import { checkGuests, GUEST } from './guests.js';
import { readInvitation } from './invitation.js';
import { type WebOptions, webUrlOf } from './web.js';

/** How a link to a role elsewhere stands. */
export interface LinkEvent {
  /** The role that is here, and the one elsewhere. */
  readonly self: string;
  readonly peer: string;
  /** Not there yet; there; out of reach at the moment; gone for good. */
  readonly state: 'absent' | 'linked' | 'lost' | 'ended';
}

/** How roles in other processes are reached, and by which keys they are known. */
export interface NetworkOptions {
  /**
   * Every role of the session: the fingerprint of its certificate ('sha256:' and 64 hexadecimal digits of the SHA-256 of its
   * DER form), and where it listens, if it does ('host:port', '[::1]:port'). Of two roles, the one that comes later among
   * parties, provider and owner dials the other; where only it listens, it is dialled.
   */
  readonly roles: Readonly<Record<string, RoleOnNetwork>>;
  /** PEM of the certificate and the private key of each role that is here, but for guests. */
  readonly keys: Readonly<Record<string, { readonly certificate: string; readonly key: string }>>;
  /** Where a role here listens, where that is not the address at which others reach it, by role: 'host:port'. */
  readonly listen?: Readonly<Record<string, string>>;
  /** Where a role here takes guests, by role: each that a guest elsewhere is linked to. */
  readonly web?: Readonly<Record<string, WebOptions>>;
  /** Where a guest is here: its invitation to each role that it is linked to, by that role, as `invite` returns it. */
  readonly invitations?: Readonly<Record<string, string>>;
  /**
   * What else all roles must have alike, by name: each is compared by itself, so that an error says which differ. Up to 100
   * of them, their names of up to 100 characters.
   */
  readonly agreed?: Readonly<Record<string, unknown>>;
  /** The checkpoints that each role here has (`checkpointPositions`), for `session.checkpoints` elsewhere; up to 256. */
  readonly checkpoints?: Readonly<Record<string, readonly CheckpointPosition[]>>;
  /** Seconds for which roles wait for each other at the start. Default 600. */
  readonly joinWithin?: number;
  /** Seconds after which a role that cannot be reached is given up. Default 10. */
  readonly heartbeat?: number;
  /** Told when a role elsewhere has come, is out of reach, or has gone. What it throws ends the session. */
  readonly onLink?: (event: LinkEvent) => void;
}

/** Whose key a role has, and where it listens. */
export interface RoleOnNetwork {
  /**
   * `'guest'` for a party or a client without a certificate, in a page for example: it comes over WebSockets, with an invitation to
   * each role that it is linked to, all of which have certificates and a web address.
   */
  readonly fingerprint: string;
  readonly address?: string;
  /** Where guests find it: 'wss://host', with a port and a path where they are needed; 'ws://' on a machine's own addresses alone. */
  readonly web?: string;
}

const KNOWN: readonly (keyof NetworkOptions)[] = [
  'roles',
  'keys',
  'listen',
  'web',
  'invitations',
  'agreed',
  'checkpoints',
  'joinWithin',
  'heartbeat',
  'onLink',
];

/** Of waiting for others. */
const MOST_SECONDS = 7 * 24 * 3600;

/** A key's fingerprint as it is written. */
export const FINGERPRINT = /^sha256:[0-9a-f]{64}$/;

/**
 * Checks how roles are reached.
 * @param here the roles of this process
 * @throws TypeError for a wrong kind, RangeError for a role that is missing, unknown or out of reach of another
 */
export function checkNetwork(network: NetworkOptions, agreement: Agreement, here: readonly string[]): void {
  const name = 'createSession: network';
  checkOptions(name, network, KNOWN);
  const names = rolesOf(agreement);
  const { roles, keys, listen = {} } = network;
  checkOptions(`${name}: roles`, roles, names);
  for (const role of names) {
    if (!Object.hasOwn(roles, role)) throw new RangeError(`${name}: roles lacks ${role}`);
    checkOptions(`${name}: roles.${role}`, roles[role], ['fingerprint', 'address', 'web']);
    const { fingerprint, address, web } = roles[role];
    checkText(`${name}: roles.${role}.fingerprint`, fingerprint);
    const guest = fingerprint === GUEST;
    if (!guest && !FINGERPRINT.test(fingerprint)) {
      throw new RangeError(
        `${name}: roles.${role}.fingerprint: expected "sha256:" and 64 hexadecimal digits in lower case`,
      );
    }
    if (address !== undefined) addressOf(`${name}: roles.${role}.address`, address);
    if (web !== undefined) webUrlOf(`${name}: roles.${role}.web`, web);
  }
  const fingerprints = names.map((role) => roles[role].fingerprint);
  const twice = names.find(
    (_, i) => fingerprints[i] !== GUEST && fingerprints.indexOf(fingerprints[i]) !== i,
  );
  if (twice !== undefined) throw new RangeError(`${name}: roles.${twice} has another role's fingerprint`);
  const isGuest = (role: string) => roles[role].fingerprint === GUEST;
  const withKeys = here.filter((role) => !isGuest(role));
  checkOptions(`${name}: keys`, keys, withKeys);
  for (const role of withKeys) {
    if (!Object.hasOwn(keys, role)) throw new RangeError(`${name}: keys lacks ${role}, which is here`);
    checkOptions(`${name}: keys.${role}`, keys[role], ['certificate', 'key']);
    checkText(`${name}: keys.${role}.certificate`, keys[role].certificate);
    checkText(`${name}: keys.${role}.key`, keys[role].key);
  }
  checkOptions(`${name}: listen`, listen, here);
  for (const [role, address] of Object.entries(listen)) addressOf(`${name}: listen.${role}`, address);
  checkGuests(`${name}`, network, agreement, here);
  checkMeeting(name, network, here);
  for (const self of here) {
    for (const peer of peersOf(agreement, self))
      if (!here.includes(peer)) dialOf(network, agreement, self, peer);
  }
}

/** What roles elsewhere are told and how long they are waited for, however they are linked. */
export function checkMeeting(
  name: string,
  {
    agreed = {},
    checkpoints = {},
    joinWithin,
    heartbeat,
  }: Pick<NetworkOptions, 'agreed' | 'checkpoints' | 'joinWithin' | 'heartbeat'>,
  here: readonly string[],
): void {
  checkAgreed(`${name}: agreed`, agreed);
  checkOptions(`${name}: checkpoints`, checkpoints, here);
  for (const [role, list] of Object.entries(checkpoints))
    checkPositions(`${name}: checkpoints.${role}`, list);
  if (joinWithin !== undefined) checkInteger(`${name}: joinWithin`, joinWithin, 1, MOST_SECONDS);
  if (heartbeat !== undefined) checkInteger(`${name}: heartbeat`, heartbeat, 1, 3600);
}

/** @throws TypeError or RangeError for what cannot be compared with others */
function checkAgreed(name: string, agreed: unknown): void {
  if (typeof agreed !== 'object' || agreed === null) throw new TypeError(`${name}: got ${kindOf(agreed)}`);
  const keys = Object.keys(agreed);
  if (keys.length > MOST_AGREED) {
    throw new RangeError(`${name}: at most ${MOST_AGREED} names, got ${keys.length}`);
  }
  for (const [i, key] of keys.entries()) checkName(`${name}: name ${i}`, key);
}

/** @throws TypeError or RangeError for what are no positions of checkpoints */
function checkPositions(name: string, list: unknown): void {
  checkArray(name, list);
  if (list.length > MOST_POSITIONS) {
    throw new RangeError(`${name}: at most ${MOST_POSITIONS} positions, got ${list.length}`);
  }
  for (const position of list) {
    checkOptions(name, position, ['training', 'epoch', 'id']);
    const { training, epoch, id } = position as CheckpointPosition;
    checkInteger(`${name}: training`, training, 0);
    checkInteger(`${name}: epoch`, epoch, 0);
    checkText(`${name}: id`, id);
    if (!POSITION_ID.test(id)) throw new RangeError(`${name}: id must be empty or 32 hexadecimal digits`);
  }
}

/** Where a role here dials one elsewhere; null where it is dialled. @throws RangeError where neither listens */
export function dialOf(
  { roles, invitations = {} }: NetworkOptions,
  agreement: Agreement,
  self: string,
  peer: string,
): Address | Visit | null {
  if (roles[peer].fingerprint === GUEST) return null;
  if (roles[self].fingerprint === GUEST) {
    const name = `createSession: network: invitations.${peer}`;
    return { url: `${roles[peer].web}`, invitation: readInvitation(name, invitations[peer], peer, self) };
  }
  const names = rolesOf(agreement);
  const [earlier, later] = names.indexOf(self) < names.indexOf(peer) ? [self, peer] : [peer, self];
  const listening = roles[earlier].address !== undefined ? earlier : later;
  const { address } = roles[listening];
  if (address === undefined) {
    throw new RangeError(`createSession: network: neither ${earlier} nor ${later} has an address`);
  }
  return listening === self ? null : addressOf(`createSession: network: roles.${peer}.address`, address);
}

/** Where the roles here listen that are dialled by one elsewhere. */
export function listening(
  network: NetworkOptions,
  agreement: Agreement,
  here: readonly string[],
): { readonly self: string; readonly address: Address }[] {
  return here
    .filter((self) =>
      peersOf(agreement, self).some(
        (peer) =>
          !here.includes(peer) &&
          network.roles[peer].fingerprint !== GUEST &&
          dialOf(network, agreement, self, peer) === null,
      ),
    )
    .map((self) => {
      const text = network.listen?.[self] ?? (network.roles[self].address as string);
      return { self, address: addressOf(`createSession: network: listen.${self}`, text) };
    });
}

/** Where the roles here take guests that are elsewhere. */
export const takingGuests = ({ web = {} }: NetworkOptions): WebPlace[] =>
  Object.entries(web).map(([role, { listen, origins, invitations, certificate, key }]) => ({
    role,
    address: addressOf(`createSession: network: web.${role}.listen`, listen),
    origins,
    invitations,
    tls: certificate !== undefined && key !== undefined ? { certificate, key } : null,
  }));

/** The fingerprint by which a role is known to the courier. */
export const knownBy = ({ roles }: NetworkOptions, role: string): string =>
  roles[role].fingerprint === GUEST ? guestOf(role) : roles[role].fingerprint;

/** Short digests, by name, of what both ends of a link must have alike. */
export async function agreedDigests(
  agreement: Agreement,
  agreed: Readonly<Record<string, unknown>> = {},
): Promise<Record<string, string>> {
  const all: [string, unknown][] = [
    ...Object.entries(agreed), // first, so that it takes nothing's place
    ['the protocol', PROTOCOL],
    ['the version of the package', VERSION],
    ...AGREED.map((field): [string, unknown] => [field, agreement[field]]),
  ];
  const digests = all.map(async ([name, value]) => {
    const bytes = (await digestOf(value)).subarray(0, 8);
    return [name, hexOf(bytes)] as const;
  });
  return Object.fromEntries(await Promise.all(digests));
}

/** @throws RangeError where a role's certificate is not the one of its fingerprint */
export async function checkKeys({ roles, keys }: NetworkOptions): Promise<void> {
  for (const [role, { certificate }] of Object.entries(keys)) {
    const own = await fingerprintOf(`createSession: network: keys.${role}.certificate`, certificate);
    if (own === roles[role].fingerprint) continue;
    throw new RangeError(
      `createSession: network: keys.${role}: the certificate's fingerprint is ${own}, where roles.${role} has ` +
        roles[role].fingerprint,
    );
  }
}

/** The fingerprint of a certificate. @param pem its text @throws TypeError where it is none */
export async function fingerprintOf(name: string, pem: string): Promise<string> {
  const body = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/.exec(pem)?.[1];
  if (body === undefined) throw new TypeError(`${name}: expected the PEM of a certificate`);
  const der = Uint8Array.from(atob(body.replace(/\s/g, '')), (character) => character.charCodeAt(0));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', der));
  return `sha256:${hexOf(digest)}`;
}
