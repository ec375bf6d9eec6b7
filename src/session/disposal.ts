/** What makes `await using` close a session, in types that also compile where the symbol is not known. */

type AsyncDisposeKey = SymbolConstructor extends { readonly asyncDispose: infer Key extends symbol }
  ? Key
  : never;

/** For `await using`; nothing where the compiler's `lib` has no `Symbol.asyncDispose`. */
export type AsyncDisposal = { readonly [K in AsyncDisposeKey]: () => Promise<void> };
