/**
 * A page behind another one, for scripts/browser-check.mjs. Playwright shows its pages as if each were in front, so this one is opened by the
 * browser's own protocol (Chrome DevTools Protocol, domain Target).
 */
import { setTimeout as sleep } from 'node:timers/promises';

/** What Playwright tells Chromium so that pages in the background are not slowed. */
const AWAKE = [
  '--disable-background-timer-throttling',
  '--disable-backgrounding-occluded-windows',
  '--disable-renderer-backgrounding',
];
const LIMIT_MS = 60_000;

async function until(look) {
  while (!(await look())) await sleep(50);
}

/** Opens a page in a browser; evaluates expressions in it, and shows it in front of others. */
async function openRaw(cdp, url) {
  const { targetId } = await cdp.send('Target.createTarget', { url });
  const { sessionId } = await cdp.send('Target.attachToTarget', { targetId, flatten: false });
  const asked = new Map();
  cdp.on('Target.receivedMessageFromTarget', ({ sessionId: from, message }) => {
    if (from !== sessionId) return;
    const { id, ...answer } = JSON.parse(message);
    asked.get(id)?.(answer);
  });
  return {
    show: () => cdp.send('Target.activateTarget', { targetId }),
    async evaluate(expression) {
      const id = asked.size + 1;
      const params = { expression, awaitPromise: true, returnByValue: true };
      const answer = new Promise((resolve) => asked.set(id, resolve));
      const message = JSON.stringify({ id, method: 'Runtime.evaluate', params });
      await cdp.send('Target.sendMessageToTarget', { sessionId, message });
      const { result: done, error } = await answer;
      if (error) throw new Error(error.message);
      const { result, exceptionDetails } = done;
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
      return result.value;
    },
  };
}

/**
 * A page in the background trains, and runs a training dry. A browser slows its timers there, to one a minute in the end, which no
 * check can wait for; so none comes at all.
 * @param launch starts Chromium, without some of the arguments that Playwright gives it
 */
export async function checkHidden(launch, url) {
  const browser = await launch({ ignoreDefaultArgs: AWAKE });
  let late;
  try {
    const cdp = await browser.newBrowserCDPSession();
    const work = async () => {
      const page = await openRaw(cdp, url);
      // until it is loaded there may be nothing to evaluate in
      await until(() => page.evaluate("globalThis.outcome === 'ready'").catch(() => false));
      const other = await openRaw(cdp, 'about:blank');
      await other.show();
      await until(() => page.evaluate("document.visibilityState === 'hidden'"));
      await page.evaluate('globalThis.setTimeout = globalThis.setInterval = () => 0');
      await page.evaluate('globalThis.train()');
      await until(() => page.evaluate('globalThis.epochs > 20'));
      return `it trained on in the background; a dry run found ring ${await page.evaluate('globalThis.dry()')}`;
    };
    const end = new Promise((_, fail) => {
      late = setTimeout(() => fail(new Error('a page in the background does not come to an end')), LIMIT_MS);
    });
    return await Promise.race([work(), end]);
  } finally {
    clearTimeout(late);
    await browser.close();
  }
}
