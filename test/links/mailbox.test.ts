/** Links between threads: every byte arrives, nothing deadlocks, and whoever is out of step or silent is named. */
import { Worker } from 'node:worker_threads';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ProtocolError, TimeoutError } from '../../src/errors.js';
import { type LinkBuffers, Mailbox } from '../../src/links/mailbox.js';
import { createDoorbell, createRingBuffer, Doorbell, RingWriter } from '../../src/links/ring-buffer.js';
import { type Behaviour, payload } from './peer.js';

interface Ends {
  readonly bell: SharedArrayBuffer;
  readonly links: readonly LinkBuffers[];
}

/** Shared memory that links every role with every other. */
function linked(names: readonly string[], capacity: number): ReadonlyMap<string, Ends> {
  const bells = new Map(names.map((name) => [name, createDoorbell()]));
  const ring = new Map(
    names.flatMap((from) => names.map((to) => [`${from} → ${to}`, createRingBuffer(capacity)] as const)),
  );
  const bell = (name: string) => bells.get(name) as SharedArrayBuffer;
  const from = (a: string, b: string) => ring.get(`${a} → ${b}`) as SharedArrayBuffer;
  return new Map(
    names.map((self) => {
      const links = names
        .filter((peer) => peer !== self)
        .map((peer) => ({
          peer,
          outgoing: from(self, peer),
          incoming: from(peer, self),
          peerBell: bell(peer),
        }));
      return [self, { bell: bell(self), links }];
    }),
  );
}

/** This thread's mailbox as alice, with peers in threads of their own. */
function meet(peers: readonly string[], behaviour: Behaviour, bytes: number, frames: number, capacity = 64) {
  const ends = linked(['alice', ...peers], capacity);
  const workers = peers.map((self) => {
    const { bell, links } = ends.get(self) as Ends;
    const workerData = { behaviour, self, bell, links, bytes, frames };
    return new Worker(new URL('./peer.js', import.meta.url), { workerData });
  });
  const { bell, links } = ends.get('alice') as Ends;
  const mailbox = new Mailbox('alice', bell, links, 10_000);
  const ended = Promise.all(
    workers.map((worker) => new Promise<number>((resolve) => worker.on('exit', (code) => resolve(code)))),
  );
  return { mailbox, ended };
}

/**
 * Alice alone, with links to peers at which the test itself sits.
 * @param asleep what happens whenever alice is about to sleep
 */
function alone(timeout = 50, capacity = 64, asleep = () => {}, others: readonly string[] = []) {
  const ends = linked(['alice', 'bob', ...others], capacity);
  const { bell, links } = ends.get('alice') as Ends;
  const [{ incoming }] = links;
  const ring = new Uint8Array(incoming, 64);
  const bob = new RingWriter(incoming, new Doorbell(bell));
  return {
    mailbox: new Mailbox('alice', bell, links, timeout, { begin: asleep, end() {} }),
    /** Whether bytes that bob has sent are still there. */
    keeps: (...bytes: number[]) => Buffer.from(ring).includes(Buffer.from(bytes)),
    /** Where bob keeps what he has read, in the ring's header. */
    tailOfBob: new Int32Array(links[0].outgoing, 0, 4),
    /** Bob's end, which must not wait. */
    bobsMailbox: () => {
      const own = ends.get('bob') as Ends;
      return new Mailbox('bob', own.bell, own.links, timeout);
    },
    /** Bob sends bytes, whatever they mean. */
    bob: (bytes: Uint8Array) => {
      bob.write(bytes, 0);
      bob.publish();
    },
  };
}

/** A frame of one piece, filled up to a multiple of eight bytes, which is the length that it says. */
function frame(operation: number, ...bytes: number[]): Uint8Array {
  const length = Math.ceil(bytes.length / 8) * 8;
  const all = new Uint8Array(8 + length);
  all.set(new Uint8Array(Uint32Array.of(operation, length).buffer));
  all.set(bytes, 8);
  return all;
}

