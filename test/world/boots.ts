/** Boot records of roles that are all here, for tests that start their workers by hand. */
import type { WasmModule } from '../../bindings/module.js';
import { agreementOf } from '../../src/party/agreement.js';
import type { RoleBoot } from '../../src/role/boot.js';
import { NOT_TESTING } from '../../src/role/test-settings.js';
import type { Settings } from '../../src/session/options.js';
import { bootRecords, createWiring } from '../../src/session/wiring.js';

export function bootsOf(settings: Settings, module: WasmModule): RoleBoot[] {
  const wiring = createWiring(settings, settings.linkBytes);
  const rest = { digest: null, module, testing: NOT_TESTING, patient: false };
  return bootRecords(agreementOf(settings), settings, wiring, rest);
}
