/** Page 5: three tabs as alice, bob and the provider, each a role of one training. */
import { runRole } from 'beaverdam/jobs';
import { LiveChart } from '../chart.js';
import { element, showError, tableRow } from '../dom.js';
import { percent, seconds } from '../format.js';
import { ownRows, roleJob, wholeRows } from './job.js';
import { type FromHub, isRole, type Role, type ToHub } from './messages.js';
import { Relay } from './relay.js';
import { showShares } from './shares.js';
import { Name, showLinks, showRows, showSeats } from './view.js';

/** Milliseconds between two looks at what has crossed. */
const LOOK = 250;
const LINE = [{ name: 'on shares', colour: '--accent' }];

export function startTabs(): void {
  const status = element('tabs-status', HTMLElement);
  if (!('SharedWorker' in globalThis) || !navigator.locks) {
    status.textContent =
      'This browser has no shared workers, by which tabs find each other. Others have, on a desk above all.';
    return;
  }
  new Tab(status);
}

class Tab {
  readonly #status: HTMLElement;
  readonly #error = element('tabs-error', HTMLElement);
  readonly #again = element('tabs-again', HTMLButtonElement);
  readonly #loss = new LiveChart(element('tabs-loss', HTMLElement), LINE);
  readonly #score = new LiveChart(element('tabs-score', HTMLElement), LINE);
  readonly #hub: MessagePort;
  readonly #lock = crypto.randomUUID();
  #role: Role | null = null;
  #wish: Role | null = null;
  #taken: readonly Role[] = [];
  #stop: AbortController | null = null;

  constructor(status: HTMLElement) {
    this.#status = status;
    const worker = new SharedWorker(new URL('./hub-worker.ts', import.meta.url), {
      type: 'module',
      name: 'beaverdam tabs',
    });
    worker.addEventListener('error', () =>
      showError(this.#error, 'The worker by which tabs find each other could not be started.'),
    );
    this.#hub = worker.port;
    // held until this tab is gone, which is how the hub learns of it
    void navigator.locks.request(this.#lock, () => {
      this.#hub.onmessage = ({ data }: MessageEvent<FromHub>) => this.#hear(data);
      this.#readAddress();
      return new Promise(() => {});
    });
    addEventListener('hashchange', () => this.#readAddress());
    this.#again.addEventListener('click', () => {
      this.#again.hidden = true;
      this.#status.textContent = this.#missing();
      this.#status.focus();
      this.#say({ again: true });
    });
  }

  #say(words: ToHub): void {
    this.#hub.postMessage(words);
  }

  #readAddress(): void {
    const asked = location.hash.replace(/^#\/tabs\/?/, '');
    if (isRole(asked) && this.#role === null) this.#take(asked);
  }

  #take(role: Role): void {
    this.#wish = role;
    this.#say({ take: role, lock: this.#lock });
  }

  #hear(words: FromHub): void {
    if ('ports' in words) {
      if (this.#role) {
        void this.#run(this.#role, words.ports);
        void this.#show(this.#role, words.shown);
      }
      return;
    }
    const { taken, yours, gone } = words;
    this.#taken = taken;
    if (yours && !this.#role) void this.#seat(yours);
    showSeats(taken, yours, (role) => this.#take(role));
    if (gone && this.#stop) this.#stop.abort(new Error(`${Name(gone)}’s tab was closed.`));
    else if (!yours && this.#wish && taken.includes(this.#wish)) {
      this.#status.textContent = `Another tab is ${this.#wish} already.`;
    } else if (!yours && this.#wish) this.#take(this.#wish);
    else if (!this.#stop && this.#again.hidden) this.#status.textContent = this.#missing();
  }

  /** Who is still to come. */
  #missing(): string {
    if (!this.#role) return 'This tab has no role yet. Be one of the three, and open the others.';
    const missing = ['alice', 'bob', 'provider'].filter((role) => !this.#taken.includes(role as Role));
    const whom = missing.join(' and ');
    return missing.length > 0 ? `Waiting for ${whom}: open a tab for each.` : 'All are here …';
  }

  /** This tab has its role from now on. */
  async #seat(role: Role): Promise<void> {
    this.#role = role;
    history.replaceState(null, '', `#/tabs/${role}`);
    document.title = `${Name(role)} · beaverdam`;
    element('tabs-live', HTMLElement).hidden = false;
    element('tabs-result', HTMLElement).hidden = role !== 'alice';
    showRows(role, await ownRows(role));
  }

  async #show(role: Role, port: MessagePort | null): Promise<void> {
    const own = await wholeRows(role);
    if (own && port) showShares(role, own, port);
  }

  async #run(role: Role, ports: Readonly<Record<string, MessagePort>>): Promise<void> {
    const relays = new Map(Object.entries(ports).map(([peer, port]) => [peer, new Relay(port)]));
    const stop = new AbortController();
    this.#stop = stop;
    showError(this.#error, null);
    this.#again.hidden = true;
    this.#status.textContent = 'All three are here. Training on shares …';
    element('tabs-epochs', HTMLElement).replaceChildren();
    const bar = element('tabs-bar', HTMLProgressElement);
    bar.value = 0;
    const look = setInterval(() => showLinks(relays), LOOK);
    try {
      const job = await roleJob(role, relays);
      this.#loss.begin(job.epochs);
      this.#score.begin(job.epochs);
      const { revealed } = await runRole(job, {
        signal: stop.signal,
        onProgress: ({ done, total }) => {
          bar.value = done / total;
        },
        onEpoch: ({ epoch, loss, valAccuracy = Number.NaN, seconds: time }) => {
          this.#loss.set(0, epoch, loss);
          this.#score.set(0, epoch, valAccuracy);
          const row = tableRow(`${epoch + 1}`, loss.toFixed(4), percent(valAccuracy), seconds(time));
          element('tabs-epochs', HTMLElement).append(row);
        },
      });
      bar.value = 1;
      this.#status.textContent = revealed
        ? `Done: ${percent(revealed.accuracy)} of the test rows are right, which this tab alone knows.`
        : 'Done. What came of it is in alice’s tab alone.';
    } catch (error) {
      this.#status.textContent = 'The training has not come to its end.';
      showError(this.#error, stop.signal.aborted ? stop.signal.reason : error);
    } finally {
      clearInterval(look);
      showLinks(relays);
      this.#stop = null;
      this.#again.hidden = false;
      this.#say({ idle: true });
    }
  }
}
