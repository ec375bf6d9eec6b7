/** The built-in Wine data set (UCI 109, CC BY 4.0; see wine/README.md). */
import { readAsset } from '#host';
import { checkOptions } from '../options.js';
import type { Dataset } from './dataset.js';
import { toDataset } from './table/apply.js';
import { readTable } from './table/read.js';

/** 178 wines, 13 measured quantities in their own units, 3 cultivators; rows sorted by class. Not standardised. Takes no options. */
export async function loadWine(options: Record<string, never> = {}): Promise<Dataset> {
  checkOptions('loadWine', options, []);
  const bytes = await readAsset(new URL('./wine/wine.csv', import.meta.url));
  return toDataset(await readTable(bytes, { name: 'wine.csv', target: 'class' }));
}