/** `work` at every second call: before a role that waits for bytes sleeps, it looks for them, and both are told. */
function everySecond(work: () => void): () => void {
  let calls = 0;
  return () => {
    if (++calls % 2 === 0) work();
  };
}

const refused = (pattern: RegExp) => (error: Error) =>
  error instanceof ProtocolError && pattern.test(error.message);

test('exchanges far larger than the ring go through, with 1 and 2 peers, in order and in whole grains', async () => {
  for (const peers of [['bob'], ['bob', 'carol']]) {
    const [bytes, frames, grain] = [5000, 20, 4];
    const { mailbox, ended } = meet(peers, 'exchange', bytes, frames, 64);
    const chunk = { bytes: new Uint8Array(48), grain };
    for (let operation = 1; operation <= frames; operation++) {
      const mine = payload('alice', operation, bytes);
      const whole = mine.slice();
      const pieces = [whole.subarray(0, 8), whole.subarray(8)];
      const theirs = peers.map(() => [new Uint8Array(8), new Uint8Array(bytes - 8)]);
      mailbox.exchange(peers, operation, pieces, chunk, (peer, piece, offset, count) => {
        assert.is(offset % grain, 0);
        assert.ok(count % grain === 0 || offset + count === pieces[piece].length);
        theirs[peer][piece].set(chunk.bytes.subarray(0, count), offset);
        // what has been taken may be overwritten: it has gone to every peer
        pieces[piece].fill(0, offset, offset + count);
      });
      peers.forEach((peer, i) => {
        assert.equal(Buffer.concat(theirs[i]), Buffer.from(payload(peer, operation, bytes)), peer);
      });
    }
    assert.equal(
      await ended,
      peers.map(() => 0),
    );
  }
});

test('what is sent in parts is received in chunks, whatever their sizes', async () => {
  for (const [bytes, part] of [
    [1000, 7],
    [1000, 1000],
    [3, 1],
    [0, 1],
  ]) {
    const { mailbox, ended } = meet(['bob'], 'echo', bytes, 2);
    const chunk = { bytes: new Uint8Array(24), grain: 8 };
    for (let operation = 1; operation <= 2; operation++) {
      const sent = payload('alice', operation, bytes);
      let at = 0;
      mailbox.sendChunks('bob', operation, bytes, () => {
        at += part;
        return sent.subarray(at - part, at);
      });
      const back: number[] = [];
      mailbox.receiveChunks('bob', operation, bytes, chunk, (_peer, _piece, offset, count) => {
        assert.is(offset, back.length);
        back.push(...chunk.bytes.subarray(0, count));
      });
      assert.equal(back, [...sent], `${bytes} bytes in parts of ${part}`);
    }
    assert.equal(await ended, [0]);
  }
});

test('frames of no byte, of one, and around the size of the ring come back as they were sent', async () => {
  for (const bytes of [0, 1, 55, 56, 57, 64, 65, 1000]) {
    const { mailbox, ended } = meet(['bob'], 'echo', bytes, 3);
    for (let operation = 1; operation <= 3; operation++) {
      const sent = payload('alice', operation, bytes);
      const back = new Uint8Array(bytes);
      mailbox.send('bob', operation, [sent]);
      mailbox.receive('bob', operation, [back]);
      assert.equal(back, sent, `${bytes} bytes`);
    }
    assert.equal(await ended, [0]);
  }
});

test('a peer may run ahead until the ring is full', async () => {
  const { mailbox, ended } = meet(['bob'], 'send', 100, 50, 1024);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  for (let operation = 1; operation <= 50; operation++) {
    const got = new Uint8Array(100);
    mailbox.receive('bob', operation, [got]);
    assert.equal(got, payload('bob', operation, 100));
  }
  assert.equal(await ended, [0]);
});

