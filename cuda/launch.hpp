// From the body of a kernel to a launch. A body is a trivially copyable struct with
//   Shared                                      memory that the threads of a block share
//   phases                                      how many steps there are; threads of a block wait for each other
//   between them operator()(int phase, Shared&, Thread)      one thread's part of a step
// so that the same code runs on a device and, in tests, as loops over blocks, steps and threads.
#pragma once

#include <cstddef>
#include <type_traits>

#include "cuda/geometry.hpp"

namespace nonconvex::cuda {

struct NothingShared {};

#ifdef __CUDACC__

template <class Body>
__global__ void __launch_bounds__(blockSize) run(const Body body) {
  __shared__ typename Body::Shared shared;
  const Thread thread = {{blockIdx.x, blockIdx.y, 0},
                         {threadIdx.x, threadIdx.y, 0},
                         {{gridDim.x, gridDim.y, 1}, {blockDim.x, blockDim.y, 1}}};
#pragma unroll
  for (int phase = 0; phase < Body::phases; ++phase) {
    if (phase > 0) __syncthreads();
    body(phase, shared, thread);
  }
}

template <class Body>
const void* kernel() {
  return reinterpret_cast<const void*>(&run<Body>);
}

#else

/// The kernel of a simulated device.
struct HostKernel {
  std::size_t bytes;  ///< size of the body
  void (*run)(const void* body, Geometry launch);
};

template <class Body>
void runOnHost(const void* memory, Geometry launch) {
  const Body& body = *static_cast<const Body*>(memory);
  Thread thread{{}, {}, launch};
  for (thread.block.y = 0; thread.block.y < launch.grid.y; ++thread.block.y) {
    for (thread.block.x = 0; thread.block.x < launch.grid.x; ++thread.block.x) {
      typename Body::Shared shared;
      for (int phase = 0; phase < Body::phases; ++phase) {
        for (thread.thread.y = 0; thread.thread.y < launch.block.y; ++thread.thread.y) {
          for (thread.thread.x = 0; thread.thread.x < launch.block.x; ++thread.thread.x) body(phase, shared, thread);
        }
      }
    }
  }
}

template <class Body>
inline constexpr HostKernel hostKernel = {sizeof(Body), runOnHost<Body>};

template <class Body>
const void* kernel() {
  return &hostKernel<Body>;
}

#endif

/// Queues a body; the status of the launch.
template <class Body>
int launch(const Runtime& runtime, Body body, Geometry geometry, Stream stream) {
  static_assert(std::is_trivially_copyable_v<Body>, "functors are copied to the device");
  static_assert(sizeof(Body) <= 4096, "what a kernel's arguments may take");
  void* arguments[] = {&body};
  return runtime.launch(kernel<Body>(), geometry.grid, geometry.block, arguments, stream);
}

}  // namespace nonconvex::cuda
