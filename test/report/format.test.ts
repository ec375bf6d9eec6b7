/** Numbers for people, tables, and the progress bar on a screen and in a file. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ProgressBar } from '../../src/cli/progress-bar.js';
import { type Terminal, terminal } from '../../src/cli/terminal.js';
import { bytes, count, duration, percent, table } from '../../src/report/format.js';

test('numbers are rounded where a person would round them', () => {
  assert.equal([percent(0.94444), percent(1), percent(0)], ['94.4 %', '100.0 %', '0.0 %']);
  assert.equal([count(1234.4), count(12)], ['1,234', '12']);
  assert.equal([0, 999, 1000, 880_064, 999_949, 999_950, 126.3e6, 7e15].map(bytes), [
    '0 B',
    '999 B',
    '1.0 kB',
    '880.1 kB',
    '999.9 kB',
    '1.0 MB',
    '126.3 MB',
    '7000.0 TB',
  ]);
  assert.equal([0.0414, 0.9994, 0.9996, 2.346, 41.26, 99.94, 125, 3725].map(duration), [
    '41 ms',
    '999 ms',
    '1.00 s',
    '2.35 s',
    '41.3 s',
    '99.9 s',
    '2 min 5 s',
    '1 h 2 min',
  ]);
});

test('a table is aligned: names to the left, numbers to the right', () => {
  assert.equal(
    table([
      ['role', 'rounds', 'bytes'],
      ['alice', '5', '1,234'],
      ['provider', '', '7'],
    ]),
    ['role       rounds   bytes', 'alice           5   1,234', 'provider                7'],
  );
});

/** A stream that remembers what was written to it. */
function fakeStream(properties: object) {
  const written: string[] = [];
  const stream = { write: (text: string) => written.push(text), hasColors: () => true, ...properties };
  return { written, stream: stream as unknown as NodeJS.WriteStream };
}

test('on a screen the bar is one line, written over, cut to the width, with speed and time left', () => {
  const { written, stream } = fakeStream({ isTTY: true, columns: 60 });
  let now = 100;
  const out = terminal(stream);
  const bar = new ProgressBar(out, 'rows', () => now);
  now = 102;
  bar.update({ done: 500, total: 2000, label: 'epoch 1/4' });
  assert.is(written.length, 1);
  const [line] = written;
  assert.ok(line.startsWith('\r  epoch 1/4  ━━━━━━━─────────────────────   25 %  250'));
  assert.ok(line.endsWith('\x1b[K'));
  assert.is(line.length, 59 + 1 + 3);
  out.write('next\n');
  out.write('more\n');
  assert.equal(written.slice(1), ['\r\x1b[Knext\n', 'more\n']);
});

test('the time left is what the speed so far leaves', () => {
  const lines: string[] = [];
  const out: Terminal = {
    live: true,
    write: () => {},
    status: (line) => lines.push(line),
    style: (_, text) => text,
  };
  let now = 0;
  const bar = new ProgressBar(out, 'images', () => now);
  bar.update({ done: 0, total: 100, label: 'epoch 1/1' });
  now = 8;
  bar.update({ done: 80, total: 100, label: 'epoch 1/1' });
  assert.not.match(lines[0], 'left');
  assert.match(lines[1], / 80 % {2}10 images\/s {2}2\.00 s left$/);
});

test('in a file there is a plain line every ten seconds', () => {
  const { written, stream } = fakeStream({ isTTY: false });
  let now = 0;
  const bar = new ProgressBar(terminal(stream), 'rows', () => now);
  for (now = 1; now <= 25; now++) bar.update({ done: now * 10, total: 1000, label: 'epoch 1/1' });
  assert.equal(written, [
    '  epoch 1/1   10 %  10 rows/s  90.0 s left\n',
    '  epoch 1/1   20 %  10 rows/s  80.0 s left\n',
  ]);
});

test('colours are for screens that have them', () => {
  const bold = (properties: object) => terminal(fakeStream(properties).stream).style('bold', 'x');
  assert.is(bold({ isTTY: true }), '\x1b[1mx\x1b[22m');
  assert.is(bold({ isTTY: true, hasColors: () => false }), 'x', 'NO_COLOR or a dumb terminal');
  assert.is(bold({ isTTY: false }), 'x');
});

test.run();
