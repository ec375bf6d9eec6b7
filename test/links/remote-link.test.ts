/** A link over connections that come and go: what one role writes the other reads, once and in order, or both learn why not. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CheckpointPosition, MOST_POSITIONS } from '../../src/links/hello.js';
import { IncomingMirror, OutgoingMirror } from '../../src/links/mirror.js';
import { confirmRecord, DATA_HEADER, helloRecord, pingRecord, RecordWriter } from '../../src/links/record.js';
import { RemoteLink } from '../../src/links/remote-link.js';
import {
  createDoorbell,
  createRingBuffer,
  Doorbell,
  RingReader,
  RingWriter,
} from '../../src/links/ring-buffer.js';
import { Random } from '../world/ring.js';
import { seed } from '../world/seed.js';
import { Wire } from '../world/wire.js';

const time = { now: 0 };

interface Options {
  readonly run?: string;
  readonly capacity?: number;
  readonly agreed?: Record<string, string>;
  readonly peer?: string;
  readonly checkpoints?: readonly CheckpointPosition[];
}

/** One role's side: its own ends of both rings, and the courier's. */
function side(self: string, { run = self.charCodeAt(0).toString(16).repeat(16), ...options }: Options = {}) {
  const { capacity = 256, agreed = { epochs: 'aa' }, peer = self === 'alice' ? 'bob' : 'alice' } = options;
  const { checkpoints = [] } = options;
  const [outgoing, incoming] = [createRingBuffer(capacity), createRingBuffer(capacity)];
  const [bell, courierBell] = [createDoorbell(), createDoorbell()];
  const changes: string[] = [];
  const link = new RemoteLink(
    {
      self,
      peer,
      outgoing: new OutgoingMirror(outgoing, bell),
      incoming: new IncomingMirror(incoming, bell),
      bell,
      run,
      agreed,
      checkpoints,
      joinWithin: 600_000,
      heartbeat: 10_000,
      changed: ({ state }) => changes.push(state),
    },
    () => time.now,
  );
  const writer = new RingWriter(outgoing, new Doorbell(courierBell));
  const reader = new RingReader(incoming, new Doorbell(courierBell));
  return { link, writer, reader, changes, incoming };
}

type Side = ReturnType<typeof side>;

function connect(a: Side, b: Side, random: Random | null = null): Wire {
  const wire = new Wire(random);
  a.link.attach(wire.a);
  b.link.attach(wire.b);
  return wire;
}

/** A data record of zeros. */
function dataOf(position: number, length: number): Uint8Array {
  const writer = new RecordWriter(DATA_HEADER + length);
  writer.data(position, length);
  return writer.written;
}

function run(wire: Wire): void {
  while (wire.move());
}

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

test('what has been agreed on is compared by name, and both sides are told', () => {
  const a = side('alice', { agreed: { epochs: 'aa', ring: '32', model: 'x' } });
  const b = side('bob', { agreed: { epochs: 'bb', ring: '32' } });
  run(connect(a, b));
  assert.match(a.reader.left ?? '', /has not agreed on the same: epochs, model differ/);
  assert.match(b.reader.left ?? '', /has not agreed on the same: epochs, model differ/);
  assert.equal([a.link.state, b.link.state], ['ended', 'ended']);
});

const positions = (count: number): CheckpointPosition[] =>
  Array.from({ length: count }, (_, i) => ({ training: i >> 1, epoch: i, id: i % 3 ? 'ab'.repeat(16) : '' }));

test('each side knows the checkpoints that the other came with, as many as a greeting takes', () => {
  for (const count of [0, 2, MOST_POSITIONS]) {
    const a = side('alice', { checkpoints: positions(count) });
    const b = side('bob');
    run(connect(a, b));
    assert.equal(b.link.peerCheckpoints, positions(count));
    assert.equal(a.link.peerCheckpoints, []);
    assert.equal([a.link.state, b.link.state], ['linked', 'linked']);
  }
});

