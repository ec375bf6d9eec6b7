// fixed kernels
