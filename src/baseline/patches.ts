/** Windows of one image as the rows of a matrix, so that a convolution is a matrix product. */
import type { WindowPlan } from '../model/window.js';

/**
 * Visits every part of a window that lies inside the image: runs of `length` numbers that are adjacent both in the
 * image and in the matrix of windows [outputHeight·outputWidth, kernelHeight·kernelWidth·channels].
 */
function forRuns(plan: WindowPlan, visit: (image: number, matrix: number, length: number) => void): void {
  const { inputHeight, inputWidth, channels, kernelHeight, kernelWidth, padTop, padLeft } = plan;
  const width = kernelHeight * kernelWidth * channels;
  let window = 0;
  for (let i = 0; i < plan.outputHeight; i++) {
    for (let j = 0; j < plan.outputWidth; j++, window += width) {
      const left = j * plan.strideWidth - padLeft;
      const from = Math.max(left, 0);
      const length = (Math.min(left + kernelWidth, inputWidth) - from) * channels;
      for (let p = 0; p < kernelHeight; p++) {
        const y = i * plan.strideHeight - padTop + p;
        if (y < 0 || y >= inputHeight) continue;
        const image = (y * inputWidth + from) * channels;
        visit(image, window + (p * kernelWidth + from - left) * channels, length);
      }
    }
  }
}

/** The windows of `image`, one a row; zero outside the image. */
export function imageToWindows(windows: Float32Array, image: Float32Array, plan: WindowPlan): void {
  windows.fill(0);
  forRuns(plan, (from, to, length) => {
    for (let e = 0; e < length; e++) windows[to + e] = image[from + e];
  });
}

/** The transpose of {@link imageToWindows}: every number of the image is the sum of its copies in the windows. */
export function windowsToImage(image: Float32Array, windows: Float32Array, plan: WindowPlan): void {
  image.fill(0);
  forRuns(plan, (to, from, length) => {
    for (let e = 0; e < length; e++) image[to + e] += windows[from + e];
  });
}
