/**
 * Commands of sessions with a tape, in which the provider has gone through all epochs of a training that may stop before.
 *
 * What it holds at the end, masks and keys, is then not what the parties hold. Masked values need no provider to be opened
 * again, so they get fresh masks, which depend on nothing before; summands of shares are dealt after every epoch.
 */
import { renewMasks } from '../nn/model-state.js';
import { Share } from '../party/values.js';
import { modelOf, type RoleContext } from './context.js';
import type { RunnerTable } from './runner.js';

export const tapeCommands: RunnerTable<RoleContext, 'settleModel' | 'skipEpochs' | 'renewModel'> = {
  settleModel: (context, { args: { model } }) => {
    for (const { state } of modelOf(context, model).secure.kept) {
      for (const [name, value] of state) {
        if (value instanceof Share) state.set(name, context.rt.settle(value));
      }
    }
  },

  skipEpochs: (context, { args: { model, settings, epochs, rows } }) => {
    const { schedule } = modelOf(context, model);
    for (let i = 0; i < epochs; i++) schedule.skip({ ...settings, epoch: settings.epoch + i }, rows);
  },

  *renewModel(context, { args: { model } }) {
    const { rt } = context;
    const { secure } = modelOf(context, model);
    rt.startAnew();
    yield* renewMasks(rt, secure);
  },
};
