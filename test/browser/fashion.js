import { fashionMnistJob, runJob } from 'beaverdam/jobs';

/** Trains on Fashion-MNIST: 640 images, 3 epochs. */
export const trainFashion = async () => runJob(await fashionMnistJob({ images: 640, epochs: 3, ring: 32 }));
