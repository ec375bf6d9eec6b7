/** Jobs over links that stall: everybody ends, and says who could not be reached. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startProxies } from '../../bench/support/proxy/host.js';
import { ROLES, removeJobs } from './job.js';
import { endsInTime } from './kills.js';
import { afterEpochs, proxiedJob } from './proxied.js';
import type { Ended } from './run.js';

const proxies = await startProxies();

test.after(async () => {
  await proxies.close();
  removeJobs();
});

/** Whom each role may name when the links behind a proxy are stalled. */
const STALLED: Record<string, Record<string, RegExp>> = {
  alice: { alice: /bob|provider|owner/, bob: /alice/, provider: /alice/, owner: /alice/ },
  // the owner dials the provider, and nobody else does
  provider: { alice: /provider|owner/, bob: /provider|owner/, provider: /owner/, owner: /provider/ },
};

for (const [stalled, names] of Object.entries(STALLED)) {
  test(`links to ${stalled} that stall longer than the heartbeat end all, who say who could not be reached`, async () => {
    const job = await proxiedJob(proxies, 200, { heartbeat: 2 });
    const { promise, look } = afterEpochs(2);
    const running = job.startAll(look);
    await promise;
    await job.proxies.get(stalled)?.stall();
    const ended = await endsInTime(running, 'stalled');
    for (const role of ROLES) {
      const { code, stderr } = ended.get(role) as Ended;
      assert.is(code, 3, `${role}: ${stderr}`);
      assert.match(stderr, /could not be reached for 2 s/, role);
      assert.match(stderr, names[role], role);
    }
  });
}

test.run();
