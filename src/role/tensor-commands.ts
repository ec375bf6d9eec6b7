/** Commands on tensors: each makes one masked value from others, or hands one to a role. */
import type { Words } from '../../bindings/memory.js';
import { masked } from '../nn/layers/layer.js';
import type { Runtime } from '../party/runtime.js';
import { Stored } from '../party/stored.js';
import type { Masked } from '../party/values.js';
import { aggregate } from '../protocol/aggregate.js';
import { isNegative } from '../protocol/compare.js';
import { encode } from '../protocol/encode.js';
import { input } from '../protocol/input.js';
import { add, asSettledShare, mapMasked, neg, sub } from '../protocol/linear.js';
import { mean } from '../protocol/mean.js';
import { matmul, multiply } from '../protocol/multiply.js';
import { open } from '../protocol/open.js';
import { type Polynomial, polynomial } from '../protocol/polynomial.js';
import { timesPublic } from '../protocol/public-factor.js';
import { addPublic } from '../protocol/public-terms.js';
import { concat, type TakeArgs, take } from '../protocol/rearrange.js';
import { not } from '../protocol/relu.js';
import { revealToParty, shareForOwner } from '../protocol/reveal.js';
import { multiplyBit } from '../protocol/select.js';
import { rescale } from '../protocol/truncate.js';
import { shaped } from '../protocol/views.js';
import { OWNER } from '../session/options.js';
import { type Shape, sizeOf } from '../shape.js';
import type { Command, CommandRunner } from './commands.js';
import { loadedValue } from './model-commands.js';
import type { RoleContext } from './role.js';

export interface ShareArgs {
  readonly owner: string;
  readonly shape: Shape;
}

export interface RevealArgs {
  readonly to: string;
}

const operands = (context: RoleContext, command: Command): Masked[] =>
  (command.in ?? []).map((number) => loadedValue(context, number));

/** A command that makes one value from others. */
type Make = (rt: Runtime, operands: readonly Masked[], args: never) => Masked;

/** The command that stores what `make` makes. */
export const made =
  (make: Make): CommandRunner =>
  (context, command) => {
    const value = make(context.rt, operands(context, command), command.args as never);
    context.values.set(command.out as number, value);
  };

/** A part of a large tensor: `rows` rows from `start` on. */
export interface ShareRowsArgs extends ShareArgs {
  readonly start: number;
  readonly rows: number;
}

/** Encodes the owner's numbers, or takes in a share that the model owner made. */
function ownWords(rt: Runtime, payload: unknown, size: number): Words | null {
  if (payload === undefined) return null;
  if (!(payload instanceof Uint8Array)) return encode(rt, payload as Float32Array | Float64Array);
  const words = rt.words(size);
  rt.heap.bytes(words.ptr, size * rt.ring.bytes).set(payload);
  return words;
}

/** An owner's numbers, shared and opened under a mask. */
function shareAndOpen(rt: Runtime, owner: string, shape: Shape, payload: unknown): Masked {
  const words = ownWords(rt, payload, sizeOf(shape));
  const share =
    owner === OWNER
      ? rt.settledShare(words, shape, rt.fraction)
      : input(rt, owner, words, shape, rt.fraction);
  return rt.run(open(rt, share, 'input'));
}

/** Public numbers at the scale of x. */
function publicWords(rt: Runtime, values: readonly number[], size: number): Words {
  const words = rt.words(size);
  if (values.length === 1) rt.ring.fill(words, Math.round(values[0] * 2 ** rt.fraction));
  else {
    const ptr = rt.heap.alloc(size * 8);
    rt.heap.f64(ptr, size).set(values);
    rt.ring.encode(words, ptr, rt.fraction);
    rt.heap.free(ptr);
  }
  return words;
}

/** ⟨x ≥ 0⟩. */
const nonNegative = (rt: Runtime, x: Masked) => not(rt, rt.run(isNegative(rt, x)));

