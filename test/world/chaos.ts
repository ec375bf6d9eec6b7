/**
 * Random work on a session that is ended at a random moment: a role killed, closed, failed, a command that fails. All that
 * is random follows from the run's seed, but for how the threads are scheduled.
 *
 *     node dist/test/world/chaos.js FIRST COUNT    runs seeds FIRST … FIRST + COUNT − 1, prints what went wrong
 */
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type PublicRandom, publicRandom } from '../../src/data/random.js';
import { JobError } from '../../src/errors.js';
import { dense, sgd } from '../../src/model/describe.js';
import type { SessionOptions } from '../../src/session/options.js';
import { type Sequential, sequential } from '../../src/session/sequential.js';
import { createSession, type Session } from '../../src/session/session.js';
import type { SecureTensor } from '../../src/tensor/secure-tensor.js';
import { workersLeft } from './workers.js';

/** Milliseconds in which everything settles after the end; several times the session's own timeout. */
const LIMIT = 20_000;
const TIMEOUT = 4000;

/** What may be told of an end: the role at fault with command or moment, the closing, the reason of a failure. */
const TELLS =
  /^(alice|bob|provider) failed: .*\((during [^)]+|while idle)\)$|\((alice|bob|provider), \w+(, operation \d+)?\)$|^the session is closed$|^given up by run \d+$/;

/** Where roles share a thread, what may be told of its end. */
const SHARED = /^the roles failed: .*\((during [^)]+|while idle)\)$/;

/** A promise that was handed out, and what became of it. */
interface Handed {
  readonly name: string;
  state: 'waits' | 'value' | Error;
}

export interface ChaosResult {
  readonly seed: number;
  /** What was done, for the one who looks at a failure. */
  readonly story: readonly string[];
  /** What should not have happened. */
  readonly problems: readonly string[];
  readonly rejected: number;
  readonly fulfilled: number;
}

/** One run. */
export async function chaosRun(
  seed: number,
  mode: NonNullable<SessionOptions['mode']> = 'parallel',
): Promise<ChaosResult> {
  const random = publicRandom(seed, 77);
  const tells = (message: string) => TELLS.test(message) || (mode !== 'parallel' && SHARED.test(message));
  const story: string[] = [];
  const problems: string[] = [];
  const unhandled = (reason: unknown) => problems.push(`unhandled rejection: ${reason}`);
  process.on('unhandledRejection', unhandled);
  const before = workersLeft();
  const handed: Handed[] = [];
  const hand = (name: string, promise: Promise<unknown>) => {
    const entry: Handed = { name, state: 'waits' };
    handed.push(entry);
    promise.then(
      () => {
        entry.state = 'value';
      },
      (error) => {
        entry.state = error instanceof Error ? error : new Error(`no error: ${error}`);
      },
    );
  };
  const session = await createSession({ ring: 64, threads: 0, timeout: TIMEOUT, mode });
  const world = new World(session, random, hand);
  const [ending, at] = [random.below(7), random.below(14)];
  const total = at + 1 + random.below(8);
  for (let i = 0; i < total; i++) {
    if (i === at) {
      story.push(`end ${ending}`);
      end(session, ending, seed, random, hand);
    }
    try {
      story.push(world.act());
    } catch (error) {
      story.push('refused');
      if (!session.roles.ended) problems.push(`refused before the end: ${error}`);
      else if (!tells((error as Error).message)) problems.push(`refused without a reason: ${error}`);
    }
    await pause(random);
  }
  hand('close', session.close());
  const since = performance.now();
  while (handed.some(({ state }) => state === 'waits') && performance.now() - since < LIMIT) await wait(5);
  for (const { name, state } of handed) {
    if (state === 'waits') problems.push(`${name} never settled`);
    else if (state === 'value') continue;
    else if (name === 'close') problems.push(`close rejected: ${state}`);
    else if (!tells(state.message)) problems.push(`${name} does not tell who and where: ${state}`);
  }
  while (workersLeft() > before && performance.now() - since < LIMIT) await wait(5);
  if (workersLeft() > before) problems.push(`${workersLeft() - before} workers left`);
  process.off('unhandledRejection', unhandled);
  const count = (test: (entry: Handed) => boolean) => handed.filter(test).length;
  return {
    seed,
    story,
    problems,
    rejected: count(({ state }) => state instanceof Error),
    fulfilled: count(({ state }) => state === 'value'),
  };
}

/** From none to a few turns of the event loop, or some milliseconds. */
async function pause(random: PublicRandom): Promise<void> {
  const kind = random.below(6);
  if (kind === 0) return;
  if (kind < 3) for (let i = random.below(4); i > 0; i--) await Promise.resolve();
  else if (kind === 3) await new Promise<void>((resolve) => setImmediate(resolve));
  else await wait(random.below(kind === 4 ? 3 : 40));
}

type Hand = (name: string, promise: Promise<unknown>) => void;

