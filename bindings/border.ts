/**
 * What crosses the border between TypeScript and the kernels, kept apart by the compiler: all are numbers when the
 * program runs. A number of no kind, as arithmetic makes it, fits everywhere; one of a known kind only where it belongs.
 * Sources are not told from each other, nor shifts from flags: there the names of bindings/kernels.ts have to do.
 */

declare const kind: unique symbol;
type Kind<K extends string> = number & { readonly [kind]?: K };

/** Address of bytes in wasm memory that may be written. */
export type Address = Kind<'address'>;
/** Address of bytes that are only read. */
export type Source = Kind<'address' | 'source'>;
/** How many words, rows, planes or bytes. */
export type Count = Kind<'count'>;
export type Size = Count;
/** Another integer: a shift, a stride, a flag, a mode. */
export type I32 = Kind<'i32'>;
/** A real number, or an integer beyond 32 bits. */
export type F64 = Kind<'f64'>;

/** The address of nothing: stands for what is left out. */
export const NULL = 0 as Address;

/** The address `bytes` bytes further on. */
export const further = <A extends Source>(address: A, bytes: number): A => (address + bytes) as A;
