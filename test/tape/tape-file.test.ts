/** Tapes as files: their frames, that each is used once, and that nothing but what was dealt is ever taken for a tape. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { JobError } from '../../src/errors.js';
import { NO_OPERATION } from '../../src/links/mailbox.js';
import { dealLinks } from '../../src/tape/deal-links.js';
import { encodeHeader, type TapeHeader } from '../../src/tape/header.js';
import { makeTapeKeys, readPublicKey } from '../../src/tape/keys.js';
import { markOf, Tape } from '../../src/tape/tape-file.js';
import { tapeBytes } from '../../src/tape/tape-format.js';
import { finishTapes, removeUnfinished, TapeWriter } from '../../src/tape/tape-writer.js';
import { Random } from '../world/ring.js';
import { seed as testSeed } from '../world/seed.js';
import { inFolder } from '../world/taped.js';

const random = new Random(testSeed);
const bytesOf = (length: number): Uint8Array => Uint8Array.from({ length }, () => random.below(256));
const [bob, provider] = [makeTapeKeys(), makeTapeKeys()];
const key = bob.privateKey;
const seed = bytesOf(32);

const headerOf = (
  role: string,
  from: string | null = null,
  tape = '00112233445566778899aabbccddeeff',
): TapeHeader => ({
  tape,
  role,
  agreement: {
    ...{ parties: ['alice', 'bob'], provider: 'provider', owner: 'owner' },
    ...{ ring: 32, fractionBits: 12, prgRounds: 12, leastRows: 10 },
  },
  protocol: 1,
  version: '0.1.0',
  from,
  job: null,
});

interface Content {
  readonly operation: number;
  readonly payload: Uint8Array;
  /** Whether keys are renewed here. */
  readonly renewal?: boolean;
}

/** Writes bob's tape as a provider does; nothing is there before it is whole. */
function write(
  path: string,
  contents: readonly Content[],
  from: typeof provider | null = null,
  tape?: string,
): void {
  const header = headerOf('bob', from?.publicKey ?? null, tape);
  const writer = new TapeWriter(
    path,
    header,
    seed,
    readPublicKey('key', bob.publicKey),
    from?.privateKey ?? null,
  );
  const links = dealLinks(new Map([['alice', seed]]), writer);
  for (const [i, { operation, payload, renewal }] of contents.entries()) {
    if (renewal) writer.renew();
    if (i % 2 === 0) links.send('bob', operation, [payload.subarray(0, 3), payload.subarray(3)]);
    else {
      let at = 0;
      links.sendChunks('bob', operation, payload.length, () => {
        const part = payload.subarray(at, at + 40_000);
        at += part.length;
        return part;
      });
    }
    assert.not.ok(existsSync(path));
  }
  finishTapes([writer]);
}

/** All frames from where a tape stands. */
function frames(tape: Tape): Content[] {
  const found: Content[] = [];
  for (let next = tape.next; next; next = tape.next) {
    const payload = new Uint8Array(next.length);
    tape.begin();
    tape.read(payload);
    found.push({ operation: next.operation, payload });
  }
  return found;
}

const small: Content[] = [
  { operation: NO_OPERATION, payload: bytesOf(64) },
  { operation: 3, payload: bytesOf(24) },
  { operation: 9, payload: new Uint8Array(0) },
  { operation: NO_OPERATION, payload: bytesOf(64), renewal: true },
  { operation: 1, payload: bytesOf(40) },
];
const plain = (contents: readonly Content[]) =>
  contents.map(({ operation, payload }) => ({ operation, payload }));

test('frames come back as they were dealt, and a tape is as large as it says', async () => {
  for (const from of [null, provider]) {
    await inFolder(async (dir) => {
      const path = join(dir, 'bob.tape');
      const contents = [
        ...small,
        { operation: 7, payload: bytesOf(300_000) },
        { operation: 8, payload: bytesOf(9) },
      ];
      write(path, contents, from);
      const tape = Tape.open({ path, key });
      assert.equal(frames(tape), plain(contents));
      assert.is(tape.next, null);
      tape.close();
      const dealt = contents.reduce((sum, { payload }) => sum + payload.length, 0);
      const size = tapeBytes(headerOf('bob', from?.publicKey ?? null), {
        ...{ dealt, frames: contents.length, renewals: 1 },
      });
      assert.is(statSync(path).size, size);
      assert.is(statSync(path).mode & 0o777, 0o600);
      assert.equal(
        new Uint8Array(readFileSync(path)).slice(0, encodeHeader(tape.header).length),
        encodeHeader(tape.header),
      );
    });
  }
});