test('a slow peer is waited for', async () => {
  const { mailbox, ended } = meet(['bob'], 'slow', 10, 3);
  for (let operation = 1; operation <= 3; operation++)
    mailbox.receive('bob', operation, [new Uint8Array(10)]);
  assert.equal(await ended, [0]);
});

test('operation numbers count modulo 2^32', () => {
  const { mailbox, bob } = alone();
  bob(frame(5, 1, 2, 3));
  const got = new Uint8Array(3);
  mailbox.receive('bob', 2 ** 32 + 5, [got]);
  assert.equal([...got], [1, 2, 3]);
});

test('a silent peer is given up after the timeout, with who waited, for whom, where', () => {
  const { mailbox } = alone(60);
  const start = performance.now();
  const work = () => mailbox.receive('bob', 17, [new Uint8Array(4)]);
  assert.throws(work, refused(/^alice waited for bob for 0\.1 s at operation 17$/));
  const waited = performance.now() - start;
  assert.ok(waited > 50 && waited < 5000, `${waited} ms`);
});

test('so is a peer that stops in the middle of a frame', () => {
  const { mailbox, bob } = alone();
  bob(frame(17, 1, 2, 3, 4).subarray(0, 10));
  assert.throws(() => mailbox.receive('bob', 17, [new Uint8Array(4)]), refused(/waited for bob/));
});

test('a peer whose bytes trickle is given up, although it is never silent', () => {
  const rest = Array(2000).fill(7);
  const { mailbox, bob } = alone(
    20,
    4096,
    everySecond(() => bob(Uint8Array.of(rest.pop() as number))),
  );
  bob(frame(17, ...rest).subarray(0, 8));
  const work = () => mailbox.receive('bob', 17, [new Uint8Array(2000)]);
  assert.throws(work, (error: Error) => error instanceof TimeoutError && slow.test(error.message));
  assert.ok(rest.length > 1000, 'long before all has come');
});
const slow = /^alice waited for bob for 0\.\d s, in which too few bytes moved, at operation 17$/;

test('nor does it hide another that is silent, which is the one that is named', () => {
  let bytes = 0;
  const trickle = everySecond(() => {
    bob(Uint8Array.of(1));
    bytes++;
  });
  const { mailbox, bob } = alone(20, 4096, trickle, ['carol']);
  bob(frame(17, ...Array(2000).fill(7)).subarray(0, 8));
  const chunk = { bytes: new Uint8Array(64), grain: 1 };
  const work = () => mailbox.exchange(['bob', 'carol'], 17, [new Uint8Array(2000)], chunk, () => {});
  assert.throws(work, refused(/^alice waited for carol for/));
  assert.ok(bytes < 1000, 'long before all has come');
});

test('a long transfer has the time that its size allows', () => {
  const [bytes, part] = [2 ** 20, 2 ** 17];
  let waits = 0;
  const { mailbox, bob } = alone(
    20,
    2 ** 21,
    everySecond(() => {
      waits++;
      bob(new Uint8Array(part));
    }),
  );
  bob(Uint8Array.from(new Uint8Array(Uint32Array.of(17, bytes).buffer)));
  mailbox.receive('bob', 17, [new Uint8Array(bytes)]);
  assert.ok(waits >= bytes / part / 2, `${waits} waits`);
});

test('a clock that is set anew while a role sleeps is not time that has passed', () => {
  const [bytes, capacity] = [640, 64];
  const { now } = Date;
  let left = bytes;
  const { mailbox, bob } = alone(
    10_000,
    capacity,
    everySecond(() => {
      const part = Math.min(left, capacity);
      left -= part;
      bob(new Uint8Array(part).fill(7));
    }),
  );
  bob(frame(17, ...Array(bytes).fill(7)).subarray(0, 8));
  const received = new Uint8Array(bytes);
  let time = now();
  Date.now = () => {
    time += 3_600_000; // whenever somebody looks
    return time;
  };
  try {
    mailbox.receive('bob', 17, [received]);
  } finally {
    Date.now = now;
  }
  assert.ok(received.every((byte) => byte === 7));
});