export const tensorCommands: Readonly<Record<string, CommandRunner>> = {
  share(context, command, payload) {
    const { owner, shape } = command.args as ShareArgs;
    context.values.set(command.out as number, shareAndOpen(context.rt, owner, shape, payload));
  },

  /** Rows of a large tensor, stored outside wasm memory. */
  shareRows(context, command, payload) {
    const { rt, values } = context;
    const { owner, shape, start, rows } = command.args as ShareRowsArgs;
    const number = command.out as number;
    let stored = values.get(number);
    if (!(stored instanceof Stored)) {
      stored = new Stored(rt, shape, rt.fraction);
      values.set(number, stored);
    }
    const opened = shareAndOpen(rt, owner, [rows, ...shape.slice(1)], payload);
    stored.put(rt, start, opened);
    rt.free(opened);
  },

  add: made((rt, [x, y]) => add(rt, x, y)),
  sub: made((rt, [x, y]) => sub(rt, x, y)),
  neg: made((rt, [x]) => neg(rt, x)),
  addPublic: made((rt, [x], args: { values: readonly number[] }) => {
    const words = publicWords(rt, args.values, x.size);
    const sum = addPublic(rt, x, words);
    rt.free(words);
    return sum;
  }),
  mulPublic: made((rt, [x], args: { values: readonly number[] }) =>
    rt.run(timesPublic(rt, x, args.values[0])),
  ),
  mul: made((rt, [x, y]) => rt.run(rescale(rt, multiply(rt, x, y)))),
  matmul: made((rt, [x, y]) => rt.run(rescale(rt, matmul(rt, x, y)))),
  polynomial: made((rt, [x], args: { coefficients: Polynomial; domain: number }) => {
    const program = polynomial(rt, x, args.coefficients, args.domain);
    return rt.run(masked(rt, rt.run(program)));
  }),
  relu: made((rt, [x]) => {
    const positive = nonNegative(rt, x);
    const value = rt.run(open(rt, multiplyBit(rt, positive, x)));
    rt.free(positive);
    return value;
  }),
  sum: made((rt, [x], args: { axis: number | null }) => {
    const rows = args.axis === null ? 1 : x.shape[0];
    const columns = x.size / rows;
    const shape = args.axis === null ? [] : [args.axis === 0 ? columns : rows];
    return mapMasked(rt, x, shape, (out, words) => {
      if (args.axis === 0) rt.ring.sumRows(out, words, rows, columns, 0);
      else rt.ring.sumColumns(out, words, rows, columns, 0);
    });
  }),
  mean: made((rt, [x], { axis }: { axis: number | null }) => {
    if (axis === null) return rt.run(mean(rt, shaped(x, [x.size, 1]), []));
    if (axis === 0) return rt.run(mean(rt, x));
    const turned = take(rt, x, { kind: 'transpose' });
    const means = rt.run(mean(rt, turned));
    rt.free(turned);
    return means;
  }),
  take: made((rt, [x], args: TakeArgs) => take(rt, x, args)),
  concat: made(concat),

  /** To the owner every party's share; to a party that party's clear numbers. */
  reveal(context, command) {
    const { rt } = context;
    const [x] = operands(context, command);
    const { to } = command.args as RevealArgs;
    const share = asSettledShare(rt, x);
    if (to === OWNER) return shareForOwner(rt, share);
    const words = revealToParty(rt, share, to);
    if (!words) return null;
    const bytes = rt.heap.bytes(words.ptr, words.length * rt.ring.bytes).slice();
    rt.free(words);
    return bytes;
  },

  /** The sums of the parties' private integers, opened to all of them. */
  aggregate: (context, _command, payload) => aggregate(context.rt, payload as BigInt64Array | undefined),

  dispose(context, command) {
    for (const number of command.in ?? []) {
      const value = context.values.get(number);
      if (value && !(value instanceof Stored)) context.rt.free(value);
      context.values.delete(number);
    }
  },
};
