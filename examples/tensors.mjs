/** Tensors on shares: two owners bring numbers, one of them learns a result, nobody learns more. */
import { createSession } from 'beaverdam';

// a worker thread a role: alice and bob compute, a provider deals randomness, an owner reads results
const session = await createSession({ parties: ['alice', 'bob'] });

const hours = session.share(
  [
    [38, 40],
    [20, 41],
    [36, 12],
  ],
  { owner: 'alice' },
);
const wages = session.share([[21], [17.5]], { owner: 'bob' });

// operations return at once; a result exists when somebody is shown it
const pay = hours.matmul(wages);
const most = session.tidy(() => pay.reshape([3]).max());
const above = pay.greater(1000);

console.log(pay.shape, String(most)); // [ 3, 1 ] SecureTensor [] of alice, bob
console.log(await most.reveal({ to: 'alice' })); // Float64Array(1) [ 1498 ]
console.log(await above.sum().reveal({ to: 'bob' })); // Float64Array(1) [ 2 ]

// what it took: rounds of talk, and bytes that alice sent
const alice = (await session.totals()).get('alice');
console.log(alice !== undefined && alice.rounds > 0); // true

await session.close();
