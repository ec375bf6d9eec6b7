/** How many worker threads are there now, as Node counts the channels to them. */
export const workersLeft = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
