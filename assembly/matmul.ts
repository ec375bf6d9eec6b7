// Matrix products over the ring, one file a width.
export * from './matmul32';
export * from './matmul64';
