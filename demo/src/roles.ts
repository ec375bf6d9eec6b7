/** Page 2: a picture, its two shares, their sum, and what crosses when it is computed with. */
import { createSession, type LedgerTotals } from 'beaverdam';
import { type Dataset, loadFashionMnist } from 'beaverdam/data';
import { join, type SharedNumber, split } from 'beaverdam/sharing';
import { showCosts } from './costs.js';
import { element, showError } from './dom.js';
import { drawGrey, greyOfShare } from './grey.js';

const IMAGES = 40;
/** Image 18 of the training images is a shirt. */
const FIRST = 18;
const UNITS = 10;

export function startRoles(): void {
  const again = element('roles-again', HTMLButtonElement);
  const next = element('roles-next', HTMLButtonElement);
  const error = element('roles-error', HTMLElement);
  const status = element('roles-status', HTMLElement);
  let images: Dataset | null = null;
  let index = FIRST;
  const show = async (step: number) => {
    again.disabled = next.disabled = true;
    showError(error, null);
    try {
      images ??= (await loadFashionMnist({ train: IMAGES, test: 1 })).train;
      index = (index + step) % IMAGES;
      const { pixels, name } = imageAt(images, index);
      drawAll(pixels, name);
      status.textContent = `${name}: shared. Counting what crosses …`;
      showCosts(element('roles-costs', HTMLElement), await whatCrosses(pixels));
      status.textContent = `${name}: shared with new random numbers.`;
    } catch (reason) {
      status.textContent = '';
      showError(error, reason);
    } finally {
      again.disabled = next.disabled = false;
    }
  };
  again.addEventListener('click', () => show(0));
  next.addEventListener('click', () => show(1));
  show(0);
}

function imageAt({ x, y, features, classes, names }: Dataset, index: number) {
  const pixels = x.slice(index * features, (index + 1) * features);
  const label = y.subarray(index * classes, (index + 1) * classes).indexOf(1);
  return { pixels, name: names?.classes?.[label] ?? 'Image' };
}

/** The image, both shares and their sum. */
function drawAll(pixels: Float32Array, name: string): void {
  const shared = Array.from(pixels, (pixel) => split(pixel, 2));
  draw('roles-image', pixels, `${name}, as alice has it`);
  draw('roles-alice', shareOf(shared, 0), 'Random grey pixels');
  draw('roles-bob', shareOf(shared, 1), 'Random grey pixels');
  draw('roles-sum', shared.map(join), `${name} again`);
  element('roles-caption', HTMLElement).textContent = name;
}

const shareOf = (shared: readonly SharedNumber[], party: number): number[] =>
  shared.map(({ shares }) => greyOfShare(shares[party]));

const draw = (id: string, values: ArrayLike<number>, label: string): void =>
  drawGrey(element(id, HTMLCanvasElement), values, label);

/** Alice's picture through a layer of bob's, its ten outputs opened to the model owner. */
async function whatCrosses(pixels: Float32Array): Promise<ReadonlyMap<string, LedgerTotals>> {
  const session = await createSession({ parties: ['alice', 'bob'], ring: 32 });
  try {
    const image = session.share(pixels, { owner: 'alice', shape: [1, pixels.length] });
    const weights = Float32Array.from({ length: pixels.length * UNITS }, () => Math.random() / 8 - 1 / 16);
    const layer = session.share(weights, { owner: 'bob', shape: [pixels.length, UNITS] });
    await image.matmul(layer).relu().reveal({ to: 'owner' });
    return await session.totals();
  } finally {
    await session.close();
  }
}
