#include "cuda/devices.hpp"

#include "core/error.hpp"

namespace nonconvex {
namespace {

constexpr int leastMajor = 8;          // compute capability, as of Ampere
constexpr double leastMemory = 512e6;  // the libraries' own work space and a small problem

CudaDevice inspect(const cuda::Tables& tables, int number) {
  CudaDevice device;
  device.number = number;
  const cuda::Runtime& runtime = tables.runtime;
  const auto works = [&](int status) {
    if (status == 0) return true;
    device.reason = std::string("the device does not answer: ") + runtime.describeError(status);
    runtime.forgetError();
    return false;
  };
  cuda::Properties properties;
  if (!works(runtime.describe(number, &properties))) return device;
  device.name = properties.name;
  device.capability = show(properties.major) + "." + show(properties.minor);
  if (properties.major < leastMajor) {
    device.reason = "its compute capability is " + device.capability + ", and 8.0 is needed";
    return device;
  }
  std::size_t free = 0, total = 0;
  if (!works(runtime.setDevice(number)) || !works(runtime.memoryInfo(&free, &total))) return device;
  device.memory = static_cast<double>(total);
  device.freeMemory = static_cast<double>(free);
  if (device.freeMemory < leastMemory) {
    device.reason = "of its " + show(device.memory) + " bytes of memory " + show(device.freeMemory) + " are free";
  } else if (!tables.blas.missing.empty()) {
    device.reason = tables.blas.missing;
  } else if (!tables.solver.missing.empty()) {
    device.reason = tables.solver.missing;
  }
  device.usable = device.reason.empty();
  return device;
}

CudaDevices find(const cuda::Tables& tables, bool onlyFirstUsable) {
  CudaDevices found;
  int count = 0;
  if (const int status = tables.runtime.deviceCount(&count); status != 0 || count == 0) {
    constexpr int insufficientDriver = 35;  // also where there is no driver at all
    tables.runtime.forgetError();
    found.missing =
        status == insufficientDriver
            ? "no NVIDIA driver that is new enough for this build was found"
            : "no CUDA device: " + std::string(status == 0 ? "there are none" : tables.runtime.describeError(status));
    return found;
  }
  for (int number = 0; number < count; ++number) {
    found.devices.push_back(inspect(tables, number));
    if (onlyFirstUsable && found.devices.back().usable) break;
  }
  return found;
}

}  // namespace

const CudaDevice* CudaDevices::usable() const {
  for (const CudaDevice& device : devices) {
    if (device.usable) return &device;
  }
  return nullptr;
}

std::string CudaDevices::reason() const {
  if (devices.empty() || !missing.empty()) return missing;
  std::string all;
  for (const CudaDevice& device : devices) {
    if (device.reason.empty()) continue;
    all += (all.empty() ? "" : "; ") + (device.name.empty() ? "device " + show(device.number) : device.name) + ": " +
           device.reason;
  }
  return all;
}

CudaDevices cudaDevices(const cuda::Tables& tables) { return find(tables, false); }

int firstUsableDevice(const cuda::Tables& tables) {
  const CudaDevices found = find(tables, true);
  if (const CudaDevice* device = found.usable()) return device->number;
  throw Error(ErrorKind::solver, found.reason(), "DEVICE_UNAVAILABLE");
}

}  // namespace nonconvex
