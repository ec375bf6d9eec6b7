/** Records: what is written is read, however it is cut; what is no record is refused; nothing large is kept. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ProtocolError } from '../../src/errors.js';
import {
  confirmRecord,
  EndKind,
  endRecord,
  HEADER_BYTES,
  helloRecord,
  MOST_DATA,
  pingRecord,
  type RecordHandler,
  RecordReader,
} from '../../src/links/record.js';
import { creditOf, dataOf } from '../world/records.js';
import { Random } from '../world/ring.js';
import { seed } from '../world/seed.js';

/** Notes all that it is told. */
function noting() {
  const log: unknown[] = [];
  const data: { position: number; bytes: number[] }[] = [];
  const handler: RecordHandler = {
    hello: (text) => void log.push(['hello', text]),
    confirm: (run) => void log.push(['confirm', run]),
    data(position, bytes) {
      const last = data[data.length - 1];
      if (last && last.position + last.bytes.length === position) last.bytes.push(...bytes);
      else data.push({ position, bytes: [...bytes] });
    },
    credit: (position, frames) => void log.push(['credit', position, frames]),
    end: (kind, reason) => void log.push(['end', kind, reason]),
    ping: () => void log.push(['ping']),
  };
  return { handler, log, data };
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

test('a stream of records is read back, in pieces of any size', () => {
  const random = new Random(seed);
  const payload = Uint8Array.from({ length: MOST_DATA }, () => random.below(256));
  const stream = concat([
    helloRecord('{"näme": 1}'),
    confirmRecord('c'.repeat(32)),
    dataOf(2 ** 40, payload),
    creditOf(2 ** 33 + 5, 2 ** 32 - 1),
    pingRecord(),
    dataOf(2 ** 40 + MOST_DATA + 1, payload.subarray(0, 1)),
    endRecord(EndKind.refused, 'übles Ende'),
  ]);
  for (const most of [1, 7, 1000, stream.length]) {
    const { handler, log, data } = noting();
    const reader = new RecordReader(handler);
    for (let at = 0; at < stream.length; ) {
      const piece = stream.subarray(at, at + 1 + random.below(most));
      reader.push(piece);
      at += piece.length;
    }
    assert.equal(log, [
      ['hello', '{"näme": 1}'],
      ['confirm', 'c'.repeat(32)],
      ['credit', 2 ** 33 + 5, 2 ** 32 - 1],
      ['ping'],
      ['end', EndKind.refused, 'übles Ende'],
    ]);
    assert.equal(
      data.map(({ position, bytes }) => [position, bytes.length]),
      [
        [2 ** 40, MOST_DATA],
        [2 ** 40 + MOST_DATA + 1, 1],
      ],
    );
    assert.equal(data[0].bytes, [...payload]);
  }
});

test('a hello comes first, a confirmation second, both once; before them nothing but an end is read', () => {
  for (const first of [pingRecord(), creditOf(0, 0), dataOf(0, Uint8Array.of(1))]) {
    const { handler, log, data } = noting();
    assert.throws(() => new RecordReader(handler).push(first), /what is no record/);
    assert.is(log.length + data.length, 0);
  }
  const { handler, log } = noting();
  new RecordReader(handler).push(endRecord(EndKind.busy, 'later'));
  assert.equal(log, [['end', EndKind.busy, 'later']]);
  const twice = new RecordReader(noting().handler);
  twice.push(helloRecord('a'));
  assert.throws(() => twice.push(helloRecord('a')), /what is no record/);
  for (const second of [pingRecord(), creditOf(0, 0), dataOf(0, Uint8Array.of(1))]) {
    const unconfirmed = new RecordReader(noting().handler);
    unconfirmed.push(helloRecord('a'));
    assert.throws(() => unconfirmed.push(second), /what is no record/);
  }
});

test('lengths that no record has are refused at the header, before a byte of the body is kept', () => {
  const lengths: [number, number][] = [
    [0, 0],
    [6, 0],
    [255, 8],
    [2, 8],
    [2, MOST_DATA + 9],
    [2, 2 ** 32 - 1],
    [3, 12],
    [3, 17],
    [4, 0],
    [4, 601],
    [5, 1],
  ];
  for (const [kind, length] of lengths) {
    const reader = new RecordReader(noting().handler);
    reader.push(helloRecord('a'));
    reader.push(confirmRecord('c'.repeat(32)));
    const header = new Uint8Array(HEADER_BYTES);
    header[0] = kind;
    new DataView(header.buffer).setUint32(4, length);
    assert.throws(
      () => reader.push(header),
      (error: Error) => error instanceof ProtocolError,
      `${kind}, ${length}`,
    );
  }
});

test('ten thousand mutated streams throw a ProtocolError or are read; nothing else happens', () => {
  const random = new Random(seed ^ 5);
  const stream = concat([
    helloRecord('{"a": 1}'),
    confirmRecord('c'.repeat(32)),
    dataOf(100, new Uint8Array(40)),
    creditOf(50, 3),
    pingRecord(),
    endRecord(EndKind.left, 'done'),
  ]);
  let refused = 0;
  for (let i = 0; i < 10_000; i++) {
    const bytes = stream.slice(0, 1 + random.below(stream.length));
    for (let m = random.below(4); m >= 0; m--) bytes[random.below(bytes.length)] = random.below(256);
    try {
      new RecordReader(noting().handler).push(bytes);
    } catch (error) {
      assert.instance(error, ProtocolError);
      refused++;
    }
  }
  assert.ok(refused > 1000, `${refused} refused`);
});

test.run();
