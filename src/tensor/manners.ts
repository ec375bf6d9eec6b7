/**
 * What the objects that users hold do beside their own methods: `console.log` prints their text, and `using` frees them. Types
 * also compile where the compiler does not know the symbols.
 */

type DisposeKey = SymbolConstructor extends { readonly dispose: infer Key extends symbol } ? Key : never;

/** For `using`; nothing where the compiler's `lib` has no `Symbol.dispose`. */
export type Disposal = { readonly [K in DisposeKey]: () => void };

/** Where Node's console and REPL look for how to print an object; other hosts know nothing of it. */
const INSPECT = Symbol.for('nodejs.util.inspect.custom');

/** Makes objects print as their `toString` says. */
export function printsAsText(prototype: { toString(): string }): void {
  Object.defineProperty(prototype, INSPECT, {
    value(this: object) {
      return String(this);
    },
  });
}

/** Makes `using` free objects at the end of a block, where the platform has the symbol. */
export function disposesInUsing(prototype: { dispose(): void }): void {
  if (!Symbol.dispose) return;
  Object.defineProperty(prototype, Symbol.dispose, {
    value(this: { dispose(): void }) {
      this.dispose();
    },
  });
}
