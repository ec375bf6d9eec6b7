/** Tensors on shares in a page, with a worker a role. */
import { createSession } from 'beaverdam';

const output = document.querySelector('output');
try {
  const session = await createSession({ parties: ['alice', 'bob'] });
  const x = session.share(
    [
      [1, 2],
      [3, 4],
    ],
    { owner: 'alice' },
  );
  const y = session.share([[0.5], [2]], { owner: 'bob' });
  output.textContent = `revealed: ${await x.matmul(y).reveal()}`;
  await session.close();
} catch (error) {
  output.textContent = String(error);
}
