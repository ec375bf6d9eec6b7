/** Links and time: who is given up and when, what is not taken for silence, and slow lines. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { confirmRecord, helloRecord } from '../../src/links/record.js';
import { connect, run, type Side, side, time } from '../world/sides.js';
import { Wire } from '../world/wire.js';

/** Lets so many milliseconds pass, the clock looked at once a second. */
function pass(milliseconds: number, ...sides: readonly Side[]): void {
  for (const end = time.now + milliseconds; time.now < end; ) {
    time.now += Math.min(1000, end - time.now);
    for (const { link } of sides) link.tick();
  }
}

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

test('each side of a link that is given up is told who has given up whom', () => {
  time.now = 0;
  const [a, b] = [side('alice'), side('bob')];
  pass(600_000, a);
  const late = connect(a, b);
  pass(1000, a);
  run(late);
  assert.is(a.reader.left, 'it did not come within 600 s');
  assert.is(b.reader.left, 'it waited 600 s for bob in vain');

  const [c, d] = [side('alice'), side('bob')];
  run(connect(c, d));
  pass(6000, c);
  assert.is(c.link.state, 'lost');
  const again = connect(c, d);
  pass(5000, c);
  run(again);
  assert.match(c.reader.left ?? '', /^it could not be reached for 10 s/);
  assert.is(d.reader.left, 'it could not reach bob for 10 s');
});

test('a process that was stopped for a while does not take that for the silence of its peers', () => {
  time.now = 0;
  const [a, b] = [side('alice'), side('bob')];
  const wire = connect(a, b);
  run(wire);
  pass(3000, a, b);
  run(wire);
  b.writer.write(new Uint8Array(8), 0);
  b.writer.publish();
  b.link.settle();
  time.now += 60_000; // nobody was looking
  a.link.tick();
  assert.is(a.link.state, 'linked');
  run(wire);
  assert.is(a.reader.ready, 8, 'what bob has said meanwhile comes');
  pass(12_000, a);
  assert.match(a.reader.left ?? '', /could not be reached for 10 s/, 'and then he is silent');
});

test('who connects and does not greet to the end is hung up on, and the right peer joins', () => {
  const [hello, confirm] = [side('bob'), confirmRecord('61'.repeat(16))];
  const greeting = new Wire();
  hello.link.attach(greeting.a);
  greeting.b.listen({ data() {}, drained() {}, closed() {} });
  run(greeting);
  const [whole] = greeting.crossed;
  const beginnings = [[], [whole.subarray(0, whole.length >> 1)], [whole], [helloRecord('')], [confirm]];
  for (const [i, beginning] of beginnings.entries()) {
    time.now = 0;
    const a = side('alice');
    const wire = new Wire();
    a.link.attach(wire.a);
    for (const bytes of beginning) wire.b.send(bytes);
    run(wire);
    pass(7000, a);
    const refused = i >= 3; // no greeting at all
    assert.is(a.link.state, refused ? 'ended' : 'absent', `${i}`);
    if (refused) continue;
    assert.is(a.link.wanted, true, `${i}`);
    const b = side('bob');
    run(connect(a, b));
    assert.is(a.link.state, 'linked', `${i}`);
  }
});

test('signs of life do not pile up behind bytes that do not leave', () => {
  time.now = 0;
  const [a, b] = [side('alice'), side('bob')];
  const wire = connect(a, b);
  run(wire);
  a.writer.write(new Uint8Array(20), 0);
  a.writer.publish();
  a.link.settle();
  const before = wire.a.queue.length;
  for (let i = 0; i < 100; i++) {
    pass(1000, a, b);
    for (const bytes of wire.b.queue.splice(0)) wire.a.listener?.data(bytes);
    wire.b.backlog = 0;
  }
  assert.is(wire.a.queue.length, before);
});

test.run();
