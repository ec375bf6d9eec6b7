/** What a platform gives for a tape: X25519, HKDF-SHA-256, ChaCha20-Poly1305 (RFC 7748, 5869, 8439), and files read in place. */

export interface TapeHost {
  /** A new key pair: 32 bytes, and PKCS#8 PEM. */
  makeKeys(): { readonly publicKey: Uint8Array; readonly privateKey: string };
  /** The public key of a private one; null for what is no X25519 key in PEM. */
  publicOf(privateKey: string): Uint8Array | null;
  /** X25519; null for public keys that agree on nothing. */
  agree(privateKey: string, publicKey: Uint8Array): Uint8Array | null;
  /** 32 bytes by HKDF-SHA-256. */
  derive(secret: Uint8Array, salt: Uint8Array, info: Uint8Array): Uint8Array;
  sha256(bytes: Uint8Array): Uint8Array;
  /** What was given, sealed, and 16 bytes more. @param nonce 12 bytes, never the same twice under a key */
  seal(key: Uint8Array, nonce: Uint8Array, associated: Uint8Array, bytes: Uint8Array): Uint8Array;
  /** What was sealed; null where anything differs. */
  open(key: Uint8Array, nonce: Uint8Array, associated: Uint8Array, sealed: Uint8Array): Uint8Array | null;
  /** Makes a file that only the user may read, and its folder. Throws where there is one of this name. */
  createFile(path: string): TapeOutput;
  openFile(path: string): TapeInput;
  exists(path: string): boolean;
  /** The folder in which a file really is, behind all links. */
  folderOf(path: string): string;
  /** Makes a small file and waits until it is on the disk. @returns false where there is one already */
  mark(path: string, text: string): boolean;
  /** Looks whether a file can be overwritten, and others made beside it. @throws the system's error where not */
  tryOut(path: string): void;
  /** Overwrites a part of a file and waits until that is on the disk. */
  overwrite(path: string, at: number, bytes: Uint8Array): void;
  /** Gives a file another name, in the same folder. @returns false where there is a file of that name */
  name(from: string, to: string): boolean;
  remove(path: string): void;
}

export interface TapeOutput {
  write(bytes: Uint8Array): void;
  /** Waits until all is on the disk. */
  close(): void;
}

export interface TapeInput {
  readonly size: number;
  /** Fills `into` from byte `at` on; what lies beyond the end is left out. @returns bytes read */
  read(at: number, into: Uint8Array): number;
  close(): void;
}
