// What the parameters of exported kernels are. The aliases change nothing here: bindings/kernels.ts, which is written
// from the kernels' signatures, keeps them apart.

/** Address of what a kernel writes, and perhaps reads. */
export type Address = usize;
/** Address of what a kernel only reads. */
export type Source = usize;
/** How many words, rows, planes or the like. Other integers are i32: shifts, strides, flags, modes. */
export type Count = i32;
/** How many bytes, where that may be more than an i32 holds. */
export type Size = usize;
