/**
 * To be preloaded in every thread of a process (`NODE_OPTIONS=--import=…`): takes note of all regions of keystreams that roles use,
 * one file a thread in the folder that STREAM_LOG names when the thread starts.
 */
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread, threadId, workerData } from 'node:worker_threads';
import { SEED_BYTES, Streams } from '../../src/party/streams.js';

const folder = process.env.STREAM_LOG;
if (!isMainThread && folder) {
  let file: number | null = null;
  const { apply } = Streams.prototype;
  Streams.prototype.apply = function (mode, ptr, bytes, key, operation, purpose, start = 0) {
    file ??= openSync(join(folder, `${threadId}-${workerData?.name}`), 'a');
    const seed = Buffer.from(this.heap.bytes(key, SEED_BYTES)).toString('hex');
    writeSync(file, `${seed} ${operation} ${purpose} ${start} ${start + bytes}\n`);
    apply.call(this, mode, ptr, bytes, key, operation, purpose, start);
  };
}
