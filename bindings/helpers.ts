/** Starting a role's helper threads (see pool.ts). Apart from pool.ts, because the threads import that themselves. */
import { startHelper } from '#threads';
import type { HostWorker } from './host/types.js';
import type { WasmMemory } from './memory.js';
import type { WasmModule } from './module.js';
import { checkCount, type HelperBoot } from './pool.js';

/**
 * Starts `count` helper threads for the role `name` on its memory. The caller ends them with `stop()` when the
 * role ends, and hears of a thread that fails through `onFailure`. A helper that has done its part looks for
 * the next `spins` times before it sleeps: worth it only where every thread has a core of its own.
 * @throws RangeError when count is not an integer from 0 to MAX_HELPERS.
 */
export function startHelpers(
  count: number,
  boot: { module: WasmModule; memory: WasmMemory },
  name: string,
  spins = 0,
  url?: string,
): HostWorker[] {
  checkCount(count);
  return Array.from({ length: count }, (_, slot) => {
    const data: HelperBoot = { module: boot.module, memory: boot.memory, slot, spins };
    return startHelper(data, `${name} helper ${slot + 1}`, url);
  });
}