test('a tape goes on where keys are renewed', async () => {
  await inFolder(async (dir) => {
    const path = join(dir, 'bob.tape');
    write(path, small);
    for (const read of [0, 1, 3]) {
      const tape = Tape.open({ path, key });
      for (let i = 0; i < read; i++) {
        const next = tape.next;
        tape.begin();
        tape.read(new Uint8Array(next?.length ?? 0));
      }
      tape.skipToRenewal();
      assert.equal(frames(tape), plain(small.slice(3)));
      assert.throws(() => tape.skipToRenewal(), /holds nothing to go on with after an early stop/);
      tape.close();
    }
  });
});

/** Makes a folder one to be read only: by its mode, or for a superuser by a mount. @returns what undoes it; a reason where it cannot be */
function readOnly(folder: string): (() => void) | string {
  if (process.getuid?.() !== 0) {
    chmodSync(folder, 0o500);
    for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o400);
    return () => {
      chmodSync(folder, 0o700);
      for (const name of readdirSync(folder)) chmodSync(join(folder, name), 0o600);
    };
  }
  const command = (...args: string[]) => spawnSync(args[0], args.slice(1)).status === 0;
  if (!command('mount', '--bind', folder, folder)) return 'nothing can be mounted here';
  const undo = () => command('umount', '-l', folder);
  if (command('mount', '-o', 'remount,ro,bind', folder)) return undo;
  undo();
  return 'no mount can be made read only here';
}

test('a tape that could not be marked as used is refused before a run, and is as good as before', async () => {
  await inFolder(async (dir) => {
    const folder = join(dir, 'tapes');
    mkdirSync(folder);
    const path = join(folder, 'bob.tape');
    write(path, small);
    const undo = readOnly(folder);
    if (typeof undo === 'string') {
      console.log(`not tried: ${undo}`);
      return;
    }
    try {
      assert.throws(() => Tape.open({ path, key }), /bob\.tape cannot be marked as used: E(ROFS|ACCES)/);
    } finally {
      undo();
    }
    const tape = Tape.open({ path, key });
    assert.equal(tape.takeSeed(), seed);
    tape.close();
  });
});

test('a seed is taken once: the tape is marked before, and the seed is gone after', async () => {
  await inFolder(async (dir) => {
    const [path, copy, link] = ['bob.tape', 'copy.tape', 'link.tape'].map((name) => join(dir, name));
    const deeper = join(dir, 'deeper');
    write(path, small);
    copyFileSync(path, copy);
    symlinkSync(path, link);
    mkdirSync(deeper);
    symlinkSync(path, join(deeper, 'bob.tape'));
    const tape = Tape.open({ path, key });
    const others = [path, copy, link, join(deeper, 'bob.tape')].map((name) => Tape.open({ path: name, key }));
    const mark = markOf(path, headerOf('bob'));
    assert.not.ok(existsSync(mark), 'to open is not to use');
    assert.equal(tape.takeSeed(), seed);
    assert.ok(existsSync(mark));
    const used = /has been used before, as .*\.used says.*two values/;
    assert.throws(() => tape.takeSeed(), used);
    for (const other of others) assert.throws(() => other.takeSeed(), used);
    for (const name of [path, copy, link]) assert.throws(() => Tape.open({ path: name, key }), used);
    // the mark rewound: a copy cannot be told from a tape, but the tape itself has no seed any more
    rmSync(mark);
    assert.throws(() => Tape.open({ path, key }), /has been used before, though .*\.used did not say so/);
    assert.throws(
      () => others[0].takeSeed(),
      /has been used before, though .*did not say so: its seed has been taken/,
    );
    // the rest can be played by the run that has taken the seed
    const played = Tape.play({ path, key });
    assert.equal(frames(played), plain(small));
    for (const each of [tape, ...others, played]) each.close();
    // any mark counts, whatever is in it; a new tape in the same place is another
    writeFileSync(mark, '');
    assert.throws(() => Tape.open({ path, key }), used);
    rmSync(path);
    write(path, small, null, 'ff'.repeat(16));
    Tape.open({ path, key }).close();
  });
});

test('a tape is not written over another, and an unfinished one is none', async () => {
  await inFolder(async (dir) => {
    const path = join(dir, 'bob.tape');
    const to = readPublicKey('key', bob.publicKey);
    const begin = (tape?: string) => new TapeWriter(path, headerOf('bob', null, tape), seed, to, null);
    begin().write(bytesOf(100));
    assert.throws(() => Tape.open({ path, key }), /cannot be read/);
    const [part] = readdirSync(dir);
    assert.match(part, /^bob\.tape\.[0-9a-f]{32}\.part$/);
    assert.throws(() => Tape.open({ path: join(dir, part), key }), /cut off/);
    removeUnfinished(path, headerOf('bob'));
    assert.equal(readdirSync(dir), []);
    // two dealings at the same time: the first to end has the name, and the other leaves nothing
    const [first, second] = [begin('11'.repeat(16)), begin('22'.repeat(16))];
    finishTapes([first]);
    assert.throws(() => finishTapes([second]), /bob\.tape is there already/);
    assert.equal(readdirSync(dir), ['bob.tape']);
    assert.is(Tape.open({ path, key }).header.tape, '11'.repeat(16));
    assert.throws(begin, /bob\.tape is there already/);
    assert.throws(
      () => new TapeWriter(join(dir, 'low.tape'), headerOf('bob'), seed, new Uint8Array(32), null),
      /the public key of bob is no key to seal to/,
    );
  });
});

