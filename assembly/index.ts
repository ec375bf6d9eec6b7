// Every kernel that the module exports, by topic; the bindings have a file of the same name for each. A topic is a file,
// or a folder of files; what kernels are made of and the module does not export is in folders named `parts`.
export * from './chacha/chacha';
export * from './compare/combine';
export * from './compare/compare';
export * from './compare/leaves';
export * from './fixed';
export * from './high-bits';
export * from './matmul/matmul32';
export * from './matmul/matmul64';
export * from './narrow';
export * from './patches';
export * from './planes/boolean';
export * from './planes/planes';
export * from './polynomial';
export * from './trigonometric/harmonics';
export * from './trigonometric/trigonometric';
export * from './truncate/select';
export * from './truncate/select-words';
export * from './truncate/unmask-bit';
export * from './truncate/truncate';
export * from './vector/movement';
export * from './vector/rows';
export * from './vector/vector';
