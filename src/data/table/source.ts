/** Where a table's text comes from: files, URLs, bytes and streams, plain or gzipped, as pieces of text one after the other. */
import { readPieces, urlOf } from '#host';
import { kindOf } from '../../options.js';

/** A `ReadableStream`, as far as it is used here. */
export interface PieceStream {
  getReader(): {
    read(): Promise<{ readonly done: boolean; readonly value?: string | Uint8Array | undefined }>;
    cancel(): Promise<unknown>;
  };
}

/**
 * What a table can be read from: a path (in Node) or a URL; text, which is told from a path by its line breaks; bytes; a stream
 * of bytes or of text; what has such a stream, a `File` of a page for instance.
 */
export type TableSource =
  | string
  | { readonly href: string }
  | Uint8Array
  | ArrayBuffer
  | PieceStream
  | { stream(): PieceStream }
  | AsyncIterable<string | Uint8Array>;

type Pieces = AsyncIterable<string | Uint8Array>;

/** Characters or bytes of a piece, where the source is in one. */
const PIECE = 1 << 16;
const URL_LIKE = /^(https?|file|data|blob):/i;
const BREAK = /[\r\n]/;

/** What errors call a source: the last part of its path, else 'table'. */
export function nameOf(source: TableSource): string {
  const text =
    typeof source === 'string' ? source : source instanceof URL ? plain(source.pathname) : undefined;
  if (text === undefined || BREAK.test(text) || /^(data|blob):/i.test(text)) return 'table';
  return (
    text
      .replace(/[?#].*$/, '')
      .split(/[\\/]/)
      .filter((part) => part !== '')
      .pop() ?? 'table'
  );
}

/** A path without the escapes of URLs, where they make sense. */
function plain(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/**
 * The text of a source.
 * @param encoding as TextDecoder has it; left out: UTF-16 where its mark stands at the beginning, else UTF-8
 * @throws TypeError for what is no source, RangeError for bytes that are no text or damaged, Error where nothing can be read
 */
export async function* textOf(source: TableSource, name: string, encoding?: string): AsyncGenerator<string> {
  let first = true;
  for await (const text of decoded(piecesOf(source), name, encoding)) {
    const piece = first && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
    first = false;
    if (piece.includes('\0')) throw new RangeError(`${name}: holds NUL characters, so it is no text`);
    yield piece;
  }
}

function piecesOf(source: TableSource): Pieces {
  if (typeof source === 'string') {
    if (BREAK.test(source)) return slices(source);
    if (source === '')
      throw new RangeError('readTable: the source is an empty string, neither text nor path');
    return readPieces(URL_LIKE.test(source) ? new URL(source) : urlOf(source));
  }
  if (source instanceof URL) return readPieces(source);
  if (source instanceof Uint8Array) return slices(source);
  if (source instanceof ArrayBuffer) return slices(new Uint8Array(source));
  const object = Object(source) as Partial<PieceStream & { stream(): PieceStream } & Pieces>;
  if (typeof object.getReader === 'function') return readerPieces(object as PieceStream);
  if (typeof object.stream === 'function') return readerPieces(object.stream());
  if (typeof object[Symbol.asyncIterator] === 'function') return object as Pieces;
  throw new TypeError(`readTable: expected a path, a URL, text, bytes or a stream, got ${kindOf(source)}`);
}

async function* slices<T extends string | Uint8Array>(whole: T): AsyncGenerator<T> {
  for (let at = 0; at < whole.length; at += PIECE) {
    yield (typeof whole === 'string' ? whole.slice(at, at + PIECE) : whole.subarray(at, at + PIECE)) as T;
  }
}

async function* readerPieces(stream: PieceStream): Pieces & AsyncGenerator<string | Uint8Array> {
  const reader = stream.getReader();
  let ended = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      if (value !== undefined) yield value;
    }
    ended = true;
  } finally {
    if (!ended) await reader.cancel().catch(() => {});
  }
}

async function* decoded(pieces: Pieces, name: string, encoding?: string): AsyncGenerator<string> {
  const iterator = pieces[Symbol.asyncIterator]();
  try {
    const first = await iterator.next();
    if (first.done) return;
    if (typeof first.value === 'string') {
      yield first.value;
      for await (const piece of rest(iterator)) yield checkKind(piece, 'string', name) as string;
      return;
    }
    yield* decodedBytes(bytesOf(first.value, iterator, name), name, encoding);
  } finally {
    await iterator.return?.();
  }
}

async function* rest<T>(iterator: AsyncIterator<T>): AsyncGenerator<T> {
  for (let next = await iterator.next(); !next.done; next = await iterator.next()) yield next.value;
}

async function* bytesOf(
  first: Uint8Array,
  iterator: AsyncIterator<string | Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array> {
  yield checkKind(first, 'bytes', name) as Uint8Array;
  for await (const piece of rest(iterator)) yield checkKind(piece, 'bytes', name) as Uint8Array;
}

function checkKind(piece: unknown, kind: 'string' | 'bytes', name: string): unknown {
  if (kind === 'string' ? typeof piece === 'string' : piece instanceof Uint8Array) return piece;
  const wanted = kind === 'string' ? 'text, as before' : 'a Uint8Array';
  throw new TypeError(`${name}: the stream was to give ${wanted}, and gave ${kindOf(piece)}`);
}

async function* decodedBytes(
  bytes: AsyncGenerator<Uint8Array>,
  name: string,
  encoding?: string,
): AsyncGenerator<string> {
  const { head, all } = await peek(bytes);
  const starts = (...signature: number[]) => signature.every((byte, i) => head[i] === byte);
  if (starts(0x1f, 0x8b)) {
    yield* decodedBytes(gunzipped(all, name), name, encoding);
    return;
  }
  if (starts(0x50, 0x4b, 3, 4)) {
    throw new RangeError(`${name}: is a zip archive, a spreadsheet perhaps; save the table as CSV`);
  }
  const marked = starts(0xff, 0xfe) ? 'utf-16le' : starts(0xfe, 0xff) ? 'utf-16be' : 'utf-8';
  const decoder = new TextDecoder(encoding ?? marked, { fatal: true });
  const decode = (piece?: Uint8Array): string => {
    try {
      return decoder.decode(piece, { stream: piece !== undefined });
    } catch {
      const wanted = decoder.encoding.toUpperCase();
      throw new RangeError(
        `${name}: the text is not ${wanted} (option encoding, 'windows-1252' for instance)`,
      );
    }
  };
  for await (const piece of all) yield decode(piece);
  yield decode();
}

/** The first four bytes or more, as far as there are any, and all bytes with them. */
async function peek(
  bytes: AsyncGenerator<Uint8Array>,
): Promise<{ head: Uint8Array; all: AsyncGenerator<Uint8Array> }> {
  let head = new Uint8Array(0);
  while (head.length < 4) {
    const { done, value } = await bytes.next();
    if (done) break;
    const longer = new Uint8Array(head.length + value.length);
    longer.set(head);
    longer.set(value, head.length);
    head = longer;
  }
  async function* all(): AsyncGenerator<Uint8Array> {
    yield head;
    yield* bytes;
  }
  return { head, all: all() };
}

/** One piece at a time, since some streams take thousands before they ask to wait. */
async function* gunzipped(bytes: AsyncGenerator<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const { readable, writable } = new DecompressionStream('gzip');
  const writer = writable.getWriter();
  let failure: { readonly error: unknown } | undefined;
  const next = () =>
    bytes.next().catch((error: unknown) => {
      failure = { error };
      throw error;
    });
  const feed = async (): Promise<void> => {
    try {
      for (let piece = await next(); !piece.done; piece = await next()) {
        await writer.write(piece.value as Uint8Array<ArrayBuffer>);
      }
      await writer.close();
    } catch (error) {
      await writer.abort(error).catch(() => {}); // the reader sees it
    }
  };
  void feed();
  try {
    yield* readerPieces(readable) as AsyncGenerator<Uint8Array>;
  } catch {
    if (failure) throw failure.error;
    throw new RangeError(`${name}: the gzip data is damaged or cut short`);
  } finally {
    void bytes.return(undefined);
  }
}
