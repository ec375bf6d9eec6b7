/** How two roles find each other: what they compare, and what is refused. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CheckpointPosition, MOST_POSITIONS } from '../../src/links/hello.js';
import { confirmRecord, helloRecord, pingRecord } from '../../src/links/record.js';
import { Random } from '../world/ring.js';
import { seed } from '../world/seed.js';
import { connect, dataOf, run, side } from '../world/sides.js';
import { Wire } from '../world/wire.js';

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
