/** Jobs over links that are cut, slow, or refused for a while: nobody notices anything but the time. */
import { setTimeout as wait } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startProxies } from '../../bench/support/proxy/host.js';
import { publicRandom } from '../../src/data/random.js';
import { seed } from '../world/seed.js';
import { inOneGo, isAsInOneGo, removeJobs, resultOf } from './job.js';
import { endsInTime } from './kills.js';
import { afterEpochs, proxiedJob } from './proxied.js';
import type { Ended } from './run.js';

const proxies = await startProxies();

test.after(async () => {
  await proxies.close();
  removeJobs();
});

const EPOCHS = 12;
const whole = await inOneGo(EPOCHS);
/** So many that links are cut several times while they go on, however fast they are. */
const CUT_EPOCHS = 60;

function isWhole(ended: ReadonlyMap<string, Ended>, alone = whole): void {
  for (const [role, { code, stderr }] of ended) assert.equal([role, code, stderr], [role, 0, '']);
  isAsInOneGo(resultOf(ended.get('owner')), alone);
}

test('connections that are cut at any moment heal, and nobody notices', async () => {
  const random = publicRandom(seed, 32);
  const job = await proxiedJob(proxies, CUT_EPOCHS, { heartbeat: 30 });
  const running = job.startAll();
  const handles = [...job.proxies.values()];
  let over = false;
  const cuts = (async () => {
    for (let i = 0; !over; i++) {
      await wait(random.below(300));
      await handles[i % handles.length].cut();
    }
  })();
  const ended = await endsInTime(running, 'cuts').finally(() => {
    over = true;
  });
  await cuts;
  isWhole(ended, await inOneGo(CUT_EPOCHS));
  for (const proxy of handles) {
    const { connections } = await proxy.counters();
    assert.ok(connections > 6, `${connections} connections`);
  }
});

test('a link that refuses at the start is waited for', async () => {
  const job = await proxiedJob(proxies, EPOCHS, { heartbeat: 5 });
  for (const proxy of job.proxies.values()) await proxy.refuse();
  const running = job.startAll();
  await wait(2000);
  for (const proxy of job.proxies.values()) await proxy.heal();
  isWhole(await endsInTime(running, 'refused'));
});

test('a link that trickles is slow, and that is all', async () => {
  const job = await proxiedJob(proxies, EPOCHS, { heartbeat: 5 });
  const { promise, look } = afterEpochs(1);
  const running = job.startAll(look);
  await promise;
  const proxy = job.proxies.get('alice');
  await proxy?.trickle(40_000);
  isWhole(await endsInTime(running, 'trickling'));
});

test.run();
