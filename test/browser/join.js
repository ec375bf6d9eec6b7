/** A page that joins a job with rows from files; leaves what it was shown of it in `globalThis.outcome`. */
import { joinJob } from 'beaverdam/join';

const file = async (name) => new File([await (await fetch(name)).blob()], name);

async function work() {
  const { job, role, invitations, brings } = await (await fetch('join.json')).json();
  const rows = brings ? { train: await file('train.csv'), test: await file('test.csv') } : undefined;
  const steps = [];
  const { task, revealed } = await joinJob(job, {
    role,
    invitations,
    ...(rows && { rows }),
    onStep: ({ step }) => steps.push(step),
  });
  return { task, steps, accuracy: revealed?.accuracy ?? null };
}

globalThis.outcome = work().catch((error) => ({ error: String(error) }));
