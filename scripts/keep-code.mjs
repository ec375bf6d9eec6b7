/**
 * Runs two trainings with the joined scripts and keeps, beside them, what V8 has compiled of them by then: bytecode of the functions
 * that ran, and nothing that went through them. Called by scripts/join-command.mjs.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';
import { codeFile, digestOf, joinedFile, prepareV8, runJoined } from '../dist/bindings/host/node-code.js';

const TRAININGS = [['wine'], ['fashion-mnist']];

function keep(thread, { script }) {
  const code = script.createCachedData();
  writeFileSync(codeFile(thread), Buffer.concat([digestOf(readFileSync(joinedFile(thread)), code), code]));
}

/** A role's thread that keeps its code before it ends. */
function spareThread() {
  const worker = new Worker(new URL(import.meta.url), { workerData: null });
  const end = worker.terminate.bind(worker);
  worker.terminate = async () => {
    const kept = new Promise((resolve) => worker.on('message', (said) => said === 'kept' && resolve()));
    worker.postMessage('keep');
    await kept;
    return end();
  };
  return worker;
}

if (isMainThread) {
  prepareV8();
  process.stdout.write = () => true;
  const joined = runJoined('start');
  for (const [i, training] of TRAININGS.entries()) {
    process.argv = [process.execPath, 'beaverdam', 'train', ...training, '--no-compare'];
    const spare = i === TRAININGS.length - 1 ? spareThread() : null;
    await joined.exports.start(spare);
    if (process.exitCode) process.exit();
    if (spare?.threadId > 0) await spare.terminate();
  }
  keep('start', joined);
  process.exit();
} else {
  const joined = runJoined('role');
  parentPort.on('message', (said) => {
    if (said !== 'keep') return;
    keep('role', joined);
    parentPort.postMessage('kept');
  });
  joined.exports.serve();
  await joined.exports.prepare();
}
