// trigonometric kernels
