// compare kernels
