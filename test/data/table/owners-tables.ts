/** Two owners' tables of flowers, with the same columns in another order; each has texts and kinds that the other lacks. */
import { flowers } from './small-tables.js';

const [, ...lines] = flowers.trimEnd().split('\n');
const cells = lines.map((line) => line.split(','));

/** No virginica, and no red flower. */
export const north = `sepal,petal,width,colour,kind\n${cells
  .filter(([, , , , kind], i) => kind === 'setosa' || (kind === 'versicolor' && i % 2 === 0))
  .map((row) => row.join(','))
  .join('\n')}\n`;

/** No setosa, and no white flower; nobody has measured sepals. */
export const south = `kind,colour,width,petal,sepal\n${cells
  .filter(([, , , , kind], i) => kind === 'virginica' || (kind === 'versicolor' && i % 2 === 1))
  .map(([, petal, width, colour, kind]) =>
    [kind, colour === 'white' ? 'red' : colour, width, petal, ''].join(','),
  )
  .join('\n')}\n`;
