/**
 * A page that brings rows to roles elsewhere; leaves the accuracy that it is told in `globalThis.outcome`. With `?upload` it only
 * brings many rows, and says in `globalThis.begun` that it is at it.
 */
import { createSession } from 'beaverdam';
import { OPTIONS, program, upload } from './guest-program.js';

async function work() {
  const network = await (await fetch('guest.json')).json();
  const session = await createSession({ ...OPTIONS, here: ['clinic'], network });
  try {
    if (location.search === '?upload') {
      const uploading = upload(session);
      globalThis.begun = true;
      await uploading;
      return {};
    }
    return { accuracy: await program(session) };
  } finally {
    await session.close();
  }
}

globalThis.outcome = work().catch((error) => ({ error: String(error) }));
