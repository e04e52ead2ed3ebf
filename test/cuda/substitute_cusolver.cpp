// Stands for libcusolver.so.12 on the simulated device.
#include <cmath>
#include <cstdint>
#include <cstring>

#include "simulated_device.hpp"

using namespace nonconvex;

namespace {

constexpr int notInitialized = 1;
constexpr int allocationFailed = 2;
constexpr int invalidValue = 3;
constexpr int internalError = 7;

struct Handle {
  cuda::Stream stream = nullptr;
};

bool valid(int fill, std::int64_t n, int dataType, std::int64_t lda, int computeType) {
  return (fill == 0 || fill == 1) && n >= 0 && lda >= (n > 1 ? n : 1) && (dataType == 0 || dataType == 1) &&
         computeType == dataType;
}
std::size_t deviceBytes(std::int64_t n) { return static_cast<std::size_t>(n) * 24 + 100; }
constexpr std::size_t hostBytes = 40;

/// Lower triangle; NaN passes, as it may.
template <class T>
int factor(T* data, std::int64_t n, std::int64_t lda) {
  const auto a = [=](std::int64_t i, std::int64_t j) -> T& { return data[i + j * lda]; };
  for (std::int64_t k = 0; k < n; ++k) {
    for (std::int64_t l = 0; l < k; ++l) {
      for (std::int64_t i = k; i < n; ++i) a(i, k) -= a(i, l) * a(k, l);
    }
    if (a(k, k) <= 0) return static_cast<int>(k + 1);
    a(k, k) = std::sqrt(a(k, k));
    for (std::int64_t i = k + 1; i < n; ++i) a(i, k) /= a(k, k);
  }
  return 0;
}

}  // namespace

#define EXPORT extern "C" __attribute__((visibility("default"))) int

EXPORT cusolverDnCreate(void** handle) {
  if (const int status = simulated::enter(allocationFailed); status != 0) return status;
  *handle = new Handle;
  simulated::countHandle(1);
  return 0;
}
EXPORT cusolverDnDestroy(void* handle) {
  delete static_cast<Handle*>(handle);
  simulated::countHandle(-1);
  return 0;
}
EXPORT cusolverDnSetStream(void* handle, void* stream) {
  if (const int status = simulated::enter(notInitialized); status != 0) return status;
  static_cast<Handle*>(handle)->stream = stream;
  return 0;
}
EXPORT cusolverDnCreateParams(void** parameters) {
  if (const int status = simulated::enter(allocationFailed); status != 0) return status;
  *parameters = new char;
  simulated::countHandle(1);
  return 0;
}
EXPORT cusolverDnDestroyParams(void* parameters) {
  delete static_cast<char*>(parameters);
  simulated::countHandle(-1);
  return 0;
}
EXPORT cusolverDnXpotrf_bufferSize(void* handle, void* parameters, int fill, std::int64_t n, int dataType, const void*,
                                   std::int64_t lda, int computeType, std::size_t* onDevice, std::size_t* onHost) {
  if (const int status = simulated::enter(internalError); status != 0) return status;
  if (handle == nullptr || parameters == nullptr) return notInitialized;
  if (!valid(fill, n, dataType, lda, computeType)) return invalidValue;
  *onDevice = deviceBytes(n);
  *onHost = hostBytes;
  return 0;
}
EXPORT cusolverDnXpotrf(void* handle, void* parameters, int fill, std::int64_t n, int dataType, void* a,
                        std::int64_t lda, int computeType, void* onDevice, std::size_t deviceSize, void* onHost,
                        std::size_t hostSize, int* info) {
  if (const int status = simulated::enter(internalError); status != 0) return status;
  if (handle == nullptr || parameters == nullptr) return notInitialized;
  if (!valid(fill, n, dataType, lda, computeType) || fill != 0 || deviceSize < deviceBytes(n) || hostSize < hostBytes) {
    return invalidValue;
  }
  const std::size_t entry = dataType == 0 ? sizeof(float) : sizeof(double);
  const auto used = static_cast<std::size_t>((n - 1) * lda + n) * entry;
  if (!simulated::onDevice(a, used) || !simulated::onDevice(onDevice, deviceSize) ||
      !simulated::onDevice(info, sizeof(int))) {
    return internalError;
  }
  std::memset(onHost, 0x5a, hostSize);
  simulated::enqueue(static_cast<Handle*>(handle)->stream, [=] {
    std::memset(onDevice, 0x5a, deviceSize);
    *info = dataType == 0 ? factor(static_cast<float*>(a), n, lda) : factor(static_cast<double*>(a), n, lda);
  });
  return 0;
}
