/** Commands that take in an owner's data, disclose values, and free them. */
import type { Words } from '../../bindings/memory.js';
import { oneWay, type Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { Stored } from '../party/stored.js';
import { type Masked, Share } from '../party/values.js';
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

/** An owner's numbers, shared. @param words where this role's share goes, new ones where null */
function* shared(
  rt: Runtime,
  owner: string,
  shape: Shape,
  numbers: Numbers | undefined,
  words: Words | null,
): Secure<Share> {
  const own = rt.name === owner ? checkNumbers(owner, shape, numbers) : null;
  return yield* oneWay(rt.name === owner, () => {
    const into = own ? encode(rt, own, rt.fraction, words ?? undefined) : words;
    return input(rt, owner, into, shape, rt.fraction);
  });
}

/** The same, opened under a mask. */
function* shareAndOpen(
  rt: Runtime,
  owner: string,
  shape: Shape,
  numbers: Numbers | undefined,
): Secure<Masked> {
  return yield* open(rt, yield* shared(rt, owner, shape, numbers, null), 'input');
}

/** A share whose parts are still to come. */
const emptyShare = (rt: Runtime, shape: Shape): Share =>
  new Share(rt.isProvider ? null : rt.words(sizeOf(shape)), shape, rt.fraction, true);

export const dataCommands: RunnerTable<RoleContext, OthersIn<'data'>> = {
  *share({ rt, values }, { out, args: { owner, shape } }, numbers) {
    values.set(out, yield* shareAndOpen(rt, owner, shape, numbers));
  },

  *shareRows({ rt, values }, { out, args }, numbers) {
    const { owner, shape, start, rows, stored } = args;
    const part = [rows, ...shape.slice(1)];
    if (start === 0) values.set(out, stored ? new Stored(rt, shape, rt.fraction) : emptyShare(rt, shape));
    const whole = values.get(out);
    if (whole instanceof Stored) {
      const opened = yield* shareAndOpen(rt, owner, part, numbers);
      whole.put(rt, start, opened);
      rt.free(opened);
    } else if (whole instanceof Share) {
      const begin = start * sizeOf(shape.slice(1));
      const words = whole.words && rt.part(whole.words, begin, sizeOf(part));
      yield* shared(rt, owner, part, numbers, words);
      if (start + rows === shape[0]) values.set(out, yield* open(rt, whole, 'input'));
    } else throw new TypeError('shareRows: no rows before these');
  },

  *reveal(context, { in: [x], args: { label, to } }) {
    const { rt } = context;
    return yield* oneWay(rt.name !== to, () => {
      const share = asSettledShare(rt, loadedValue(context, x));
      return reveal(rt, to, [{ label, share }])?.[0] ?? null;
    });
  },

  aggregate: ({ rt }, { args: { length, words, clients } }, values) => {
    if (values && values.length !== length) {
      throw new RangeError(`aggregate: ${rt.name} brought ${values.length} numbers, not ${length}`);
    }
    return aggregate(rt, values, length, clients, words);
  },

  decide: ({ rt, owner }, { args: { label } }, say) =>
    oneWay(rt.name === owner, () => rt.decide(label, owner, say ?? null)),

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
