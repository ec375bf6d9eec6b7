/** Commands that take a model out of a session and into another. */
import { restoreState, saveState } from '../nn/model-state.js';
import { modelOf, type RoleContext } from './context.js';
import type { RunnerTable } from './runner.js';

export const checkpointCommands: RunnerTable<RoleContext, 'saveModel' | 'resumeModel' | 'restoreModel'> = {
  saveModel: (context, { args: { model, what } }) => {
    const { rt } = context;
    return rt.run(saveState(rt, modelOf(context, model).secure, what));
  },

  resumeModel: (context, { args: { model, settings, epochs, rows } }, state) => {
    const { rt } = context;
    const { secure, schedule } = modelOf(context, model);
    let changed = false;
    for (let i = 0; i < epochs; i++) {
      const epoch = settings.epoch + i;
      if (schedule.skip({ ...settings, epoch }, rows)) changed = true;
    }
    rt.run(restoreState(rt, secure, changed ? settings.optimizer : null, state ?? null));
  },

  restoreModel: (context, { args: { model } }, state) => {
    const { rt } = context;
    rt.run(restoreState(rt, modelOf(context, model).secure, null, state ?? null, 'restore'));
  },
};
