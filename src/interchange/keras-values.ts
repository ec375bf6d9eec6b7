/** The values in a Keras description, checked as they are read; what nobody has read is refused at the end. */
import { checkBoolean, checkInteger, checkNumber, checkText, kindOf } from '../options.js';

export type Entries = Readonly<Record<string, unknown>>;

/** @throws TypeError unless the value is an object, no array */
export function entriesOf(name: string, value: unknown): Entries {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Entries;
  throw new TypeError(`${name} must be an object, got ${kindOf(value)}`);
}

/** @throws TypeError unless the value is an array */
export function listOf(name: string, value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new TypeError(`${name} must be an array, got ${kindOf(value)}`);
}

/** What concerns training alone: refused unless the model is for predictions. */
const TRAINING_ONLY = /_(regularizer|constraint)$/;

/** How weights were made, before there were any. */
const INITIALIZER = /_initializer$/;

/** The options of one layer. */
export class KerasOptions {
  readonly #options: Entries;
  readonly #read = new Set(['name', 'batch_input_shape', 'batch_shape', 'dtype', 'trainable', 'seed']);

  /**
   * @param training whether what only training would notice matters
   * @throws RangeError for a dtype that is not float32, and for a layer that is not to be trained
   */
  constructor(options: unknown, training: boolean) {
    this.#options = entriesOf('config', options);
    checkType(this.#options.dtype);
    if (training && this.#options.trainable === false) refuse('trainable', this.#options.trainable);
    if (!training) {
      for (const key of Object.keys(this.#options)) if (TRAINING_ONLY.test(key)) this.#read.add(key);
      this.#read.add('noise_shape');
    }
  }

  #take(key: string): unknown {
    this.#read.add(key);
    return this.#options[key] ?? undefined;
  }

  /** The value, for the caller to check. */
  any(key: string): unknown {
    return this.#take(key);
  }

  number(key: string, missing?: number): number {
    const value = this.#take(key) ?? missing;
    checkNumber(key, value);
    return value;
  }

  integer(key: string): number {
    const value = this.#take(key);
    checkInteger(key, value, 1);
    return value;
  }

  boolean(key: string, missing: boolean): boolean {
    const value = this.#take(key) ?? missing;
    checkBoolean(key, value);
    return value;
  }

  text(key: string, missing: string): string {
    const value = this.#take(key) ?? missing;
    checkText(key, value);
    return value;
  }

  /** [height, width], given as one number or two. */
  pair(key: string, missing?: readonly [number, number]): [number, number] {
    const value = this.#take(key) ?? missing;
    const [height, width, ...more] = typeof value === 'number' ? [value, value] : listOf(key, value);
    if (more.length > 0) throw new RangeError(`${key} has ${2 + more.length} entries, not [height, width]`);
    checkInteger(key, height, 1);
    checkInteger(key, width, 1);
    return [height, width];
  }

  /** Refuses every value but the one with which the option does nothing. */
  only(key: string, ...harmless: unknown[]): void {
    const value = this.#take(key);
    const text = JSON.stringify(value);
    if (value === undefined || harmless.some((other) => JSON.stringify(other) === text)) return;
    refuse(key, value);
  }

  /** Images are to be [height, width, channels]. */
  channelsLast(): void {
    this.only('data_format', 'channels_last', 'channelsLast');
  }

  /** @throws RangeError for the first option that says something and that nobody has read */
  end(): void {
    for (const [key, value] of Object.entries(this.#options)) {
      if (this.#read.has(key) || INITIALIZER.test(key) || value === null || value === false) continue;
      refuse(key, value);
    }
  }
}

function refuse(key: string, value: unknown): never {
  const text = JSON.stringify(value) ?? '';
  const shown = text.length > 60 ? kindOf(value) : text;
  const hint =
    TRAINING_ONLY.test(key) || key === 'trainable' || key === 'noise_shape'
      ? '; with { training: false } it is left out, for a model that only predicts'
      : '';
  throw new RangeError(`${key} ${shown} has no counterpart on shares${hint}`);
}

/** A layer's dtype: a name, or Keras 3's policy. */
function checkType(dtype: unknown): void {
  const policy = typeof dtype === 'object' && dtype !== null && 'config' in dtype ? dtype.config : null;
  const name = policy ? entriesOf('dtype: config', policy).name : dtype;
  if ((name ?? 'float32') === 'float32') return;
  throw new RangeError(`dtype ${JSON.stringify(name)}: only float32 is read`);
}