function end(session: Session, kind: number, seed: number, random: PublicRandom, hand: Hand): void {
  const { roles } = session;
  const later = random.below(3);
  const act = () => {
    if (kind < 3) roles.kill(['alice', 'bob', 'provider'][kind]);
    else if (kind === 3) hand('close', session.close());
    else if (kind === 4) hand('fail', roles.fail(new JobError(`given up by run ${seed}`)));
    else if (kind === 5)
      hand('failing call', roles.call({ name: 'relu', in: [99_999], out: 99_998, args: null }));
    // nobody listens to this one
    else if (!roles.ended) roles.send({ name: 'disposeModel', args: { model: 99_999 } });
    // and sometimes another end at about the same time
    if (random.below(4) === 0) roles.kill(['alice', 'bob', 'provider'][random.below(3)]);
    if (random.below(4) === 0) hand('close', session.close());
  };
  if (later === 0) act();
  else setTimeout(act, later === 1 ? 0 : random.below(30));
}

/** What is at hand on a session, and one random thing to do with it at a time. */
class World {
  readonly #tensors: SecureTensor[] = [];
  readonly #model: Sequential;
  readonly #x: SecureTensor;
  readonly #y: SecureTensor;

  constructor(
    readonly session: Session,
    readonly random: PublicRandom,
    readonly hand: Hand,
  ) {
    this.#x = session.share(Array(32 * 4).fill(0.5), { shape: [32, 4], owner: 'alice' });
    this.#y = session.share(Array(32).fill(0.25), { shape: [32, 1], owner: 'bob' });
    this.#model = sequential([dense({ units: 6, inputShape: [4], activation: 'relu' }), dense({ units: 1 })]);
    this.#model.compile({ optimizer: sgd({ learningRate: 0.25 }), loss: 'meanSquaredError', metrics: [] });
  }

  /** Does something; its name. */
  act(): string {
    const acts: [string, () => void][] = [
      ['share', () => this.#share()],
      ['compute', () => this.#tensors.push(this.#tensor().relu().mul(this.#tensor()))],
      ['reveal', () => this.hand('reveal', this.#tensor().reveal())],
      ['reveal to bob', () => this.hand('reveal', this.#tensor().reveal({ to: 'bob' }))],
      ['fit', () => this.#fit(false)],
      ['watched fit', () => this.#fit(true)],
      ['predict', () => this.hand('predict', this.#model.predict(this.#x).reveal())],
      ['evaluate', () => this.hand('evaluate', this.#model.evaluate(this.#x, this.#y))],
      ['totals', () => this.hand('totals', this.session.roles.totals())],
      ['memory', () => this.hand('memoryUse', this.session.roles.memoryUse())],
      ['times', () => this.hand('times', this.session.roles.times())],
      ['transcripts', () => this.hand('transcripts', this.session.roles.transcripts())],
      ['ready', () => this.hand('ready', this.session.ready())],
      ['rows', () => this.hand('shareRows', this.#rows())],
      ['dispose', () => this.#tensor().dispose()],
    ];
    const [name, work] = acts[this.random.below(acts.length)];
    work();
    return name;
  }

  #share(): void {
    const values = Array(16 * 16).fill(this.random.below(100) / 100);
    const owner = ['alice', 'bob', 'owner'][this.random.below(3)];
    this.#tensors.push(this.session.share(values, { shape: [256], owner }));
  }

  #tensor(): SecureTensor {
    const alive = this.#tensors.filter(({ disposed }) => !disposed);
    if (alive.length > 0) return alive[this.random.below(alive.length)];
    this.#share();
    return this.#tensors[this.#tensors.length - 1];
  }

  #rows(): Promise<unknown> {
    const parts = ['alice', 'bob'].map((owner) => ({ owner, values: Array(64).fill(0.5) }));
    return this.session.shareRows(parts, [4], { piece: 32 });
  }

  #fit(watched: boolean): void {
    const [epochs, batchSize] = [1 + this.random.below(20), 8];
    const validationData = [this.#x, this.#y] as [SecureTensor, SecureTensor];
    const callbacks = watched ? { onEpochEnd: () => {}, onProgress: () => {} } : {};
    this.hand('fit', this.#model.fit(this.#x, this.#y, { epochs, batchSize, validationData, callbacks }));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [first, count] = process.argv.slice(2).map(Number);
  let [failed, rejected, fulfilled] = [0, 0, 0];
  for (let seed = first; seed < first + count; seed++) {
    const result = await chaosRun(seed);
    rejected += result.rejected;
    fulfilled += result.fulfilled;
    if (result.problems.length === 0) continue;
    failed++;
    console.log(`seed ${seed}: ${result.problems.join('; ')}\n  ${result.story.join(', ')}`);
  }
  console.log(`${count} runs, ${failed} failed; promises: ${fulfilled} with a value, ${rejected} rejected`);
  process.exitCode = failed > 0 ? 1 : 0;
}
