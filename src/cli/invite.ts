/** The command `job invite`: a role hands a guest the line by which it will know it. */
import { pathIn } from '../bytes.js';
import { invitationsIn } from '../jobs/job-folder.js';
import { guestsOf, rolesOfJob } from '../jobs/role-job.js';
import { invite } from '../session/invite.js';
import { fingerprintOf } from '../session/network.js';
import { command } from './command.js';
import { meant } from './inputs.js';
import { given, readJob } from './jobs.js';
import { needed, type Option, text } from './options.js';
import { folderOf, readKey } from './run.js';
import { exitCodes, UsageError } from './usage.js';

const MOST_DAYS = 365;

const days: Option<number> = {
  placeholder: 'DAYSd',
  describe: 'time in which a run must begin with it, 1d to 365d',
  fallback: 7,
  shown: '7d',
  read(value) {
    const [, count] = /^([1-9]\d{0,2})d$/.exec(value) ?? [];
    if (Number(count) <= MOST_DAYS) return Number(count);
    throw new UsageError(`expected days, 1d to ${MOST_DAYS}d`);
  },
};

export const jobInvite = command({
  name: 'job invite',
  operands: ['FILE'],
  summary: 'invite a guest of a job, at a role that it is linked to',
  about: [
    'Prints one line, to be handed to a role that has no certificate: by it ROLE will know the guest. One run uses it up.',
    'Whoever has the line can come in its place: hand it over in secret. What ROLE needs of it is kept beside its keys, in',
    'files that only you may read. A guest needs an invitation of every role that it is linked to, and has them in a file.',
  ].join('\n'),
  options: {
    role: needed('the role that invites, whose keys are here', 'ROLE'),
    for: needed('the guest', 'ROLE'),
    expires: days,
    keys: text("folder with the inviting role's keys", 'DIR', 'keys/ROLE beside the job'),
  },
  async run({ role: at, for: guest, expires, keys }, [path]) {
    const name = 'job invite';
    const [host, role] = [given(name, '--role', at), given(name, '--for', guest)];
    const file = await readJob(path);
    const roles = rolesOfJob(file);
    const stranger = [host, role].find((asked) => !roles.includes(asked));
    if (stranger !== undefined) {
      throw new UsageError(`${name}: no role named "${stranger}" in ${path} (roles: ${roles.join(', ')})`);
    }
    const guests = guestsOf(file, host);
    if (!guests.includes(role)) {
      const whom = guests.length === 0 ? 'nobody' : guests.join(', ');
      throw new UsageError(`${name}: ${role} is no guest of ${host}, which takes ${whom}`);
    }
    const folder = keys ?? `${folderOf(path)}keys/${host}`;
    const own = await meant(name, folder, async () =>
      fingerprintOf(pathIn(folder, `${host}.crt`), await readKey(name, folder, `${host}.crt`)),
    );
    if (own !== file.roles[host].fingerprint) {
      throw new UsageError(
        `${name}: ${pathIn(folder, `${host}.crt`)} is not the certificate that the job has of ${host}`,
      );
    }
    const line = await invite({ at: host, role, folder: invitationsIn(folder), days: expires });
    process.stdout.write(`${line}\n`);
    return exitCodes.done;
  },
});
