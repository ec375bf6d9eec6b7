/**
 * A disk with little room, for processes that load this first: `node --import 'small-disk.js?folder=PATH&files=N'`. So many files fit
 * into the folder; of what is written to one more there is half when the system's error comes.
 */
import { readdirSync } from 'node:fs';
import promises, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { sep } from 'node:path';

const asked = new URL(import.meta.url).searchParams;
const folder = asked.get('folder') as string;
const most = Number(asked.get('files'));
const open = promises.open;

async function openThere(...args: Parameters<typeof open>): Promise<FileHandle> {
  const handle = await open(...args);
  if (!String(args[0]).startsWith(folder + sep)) return handle;
  const write = handle.writeFile.bind(handle);
  handle.writeFile = async (data) => {
    const bytes = data as Uint8Array;
    if (readdirSync(folder).length <= most) return write(bytes);
    await write(bytes.subarray(0, bytes.length >> 1));
    const error = new Error('ENOSPC: no space left on device, write');
    throw Object.assign(error, { code: 'ENOSPC', errno: -28, syscall: 'write' });
  };
  return handle;
}

Object.assign(promises, { open: openThere });
syncBuiltinESMExports();
