/** A page that joins a job with rows from files; leaves what it was shown of it in `globalThis.outcome`. */
import { joinJob } from 'beaverdam/join';

const file = async (name) => new File([await (await fetch(name)).blob()], name);

/** The part of predicted classes that are those of a table. */
async function rightOf(classes, table) {
  const [names, ...lines] = (await table.text())
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  const at = names.indexOf('class');
  return classes.filter((name, i) => name === lines[i][at]).length / lines.length;
}

async function work() {
  const { job, role, invitations, brings } = await (await fetch('join.json')).json();
  const parts = job.task === 'train' ? ['train', 'test'] : ['test'];
  const files = parts.map(async (part) => [part, await file(`${part}.csv`)]);
  const rows = brings && Object.fromEntries(await Promise.all(files));
  const steps = [];
  const { task, revealed, answers } = await joinJob(job, {
    role,
    invitations,
    ...(rows && { rows }),
    onStep: ({ step }) => steps.push(step),
  });
  const classes = answers?.map(({ predicted }) => job.data.classes[predicted]);
  return {
    task,
    steps,
    accuracy: revealed?.accuracy ?? (classes ? await rightOf(classes, rows.test) : null),
  };
}

globalThis.outcome = work().catch((error) => ({ error: String(error) }));
