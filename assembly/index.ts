// Every kernel by topic; the bindings have a file of the same name for each.
export * from './vector';
export * from './matmul';
export * from './chacha';
export * from './fixed';
export * from './narrow';
export * from './patches';
export * from './planes';
export * from './compare';
export * from './truncate';
export * from './polynomial';
export * from './trigonometric';
