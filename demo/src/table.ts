/** Page 4: a table of the visitor's own, trained on by two owners who have its rows in turn. */
import { loadWine, readTable, type Table, type TableShape } from 'beaverdam/data';
import { type JobResult, type LocalTrainingJob, tableJob } from 'beaverdam/jobs';
import { element, make, showError } from './dom.js';
import { saveModel } from './save-model.js';
import { showScore, TrainingView } from './training.js';

/** Columns of more different texts are left out unless they are asked for, which tells of it. */
const MOST_TEXTS = 64;

export function startTable(): void {
  const view = new TrainingView('table');
  const input = element('table-file', HTMLInputElement);
  const drop = element('table-drop', HTMLElement);
  const target = element('table-target', HTMLSelectElement);
  let file: File | null = null;
  let trained: { job: LocalTrainingJob; result: JobResult; shape: TableShape } | null = null;

  const take = async (given: File | undefined) => {
    if (!given) return;
    const error = element('table-error', HTMLElement);
    showError(error, null);
    for (const id of ['table-live', 'table-outcome']) element(id, HTMLElement).hidden = true;
    try {
      const table = await readTable(given, { name: given.name, missing: 'drop', maxCategories: 100_000 });
      file = given;
      offer(table);
      view.status.textContent = `${given.name}: ${table.rows.toLocaleString('en')} rows, ${table.columns.length} columns${table.dropped ? `; ${table.dropped} rows with a missing cell are left out` : ''}.`;
      element('table-form', HTMLElement).hidden = false;
      target.focus();
    } catch (reason) {
      element('table-form', HTMLElement).hidden = true;
      view.status.textContent = '';
      showError(error, reason);
    }
  };

  input.addEventListener('change', () => take(input.files?.[0]));
  element('table-example', HTMLButtonElement).addEventListener('click', async () => take(await wineFile()));
  target.addEventListener('change', markTarget);
  for (const event of ['dragover', 'dragleave', 'drop'] as const) {
    drop.addEventListener(event, (dropped) => {
      dropped.preventDefault();
      drop.classList.toggle('over', event === 'dragover');
      if (event === 'drop') take(dropped.dataTransfer?.files[0]);
    });
  }

  element('table-form', HTMLFormElement).addEventListener('submit', async (event) => {
    event.preventDefault();
    let shape: TableShape | null = null;
    const done = await view.run(async () => {
      if (!file) throw new RangeError('Choose a file first.');
      const options = { name: file.name, target: target.value, ignore: ignored(), missing: 'drop' } as const;
      const made = await tableJob(file, options);
      shape = made.shape;
      view.loss.begin(made.job.epochs);
      view.score.begin(made.job.epochs);
      const regress = made.job.task === 'regress';
      for (const name of document.querySelectorAll('.table-score')) {
        name.textContent = regress ? 'R²' : 'accuracy';
      }
      return made.job;
    });
    if (!done || !shape) return;
    trained = { ...done, shape };
    const { job, result } = trained;
    const score = showScore(job, result.regression?.r2 ?? result.accuracy);
    element('table-result', HTMLElement).textContent = score;
    view.status.textContent = `Done: ${job.task === 'regress' ? `R² ${score}` : `${score} right`} on the test rows.`;
  });
  for (const part of ['json', 'bin'] as const) {
    element(`table-save-${part}`, HTMLButtonElement).addEventListener('click', () => {
      if (trained) saveModel(part, trained);
    });
  }
}

/** Puts a table's columns to choose from; the last is the target unless told otherwise. */
function offer({ columns }: Table): void {
  const names = columns.map(({ name }) => name);
  const options = names.map((name) => make('option', { value: name }, name));
  const target = element('table-target', HTMLSelectElement);
  target.replaceChildren(...options);
  target.value = names[names.length - 1];
  const boxes = columns.map((column) => {
    const box = make('input', { type: 'checkbox', name: 'column', value: column.name });
    box.checked = column.kind === 'number' || column.texts.length <= MOST_TEXTS;
    return make('label', {}, box, column.name);
  });
  element('table-columns', HTMLElement).replaceChildren(...boxes);
  markTarget();
}

const boxes = (): HTMLInputElement[] => [
  ...element('table-columns', HTMLElement).querySelectorAll<HTMLInputElement>('input'),
];

/** The target is not learned from. */
function markTarget(): void {
  const { value } = element('table-target', HTMLSelectElement);
  for (const box of boxes()) box.disabled = box.value === value;
}

const ignored = (): string[] =>
  boxes()
    .filter(({ checked, disabled }) => !checked && !disabled)
    .map(({ value }) => value);

/** Wine as a file, for who has none at hand. */
async function wineFile(): Promise<File> {
  const { x, y, rows, features, classes, names } = await loadWine();
  const header = [
    ...(names?.features ?? Array.from({ length: features }, (_, i) => `x${i + 1}`)),
    'cultivar',
  ];
  const lines = Array.from({ length: rows }, (_, row) => {
    const label = y.subarray(row * classes, (row + 1) * classes).indexOf(1);
    const values = Array.from(x.subarray(row * features, (row + 1) * features), (value) =>
      value.toPrecision(6),
    );
    return [...values, `cultivar ${label + 1}`].join(',');
  });
  const text = [header.map((name) => JSON.stringify(name)).join(','), ...lines].join('\n');
  return new File([text], 'wine.csv', { type: 'text/csv' });
}
