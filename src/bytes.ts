/** Bytes written as text and put together. */

/** Two hexadecimal digits a byte. */
export const hexOf = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** The bytes of {@link hexOf}. */
export const bytesOfHex = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));

/** The parts one after the other, in bytes of their own; what is null has none. */
export function joinBytes(parts: readonly (Uint8Array | null)[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + (part?.length ?? 0), 0));
  parts.reduce((at, part) => {
    if (part) bytes.set(part, at);
    return at + (part?.length ?? 0);
  }, 0);
  return bytes;
}

/** Path of a file in a folder, whether or not the folder's ends in a slash. */
export const pathIn = (folder: string, file: string): string => `${folder.replace(/[/\\]$/, '')}/${file}`;
