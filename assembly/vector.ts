// vector kernels
