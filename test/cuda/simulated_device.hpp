// A CUDA device without a GPU. Its memory lies in a range of addresses of its own that can be touched only while the
// device works, so that host code which reads a device pointer crashes; each block of memory ends at a page that is
// never accessible, holds NaN at first, and its addresses are not used again. Work is queued and done when the host
// waits for its stream, as late as CUDA may do it. cuBLAS and cuSOLVER are shared libraries (substitute_*.cpp) that
// check their arguments as NVIDIA's do.
#pragma once

#include <cstddef>
#include <functional>

#include "cuda/tables.hpp"

namespace nonconvex::simulated {

/// The device and its libraries, found by the same loader as real ones.
const cuda::Tables& tables();

/// What is alive and what has been called.
struct Counts {
  long calls = 0;  ///< calls of all tables, except those that free
  long launches = 0;
  long waits = 0;
  std::size_t crossed = 0;  ///< bytes between host and device
  long allocations = 0;     ///< cudaMalloc that are not freed yet, like the following
  std::size_t bytes = 0;
  long pinned = 0;
  long streams = 0;
  long handles = 0;

  bool nothingAlive() const { return allocations == 0 && bytes == 0 && pinned == 0 && streams == 0 && handles == 0; }
};
Counts counts();

/// Bytes that the device has in all; 1 GiB at first.
void setCapacity(std::size_t bytes);
/// Lets the k-th call from now on fail, once; 0 is the next one, -1 none.
void failAt(long k);
/// Returns true if the call that is to fail has been reached.
bool failed();

#define NONCONVEX_SIMULATED __attribute__((visibility("default")))  // the libraries export these

/// A call begins: 0, or whatever status it is to fail with, `failure`.
NONCONVEX_SIMULATED int enter(int failure);
NONCONVEX_SIMULATED void enqueue(cuda::Stream stream, std::function<void()> work);
/// Does what was queued.
NONCONVEX_SIMULATED void finish(cuda::Stream stream);
/// Returns true if all of the memory is in one live block.
NONCONVEX_SIMULATED bool onDevice(const void* memory, std::size_t bytes);
NONCONVEX_SIMULATED void countHandle(int change);

}  // namespace nonconvex::simulated
