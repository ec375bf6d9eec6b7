/** Numbers as grey pixels. */

/** Draws values 0..1, line by line, as many as the canvas has pixels; `label` says to those who do not see it what it is. */
export function drawGrey(canvas: HTMLCanvasElement, values: ArrayLike<number>, label: string): void {
  // few pixels, which need no graphics card and can be read again
  const context = canvas.getContext('2d', { willReadFrequently: true }) as CanvasRenderingContext2D;
  const picture = context.createImageData(canvas.width, canvas.height);
  for (let i = 0; i < canvas.width * canvas.height; i++) {
    const grey = Math.round(255 * values[i]);
    picture.data.set([grey, grey, grey, 255], 4 * i);
  }
  context.putImageData(picture, 0, 0);
  canvas.setAttribute('aria-label', label);
}

/** A share, an integer modulo 2^64, as grey: its highest eight bits. */
export const greyOfShare = (share: bigint): number => Number(BigInt.asUintN(64, share) >> 56n) / 255;
