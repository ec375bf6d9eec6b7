/** A page that brings rows to roles elsewhere; leaves the accuracy that it is told in `globalThis.outcome`. */
import { createSession } from 'beaverdam';
import { OPTIONS, program } from './guest-program.js';

async function work() {
  const network = await (await fetch('guest.json')).json();
  const session = await createSession({ ...OPTIONS, here: ['clinic'], network });
  try {
    return { accuracy: await program(session) };
  } finally {
    await session.close();
  }
}

globalThis.outcome = work().catch((error) => ({ error: String(error) }));
