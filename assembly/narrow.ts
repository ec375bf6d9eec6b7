// narrow kernels
