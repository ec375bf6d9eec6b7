// planes kernels
