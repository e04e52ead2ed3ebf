#pragma once

/// Marks functions that run on the host and on a device: an operation on one entry, written once.
#ifdef __CUDACC__
#define NONCONVEX_HD __host__ __device__
#else
#define NONCONVEX_HD
#endif