test('a sender waits for a peer that works its way to what is sent, each earlier frame in its own time', () => {
  let operation = 0;
  const { mailbox, bobsMailbox } = alone(40, 1024, () => {
    if (operation < 30) peer.receive('alice', ++operation, [new Uint8Array(24)]);
  });
  const peer = bobsMailbox();
  for (let i = 1; i <= 30; i++) mailbox.send('bob', i, [new Uint8Array(24)]);
  mailbox.send('bob', 31, [new Uint8Array(1000)]); // has room when all of them have been read
  assert.ok(operation >= 29, `${operation} frames read`);
});

test('but not for one that reads a little now and then of a frame', () => {
  let [taken, tail] = [0, 0];
  const { mailbox, tailOfBob } = alone(20, 1024, () => {
    tail += 8;
    Atomics.store(tailOfBob, 1, tail);
    taken++;
  });
  const work = () => mailbox.send('bob', 3, [new Uint8Array(4000)]);
  assert.throws(work, refused(/^alice could not send to bob for 0\.\d s, in which too few bytes moved/));
  assert.ok(taken < 100);
});

test('a peer that does not read is named when the ring is full', () => {
  const { mailbox } = alone();
  assert.throws(() => mailbox.send('bob', 3, [new Uint8Array(200)]), refused(/^alice could not send to bob/));
});

test('a frame of another operation, or of another length, is out of step', () => {
  for (const bytes of [frame(6, 1, 2, 3, 4), frame(5), frame(5, 1, 2, 3, 4, 5, 6, 7, 8, 9)]) {
    const { mailbox, bob } = alone();
    bob(bytes);
    const work = () => mailbox.receive('bob', 5, [new Uint8Array(4)]);
    assert.throws(
      work,
      refused(/^alice and bob are out of step: expected operation 5 with 8 bytes, got operation \d/),
    );
  }
});

test('garbage is out of step, and nothing of it is repeated in the message', () => {
  const { mailbox, bob } = alone();
  bob(new Uint8Array(64).fill(0xab));
  const into = new Uint8Array(4);
  try {
    mailbox.receive('bob', 5, [into]);
    assert.unreachable();
  } catch (error) {
    assert.instance(error, ProtocolError);
    assert.equal([...into], [0, 0, 0, 0], 'no byte of the payload has been taken');
  }
});

test('a frame that is received or exchanged to be wiped is forgotten by the link, another is not', () => {
  const { mailbox, bob, keeps } = alone();
  const secret = [11, 12, 13, 14, 15, 16, 17, 18];
  const chunk = { bytes: new Uint8Array(16), grain: 1 };
  for (const wipe of [false, true]) {
    for (const receive of [
      (into: Uint8Array) => mailbox.receive('bob', 5, [into], wipe),
      (into: Uint8Array) =>
        mailbox.exchange(
          ['bob'],
          5,
          [new Uint8Array(8)],
          chunk,
          (_peer, _piece, offset, bytes) => into.set(chunk.bytes.subarray(0, bytes), offset),
          wipe,
        ),
    ]) {
      bob(frame(5, ...secret));
      assert.ok(keeps(...secret));
      const into = new Uint8Array(8);
      receive(into);
      assert.equal([...into], secret);
      assert.is(keeps(...secret), !wipe);
      bob(frame(6, ...Array(8).fill(0))); // once around the ring, over what was kept
      mailbox.receive('bob', 6, [into]);
      bob(frame(7, ...Array(24).fill(0)));
      mailbox.receive('bob', 7, [new Uint8Array(24)]);
    }
  }
});

test('a link that does not exist is a mistake in the program', () => {
  const { mailbox } = alone();
  const work = () => mailbox.send('mallory', 1, [new Uint8Array(1)]);
  assert.throws(
    work,
    (error: Error) => error instanceof TypeError && /alice has no link to mallory/.test(error.message),
  );
});

test.run();
