/**
 * What each command is at a client: most are nothing, for it holds no share. Where roles take turns, it sends before the
 * parties begin, and hears when they are done.
 */
import type { Words } from '../../bindings/memory.js';
import { metricKey } from '../model/metrics.js';
import { openedOfScore, type Score } from '../model/scores.js';
import type { Measures } from '../nn/train.js';
import type { Clear, ClientEndpoint } from '../party/client.js';
import { completed, type Secure } from '../party/program.js';
import type { Shape } from '../shape.js';
import { clearSums } from './clear-sums.js';
import type { Numbers, OtherName, ResultOf, SumsResult } from './command.js';
import type { Entry } from './commands.js';
import { checkNumbers } from './numbers.js';
import { type RunnerTable, table } from './runner.js';

export interface ClientContext {
  readonly endpoint: ClientEndpoint;
  /** The model owner's name. */
  readonly owner: string;
  readonly fraction: number;
}

/** The commands that take something of a client or tell it something. */
type ClientName =
  | 'share'
  | 'shareRows'
  | 'reveal'
  | 'decide'
  | 'fitEpoch'
  | 'evaluate'
  | 'weights'
  | 'aggregate'
  | 'leave';

/** The others: a new command comes here or above. */
const nothing: Readonly<Record<Exclude<OtherName, ClientName>, null>> = {
  dispose: null,
  sync: null,
  createModel: null,
  createSharedModel: null,
  roundedLabels: null,
  predict: null,
  saveModel: null,
  confirmSaved: null,
  resumeModel: null,
  restoreModel: null,
  settleModel: null,
  skipEpochs: null,
  renewModel: null,
  disposeModel: null,
};

function share({ endpoint, fraction }: ClientContext, owner: string, shape: Shape, numbers?: Numbers): void {
  if (owner !== endpoint.name) return;
  const { heap, ring } = endpoint;
  const own = checkNumbers(owner, shape, numbers);
  const words: Words = { ptr: heap.alloc(own.length * ring.bytes), length: own.length };
  const input = heap.alloc(own.length * 8);
  heap.f64(input, own.length).set(own);
  ring.encode(words, input, fraction);
  heap.free(input);
  endpoint.share(words);
  heap.free(words.ptr);
}

/** The sums of a training or an evaluation, as the parties disclose them. */
function* sums(
  { endpoint, owner }: ClientContext,
  what: string,
  { metrics }: Measures,
  watched: boolean,
  scores: readonly Score[] = [],
): Secure<SumsResult> {
  if (endpoint.name !== owner) return { sums: null, ended: performance.timeOrigin + performance.now() };
  yield [];
  const clear = endpoint.receive([
    { label: `${what}: loss`, count: 1 },
    { label: `${what}: loss`, count: 1 },
    ...metrics.map((metric) => ({ label: `${what}: ${metricKey(metric)}`, count: 1 })),
    ...scores.flatMap(({ name, classes }) =>
      openedOfScore[name](classes).map((count) => ({ label: `${what}: ${name}`, count })),
    ),
    ...(watched ? [{ label: `${what}: alarms` }] : []),
  ]);
  const sites = watched ? clear[clear.length - 1].facts : undefined;
  return {
    sums: clearSums(clear, metrics.length, scores, sites),
    ended: performance.timeOrigin + performance.now(),
  };
}

const runners: RunnerTable<ClientContext, ClientName> = table({
  share: (context, { args: { owner, shape } }, numbers) => {
    share(context, owner, shape, numbers);
  },
  shareRows: (context, { args: { owner, shape, rows } }, numbers) => {
    share(context, owner, [rows, ...shape.slice(1)], numbers);
  },
  *reveal({ endpoint }, { args: { label, to, size } }) {
    if (to !== endpoint.name) return null;
    yield [];
    return endpoint.receive([{ label, count: size }])[0];
  },
  *aggregate({ endpoint }, { args: { length, words, clients } }, integers) {
    if (!clients.includes(endpoint.name)) return null;
    if (integers?.length !== length) {
      throw new RangeError(
        `aggregate: ${endpoint.name} brought ${integers?.length ?? 0} numbers, not ${length}`,
      );
    }
    return yield* endpoint.sum('aggregate', integers, words);
  },
  leave: ({ endpoint }, { args: { client } }) => {
    endpoint.leave(client);
  },
  *decide({ endpoint, owner }, { args: { label } }, say) {
    if (endpoint.name !== owner) {
      yield [];
      return endpoint.hear(label);
    }
    if (say === undefined) throw new TypeError(`decide: ${endpoint.name} brought no decision`);
    endpoint.decide(label, say);
    return say;
  },
  *fitEpoch(context, { args: { measures, sentinel, quiet } }) {
    const ended = performance.timeOrigin + performance.now();
    const result = quiet ? { sums: null, ended } : yield* sums(context, 'fit', measures, sentinel);
    context.endpoint.ratchet();
    return result;
  },
  evaluate: (context, { args: { measures, sentinel, scores } }) =>
    sums(context, 'evaluate', measures, sentinel, scores),
  *weights({ endpoint }, { args: { label, to, total } }) {
    if (to !== endpoint.name) return null;
    yield [];
    const arrays: Clear[] = [];
    for (let count = 0; count < total; count += arrays[arrays.length - 1].count) {
      arrays.push(...endpoint.receive([{ label, most: total - count }]));
    }
    return arrays;
  },
});

const concerns = (entry: Entry): entry is Entry<ClientName> =>
  entry.name in runners && !(entry.name in nothing);

/** The program of one command; what it returns goes back to the session. */
export function* clientProgram(context: ClientContext, entry: Entry): Secure<ResultOf<OtherName>> {
  return concerns(entry) ? yield* programOf(context, entry) : undefined;
}

function* programOf<N extends ClientName>(context: ClientContext, entry: Entry<N>): Secure<ResultOf<N>> {
  return (yield* completed(runners[entry.name](context, entry.command, entry.payload))) as ResultOf<N>;
}
