/** Where the time of a step on shares goes: by role and by kind of work, beside what the products alone would take. */
import { type Times, WORK } from '../../src/role/profile.js';
import type { LowerBound } from './lower-bound.js';
import { digits, duration, printTable } from './table.js';
import { onShares, stepsOf, type Training } from './trainers.js';

/** Fits before the one that counts. */
const WARM_UPS = 6;
/** Fits that count. */
const FITS = 5;

/** Trains in a session that takes times, and prints them for a step. */
export async function printWhere(training: Training, bound: LowerBound): Promise<void> {
  const { session, runner } = await onShares(training, { profile: true });
  try {
    for (let i = 0; i < WARM_UPS; i++) await runner.run();
    const before = await session.roles.times();
    let seconds = 0;
    for (let i = 0; i < FITS; i++) seconds += await runner.run();
    const after = await session.roles.times();
    const steps = stepsOf(training) * FITS;
    const names = [...after.keys()];
    const spent = (name: string, work: keyof Times) =>
      ((after.get(name)?.[work] ?? 0) - (before.get(name)?.[work] ?? 0)) / steps;
    const rows = WORK.map((work) => {
      const times = names.map((name) => spent(name, work));
      const total = work === 'waiting' ? '' : duration(times.reduce((a, b) => a + b, 0));
      return [work, ...times.map(duration), total, work === 'products' ? duration(bound.once * 5) : ''];
    });
    const busy = names.map((name) =>
      WORK.filter((work) => work !== 'waiting').reduce((sum, work) => sum + spent(name, work), 0),
    );
    const all = busy.reduce((a, b) => a + b, 0);
    rows.push(['all but waiting', ...busy.map(duration), duration(all), duration(bound.once * 5)]);
    printTable(
      `Where a step's time goes (${duration(seconds / steps)} a step with a thread a role, while times are taken; ` +
        `${digits(all / (seconds / steps))} cores at work)`,
      ['kind of work', ...names, 'all roles', "least: products at the kernel's rate"],
      rows,
    );
  } finally {
    await session.close();
  }
}
