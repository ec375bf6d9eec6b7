// chacha kernels
