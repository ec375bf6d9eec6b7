/** A provider's worker whose commands fail, once it has begun. */
import { startRole } from '../../src/role/start.js';
import { exposeRole } from '../../src/role/starter.js';

exposeRole(async (boot) => {
  const role = await startRole(boot);
  role.program = () => {
    throw new Error('the dice are gone');
  };
  return role;
});
