/** A table with texts and missing cells, the same every time. */
import { houses } from '../data/table/small-tables.js';

/** Houses: some have no area, age or heating. */
export const holes = houses
  .trimEnd()
  .split('\n')
  .map((line, i) => {
    const [area, rooms, age, heating, price] = line.split(',');
    const gone = (every: number, cell: string, sign: string) => (i > 0 && i % every === 0 ? sign : cell);
    return [gone(13, area, ''), rooms, gone(17, age, 'NA'), gone(29, heating, '?'), price].join(',');
  })
  .join('\n');
