/** Digests of what roles in different processes must have alike: SHA-256 of a form that depends on nothing else. */

/** A value as bytes: JSON with keys in order, and after it the bytes of all typed arrays, whose places JSON names. */
function canonical(value: unknown): Uint8Array<ArrayBuffer> {
  const arrays: Uint8Array[] = [];
  const plain = (part: unknown): unknown => {
    if (ArrayBuffer.isView(part)) {
      arrays.push(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
      return { array: part.constructor.name, bytes: part.byteLength };
    }
    if (Array.isArray(part)) return part.map(plain);
    if (typeof part === 'number' && !Number.isFinite(part)) return { number: String(part) };
    if (typeof part !== 'object' || part === null) return part;
    const entries = Object.entries(part).filter(([, entry]) => entry !== undefined);
    entries.sort(([a], [b]) => (a < b ? -1 : 1));
    return { entries: entries.map(([key, entry]) => [key, plain(entry)]) }; // no list is written like this
  };
  const text = new TextEncoder().encode(JSON.stringify(plain(value)));
  const bytes = new Uint8Array(arrays.reduce((sum, array) => sum + array.length, text.length));
  bytes.set(text);
  let at = text.length;
  for (const array of arrays) {
    bytes.set(array, at);
    at += array.length;
  }
  return bytes;
}

/** Two values have the same digest when they hold the same. Numbers, text, arrays, plain objects and typed arrays. */
export async function digestOf(value: unknown): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', canonical(value)));
}
