/**
 * The paper that all of this stands on, step by step: D. Beaver, "Efficient multiparty protocols using circuit
 * randomization" (CRYPTO '91). Three parties multiply two numbers that none of them knows.
 */
import { addShares, dealTriple, join, multiplyShares, split } from 'beaverdam/sharing';

// 1. Two secrets are cut into three shares each, a share a party. Any two of them are random numbers.
const x = split(3, 3);
const y = split(4.5, 3);
console.log(x.shares.length, join(x), join(y)); // 3 3 4.5

// 2. Sums need no talk: each party adds its own shares.
console.log(join(addShares(x, y))); // 7.5

// 3. A product needs a triple: random a and b and their product, in shares, dealt beforehand by somebody who sees neither
//    x nor y, and is gone by now.
const triple = dealTriple(3);

// 4. The parties open d = x − a and e = y − b. Both are random, since a and b are; they are all that anybody sees.
const { product, opened } = multiplyShares(x, y, triple);
console.log(Object.keys(opened)); // [ 'd', 'e' ]

// 5. x·y = c + d·b + e·a + d·e, and each party computes its share of that.
console.log(join(product)); // 13.5

// 6. The same openings would tell the difference of two numbers if a triple were used twice. So it is refused.
try {
  multiplyShares(x, x, triple);
} catch (error) {
  console.log(error instanceof Error); // true
}
