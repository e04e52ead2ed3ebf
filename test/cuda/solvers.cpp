// The solvers for the simulated device: by g++, whose kernels are loops.
#include "cuda/solvers.cu"
