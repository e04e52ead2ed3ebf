// Stands for libcusolver.so.12 on the simulated device.
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <vector>

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

/// B := A^{-1} B by the factor.
template <class T>
void solve(const T* factor, std::int64_t n, std::int64_t lda, T* data, std::int64_t columns, std::int64_t ldb) {
  const auto l = [=](std::int64_t i, std::int64_t j) { return factor[i + j * lda]; };
  for (std::int64_t j = 0; j < columns; ++j) {
    T* const b = data + j * ldb;
    for (std::int64_t i = 0; i < n; ++i) {
      for (std::int64_t k = 0; k < i; ++k) b[i] -= l(i, k) * b[k];
      b[i] /= l(i, i);
    }
    for (std::int64_t i = n - 1; i >= 0; --i) {
      for (std::int64_t k = i + 1; k < n; ++k) b[i] -= l(k, i) * b[k];
      b[i] /= l(i, i);
    }
  }
}

/// Jacobi's method on the lower triangle, which is destroyed; what it returns is the sweeps' failure.
template <class T>
int diagonalize(T* data, std::int64_t n, std::int64_t lda, T* values) {
  const auto size = static_cast<std::size_t>(n);
  std::vector<double> full(size * size);
  const auto a = [&](std::int64_t i, std::int64_t j) -> double& { return full[static_cast<std::size_t>(i + j * n)]; };
  double square = 0;
  for (std::int64_t j = 0; j < n; ++j) {
    for (std::int64_t i = j; i < n; ++i) {
      a(i, j) = a(j, i) = static_cast<double>(data[i + j * lda]);
      square += a(i, j) * a(i, j);
      data[i + j * lda] = std::numeric_limits<T>::quiet_NaN();
    }
  }
  for (int sweep = 0; sweep < 30; ++sweep) {
    double off = 0;
    for (std::int64_t p = 0; p < n; ++p) {
      for (std::int64_t q = p + 1; q < n; ++q) {
        off += a(p, q) * a(p, q);
        if (a(p, q) == 0) continue;
        const double theta = (a(q, q) - a(p, p)) / (2 * a(p, q));
        const double t = (theta < 0 ? -1 : 1) / (std::abs(theta) + std::hypot(theta, 1));
        const double c = 1 / std::hypot(t, 1), s = t * c;
        for (std::int64_t k = 0; k < n; ++k) {
          const double kp = a(k, p), kq = a(k, q);
          a(k, p) = c * kp - s * kq;
          a(k, q) = s * kp + c * kq;
        }
        for (std::int64_t k = 0; k < n; ++k) {
          const double pk = a(p, k), qk = a(q, k);
          a(p, k) = c * pk - s * qk;
          a(q, k) = s * pk + c * qk;
        }
      }
    }
    if (off <= 1e-28 * square) {
      for (std::int64_t i = 0; i < n; ++i) values[i] = static_cast<T>(a(i, i));
      std::sort(values, values + n);
      return 0;
    }
  }
  return 1;
}

/// Returns true if a rows x columns matrix is on the device.
bool matrix(const void* a, int dataType, std::int64_t lda, std::int64_t rows, std::int64_t columns) {
  const std::size_t entry = dataType == 0 ? sizeof(float) : sizeof(double);
  return simulated::onDevice(a, static_cast<std::size_t>((columns - 1) * lda + rows) * entry);
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
  if (!matrix(a, dataType, lda, n, n) || !simulated::onDevice(onDevice, deviceSize) ||
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
EXPORT cusolverDnXpotrs(void* handle, void* parameters, int fill, std::int64_t n, std::int64_t columns, int factorType,
                        const void* factor, std::int64_t lda, int bType, void* b, std::int64_t ldb, int* info) {
  if (const int status = simulated::enter(internalError); status != 0) return status;
  if (handle == nullptr || parameters == nullptr) return notInitialized;
  if (!valid(fill, n, factorType, lda, bType) || fill != 0 || columns < 0 || ldb < (n > 1 ? n : 1)) return invalidValue;
  if (!matrix(factor, factorType, lda, n, n) || !matrix(b, bType, ldb, n, columns) ||
      !simulated::onDevice(info, sizeof(int))) {
    return internalError;
  }
  simulated::enqueue(static_cast<Handle*>(handle)->stream, [=] {
    if (bType == 0) {
      solve(static_cast<const float*>(factor), n, lda, static_cast<float*>(b), columns, ldb);
    } else {
      solve(static_cast<const double*>(factor), n, lda, static_cast<double*>(b), columns, ldb);
    }
    *info = 0;
  });
  return 0;
}
EXPORT cusolverDnXsyevd_bufferSize(void* handle, void* parameters, int mode, int fill, std::int64_t n, int dataType,
                                   const void*, std::int64_t lda, int valueType, const void*, int computeType,
                                   std::size_t* onDevice, std::size_t* onHost) {
  if (const int status = simulated::enter(internalError); status != 0) return status;
  if (handle == nullptr || parameters == nullptr) return notInitialized;
  if (mode != 0 || valueType != dataType || !valid(fill, n, dataType, lda, computeType)) return invalidValue;
  *onDevice = deviceBytes(n);
  *onHost = hostBytes;
  return 0;
}
EXPORT cusolverDnXsyevd(void* handle, void* parameters, int mode, int fill, std::int64_t n, int dataType, void* a,
                        std::int64_t lda, int valueType, void* values, int computeType, void* onDevice,
                        std::size_t deviceSize, void* onHost, std::size_t hostSize, int* info) {
  if (const int status = simulated::enter(internalError); status != 0) return status;
  if (handle == nullptr || parameters == nullptr) return notInitialized;
  if (mode != 0 || valueType != dataType || !valid(fill, n, dataType, lda, computeType) || fill != 0 ||
      deviceSize < deviceBytes(n) || hostSize < hostBytes) {
    return invalidValue;
  }
  if (!matrix(a, dataType, lda, n, n) || !matrix(values, valueType, n, n, 1) ||
      !simulated::onDevice(onDevice, deviceSize) || !simulated::onDevice(info, sizeof(int))) {
    return internalError;
  }
  std::memset(onHost, 0x5a, hostSize);
  simulated::enqueue(static_cast<Handle*>(handle)->stream, [=] {
    std::memset(onDevice, 0x5a, deviceSize);
    *info = dataType == 0 ? diagonalize(static_cast<float*>(a), n, lda, static_cast<float*>(values))
                          : diagonalize(static_cast<double*>(a), n, lda, static_cast<double*>(values));
  });
  return 0;
}
