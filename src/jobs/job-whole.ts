/** What no schema can say of a job file: whether its parts fit together. */
import { JobError, reasonOf } from '../errors.js';
import { checkClassWeights, classesOf } from '../model/class-weights.js';
import { checkLoss } from '../model/losses.js';
import { checkOptimizer } from '../model/optimizers.js';
import { type ModelPlan, planModel } from '../model/plan.js';
import { sizeOf } from '../shape.js';
import { checkRoles, type Refuse } from './check-roles.js';
import type { JobFile, RowCounts, TableData, TestRows } from './job-file.js';
import { checkMetrics } from './metrics.js';
import { namesOf, type TableForm, targetsOf, taskOf } from './table-form.js';

/** @throws JobError for what does not fit together, with the path of the field */
export function checkWhole(file: string, job: JobFile): void {
  const refuse = (path: string, problem: string): never => {
    throw new JobError(`${file}: ${path}: ${problem}`);
  };
  const within = <T>(path: string, check: () => T): T => {
    try {
      return check();
    } catch (error) {
      return refuse(path, reasonOf(error));
    }
  };
  checkRoles(job, refuse, within);
  const plan = within('model', () =>
    planModel({ layers: job.model.layers, inputShape: job.model.inputShape }),
  );
  if (job.task === 'train') {
    within('training.optimizer', () => checkOptimizer(job.training.optimizer));
    within('training.loss', () => checkLoss(plan, job.training.loss));
    const { classWeights } = job.training;
    if (classWeights !== undefined) {
      if (taskOf(job) === 'regress') refuse('training.classWeights', 'a regression has no classes');
      if (classWeights !== 'balanced') {
        within('training', () => checkClassWeights('classWeights', classWeights, classesOf(plan.units)));
      }
    }
  } else if (job.task === 'evaluate') within('loss', () => checkLoss(plan, job.loss));
  checkData(job, plan, refuse);
  if ((job.task === 'train' || job.task === 'evaluate') && job.metrics) {
    const { loss } = job.task === 'train' ? job.training : job;
    const measured = { loss, units: plan.units, task: taskOf(job) };
    try {
      checkMetrics('metrics', job.metrics, measured);
    } catch (error) {
      refuse('metrics', reasonOf(error).replace(/^metrics: /, ''));
    }
  }
  const { ring, fractionBits } = job.numbers;
  if (fractionBits > ring / 2 - 2) {
    refuse('numbers.fractionBits', `at most ${ring / 2 - 2} in ring ${ring}`);
  }
}

function checkData(job: JobFile, plan: ModelPlan, refuse: Refuse): void {
  const { data, model } = job;
  const { features, classes } = namesOf(job);
  const numbers = data.kind === 'images' ? data.height * data.width : (features?.length ?? 0);
  if (sizeOf(model.inputShape) !== numbers) {
    refuse('model.inputShape', `has ${sizeOf(model.inputShape)} numbers, but a row of the data ${numbers}`);
  }
  const outputs = sizeOf(plan.outputShape);
  if (outputs !== classes.length) {
    const [field, what] = data.classes ? ['classes', 'classes'] : ['target', 'numbers'];
    refuse(`data.${field}`, `${classes.length} ${what}, but the model has ${outputs} outputs`);
  }
  const once = (field: string, list: readonly string[]) => {
    const twice = list.findIndex((entry, i) => list.indexOf(entry) !== i);
    if (twice >= 0) refuse(`data.${field}[${twice}]`, 'stands there twice');
  };
  if (data.classes) once('classes', data.classes);
  if (data.kind === 'images') return;
  const columns = data.columns.map((column) => (typeof column === 'string' ? column : column.name));
  once('columns', columns);
  data.columns.forEach((column, i) => {
    if (typeof column !== 'string' && column.kind === 'category')
      once(`columns[${i}].categories`, column.categories);
  });
  if (data.scaling === 'none') {
    data.columns.forEach((column, i) => {
      const rule = typeof column === 'string' ? undefined : column.missing;
      if (rule !== 'mean' && rule !== 'median') return;
      refuse(`data.columns[${i}].missing`, `${rule} is what columns are scaled by: data.scaling is none`);
    });
  }
  const targets = targetsOf(data);
  if (typeof data.target !== 'string') {
    once('target', targets);
    if (data.classes) refuse('data.target', 'classes stand in one column');
  }
  if (targets.some((name) => columns.includes(name))) refuse('data.target', 'is one of the columns too');
  if (data.owners) checkOwners(job.parties, { ...data, owners: data.owners }, columns, refuse);
  else if (data.key !== undefined) refuse('data.key', 'is of columns that are divided: data.owners');
  if (data.keys && data.key === undefined) refuse('data.keys', 'are of data.key, which is missing');
  if (data.classes) return;
  const loss = job.task === 'train' ? job.training.loss : job.task === 'evaluate' ? job.loss : null;
  if (loss !== null && loss !== 'meanSquaredError') {
    refuse(
      job.task === 'train' ? 'training.loss' : 'loss',
      'must be meanSquaredError where the target is a number',
    );
  }
}

const LEFT_OUT = 'no row is left out where others have columns of it';

/** Columns stand in the order of their owners, as parties stand in the job; one owner has the target; all have the same rows. */
function checkOwners(
  parties: readonly string[],
  { owners, rows, key, ...form }: TableData<TestRows | RowCounts> & { owners: Record<string, string[]> },
  columns: readonly string[],
  refuse: Refuse,
): void {
  const targets = targetsOf(form as TableForm);
  const named = parties.flatMap((party) => owners[party] ?? []);
  const lacking = [...columns, ...targets].find((column) => !named.includes(column));
  if (lacking !== undefined) refuse('data.owners', `nobody has the column "${lacking}"`);
  for (const [owner, own] of Object.entries(owners)) {
    own.forEach((column, i) => {
      const path = `data.owners.${owner}[${i}]`;
      if (![...columns, ...targets].includes(column)) refuse(path, 'is no column of the job');
      if (named.indexOf(column) !== named.lastIndexOf(column)) refuse(path, 'stands there twice');
    });
    if (own.every((column) => targets.includes(column)))
      refuse(`data.owners.${owner}`, 'has no column to learn from');
  }
  const holding = Object.keys(owners).filter((owner) =>
    targets.some((target) => owners[owner].includes(target)),
  );
  if (holding.length > 1) refuse('data.owners', `the targets are at ${holding.join(' and ')}`);
  const ordered = named.filter((column) => !targets.includes(column));
  const wrong = columns.findIndex((column, i) => column !== ordered[i]);
  if (wrong >= 0) {
    refuse(
      `data.columns[${wrong}]`,
      `columns stand in the order of their owners: "${ordered[wrong]}" comes here`,
    );
  }
  if (key !== undefined && named.includes(key)) refuse('data.key', 'is one of the columns too');
  const left = form.columns.findIndex((column) => typeof column !== 'string' && column.missing === 'drop');
  if (left >= 0) refuse(`data.columns[${left}].missing`, LEFT_OUT);
  if (form.missingTarget === 'drop') refuse('data.missingTarget', LEFT_OUT);
  const [first] = Object.keys(rows);
  const other = Object.keys(rows).find(
    (owner) => JSON.stringify(rows[owner]) !== JSON.stringify(rows[first]),
  );
  if (other !== undefined)
    refuse(`data.rows.${other}`, `columns are of the same rows, and ${first} has others`);
}
