/** Waits of a role in its courier's thread: for what its next step takes, and no longer than somebody can send it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { LeftError, ProtocolError, TimeoutError } from '../../src/errors.js';
import { AwaitedLinks } from '../../src/links/awaited-links.js';
import { NO_OPERATION, TURN } from '../../src/links/mailbox.js';

/** Alice's links to bob and the provider, and what these send her. */
function alone(timeout = 10_000) {
  const windows = new Map([
    ['bob', 1024],
    ['provider', 1024],
  ]);
  const links = new AwaitedLinks('alice', windows, timeout);
  const peer = (name: string) => {
    const own = new AwaitedLinks(name, new Map([['alice', 1024]]), timeout);
    const { outgoing } = own.streams('alice');
    outgoing.connect(0, 2 ** 20);
    let position = 0;
    return {
      send: (operation: number, ...pieces: Uint8Array[]) => own.send('alice', operation, pieces),
      /** What has been written arrives, or so many bytes of it. */
      arrive(most = outgoing.ready) {
        const bytes = new Uint8Array(Math.min(most, outgoing.ready));
        outgoing.take(bytes);
        const { incoming } = links.streams(name);
        incoming.put(position, bytes);
        position += bytes.length;
        incoming.publish();
      },
      leave: (reason: string) => links.streams(name).incoming.leave(reason),
      end: () => own.end(new Error('over')),
    };
  };
  const [bob, provider] = [peer('bob'), peer('provider')];
  const end = () => {
    for (const one of [bob, provider]) one.end();
    links.end(new Error('over'));
  };
  return { links, bob, provider, end };
}

/** Whether a promise has come to an end by now. */
async function settled(promise: Promise<unknown>): Promise<boolean> {
  let done = false;
  promise.then(
    () => {
      done = true;
    },
    () => {
      done = true;
    },
  );
  await new Promise((later) => setImmediate(later));
  return done;
}

const rejection = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => assert.unreachable() as never,
    (error: Error) => error,
  );

test('frames are awaited whole, of all peers, and what is told before commands does not count', async () => {
  const { links, bob, provider, end } = alone();
  links.heed = (peer) => links.receive(peer, NO_OPERATION, [new Uint8Array(64)]);
  const both = links.frames(['bob', 'provider'], 7);
  bob.send(NO_OPERATION, new Uint8Array(64));
  bob.send(7, new Uint8Array(16));
  bob.arrive(80);
  provider.send(7, new Uint8Array(8));
  provider.arrive();
  assert.is(await settled(both), false, 'a part of bob’s has come');
  bob.arrive();
  await both;
  await links.frames(['bob'], 7); // is there
  const two = links.frames(['bob'], 7, 2);
  assert.is(await settled(two), false);
  bob.send(8, new Uint8Array(8));
  bob.arrive();
  await two;
  end();
});

test('a turn is taken once', async () => {
  const { links, provider, end } = alone();
  const turn = links.turn('provider', 1);
  provider.send(1, new Uint8Array(8));
  provider.arrive();
  assert.is(await settled(turn), false);
  provider.send(TURN);
  provider.send(TURN);
  provider.arrive();
  await turn;
  await links.turn('provider', 2);
  const third = links.turn('provider', 3);
  assert.is(await settled(third), false);
  end();
  await rejection(third);
});

test('what was written leaves before a wait, and what the peer may send on with it', async () => {
  const { links, bob, end } = alone();
  const flushed: boolean[] = [];
  links.flush = () => flushed.push(links.streams('bob').incoming.awaited);
  const wait = links.frames(['bob'], 1);
  assert.equal(flushed, [false, true]);
  bob.send(1);
  bob.arrive();
  await wait;
  assert.is(links.streams('bob').incoming.awaited, false);
  end();
});

test('pieces arrive as they were sent, whatever their lengths', async () => {
  const { links, bob, end } = alone();
  const pieces = [Uint8Array.of(1, 2, 3), Uint8Array.of(), Uint8Array.of(4, 5, 6, 7, 8, 9, 10, 11, 12)];
  bob.send(3, ...pieces);
  bob.send(4, ...pieces);
  bob.send(5, ...pieces);
  bob.arrive();
  const into = pieces.map(({ length }) => new Uint8Array(length));
  links.receive('bob', 3, into);
  assert.equal(into, pieces);
  const chunk = { bytes: new Uint8Array(4), grain: 4 };
  const got = pieces.map(({ length }) => new Uint8Array(length));
  links.exchange(['bob'], 4, pieces, chunk, (peer, piece, offset, count) => {
    assert.is(peer, 0);
    got[piece].set(chunk.bytes.subarray(0, count), offset);
  });
  assert.equal(got, pieces);
  assert.throws(
    () => links.receive('bob', 6, into),
    (error: Error) =>
      error instanceof ProtocolError &&
      /^alice and bob are out of step: expected operation 6 with 24 bytes, got operation 5 with 24 bytes$/.test(
        error.message,
      ),
  );
  assert.throws(() => links.receive('bob', 6, into), /with 24 bytes, and nothing has come$/);
  end();
});

