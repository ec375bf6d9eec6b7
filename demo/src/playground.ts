/** Page 3: numbers of two owners, an operation, shares, and the opened result. */
import { createSession, type SecureTensor } from 'beaverdam';
import { split } from 'beaverdam/sharing';
import { element, make, showError, tableRow } from './dom.js';
import { bytes, short } from './format.js';
import { type Matrix, readNumbers, sameShape } from './numbers.js';

interface Operation {
  readonly run: (x: SecureTensor, y: SecureTensor) => SecureTensor;
  /** What the shapes have to be; null where they are right. */
  readonly refuse?: (x: Matrix, y: Matrix) => string | null;
}

const alike = (x: Matrix, y: Matrix): string | null =>
  sameShape(x, y) ? null : 'Both owners need as many rows and columns for this operation.';
const flat = (tensor: SecureTensor): SecureTensor => tensor.reshape([tensor.size]);

const OPERATIONS: Readonly<Record<string, Operation>> = {
  add: { run: (x, y) => x.add(y), refuse: alike },
  mul: { run: (x, y) => x.mul(y), refuse: alike },
  matmul: {
    run: (x, y) => x.matmul(y),
    refuse: (x, y) =>
      x.shape[1] === y.shape[0]
        ? null
        : `Alice's ${x.shape[1]} columns must be as many as bob's rows, which are ${y.shape[0]}.`,
  },
  relu: { run: (x, y) => x.add(y).relu(), refuse: alike },
  sigmoid: { run: (x, y) => x.add(y).sigmoid(), refuse: alike },
  mean: { run: (x, y) => flat(x).concat(flat(y)).mean() },
};

export function startPlayground(): void {
  const form = element('play-form', HTMLFormElement);
  const error = element('play-error', HTMLElement);
  const status = element('play-status', HTMLElement);
  const start = element('play-start', HTMLButtonElement);
  const run = async () => {
    showError(error, null);
    element('play-outcome', HTMLElement).hidden = true;
    start.disabled = true;
    try {
      const fields = new FormData(form);
      const x = readNumbers('alice', String(fields.get('alice')));
      const y = readNumbers('bob', String(fields.get('bob')));
      const operation = OPERATIONS[String(fields.get('operation'))];
      const refusal = operation.refuse?.(x, y) ?? null;
      if (refusal) throw new RangeError(refusal);
      status.textContent = 'Starting the roles and computing on shares …';
      await compute(x, y, operation);
      status.textContent = 'Done.';
    } catch (reason) {
      status.textContent = '';
      showError(error, reason);
    } finally {
      start.disabled = false;
    }
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    run();
  });
}

async function compute(x: Matrix, y: Matrix, { run }: Operation): Promise<void> {
  const session = await createSession({ parties: ['alice', 'bob'] });
  try {
    const [a, b] = [
      session.share(x.values, { owner: 'alice', shape: x.shape }),
      session.share(y.values, { owner: 'bob', shape: y.shape }),
    ];
    const result = run(a, b);
    const opened = await result.reveal({ to: 'owner' });
    const totals = await session.totals();
    showShares('alice', x);
    showShares('bob', y);
    showResult([...opened], result.shape);
    const { rounds = 0, online = 0 } = totals.get('alice') ?? {};
    const dealt = totals.get('provider')?.dealt ?? 0;
    element('play-costs', HTMLElement).textContent =
      `${rounds} rounds between the parties, those that share the numbers among them; each sent the other ${rounds ? bytes(online) : 'nothing'}, and the provider dealt ${dealt ? bytes(dealt) : 'nothing'}.`;
    element('play-outcome', HTMLElement).hidden = false;
  } finally {
    await session.close();
  }
}

/** Shares of an owner's numbers, drawn as its role draws them. */
function showShares(owner: string, { values }: Matrix): void {
  const rows = values.map((value) => {
    const { shares } = split(value, 2, { fractionBits: 20 });
    return tableRow(short(value), ...shares.map(String));
  });
  element(`play-${owner}-shares`, HTMLElement).replaceChildren(...rows);
}

function showResult(values: readonly number[], shape: readonly number[]): void {
  const columns = shape.length === 2 ? shape[1] : Math.max(1, values.length);
  const rows = Array.from({ length: values.length / columns }, (_, row) =>
    make(
      'tr',
      {},
      ...values.slice(row * columns, (row + 1) * columns).map((value) => make('td', {}, short(value))),
    ),
  );
  element('play-result', HTMLElement).replaceChildren(...rows);
}
