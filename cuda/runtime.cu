// The table of the CUDA runtime that is linked.
#include <cuda_runtime_api.h>

#include <cstdlib>

#include "cuda/tables.hpp"

namespace nonconvex::cuda {
namespace {

dim3 toDim3(Extent extent) { return {extent.x, extent.y, extent.z}; }
cudaStream_t toStream(Stream stream) { return static_cast<cudaStream_t>(stream); }
cudaMemcpyKind toKind(Direction direction) {
  switch (direction) {
    case Direction::hostToDevice:
      return cudaMemcpyHostToDevice;
    case Direction::deviceToHost:
      return cudaMemcpyDeviceToHost;
    default:
      return cudaMemcpyDeviceToDevice;
  }
}
static_assert(cudaErrorMemoryAllocation == outOfMemory);

int describe(int device, Properties* properties) {
  cudaDeviceProp values;
  if (const int status = cudaGetDeviceProperties(&values, device); status != 0) return status;
  *properties = {values.name, values.major, values.minor};
  return 0;
}

constexpr Runtime runtime = {
    .deviceCount = [](int* count) -> int { return cudaGetDeviceCount(count); },
    .describe = describe,
    .setDevice = [](int device) -> int { return cudaSetDevice(device); },
    .memoryInfo = [](std::size_t* free, std::size_t* total) -> int { return cudaMemGetInfo(free, total); },
    .allocate = [](void** memory, std::size_t bytes) -> int { return cudaMalloc(memory, bytes); },
    .release = [](void* memory) -> int { return cudaFree(memory); },
    .allocatePinned = [](void** memory, std::size_t bytes) -> int { return cudaMallocHost(memory, bytes); },
    .releasePinned = [](void* memory) -> int { return cudaFreeHost(memory); },
    .createStream = [](Stream* stream) -> int {
      cudaStream_t made = nullptr;
      const int status = cudaStreamCreateWithFlags(&made, cudaStreamNonBlocking);
      *stream = made;
      return status;
    },
    .destroyStream = [](Stream stream) -> int { return cudaStreamDestroy(toStream(stream)); },
    .synchronize = [](Stream stream) -> int { return cudaStreamSynchronize(toStream(stream)); },
    .copy = [](void* to, const void* from, std::size_t bytes, Direction direction, Stream stream) -> int {
      return cudaMemcpyAsync(to, from, bytes, toKind(direction), toStream(stream));
    },
    .copy2D = [](void* to, std::size_t toPitch, const void* from, std::size_t fromPitch, std::size_t width,
                 std::size_t height, Direction direction, Stream stream) -> int {
      return cudaMemcpy2DAsync(to, toPitch, from, fromPitch, width, height, toKind(direction), toStream(stream));
    },
    .set = [](void* memory, int byte, std::size_t bytes, Stream stream) -> int {
      return cudaMemsetAsync(memory, byte, bytes, toStream(stream));
    },
    .launch = [](const void* kernel, Extent grid, Extent block, void** arguments, Stream stream) -> int {
      return cudaLaunchKernel(kernel, toDim3(grid), toDim3(block), arguments, 0, toStream(stream));
    },
    .forgetError = []() -> int { return cudaGetLastError(); },
    .describeError = [](int status) { return cudaGetErrorString(static_cast<cudaError_t>(status)); },
};

}  // namespace

const Tables& realTables() {
  // Never destroyed: at exit() a solve may still use it.
  static const Tables* const tables = [] {
    const char* folders = std::getenv("NONCONVEX_CUDA_LIBRARIES");
    const std::string where = folders == nullptr ? "" : folders;
    return new Tables{runtime, loadCublas(where), loadCusolver(where)};
  }();
  return *tables;
}

}  // namespace nonconvex::cuda
