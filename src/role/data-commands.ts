/** Commands that take in an owner's data, disclose values, and free them. */
import type { Words } from '../../bindings/memory.js';
import { Arrival, oneWay, type Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { Stored } from '../party/stored.js';
import { Share } from '../party/values.js';
import { aggregate } from '../protocol/aggregate.js';
import { encode } from '../protocol/encode.js';
import { input } from '../protocol/input.js';
import { asSettledShare } from '../protocol/linear.js';
import { open } from '../protocol/open.js';
import { reveal } from '../protocol/reveal.js';
import { type Shape, sizeOf } from '../shape.js';
import type { Numbers } from './command.js';
import type { OthersIn } from './command-groups.js';
import { loadedValue, type RoleContext } from './context.js';
import { checkNumbers } from './numbers.js';
import type { RunnerTable } from './runner.js';

/**
 * An owner's numbers, shared.
 * @param whole the share of which they are a part, from `begin` on, where they are not all of it
 */
function* shared(
  rt: Runtime,
  owner: string,
  shape: Shape,
  numbers: Numbers | undefined,
  whole: Share | null = null,
  begin = 0,
): Secure<Share> {
  const own = rt.name === owner ? checkNumbers(owner, shape, numbers) : null;
  const size = sizeOf(shape);
  return yield* oneWay(
    rt.name === owner,
    () => {
      let words: Words | null = null;
      if (!rt.isProvider) words = whole?.words ? rt.part(whole.words, begin, size) : rt.words(size);
      if (own && words) encode(rt, own, rt.fraction, words);
      return input(rt, owner, words, shape, rt.fraction);
    },
    new Arrival(rt.last ? [owner] : []),
  );
}

export const dataCommands: RunnerTable<RoleContext, OthersIn<'data'>> = {
  *share({ rt, values }, { out, args: { owner, shape } }, numbers) {
    values.set(out, yield* open(rt, yield* shared(rt, owner, shape, numbers), 'input'));
  },

  *shareRows({ rt, values }, { out, args: { owner, shape, start, rows, stored } }, numbers) {
    const width = shape.slice(1);
    if (start === 0) {
      const words = stored || rt.isProvider ? null : rt.words(sizeOf(shape));
      values.set(
        out,
        stored ? new Stored(rt, shape, rt.fraction) : new Share(words, shape, rt.fraction, true),
      );
    }
    const whole = values.get(out);
    const joined = whole instanceof Share ? whole : null;
    const part = yield* shared(rt, owner, [rows, ...width], numbers, joined, start * sizeOf(width));
    if (whole instanceof Stored) {
      const opened = yield* open(rt, part, 'input');
      whole.put(rt, start, opened);
      rt.free(opened);
    } else if (joined && start + rows === shape[0]) values.set(out, yield* open(rt, joined, 'input'));
  },

  *reveal(context, { in: [x], args: { label, to } }) {
    const { rt } = context;
    return yield* oneWay(
      rt.name !== to,
      () => {
        const share = asSettledShare(rt, loadedValue(context, x));
        return reveal(rt, to, [{ label, share }])?.[0] ?? null;
      },
      new Arrival(rt.others),
    );
  },

  aggregate: ({ rt }, { args: { length, words, clients } }, values) => {
    if (values && values.length !== length) {
      throw new RangeError(`aggregate: ${rt.name} brought ${values.length} numbers, not ${length}`);
    }
    return aggregate(rt, values, length, clients, words);
  },

  decide: ({ rt, owner }, { args: { label } }, say) =>
    oneWay(rt.name === owner, () => rt.decide(label, owner, say ?? null), new Arrival([owner])),

  leave: ({ rt }, { args: { client } }) => {
    rt.leave(client);
  },

  dispose: ({ rt, values }, { in: numbers }) => {
    for (const number of numbers) {
      const value = values.get(number);
      if (value && !(value instanceof Stored)) rt.free(value);
      values.delete(number);
    }
  },

  sync: () => undefined,
};
