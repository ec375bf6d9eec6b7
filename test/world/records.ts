/** Single records of a link, for tests that speak to one. */
import { DATA_HEADER, RecordWriter } from '../../src/links/record.js';

export function dataOf(position: number, bytes: Uint8Array): Uint8Array {
  const writer = new RecordWriter(DATA_HEADER + bytes.length);
  writer.data(position, bytes.length).set(bytes);
  return writer.written;
}

export function creditOf(position: number, frames: number): Uint8Array {
  const writer = new RecordWriter(24);
  writer.credit(position, frames);
  return writer.written;
}
