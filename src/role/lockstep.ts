/**
 * Roles in other processes run the same program, or the run ends.
 *
 * Before each command a role tells every peer elsewhere, in a record of fixed size, the command's place, its digest and
 * its name, without waiting. A record comes before all that its command sends, so whoever receives something of a peer
 * reads the peer's records first and compares each with its own command at that place: the first that differs ends the
 * run, by its name. Peers that send nothing else are looked at before each command, and waited for at a `sync`.
 */
import { ProtocolError } from '../errors.js';
import { type Links, type Mailbox, NO_OPERATION } from '../links/mailbox.js';
import { AGREED, type Agreement } from '../party/agreement.js';

/** A command's place in the program. */
export interface Step {
  readonly place: number;
  readonly name: string;
  /** Of the command with its arguments. */
  readonly digest: Uint8Array;
}

const DIGEST_BYTES = 16;
const NAME_BYTES = 40;
export const RECORD_BYTES = 8 + DIGEST_BYTES + NAME_BYTES;

/** What carries records. */
export type RecordLinks = Pick<Mailbox, 'send' | 'receive' | 'await' | 'waiting'>;

interface Peer {
  readonly name: string;
  /** Place of the next record. */
  next: number;
}

export class Lockstep {
  readonly #mailbox: RecordLinks;
  readonly #self: string;
  #peers: readonly Peer[];
  /** This role's steps from place `#first` on: those that some peer's record has still to be compared with. */
  #steps: Step[] = [];
  #first = 1;
  #place = 0;

  constructor(self: string, mailbox: RecordLinks, elsewhere: readonly string[]) {
    this.#self = self;
    this.#mailbox = mailbox;
    this.#peers = elsewhere.map((name) => ({ name, next: 1 }));
  }

  /**
   * Compares what the sessions have agreed on.
   * @throws ProtocolError that names the fields which differ
   */
  greet(agreement: Agreement, digest: Uint8Array): void {
    this.sayHello(agreement, digest);
    this.hearHellos(agreement, digest);
  }

