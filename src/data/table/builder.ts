/** A column that grows cell by cell. Its kind follows from its first cell, unless it was given. */
import { type ColumnKind, fits, isMissing, lookalike, numberOf } from './cells.js';
import { Growing } from './growing.js';
import type { MissingRule, TableColumn } from './table.js';

export interface ColumnPlan {
  readonly name: string;
  readonly kind: ColumnKind | undefined;
  readonly missing: MissingRule;
  readonly target: boolean;
}

/** What holds for all columns of a table. */
export interface CellRules {
  readonly decimal: '.' | ',';
  readonly maxCategories: number;
  /** True where a shape has said what is done with missing cells. */
  readonly fixed: boolean;
}

/** A cell as it is kept: a number, or a text; null where it is missing. */
type Cell = number | string | null;

export class ColumnBuilder {
  readonly plan: ColumnPlan;
  readonly #rules: CellRules;
  #kind: ColumnKind | undefined;
  #count = 0;
  readonly #numbers = new Growing(Float64Array);
  readonly #codes = new Growing(Int32Array);
  readonly #index = new Map<string, number>();

  constructor(plan: ColumnPlan, rules: CellRules) {
    this.plan = plan;
    this.#rules = rules;
    this.#kind = plan.kind;
  }

  /**
   * What a cell says; null where it is missing and may be.
   * @param at the table's name and the line
   * @throws RangeError that names line and column, never what stands there
   */
  read(field: string, at: string): Cell {
    const text = field.trim();
    const { name, missing } = this.plan;
    if (isMissing(text)) {
      if (missing === 'error') throw new RangeError(`${at}, column "${name}": ${this.#missing()}`);
      return null;
    }
    this.#kind ??= this.#kindOf(text, at);
    const value =
      this.#kind === 'number' || !this.plan.kind ? numberOf(text, this.#rules.decimal) : undefined;
    if (this.#kind === 'category') {
      if (value !== undefined) {
        throw new RangeError(
          `${at}, column "${name}": a number, and text before (${this.#asCategory()} where these numbers are names)`,
        );
      }
      return text;
    }
    if (value === undefined) throw new RangeError(`${at}, column "${name}": ${this.#notNumber(text)}`);
    if (!fits(value)) throw new RangeError(`${at}, column "${name}": too large for a number, or not finite`);
    return value;
  }

  push(cell: Cell, at: string): void {
    if (this.#kind === 'category') {
      while (this.#codes.length < this.#count) this.#codes.push(-1); // missing before the kind was known
      this.#codes.push(typeof cell === 'string' ? this.#code(cell, at) : -1);
    } else {
      this.#numbers.push(typeof cell === 'number' ? cell : Number.NaN);
    }
    this.#count++;
  }

  /** @throws RangeError where the column has no value at all, and no shape has said what stands in for one */
  build(table: string): TableColumn {
    const { name, missing } = this.plan;
    const whole = this.#rules.fixed && missing !== 'error'; // a shape has said what stands in
    if (this.#kind === 'category' && (this.#index.size > 0 || whole)) {
      return { kind: 'category', name, missing, codes: this.#codes.values(), texts: [...this.#index.keys()] };
    }
    const values = this.#numbers.values();
    if (this.#kind !== 'number' || (values.every(Number.isNaN) && !whole)) {
      throw new RangeError(`${table}, column "${name}": no row has a value (ignore: ["${name}"])`);
    }
    return { kind: 'number', name, missing, values };
  }

  #code(text: string, at: string): number {
    const known = this.#index.get(text);
    if (known !== undefined) return known;
    const { maxCategories } = this.#rules;
    const { name, target } = this.plan;
    if (this.#index.size >= maxCategories) {
      const what = target ? 'classes' : 'different texts';
      const hint = target ? '' : `leave out what is different in each row (ignore: ["${name}"]), or `;
      throw new RangeError(
        `${at}, column "${name}": more than ${maxCategories} ${what} (${hint}raise maxCategories)`,
      );
    }
    this.#index.set(text, this.#index.size);
    return this.#index.size - 1;
  }

  #kindOf(text: string, at: string): ColumnKind {
    if (numberOf(text, this.#rules.decimal) !== undefined) return 'number';
    const looks = lookalike(text, this.plan.name);
    if (looks === undefined) return 'category';
    const { name } = this.plan;
    throw new RangeError(
      `${at}, column "${name}": ${looks}; ${this.#asCategory()} takes the texts as categories`,
    );
  }

  #asCategory(): string {
    return `kinds: { ${JSON.stringify(this.plan.name)}: 'category' }`;
  }

  #missing(): string {
    const { name, target } = this.plan;
    if (this.#rules.fixed) return 'missing value, for which the shape has none';
    if (target) return `missing target (missing: { ${JSON.stringify(name)}: 'drop' } leaves such rows out)`;
    return "missing value (missing: 'mean', 'median' or 'drop')";
  }

  #notNumber(text: string): string {
    const looks = lookalike(text, this.plan.name);
    if (looks !== undefined) return `not a number: ${looks}`;
    return this.plan.kind ? 'not a number' : `not a number, as those before (or ${this.#asCategory()})`;
  }
}
