// truncate kernels
