/**
 * What a party hands a client of a value: a header of fixed size that says what follows, then public facts about it and the
 * party's share. Frames with clients are numbered by themselves, from 1 on at each link: a client does not run the program
 * that counts operations.
 */
import { LABEL_BYTES } from './disclosures.js';

export const HEADER_BYTES = 16 + LABEL_BYTES;

export interface ClientHeader {
  readonly label: string;
  /** Numbers that follow. */
  readonly count: number;
  /** Their fraction bits. */
  readonly fraction: number;
  /** 32-bit public integers before them, such as which layers an alarm is of. */
  readonly facts: number;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

export function writeHeader({ label, count, fraction, facts }: ClientHeader): Uint8Array {
  const bytes = new Uint8Array(HEADER_BYTES);
  const text = encoder.encode(label).subarray(0, LABEL_BYTES);
  const view = new DataView(bytes.buffer);
  [count, fraction, facts, text.length].forEach((value, i) => {
    view.setUint32(4 * i, value, true);
  });
  bytes.set(text, 16);
  return bytes;
}

export function readHeader(bytes: Uint8Array): ClientHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const [count, fraction, facts, length] = [0, 4, 8, 12].map((at) => view.getUint32(at, true));
  const label = decoder.decode(bytes.slice(16, 16 + Math.min(length, LABEL_BYTES)));
  return { label, count, fraction, facts };
}
