/** What a training job discloses, as its session has it at the end. */
import type { LocalTrainingJob } from '../../src/jobs/job.js';
import { type JobResult, runJob } from '../../src/jobs/run.js';
import type { RunOptions } from '../../src/jobs/run-options.js';
import type { Disclosed } from '../../src/party/disclosures.js';

/** Runs a job; its result, what became clear of shares, and to whom. */
export async function runDisclosing(
  job: LocalTrainingJob,
  options: RunOptions = {},
): Promise<{ readonly result: JobResult; readonly disclosed: readonly Disclosed[] }> {
  const disclosed: Disclosed[] = [];
  const result = await runJob(job, {
    ...options,
    onStep(step) {
      if (step.step !== 'connect') return;
      const { session } = step;
      const close = session.close.bind(session);
      session.close = async () => {
        disclosed.push(...(await session.disclosed()));
        await close();
      };
    },
  });
  return { result, disclosed };
}
