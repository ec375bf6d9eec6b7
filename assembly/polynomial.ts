// polynomial kernels
