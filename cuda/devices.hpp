// Which CUDA devices there are, and why one cannot be used. This header needs nothing of CUDA.
#pragma once

#include <string>
#include <vector>

#include "cuda/tables.hpp"

namespace nonconvex {

struct CudaDevice {
  int number = 0;
  std::string name;
  std::string capability;  ///< the compute capability, such as "9.0"
  double memory = 0;       ///< bytes
  double freeMemory = 0;
  bool usable = false;
  std::string reason;  ///< one sentence, where it is not usable
};

/// The devices found, and one sentence about a missing driver, device or library.
struct CudaDevices {
  std::vector<CudaDevice> devices;
  std::string missing;

  /// The first device that can be used; nullptr: none.
  const CudaDevice* usable() const;
  /// Why none can be used.
  std::string reason() const;
};

/// Asking for free memory makes the driver's context on a device, which takes part of a second the first time.
CudaDevices cudaDevices(const cuda::Tables& tables);
/// The number of the first one that can be used, looking no further. Throws DEVICE_UNAVAILABLE with the reason if none
/// can.
int firstUsableDevice(const cuda::Tables& tables);
inline CudaDevices cudaDevices() { return cudaDevices(cuda::realTables()); }

}  // namespace nonconvex
