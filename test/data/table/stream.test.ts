/** Sources of tables: files, URLs, bytes, streams, gzip, encodings; and that a source is never held as text. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gzipSync } from 'node:zlib';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { readTable, type Table, toInputs } from '../../../src/data/index.js';
import { publicRandom } from '../../../src/data/random.js';
import { csvRecords } from '../../../src/data/table/records.js';
import { flowers } from './small-tables.js';

const bytes = new TextEncoder().encode(flowers);
const expected = await readTable(flowers);
const same = (table: Table, name: string, how: string): void => {
  assert.equal(table, { ...expected, name }, how);
};

/** Bytes or text in pieces of `size`. */
async function* cut<T extends string | Uint8Array>(whole: T, size: number): AsyncGenerator<T> {
  for (let at = 0; at < whole.length; at += size) yield whole.slice(at, at + size) as T;
}

const streamOf = (whole: Uint8Array, size: number): ReadableStream<Uint8Array> => {
  const source = cut(whole, size);
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await source.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
};

test('bytes, streams and iterables give what the text gives, in pieces of any size', async () => {
  same(await readTable(bytes), 'table', 'bytes');
  same(await readTable(bytes.slice().buffer), 'table', 'a buffer');
  same(await readTable(new Blob([bytes])), 'table', 'a blob');
  for (const size of [1, 2, 3, 7, 1000, 1 << 20]) {
    same(await readTable(streamOf(bytes, size)), 'table', `a stream, ${size}`);
    same(await readTable(cut(bytes, size)), 'table', `bytes, ${size}`);
    same(await readTable(cut(flowers, size)), 'table', `text, ${size}`);
    same(await readTable(cut(gzipSync(bytes), size)), 'table', `gzip, ${size}`);
  }
  const halves = [bytes.subarray(0, 2000), bytes.subarray(2000)].map((half) => gzipSync(half));
  same(await readTable(Buffer.concat(halves)), 'table', 'two gzip members');
});

test('files by path and URL, gzipped or not, are named by their last part', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'table-'));
  try {
    const plain = join(folder, 'flowers 1.csv');
    const zipped = join(folder, 'flowers.csv.gz');
    writeFileSync(plain, bytes);
    writeFileSync(zipped, gzipSync(bytes));
    same(await readTable(plain), 'flowers 1.csv', 'a path');
    same(await readTable(pathToFileURL(plain)), 'flowers 1.csv', 'a URL');
    same(await readTable(pathToFileURL(plain).href), 'flowers%201.csv', 'a URL as text');
    same(await readTable(zipped), 'flowers.csv.gz', 'a gzipped file');
    const missing = await readTable(join(folder, 'none.csv')).catch((error) => error);
    assert.match(missing.message, /ENOENT.*none\.csv/);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('URLs of a server, and what it answers where there is nothing', async () => {
  const server = createServer(({ url }, response) => {
    if (url === '/flowers.csv?x=1') response.end(bytes);
    else response.writeHead(404).end();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  try {
    const { port } = server.address() as AddressInfo;
    const at = `http://127.0.0.1:${port}`;
    same(await readTable(`${at}/flowers.csv?x=1`), 'flowers.csv', 'a URL');
    const missing = await readTable(new URL(`${at}/none.csv`)).catch((error) => error);
    assert.is(missing.message, 'cannot load /none.csv: HTTP 404');
    const escaped = await readTable(new URL(`${at}/%zz.csv`)).catch((error) => error);
    assert.is(escaped.message, 'cannot load /%zz.csv: HTTP 404');
  } finally {
    server.closeAllConnections();
    server.close();
  }
});

test('encodings: UTF-8 across pieces, UTF-16 by its mark, others by name', async () => {
  const text = 'größe,b\n1,ä€𝄞\n2,é\n';
  const column = (table: Table) => [table.columns[0].name, table.columns[1]];
  const wanted = column(await readTable(text));
  for (const size of [1, 2, 3]) {
    assert.equal(column(await readTable(cut(new TextEncoder().encode(text), size))), wanted);
  }
  assert.equal(column(await readTable(cut(Buffer.from(`\ufeff${text}`, 'utf16le'), 3))), wanted);
  assert.equal(column(await readTable(Buffer.from(`\ufeff${text}`, 'utf16le').swap16())), wanted);
  assert.equal(column(await readTable(Buffer.from(text, 'utf16le'), { encoding: 'utf-16le' })), wanted);
  const latin = Buffer.from('größe,b\n1,é\n', 'latin1');
  assert.is((await readTable(latin, { encoding: 'windows-1252' })).columns[0].name, 'größe');
});

test('a gzip stream that is cut off is refused, and an error of the source comes through', async () => {
  const zipped = gzipSync(bytes);
  const short = await readTable(zipped.subarray(0, zipped.length - 9)).catch((error) => error);
  assert.is(short.message, 'table: the gzip data is damaged or cut short');
  const failing = async function* () {
    yield zipped.subarray(0, 100);
    throw new Error('the line is down');
  };
  const down = await readTable(failing()).catch((error) => error);
  assert.is(down.message, 'the line is down');
});

test('100 MB go through without being held: records come while pieces go', async () => {
  const lines = 500;
  const piece = `1.25,-3.5,${'red and blue '.repeat(20)},0.0003,17,99.5,2024\n`.repeat(lines);
  const pieces = Math.ceil(100e6 / piece.length);
  let given = 0;
  let seen = 0;
  let mostBehind = 0;
  async function* source() {
    yield 'a,b,c,d,e,f,g\n';
    for (; given < pieces; given++) {
      mostBehind = Math.max(mostBehind, given * lines - seen);
      yield piece;
    }
  }
  for await (const records of csvRecords(source(), 'large')) seen += records.length;
  assert.is(seen, 1 + pieces * lines);
  assert.ok(mostBehind <= lines, `${mostBehind} records were given and not seen yet`);
});

const random = publicRandom(1);
/** 20,000 rows that gzip cannot make much smaller. */
const rows = new TextEncoder().encode(
  Array.from({ length: 20_000 }, () => `${random.uint32()},x\n`).join(''),
);

test('a source is read no further than to the first error, and told so', async () => {
  for (const zipped of [false, true]) {
    let given = 0;
    let told = false;
    async function* endless() {
      try {
        yield new TextEncoder().encode('a,b\n');
        for (;;) {
          given++;
          yield given === 3 ? new TextEncoder().encode('oops\n') : rows;
        }
      } finally {
        told = true;
      }
    }
    const plain = endless();
    const source = zipped ? zip(plain) : plain;
    const error = await readTable(source).catch((error) => error);
    assert.is(error.message, 'table line 40002: expected 2 fields, found 1');
    assert.ok(given < 12, `${given} pieces`);
    assert.is(told, true);
  }

  async function* zip(pieces: AsyncGenerator<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const piece of pieces) yield gzipSync(piece); // a member each, which is a gzip file as well
  }
});

test('a table of many rows keeps all of them', async () => {
  const rows = 30_000;
  async function* source() {
    yield 'a,b,c\n';
    for (let i = 0; i < rows; i++) yield `${i},${i % 3 === 0 ? 'x' : 'y'},${-i / 8}\n`;
  }
  const table = await readTable(source());
  const x = toInputs(table);
  assert.is(table.rows, rows);
  assert.equal([...x.subarray(4 * 29_999)], [29_999, 0, 1, -29_999 / 8]);
  assert.is(table.lines[rows - 1], rows + 1);
});

test.run();
