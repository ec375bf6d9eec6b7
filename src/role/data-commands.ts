/** Commands that take in an owner's data, disclose values, and free them. */
import { oneWay, type Secure } from '../party/program.js';
import type { Runtime } from '../party/runtime.js';
import { Stored } from '../party/stored.js';
import type { Masked } from '../party/values.js';
import { aggregate } from '../protocol/aggregate.js';
import { encode } from '../protocol/encode.js';
import { input } from '../protocol/input.js';
import { asSettledShare } from '../protocol/linear.js';
import { open } from '../protocol/open.js';
import { reveal } from '../protocol/reveal.js';
import type { Shape } from '../shape.js';
import type { Numbers } from './command.js';
import type { OthersIn } from './command-groups.js';
import { loadedValue, type RoleContext } from './context.js';
import { checkNumbers } from './numbers.js';
import type { RunnerTable } from './runner.js';

/** An owner's numbers, shared and opened under a mask. */
function* shareAndOpen(
  rt: Runtime,
  owner: string,
  shape: Shape,
  numbers: Numbers | undefined,
): Secure<Masked> {
  const own = rt.name === owner ? checkNumbers(owner, shape, numbers) : null;
  const take = () => input(rt, owner, own && encode(rt, own), shape, rt.fraction);
  return yield* open(rt, yield* oneWay(rt.name === owner, take), 'input');
}

export const dataCommands: RunnerTable<RoleContext, OthersIn<'data'>> = {
  *share({ rt, values }, { out, args: { owner, shape } }, numbers) {
    values.set(out, yield* shareAndOpen(rt, owner, shape, numbers));
  },

  *shareRows({ rt, values }, { out, args: { owner, shape, start, rows } }, numbers) {
    let stored = values.get(out);
    if (!(stored instanceof Stored)) {
      stored = new Stored(rt, shape, rt.fraction);
      values.set(out, stored);
    }
    const opened = yield* shareAndOpen(rt, owner, [rows, ...shape.slice(1)], numbers);
    stored.put(rt, start, opened);
    rt.free(opened);
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
