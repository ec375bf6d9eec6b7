/** A link over connections that come and go: what one role writes the other reads, once and in order, or both learn why not. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  confirmRecord,
  DATA_HEADER,
  HEADER_BYTES,
  helloRecord,
  RecordWriter,
} from '../../src/links/record.js';
import { Random } from '../world/ring.js';
import { seed } from '../world/seed.js';
import { connect, dataOf, run, side } from '../world/sides.js';
import { Wire } from '../world/wire.js';

test('bytes go across in both directions, many times around rings of different size, over connections that break', () => {
  const random = new Random(seed);
  for (let round = 0; round < 20; round++) {
    const a = side('alice', { capacity: 64 << random.below(3) });
    const b = side('bob', { capacity: 64 << random.below(3) });
    const streams = [a, b].map(() => Uint8Array.from({ length: 5000 }, () => random.below(256)));
    const ends = [
      { from: a, to: b, sent: 0, got: [] as number[] },
      { from: b, to: a, sent: 0, got: [] as number[] },
    ];
    let wire = connect(a, b, random);
    let cuts = 0;
    let steps = 0;
    while (ends.some(({ got }) => got.length < 5000)) {
      assert.ok(++steps < 100_000, 'it goes on');
      ends.forEach((end, i) => {
        end.sent += end.from.writer.write(streams[i], end.sent, Math.min(5000 - end.sent, random.below(90)));
        end.from.writer.publish();
        end.from.link.settle();
        const piece = new Uint8Array(random.below(90));
        end.got.push(...piece.subarray(0, end.to.reader.read(piece, 0)));
        end.to.reader.publish();
        end.to.link.settle();
      });
      wire.move(random.below(200));
      if (cuts < 30 && random.below(20) === 0) {
        wire.cut();
        cuts++;
        assert.is(a.link.wanted, true);
        wire = connect(a, b, random);
      }
    }
    ends.forEach(({ got }, i) => {
      assert.equal(got, [...streams[i]]);
    });
    assert.is.not(a.link.state, 'ended');
  }
});

test('one piece is under way at a time: what is written meanwhile gathers, and goes as one, with what has been read', () => {
  const a = side('alice');
  const b = side('bob');
  const wire = connect(a, b);
  run(wire);
  const bytes = Uint8Array.from({ length: 60 }, (_, i) => i);
  const write = (from: number, to: number) => {
    a.writer.write(bytes, from, to - from);
    a.writer.publish();
    a.link.settle();
  };
  b.writer.write(bytes, 0, 8);
  b.writer.publish();
  b.link.settle();
  run(wire);
  write(0, 10);
  assert.is(wire.a.queue.length, 1);
  const under = wire.a.queue[0].slice();
  a.reader.read(new Uint8Array(8), 0);
  a.reader.publish();
  for (let at = 10; at < 60; at += 10) write(at, at + 10);
  assert.is(wire.a.queue.length, 1, 'nothing joins it');
  assert.equal(wire.a.queue[0], under, 'and nothing changes it');
  assert.is(wire.move(), true);
  assert.is(wire.a.queue.length, 1, 'the rest, in one');
  assert.is(wire.a.queue[0].length % 8, (DATA_HEADER + 50) % 8);
  run(wire);
  const got = new Uint8Array(60);
  assert.is(b.reader.read(got, 0), 60);
  assert.equal(got, bytes);
  assert.is(b.writer.unread, 0, 'bob has heard that alice has read');
});

test('a role that reads nothing holds its peer back at what the ring holds, and nothing piles up', () => {
  const a = side('alice', { capacity: 256 });
  const b = side('bob', { capacity: 64 });
  const wire = connect(a, b);
  const bytes = new Uint8Array(256);
  assert.is(a.writer.write(bytes, 0), 256);
  a.writer.publish();
  a.link.settle();
  run(wire);
  assert.is(b.reader.ready, 64);
  assert.is(a.writer.write(bytes, 0), 0);
  const piece = new Uint8Array(64);
  for (let got = 0; got < 256; got += 16) {
    b.reader.read(piece, 0, 16);
    b.reader.publish();
    b.link.settle();
    run(wire);
  }
  assert.is(b.reader.ready, 0);
  assert.is(a.writer.write(bytes, 0), 256);
});

test('whoever watches a link is told that it is there, lost, there again, and over', () => {
  const [a, b] = [side('alice'), side('bob')];
  const wire = connect(a, b);
  run(wire);
  wire.cut();
  run(connect(a, b));
  a.link.leave('its work is done');
  for (const { changes } of [a, b]) assert.equal(changes.slice(0, 3), ['linked', 'lost', 'linked']);
  assert.is(a.changes.at(-1), 'ended');
});

test('what was written before a role left is read, then the reason is thrown', () => {
  const a = side('alice');
  const b = side('bob');
  const wire = connect(a, b);
  run(wire);
  a.writer.write(new Uint8Array(20).fill(9), 0);
  a.writer.publish();
  a.link.leave('its session was closed');
  run(wire);
  assert.is(b.reader.ready, 20);
  assert.is(b.reader.left, 'its session was closed');
  assert.equal([a.link.state, b.link.state], ['ended', 'ended']);
});

/** Two sides, one of which has sent the other so many bytes. */
function afterBytes(count: number) {
  const [a, b] = [side('alice'), side('bob')];
  const wire = connect(a, b);
  run(wire);
  a.writer.write(new Uint8Array(count), 0);
  a.writer.publish();
  a.link.settle();
  run(wire);
  return [a, b, wire] as const;
}

