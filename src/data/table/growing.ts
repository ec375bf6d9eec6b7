/** Typed arrays that double when they are full, for rows whose number is not known before. */

type Numbers = Float64Array | Int32Array | Uint32Array;

export class Growing<T extends Numbers> {
  readonly #make: new (
    length: number,
  ) => T;
  #array: T;
  #length = 0;

  constructor(make: new (length: number) => T) {
    this.#make = make;
    this.#array = new make(256);
  }

  get length(): number {
    return this.#length;
  }

  push(value: number): void {
    if (this.#length === this.#array.length) {
      const larger = new this.#make(this.#length * 2);
      larger.set(this.#array);
      this.#array = larger;
    }
    this.#array[this.#length++] = value;
  }

  values(): T {
    return this.#array.slice(0, this.#length) as T;
  }
}