  /** The first half of {@link greet}. */
  sayHello(agreement: Agreement, digest: Uint8Array): void {
    const mine = greeting(agreement, digest);
    for (const { name } of this.#peers) this.#mailbox.send(name, NO_OPERATION, [mine]);
  }

  /** The other half. */
  hearHellos(agreement: Agreement, digest: Uint8Array): void {
    const mine = greeting(agreement, digest);
    for (const { name } of this.#peers) {
      const theirs = new Uint8Array(RECORD_BYTES);
      this.#mailbox.receive(name, NO_OPERATION, [theirs]);
      if (equal(mine, theirs)) continue;
      const at = (bytes: Uint8Array, i: number) =>
        new DataView(bytes.buffer).getUint32(8 + DIGEST_BYTES + 4 * i);
      const fields = AGREED.filter((_, i) => at(mine, i) !== at(theirs, i));
      const what = fields.length > 0 ? fields.join(', ') : 'the version of the package';
      throw new ProtocolError(`${this.#self} and ${name} have not agreed on the session: ${what} differ`);
    }
  }

  /** Begins a command. @throws ProtocolError where a peer is known to be at another */
  begin(step: Step): void {
    this.#place = step.place;
    this.#steps.push(step);
    const record = encode(step);
    for (const { name } of this.#peers) this.#mailbox.send(name, NO_OPERATION, [record]);
    for (const peer of this.#peers) {
      while (peer.next <= this.#place && this.#mailbox.waiting(peer.name) >= RECORD_BYTES + 8)
        this.#hear(peer, false);
    }
    this.#forget();
  }

  /** Waits until every peer has come to this command. */
  sync(): void {
    for (const { name } of this.#peers) this.catchUp(name, true);
  }

  /** Takes leave of a client, at this command, as others do of this role where it is that client. */
  part(client: string): void {
    for (const name of this.leaving(client)) this.catchUp(name, true);
    this.#peers = client === this.#self ? [] : this.#peers.filter(({ name }) => name !== client);
    this.#forget();
  }

  /** Whether records of a peer are still to come, or to be read, up to this role's command. */
  isBehind(name: string): boolean {
    const peer = this.#peers.find((candidate) => candidate.name === name);
    return peer !== undefined && peer.next <= this.#place;
  }

  /** Reads the next record of a peer that {@link isBehind}. */
  hear(name: string): void {
    const peer = this.#peers.find((candidate) => candidate.name === name);
    if (peer) this.#hear(peer, true);
  }

  /** The peers that are waited for at a `sync`, … */
  get peers(): readonly string[] {
    return this.#peers.map(({ name }) => name);
  }

  /** … and of them those whose leave a client's `leave` is: the client, or all where this role is it. */
  leaving(client: string): readonly string[] {
    return this.peers.filter((name) => name === client || client === this.#self);
  }

  /** Reads a peer's records up to this role's command. */
  catchUp(name: string, endless = false): void {
    const peer = this.#peers.find((candidate) => candidate.name === name);
    while (peer && peer.next <= this.#place) this.#hear(peer, endless);
  }

  /** The same links, read behind the peers' records. */
  links(links: Links): Links {
    return {
      send: (peer, operation, pieces) => links.send(peer, operation, pieces),
      sendChunks: (peer, operation, length, next) => links.sendChunks(peer, operation, length, next),
      receive: (peer, operation, pieces, wipe) => {
        this.catchUp(peer);
        links.receive(peer, operation, pieces, wipe);
      },
      receiveChunks: (peer, operation, length, chunk, take) => {
        this.catchUp(peer);
        links.receiveChunks(peer, operation, length, chunk, take);
      },
      exchange: (peers, operation, pieces, chunk, take, wipe) => {
        for (const peer of peers) this.catchUp(peer);
        links.exchange(peers, operation, pieces, chunk, take, wipe);
      },
    };
  }

  #hear(peer: Peer, endless: boolean): void {
    const bytes = new Uint8Array(RECORD_BYTES);
    if (endless) this.#mailbox.await(peer.name, NO_OPERATION, [bytes]);
    else this.#mailbox.receive(peer.name, NO_OPERATION, [bytes]);
    const mine = this.#steps[peer.next - this.#first];
    peer.next++;
    if (equal(bytes, encode(mine))) return;
    const theirs = nameOf(bytes);
    const differs =
      theirs === mine.name
        ? `${mine.name} with other arguments`
        : `${theirs}, where ${this.#self} has ${mine.name}`;
    throw new ProtocolError(`the programs differ at command ${mine.place}: ${peer.name} has ${differs}`);
  }

  #forget(): void {
    const least = Math.min(this.#place + 1, ...this.#peers.map(({ next }) => next));
    if (least - this.#first < 64) return;
    this.#steps = this.#steps.slice(least - this.#first);
    this.#first = least;
  }
}

/** What a role greets with. */
function greeting(agreement: Agreement, digest: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(RECORD_BYTES);
  bytes.set(digest.subarray(0, DIGEST_BYTES), 8);
  AGREED.forEach((field, i) => {
    new DataView(bytes.buffer).setUint32(8 + DIGEST_BYTES + 4 * i, hash(JSON.stringify(agreement[field])));
  });
  return bytes;
}

/** A command's record, as it crosses. */
export function encode({ place, name, digest }: Step): Uint8Array {
  const bytes = new Uint8Array(RECORD_BYTES);
  new DataView(bytes.buffer).setFloat64(0, place);
  bytes.set(digest.subarray(0, DIGEST_BYTES), 8);
  bytes.set(new TextEncoder().encode(name).subarray(0, NAME_BYTES), 8 + DIGEST_BYTES);
  return bytes;
}

/** The command's name in a record. */
export const nameOf = (record: Uint8Array): string =>
  new TextDecoder().decode(record.subarray(8 + DIGEST_BYTES)).replace(/\0+$/, '');

/** Whether two records are the same, places aside. */
export const sameCommand = (a: Uint8Array, b: Uint8Array): boolean => equal(a.subarray(8), b.subarray(8));

const equal = (a: Uint8Array, b: Uint8Array): boolean => a.every((byte, i) => byte === b[i]);

/** FNV-1a, 32 bits (G. Fowler, L. Noll, P. Vo): only to say which fields differ. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}
