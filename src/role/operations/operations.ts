/** All operations on tensors. */
import { arithmetic } from './arithmetic.js';
import { functions } from './functions.js';
import type { OperationTable } from './table.js';

export const operations: OperationTable = { ...arithmetic, ...functions };