test('a peer that leaves is named with the operation, but what it has sent before is still read', async () => {
  const { links, bob, end } = alone();
  bob.send(1, new Uint8Array(8));
  bob.arrive();
  bob.leave('its program failed');
  await links.frames(['bob'], 1);
  links.receive('bob', 1, [new Uint8Array(8)]);
  const error = await rejection(links.frames(['bob'], 12));
  assert.instance(error, LeftError);
  assert.is(error.message, 'alice: bob left at operation 12: its program failed');
  end();
});

test('a silent peer is given up after the timeout, but not by a role that is patient', async () => {
  const { links, bob, provider, end } = alone(60);
  provider.send(5);
  provider.arrive();
  const error = await rejection(links.frames(['bob', 'provider'], 5));
  assert.instance(error, TimeoutError);
  assert.match(error.message, /^alice waited for bob for 0\.1 s at operation 5$/);
  links.patient = true;
  const wait = links.frames(['bob'], 5);
  await new Promise((later) => setTimeout(later, 200));
  assert.is(await settled(wait), false);
  bob.send(5);
  bob.arrive();
  await wait;
  end();
});

test('a peer of which bytes come is not silent', async () => {
  const { links, bob, end } = alone(200);
  const wait = links.frames(['bob'], 5, 11);
  for (let i = 0; i < 11; i++) {
    await new Promise((later) => setTimeout(later, 40));
    bob.send(5 + i);
    bob.arrive();
  }
  await wait;
  end();
});

test('a frame that trickles is given up, a long one later than a short one', async () => {
  const waited = async (length: number) => {
    const { links, bob, end } = alone(100);
    bob.send(5, new Uint8Array(length));
    const trickle = setInterval(() => bob.arrive(8), 20);
    const start = performance.now();
    const error = await rejection(links.frames(['bob'], 5));
    clearInterval(trickle);
    assert.match(error.message, /in which too few bytes moved, at operation 5$/);
    end();
    return performance.now() - start;
  };
  const short = await waited(800);
  const long = await waited(64_000);
  assert.ok(long > 900 && short < long, `${short} ms, ${long} ms`);
});

test('a peer that tells of a later command never sends what is awaited', async () => {
  const { links, bob, end } = alone();
  const heard: string[] = [];
  let behind = 1;
  links.heed = (peer) => {
    if (behind-- <= 0) return;
    links.receive(peer, NO_OPERATION, [new Uint8Array(64)]);
    heard.push(peer);
  };
  const wait = links.frames(['bob'], 9);
  bob.send(NO_OPERATION, new Uint8Array(64));
  bob.arrive();
  assert.is(await settled(wait), false);
  assert.equal(heard, ['bob']);
  bob.send(NO_OPERATION, new Uint8Array(64));
  bob.arrive();
  assert.is((await rejection(wait)).message, 'alice and bob are out of step: bob is at a later command');
  end();
});

test('what the peers’ programs differ in is thrown while something else is awaited', async () => {
  const { links, bob, end } = alone();
  links.heed = () => {
    throw new ProtocolError('the programs differ at command 3');
  };
  const wait = links.frames(['bob'], 9);
  bob.send(NO_OPERATION, new Uint8Array(64));
  bob.arrive();
  assert.is((await rejection(wait)).message, 'the programs differ at command 3');
  end();
});

test('a role that has sent more than its peer takes waits until it has read', async () => {
  const { links, end } = alone(100);
  const { outgoing } = links.streams('bob');
  outgoing.connect(0, 64);
  await links.drained(1);
  links.send('bob', 1, [new Uint8Array(200)]);
  const wait = links.drained(1);
  assert.is(await settled(wait), false);
  outgoing.take(new Uint8Array(64));
  outgoing.credit(64, 0);
  links.streams('bob').incoming.publish();
  assert.is(await settled(wait), false);
  outgoing.take(new Uint8Array(64));
  outgoing.credit(128, 0);
  outgoing.take(new Uint8Array(64));
  outgoing.credit(144, 0);
  links.streams('bob').incoming.publish();
  await wait;
  links.send('bob', 2, [new Uint8Array(200)]);
  assert.match(
    (await rejection(links.drained(2))).message,
    /^alice could not send to bob for 0\.1 s at operation 2$/,
  );
  end();
});

test('a peer that lives but sends nothing is silent', async () => {
  const { links, end } = alone(100);
  const pings = setInterval(() => links.streams('bob').incoming.publish(), 10);
  const error = await rejection(links.frames(['bob'], 5));
  clearInterval(pings);
  assert.match(error.message, /^alice waited for bob for 0\.1 s at operation 5$/);
  end();
});

test('the end of a session ends a wait, and all that would come', async () => {
  const { links, end } = alone();
  const wait = links.frames(['bob'], 5);
  end();
  assert.is((await rejection(wait)).message, 'over');
  assert.is((await rejection(links.turn('provider', 6))).message, 'over');
});

test.run();