test('where one of several tapes cannot be named, none is', async () => {
  await inFolder(async (dir) => {
    const to = readPublicKey('key', bob.publicKey);
    const paths = ['alice.tape', 'bob.tape'].map((name) => join(dir, name));
    const writers = paths.map((path) => new TapeWriter(path, headerOf('bob'), seed, to, null));
    mkdirSync(paths[1]);
    assert.throws(() => finishTapes(writers), /bob\.tape is there already/);
    assert.equal(readdirSync(dir), ['bob.tape'], 'the folder that was in the way');
  });
});

test('what is no tape, cut off, altered or for somebody else says so', async () => {
  await inFolder(async (dir) => {
    const path = join(dir, 'bob.tape');
    write(path, small, provider);
    const whole = new Uint8Array(readFileSync(path));
    const header = encodeHeader(headerOf('bob', provider.publicKey)).length;
    const altered = (at: number, value?: number) => {
      const bytes = whole.slice();
      bytes[at] = value ?? bytes[at] ^ 1;
      return bytes;
    };
    const cases: [Uint8Array, RegExp][] = [
      [new TextEncoder().encode('name,age\nalice,3\n'), /is no tape/],
      [new Uint8Array(0), /has been cut off: it has no header/],
      [whole.subarray(0, 10), /has been cut off: it has no header/],
      [whole.subarray(0, header - 1), /has been cut off: it has no header/],
      [whole.subarray(0, header + 79), /has been cut off: it holds no seed for bob/],
      [whole.subarray(0, header + 80), /has been cut off or altered: its last part/],
      [whole.subarray(0, whole.length - 1), /has been cut off or altered: its last part/],
      [altered(8, 3), /is a tape of a later package/],
      [altered(8, 1), /is a tape of an older package/],
      [altered(20), /header makes no sense|sealed to another key/],
      [
        altered(header),
        /sealed to another key than the one whose public key ends in [0-9a-f]{8}, or has been altered/,
      ],
      [altered(header + 40), /sealed to another key/],
      [altered(header + 90), /its last part is not the one/],
    ];
    for (const [bytes, expected] of cases) {
      writeFileSync(path, bytes);
      assert.throws(
        () => Tape.open({ path, key }),
        (error: Error) => error instanceof JobError && expected.test(error.message),
        String(expected),
      );
    }
    writeFileSync(path, whole);
    assert.throws(() => Tape.open({ path, key: makeTapeKeys().privateKey }), /sealed to another key/);
    assert.equal(frames(Tape.open({ path, key })), plain(small));
  });
});

test('of 10,000 mutations of a tape none is accepted, and none does harm', async () => {
  await inFolder(async (dir) => {
    const path = join(dir, 'bob.tape');
    write(path, small);
    const whole = new Uint8Array(readFileSync(path));
    const at = () => random.below(whole.length);
    const mutations: ((bytes: Uint8Array) => Uint8Array)[] = [
      (bytes) => {
        bytes[at()] ^= 1 << random.below(8);
        return bytes;
      },
      (bytes) => {
        bytes.set(bytesOf(random.below(8) + 1), random.below(bytes.length - 8));
        return bytes;
      },
      (bytes) => bytes.subarray(0, at()),
      (bytes) => new Uint8Array(Buffer.concat([bytes, bytesOf(random.below(100) + 1)])),
      (bytes) => {
        const [from, to] = [at(), at()];
        bytes.copyWithin(to, from, from + random.below(60));
        return bytes;
      },
      (bytes) => {
        const from = at();
        return new Uint8Array(
          Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + 1 + random.below(20))]),
        );
      },
      (bytes) => {
        const from = at();
        return bytes.fill(0, from, from + 1 + random.below(60));
      },
    ];
    let refused = 0;
    for (let i = 0; refused < 10_000; i++) {
      const bytes = mutations[i % mutations.length](whole.slice());
      if (Buffer.compare(bytes, whole) === 0) continue;
      writeFileSync(path, bytes);
      try {
        const tape = Tape.open({ path, key });
        frames(tape);
        assert.unreachable(`mutation ${i} is accepted`);
      } catch (error) {
        if (!(error instanceof JobError)) throw error;
        refused++;
      }
    }
    assert.not.ok(existsSync(markOf(path, headerOf('bob'))));
  });
});

test.run();
