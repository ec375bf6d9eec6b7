/** What a tape needs, in Node: its own cryptography, and files that are read and written in place. */
import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createPrivateKey,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';
import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readSync,
  realpathSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import type { TapeHost } from './tape.js';

const CIPHER = 'chacha20-poly1305';
const TAG = 16;

/** The bytes of a public key, or of a private one's. */
function rawOf(key: KeyObject): Uint8Array {
  const { x } = key.export({ format: 'jwk' });
  return new Uint8Array(Buffer.from(x as string, 'base64url'));
}

const publicKeyOf = (bytes: Uint8Array): KeyObject =>
  createPublicKey({
    key: { kty: 'OKP', crv: 'X25519', x: Buffer.from(bytes).toString('base64url') },
    format: 'jwk',
  });

function privateKeyOf(pem: string): KeyObject | null {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'x25519' ? key : null;
  } catch {
    return null;
  }
}

/** Joins two parts in one buffer of its own. */
function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.length + second.length);
  bytes.set(first);
  bytes.set(second, first.length);
  return bytes;
}

function writeAll(file: number, bytes: Uint8Array, at: number | null): void {
  for (let done = 0; done < bytes.length; ) {
    done += writeSync(file, bytes, done, bytes.length - done, at === null ? null : at + done);
  }
}

/** Makes a new name in `folder` last; where folders cannot be opened (Windows), the system sees to it. */
function syncFolder(folder: string): void {
  let handle: number;
  try {
    handle = openSync(folder, 'r');
  } catch {
    return;
  }
  try {
    fsyncSync(handle);
  } catch (error) {
    if (process.platform !== 'win32') throw error;
  } finally {
    closeSync(handle);
  }
}

export const tapeHost: TapeHost | null = {
  makeKeys() {
    const { publicKey, privateKey } = generateKeyPairSync('x25519');
    return {
      publicKey: rawOf(publicKey),
      privateKey: String(privateKey.export({ type: 'pkcs8', format: 'pem' })),
    };
  },

  publicOf(privateKey) {
    const key = privateKeyOf(privateKey);
    return key && rawOf(createPublicKey(key));
  },

  agree(privateKey, publicKey) {
    const key = privateKeyOf(privateKey);
    if (!key) return null;
    try {
      return new Uint8Array(diffieHellman({ privateKey: key, publicKey: publicKeyOf(publicKey) }));
    } catch {
      return null;
    }
  },

  derive: (secret, salt, info) => new Uint8Array(hkdfSync('sha256', secret, salt, info, 32)),

  sha256: (bytes) => new Uint8Array(createHash('sha256').update(bytes).digest()),

  seal(key, nonce, associated, bytes) {
    const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG });
    cipher.setAAD(associated, { plaintextLength: bytes.length });
    const sealed = cipher.update(bytes);
    cipher.final();
    return joined(sealed, cipher.getAuthTag());
  },

  open(key, nonce, associated, sealed) {
    const length = sealed.length - TAG;
    if (length < 0) return null;
    const decipher = createDecipheriv(CIPHER, key, nonce, { authTagLength: TAG });
    decipher.setAAD(associated, { plaintextLength: length });
    decipher.setAuthTag(sealed.subarray(length));
    const bytes = decipher.update(sealed.subarray(0, length));
    try {
      decipher.final();
    } catch {
      bytes.fill(0);
      return null;
    }
    return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length);
  },

  createFile(path) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    const file = openSync(path, 'wx', 0o600);
    return {
      write: (bytes) => writeAll(file, bytes, null),
      close() {
        fsyncSync(file);
        closeSync(file);
        syncFolder(dirname(path));
      },
    };
  },

  openFile(path) {
    const file = openSync(path, 'r');
    return {
      size: fstatSync(file).size,
      read(at, into) {
        let done = 0;
        while (done < into.length) {
          const count = readSync(file, into, done, into.length - done, at + done);
          if (count === 0) break;
          done += count;
        }
        return done;
      },
      close: () => closeSync(file),
    };
  },

  exists: (path) => existsSync(path),

  folderOf: (path) => dirname(realpathSync(path)),

  mark(path, text) {
    let file: number;
    try {
      file = openSync(path, 'wx', 0o600);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
      throw error;
    }
    try {
      writeAll(file, new TextEncoder().encode(text), null);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    syncFolder(dirname(path));
    return true;
  },

  tryOut(path) {
    accessSync(path, constants.W_OK);
    accessSync(dirname(realpathSync(path)), constants.W_OK);
  },

  overwrite(path, at, bytes) {
    const file = openSync(path, 'r+');
    try {
      writeAll(file, bytes, at);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
  },

  name(from, to) {
    try {
      linkSync(from, to); // unlike a rename, it takes no name from another file
      rmSync(from);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST' || existsSync(to)) return false;
      renameSync(from, to); // where files cannot have two names
    }
    syncFolder(dirname(to));
    return true;
  },

  remove: (path) => rmSync(path, { force: true }),
};