test('checkpoints that are none, or too many, are no greeting', () => {
  const [good] = positions(1);
  const cases: unknown[] = [
    [3],
    [null],
    [{ training: 0, epoch: 1 }],
    [{ ...good, training: -1 }],
    [{ ...good, epoch: 1.5 }],
    [{ ...good, epoch: '1' }],
    [{ ...good, id: 'ab' }],
    [{ ...good, id: 'AB'.repeat(16) }],
    [{ ...good, id: 7 }],
    positions(MOST_POSITIONS + 1),
    { length: 0 },
  ];
  for (const checkpoints of cases) {
    const a = side('alice', { checkpoints: checkpoints as CheckpointPosition[] });
    const b = side('bob');
    run(connect(a, b));
    assert.match(b.reader.left ?? '', /greeted with what is no greeting/);
    assert.match(a.reader.left ?? '', /it refused alice: alice greeted with what is no greeting/);
    assert.equal(b.link.peerCheckpoints, []);
  }
});

test('a role that is not the one that was expected is refused', () => {
  const a = side('alice');
  const c = side('carol', { peer: 'alice' });
  run(connect(a, c));
  assert.match(a.writer.left ?? '', /has the key of bob, but greets as carol/);
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

test('a process that begins anew ends the run of its peer, waits until then, and finds the peer’s new run', () => {
  const a = side('alice');
  const b = side('bob');
  let wire = connect(a, b);
  run(wire);
  wire.cut();
  const again = side('bob', { run: 'f'.repeat(32) });
  wire = connect(a, again);
  run(wire);
  assert.match(a.reader.left ?? '', /begun anew/);
  assert.is(again.link.state, 'absent');
  assert.is(again.link.wanted, true);
  const next = side('alice', { run: 'e'.repeat(32) });
  run(connect(next, again));
  assert.equal([next.link.state, again.link.state], ['linked', 'linked']);
});

test('records of an old run, played again, fit nowhere', () => {
  const a = side('alice');
  const b = side('bob');
  const wire = connect(a, b);
  run(wire);
  a.writer.write(new Uint8Array(50).fill(7), 0);
  a.writer.publish();
  a.link.settle();
  run(wire);
  assert.is(b.reader.ready, 50);
  // the same bytes to the same role, over a new connection
  wire.cut();
  const replay = new Wire();
  b.link.attach(replay.b);
  for (const bytes of wire.crossed) replay.a.send(bytes);
  run(replay);
  assert.is(b.reader.ready, 50);
  assert.is(b.link.state, 'ended');
  // and to a new run of it
  const fresh = side('bob', { run: 'f'.repeat(32) });
  const second = new Wire();
  fresh.link.attach(second.b);
  for (const bytes of wire.crossed) second.a.send(bytes);
  run(second);
  assert.is(fresh.reader.ready, 0);
  assert.is(fresh.link.state, 'absent');
  // which the right peer still can join
  run(connect(side('alice', { run: 'd'.repeat(32) }), fresh));
  assert.is(fresh.link.state, 'linked');
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

test('a peer that does not come, or is silent, is given up in time; one that pings is not', () => {
  time.now = 0;
  const a = side('alice');
  time.now = 599_000;
  a.link.tick();
  assert.is(a.link.state, 'absent');
  time.now = 601_000;
  a.link.tick();
  assert.match(a.reader.left ?? '', /did not come within 600 s/);

  time.now = 0;
  const [c, d] = [side('alice'), side('bob')];
  const wire = connect(c, d);
  run(wire);
  for (; time.now < 60_000; time.now += 1000) {
    c.link.tick();
    d.link.tick();
    run(wire);
  }
  assert.equal([c.link.state, d.link.state], ['linked', 'linked']);
  // now nothing crosses: the connection is given up at half the time, the peer at all of it
  const since = time.now;
  for (; time.now < since + 6000; time.now += 1000) c.link.tick();
  assert.is(c.link.state, 'lost');
  for (; time.now < since + 12_000; time.now += 1000) c.link.tick();
  assert.match(c.reader.left ?? '', /could not be reached for 10 s/);
});

test('a process that begins anew is not measured by the run before, whose agreement was another', () => {
  const [a, old] = [side('alice'), side('bob')];
  const wire = connect(a, old);
  run(wire);
  const anew = side('bob', { run: 'c'.repeat(32), agreed: { epochs: 'bb' } });
  const second = new Wire();
  a.link.attach(second.a);
  anew.link.attach(second.b);
  run(second);
  assert.match(a.reader.left ?? '', /begun anew in the middle of the run.*does it run twice\?/);
  assert.is(anew.link.state, 'absent', 'it waits for alice to begin anew too');
  const third = new Wire();
  old.link.attach(third.b);
  a.link.attach(third.a);
  run(third);
  assert.match(old.reader.left ?? '', /begun anew/, 'the one before hears why');
});

test('on a line that loses all long pieces, they get shorter until one arrives, and longer again with time', () => {
  time.now = 0;
  const capacity = 2 ** 18;
  const [a, b] = [side('alice', { capacity }), side('bob', { capacity })];
  const bytes = new Uint8Array(200_000).map((_, i) => i % 251);
  a.writer.write(bytes, 0);
  a.writer.publish();
  let wire = connect(a, b);
  let cuts = 0;
  const longest = () => Math.max(0, ...wire.a.queue.map(({ length }) => length));
  for (;;) {
    if (longest() > 5000) {
      assert.ok(++cuts < 6, 'some piece arrives');
      wire.cut();
      wire = connect(a, b);
    } else if (!wire.move()) break;
  }
  assert.is(cuts, 2, 'pieces of 64 kB, of 8 kB; those of 4 kB arrive');
  const got = new Uint8Array(bytes.length);
  assert.is(b.reader.read(got, 0), bytes.length);
  assert.equal(got, bytes);
  b.reader.publish();
  b.link.settle();
  for (; time.now < 900_000; time.now += 1000) {
    a.link.tick();
    b.link.tick();
    run(wire);
  }
  a.writer.write(bytes, 0);
  a.writer.publish();
  a.link.settle();
  assert.is(longest(), 2 ** 16);
});

test('bytes that come twice, leave some out or do not fit end the link', () => {
  const cases: [string, number, number][] = [
    ['again', 0, 10],
    ['too early', 60, 10],
    ['more than fits', 50, 1000],
  ];
  for (const [what, position, length] of cases) {
    const a = side('alice');
    const b = side('bob');
    const wire = connect(a, b);
    run(wire);
    a.writer.write(new Uint8Array(50), 0);
    a.writer.publish();
    a.link.settle();
    run(wire);
    wire.a.send(dataOf(position, length));
    run(wire);
    assert.match(b.reader.left ?? '', new RegExp(what));
    assert.match(a.reader.left ?? '', new RegExp(`refused alice: .*${what}`));
  }
});

test('ten thousand mutated greetings and records are never accepted as something else, and never throw', () => {
  const random = new Random(seed ^ 9);
  const reference = side('alice', { checkpoints: positions(3) });
  const wire = new Wire();
  reference.link.attach(wire.a);
  wire.b.listen({ data() {}, drained() {}, closed() {} });
  run(wire);
  const hello = wire.crossed[0];
  const record = dataOf(0, 30);
  let linked = 0;
  for (let i = 0; i < 10_000; i++) {
    const b = side('bob', { capacity: 64 });
    const attack = new Wire();
    b.link.attach(attack.b);
    const bytes = (random.below(2) === 0 ? hello : record).slice();
    for (let m = random.below(3); m >= 0; m--) bytes[random.below(bytes.length)] = random.below(256);
    if (bytes.length === record.length) attack.a.send(hello.slice());
    if (bytes.length === record.length) attack.a.send(confirmRecord('62'.repeat(16)));
    attack.a.send(bytes);
    if (bytes.length !== record.length) attack.a.send(confirmRecord('62'.repeat(16)));
    attack.a.send(pingRecord());
    run(attack);
    if (b.link.state === 'linked') linked++;
    assert.ok(b.reader.ready <= 30 + pingRecord().length);
  }
  assert.ok(linked < 9000, `${linked} linked`);
});

test('a hello that is no JSON, or of another form, is refused', () => {
  const texts = ['', '[]', '{', '{"beaverdam":2}', '{"beaverdam":1,"from":"alice"}'];
  for (const text of texts.slice(1)) {
    const b = side('bob');
    const wire = new Wire();
    b.link.attach(wire.b);
    wire.a.send(helloRecord(text));
    run(wire);
    assert.is(b.link.state, 'ended', text);
    assert.is(b.reader.ready, 0);
  }
});

test.run();
