/** Commands that take a model out of a session and into another. */
import { restoreState, saveState } from '../nn/model-state.js';
import { sameEverywhere } from '../protocol/saved.js';
import { modelOf, type RoleContext } from './context.js';
import type { RunnerTable } from './runner.js';

type CheckpointName = 'saveModel' | 'confirmSaved' | 'resumeModel' | 'restoreModel';

export const checkpointCommands: RunnerTable<RoleContext, CheckpointName> = {
  saveModel: (context, { args: { model, what } }) => {
    const { rt } = context;
    return saveState(rt, modelOf(context, model).secure, what);
  },

  *confirmSaved({ rt }, _, id) {
    yield* sameEverywhere(rt, id ?? null, 'keep');
  },

  *resumeModel(context, { args: { model, settings, epochs, rows } }, state) {
    const { rt } = context;
    const { secure, schedule } = modelOf(context, model);
    let changed = false;
    for (let i = 0; i < epochs; i++) {
      const epoch = settings.epoch + i;
      if (schedule.skip({ ...settings, epoch }, rows)) changed = true;
    }
    yield* restoreState(rt, secure, changed ? settings.optimizer : null, state ?? null);
  },

  *restoreModel(context, { args: { model } }, state) {
    const { rt } = context;
    yield* restoreState(rt, modelOf(context, model).secure, null, state ?? null, 'restore');
  },
};
