/**
 * What stands in the provider's place where it has dealt before: a thread beside the last party that plays the tape to it, over
 * the same link, command by command, and ends the run where a command is not the one that was dealt for.
 */
import { ProtocolError } from '../errors.js';
import { type Mailbox, NO_OPERATION } from '../links/mailbox.js';
import type { Disclosed } from '../party/disclosures.js';
import { emptyTotals, type LedgerTotals } from '../party/ledger.js';
import type { Tape } from '../tape/tape-file.js';
import { encode, nameOf, RECORD_BYTES, type Step, sameCommand } from './lockstep.js';
import { Role, type RoleEntry, type RoleParts } from './role.js';

/** Bytes that go to the party at a time. */
const PIECE = 2 ** 16;

export class TapeRole extends Role {
  readonly #tape: Tape;
  readonly #mailbox: Mailbox;
  readonly #last: string;
  readonly #piece = new Uint8Array(PIECE);

  constructor(parts: RoleParts, tape: Tape, mailbox: Mailbox, last: string) {
    super(parts);
    this.#tape = tape;
    this.#mailbox = mailbox;
    this.#last = last;
  }

  protected runOne({ name, step }: RoleEntry): undefined {
    if (name === 'sync') return;
    if (!step) throw new TypeError(`the tape: ${name} has no place among the commands`);
    if (name === 'skipEpochs') this.#tape.skipToRenewal();
    else this.#play(step);
  }

  #play(step: Step): void {
    this.#compare(step);
    for (let frame = this.#tape.next; frame && frame.operation !== NO_OPERATION; frame = this.#tape.next) {
      const { operation, length } = frame;
      this.#tape.begin();
      let rest = length;
      this.#mailbox.sendChunks(this.#last, operation, length, () => {
        const piece = this.#piece.subarray(0, rest);
        this.#tape.read(piece);
        rest -= piece.length;
        return piece;
      });
    }
  }

  /** Reads the command that was dealt for. */
  #compare(step: Step): void {
    const frame = this.#tape.next;
    const here = `command ${step.place}`;
    if (!frame) {
      throw new ProtocolError(
        `the tape ends before ${here}: the program has ${step.name}, for which nothing was dealt`,
      );
    }
    const dealt = new Uint8Array(RECORD_BYTES);
    if (frame.operation !== NO_OPERATION || frame.length !== RECORD_BYTES) {
      throw new ProtocolError(`the tape was not written as a tape is: ${here} has no record`);
    }
    this.#tape.begin();
    this.#tape.read(dealt);
    if (sameCommand(dealt, encode(step))) return;
    const theirs = nameOf(dealt);
    const differs =
      theirs === step.name
        ? `${step.name} with other arguments`
        : `${theirs}, where the program has ${step.name}`;
    throw new ProtocolError(`the tape was dealt for another program: at ${here} it has ${differs}`);
  }

  override finish(): void {
    this.#tape.close();
  }

  protected reportTo(): void {}

  get where(): string {
    return '';
  }

  totals(): LedgerTotals {
    return emptyTotals();
  }

  disclosed(): readonly Disclosed[] {
    return [];
  }
}