test('bytes that come twice, leave some out or do not fit end the link', () => {
  const cases: [string, number, number][] = [
    ['again', 0, 10],
    ['too early', 60, 10],
    ['more than fits', 50, 1000],
  ];
  for (const [what, position, length] of cases) {
    const [a, b, wire] = afterBytes(50);
    wire.a.send(dataOf(position, length));
    run(wire);
    assert.match(b.reader.left ?? '', new RegExp(what));
    assert.match(a.reader.left ?? '', new RegExp(`refused alice: .*${what}`));
  }
});

test('what a peer says of the bytes that it has is held against those that were sent', () => {
  const says = (read: number) => {
    const [a, b, wire] = afterBytes(50);
    const piece = new RecordWriter(64);
    piece.credit(20, 0);
    wire.b.send(piece.written.slice());
    run(wire);
    assert.is(a.link.state, 'linked');
    piece.clear();
    piece.credit(read, 0);
    wire.b.send(piece.written.slice());
    run(wire);
    return [a, b] as const;
  };
  for (const [read, good] of [
    [19, false],
    [20, true],
    [50, true],
    [51, false],
    [2 ** 40, false],
  ] as const) {
    const [a, b] = says(read);
    assert.is(a.link.state, good ? 'linked' : 'ended', `${read}`);
    if (good) continue;
    assert.match(a.reader.left ?? '', new RegExp(`it says that it has read ${read} bytes, of 50 sent`));
    assert.match(b.reader.left ?? '', new RegExp(`it refused bob: bob says that it has read ${read} bytes`));
  }
});

test('a greeting that claims bytes which were never written ends the link', () => {
  const [a, b] = [side('alice'), side('bob')];
  run(connect(a, b));
  const greeting = new Wire();
  side('bob').link.attach(greeting.a);
  greeting.b.listen({ data() {}, drained() {}, closed() {} });
  run(greeting);
  const hello = JSON.parse(new TextDecoder().decode(greeting.crossed[0].subarray(HEADER_BYTES)));
  const fresh = side('alice');
  const wire = new Wire();
  fresh.link.attach(wire.a);
  wire.b.send(helloRecord(JSON.stringify({ ...hello, received: 1 })));
  wire.b.send(confirmRecord('61'.repeat(16)));
  run(wire);
  assert.match(fresh.reader.left ?? '', /it says that it has received 1 bytes, of 0/);
});

test('what was written is sent before a role leaves, though it fits neither one piece nor the peer’s ring', () => {
  const a = side('alice', { capacity: 256 });
  const b = side('bob', { capacity: 64 });
  const wire = connect(a, b);
  run(wire);
  const bytes = Uint8Array.from({ length: 250 }, (_, i) => i);
  a.writer.write(bytes, 0);
  a.writer.publish();
  a.link.leave('its work is done');
  run(wire);
  const got: number[] = [];
  while (got.length < 250) {
    const all = got.length + b.reader.ready === 250;
    assert.is(b.reader.left === null, !all, 'not before all has come');
    const piece = new Uint8Array(b.reader.ready);
    assert.ok(piece.length > 0);
    b.reader.read(piece, 0);
    b.reader.publish();
    b.link.settle();
    run(wire);
    got.push(...piece);
  }
  assert.equal(got, [...bytes]);
  assert.is(b.reader.left, 'its work is done');
});

test('bytes that the peer has read are nowhere in the ring any more', () => {
  const [a, b] = [side('alice', { capacity: 64 }), side('bob', { capacity: 64 })];
  const wire = connect(a, b);
  run(wire);
  const left = () => new Uint8Array(a.outgoing).slice(-64).filter((byte) => byte === 0xa5).length;
  for (let round = 0; round < 5; round++) {
    a.writer.write(new Uint8Array(40).fill(0xa5), 0);
    a.writer.publish();
    a.link.settle();
    run(wire);
    assert.is(left(), 40, 'it may have to be sent again');
    b.reader.read(new Uint8Array(40), 0);
    b.reader.publish();
    b.link.settle();
    run(wire);
    assert.is(left(), 0);
  }
});

test.run();
