/** How many worker threads are there now, as Node counts the channels to them. */
export const workersLeft = (): number =>
  process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;

/** The same, once channels that are being closed have had a second to be gone. */
export async function workersLeftSoon(): Promise<number> {
  for (let wait = 0; wait < 100 && workersLeft() > 0; wait++)
    await new Promise((resolve) => setTimeout(resolve, 10));
  return workersLeft();
}
