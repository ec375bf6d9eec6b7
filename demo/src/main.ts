/** The demo: five pages in one, each a section of index.html with a module that works it. */
import { startPlayground } from './playground.js';
import { startRoles } from './roles.js';
import { route } from './router.js';
import { startTable } from './table.js';
import { startTabs } from './tabs/page.js';
import { startTrain } from './train.js';

route({
  train: startTrain,
  roles: startRoles,
  playground: startPlayground,
  table: startTable,
  tabs: startTabs,
});
