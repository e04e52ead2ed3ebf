// Stands for libcublas.so.13 on the simulated device: plain loops, arguments checked as cuBLAS documents it.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "simulated_device.hpp"

using namespace nonconvex;
using simulated::onDevice;

namespace {

constexpr int notInitialized = 1;
constexpr int invalidValue = 7;
constexpr int executionFailed = 13;

struct Handle {
  cuda::Stream stream = nullptr;
};

bool known(int operation) { return operation == 0 || operation == 1; }

/// Returns true if a rows x cols matrix is on the device.
template <class T>
bool matrix(const T* a, int lda, int rows, int cols) {
  if (rows == 0 || cols == 0) return true;
  const auto last = static_cast<std::size_t>(cols - 1) * static_cast<std::size_t>(lda) + static_cast<std::size_t>(rows);
  return onDevice(a, last * sizeof(T));
}

template <class T>
struct Matrix {
  T* data;
  int stride;
  T& operator()(int i, int j) const {
    return data[static_cast<std::size_t>(j) * static_cast<std::size_t>(stride) + static_cast<std::size_t>(i)];
  }
};

/// alpha times the sum plus beta times what was there, which is not read where beta is 0.
template <class T>
T combine(T alpha, T sum, T beta, T before) {
  return beta == 0 ? alpha * sum : alpha * sum + beta * before;
}

template <class T>
int multiply(void* handle, int opA, int opB, int m, int n, int k, const T* alpha, const T* aData, int lda,
             const T* bData, int ldb, const T* beta, T* cData, int ldc) {
  if (handle == nullptr) return notInitialized;
  const int rowsA = opA == 0 ? m : k, rowsB = opB == 0 ? k : n;
  if (!known(opA) || !known(opB) || m < 0 || n < 0 || k < 0 || lda < std::max(1, rowsA) || ldb < std::max(1, rowsB) ||
      ldc < std::max(1, m)) {
    return invalidValue;
  }
  if (!matrix(aData, lda, rowsA, opA == 0 ? k : m) || !matrix(bData, ldb, rowsB, opB == 0 ? n : k) ||
      !matrix(cData, ldc, m, n)) {
    return executionFailed;
  }
  const Matrix<const T> a{aData, lda}, b{bData, ldb};
  const Matrix<T> c{cData, ldc};
  simulated::enqueue(static_cast<Handle*>(handle)->stream, [=, alphaValue = *alpha, betaValue = *beta] {
    for (int j = 0; j < n; ++j) {
      if (opA == 1) {
        for (int i = 0; i < m; ++i) {
          T sum = 0;
          for (int l = 0; l < k; ++l) sum += a(l, i) * (opB == 0 ? b(l, j) : b(j, l));
          c(i, j) = combine(alphaValue, sum, betaValue, c(i, j));
        }
      } else {
        for (int i = 0; i < m; ++i) c(i, j) = betaValue == 0 ? 0 : betaValue * c(i, j);
        for (int l = 0; l < k; ++l) {
          const T factor = alphaValue * (opB == 0 ? b(l, j) : b(j, l));
          for (int i = 0; i < m; ++i) c(i, j) += factor * a(i, l);
        }
      }
    }
  });
  return 0;
}

template <class T>
int gemm(void* handle, int opA, int opB, int m, int n, int k, const T* alpha, const T* a, int lda, const T* b, int ldb,
         const T* beta, T* c, int ldc) {
  if (const int status = simulated::enter(executionFailed); status != 0) return status;
  return multiply(handle, opA, opB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

/// The products may read the same matrices, but each writes its own.
template <class T>
int gemmBatched(void* handle, int opA, int opB, int m, int n, int k, const T* alpha, const T* a, int lda,
                long long aStride, const T* b, int ldb, long long bStride, const T* beta, T* c, int ldc,
                long long cStride, int count) {
  if (const int status = simulated::enter(executionFailed); status != 0) return status;
  if (count < 0 || aStride < 0 || bStride < 0) return invalidValue;
  if (count > 1 && cStride < static_cast<long long>(ldc) * (n - 1) + m) return invalidValue;
  for (int i = 0; i < count; ++i) {
    const int status = multiply(handle, opA, opB, m, n, k, alpha, a + i * aStride, lda, b + i * bStride, ldb, beta,
                                c + i * cStride, ldc);
    if (status != 0) return status;
  }
  return 0;
}

template <class T>
int gemv(void* handle, int op, int m, int n, const T* alpha, const T* aData, int lda, const T* x, int incx,
         const T* beta, T* y, int incy) {
  if (const int status = simulated::enter(executionFailed); status != 0) return status;
  if (handle == nullptr) return notInitialized;
  if (!known(op) || m < 0 || n < 0 || incx == 0 || incy == 0 || lda < std::max(1, m)) return invalidValue;
  const int rows = op == 0 ? m : n, terms = op == 0 ? n : m;
  if (!matrix(aData, lda, m, n) || !matrix(x, incx, 1, terms) || !matrix(y, incy, 1, rows)) return executionFailed;
  if (m == 0 || n == 0) return 0;  // y stays as it is, as in BLAS
  const Matrix<const T> a{aData, lda};
  simulated::enqueue(static_cast<Handle*>(handle)->stream, [=, alphaValue = *alpha, betaValue = *beta] {
    for (int i = 0; i < rows; ++i) {
      T sum = 0;
      for (int l = 0; l < terms; ++l) sum += (op == 0 ? a(i, l) : a(l, i)) * x[l * incx];
      y[i * incy] = combine(alphaValue, sum, betaValue, y[i * incy]);
    }
  });
  return 0;
}

template <class T>
int syrk(void* handle, int fill, int op, int n, int k, const T* alpha, const T* aData, int lda, const T* beta, T* cData,
         int ldc) {
  if (const int status = simulated::enter(executionFailed); status != 0) return status;
  if (handle == nullptr) return notInitialized;
  const int rowsA = op == 0 ? n : k;
  if ((fill != 0 && fill != 1) || !known(op) || n < 0 || k < 0 || lda < std::max(1, rowsA) || ldc < std::max(1, n)) {
    return invalidValue;
  }
  if (!matrix(aData, lda, rowsA, op == 0 ? k : n) || !matrix(cData, ldc, n, n)) return executionFailed;
  const Matrix<const T> a{aData, lda};
  const Matrix<T> c{cData, ldc};
  simulated::enqueue(static_cast<Handle*>(handle)->stream, [=, alphaValue = *alpha, betaValue = *beta] {
    for (int j = 0; j < n; ++j) {
      for (int i = fill == 0 ? j : 0; i < (fill == 0 ? n : j + 1); ++i) {
        T sum = 0;
        for (int l = 0; l < k; ++l) sum += op == 0 ? a(i, l) * a(j, l) : a(l, i) * a(l, j);
        c(i, j) = combine(alphaValue, sum, betaValue, c(i, j));
      }
    }
  });
  return 0;
}

template <class T>
int trsm(void* handle, int side, int fill, int op, int diagonal, int m, int n, const T* alpha, const T* aData, int lda,
         T* bData, int ldb) {
  if (const int status = simulated::enter(executionFailed); status != 0) return status;
  if (handle == nullptr) return notInitialized;
  const int order = side == 0 ? m : n;
  if ((side != 0 && side != 1) || (fill != 0 && fill != 1) || !known(op) || (diagonal != 0 && diagonal != 1) || m < 0 ||
      n < 0 || lda < std::max(1, order) || ldb < std::max(1, m)) {
    return invalidValue;
  }
  if (!matrix(aData, lda, order, order) || !matrix(bData, ldb, m, n)) return executionFailed;
  const Matrix<const T> a{aData, lda};
  const Matrix<T> b{bData, ldb};
  simulated::enqueue(static_cast<Handle*>(handle)->stream, [=, alphaValue = *alpha] {
    // op(A) x = b for each column b, or op(A)^T x = b for each row.
    const bool transposed = (op == 1) != (side == 1);
    const bool forward = (fill == 0) != transposed;
    for (int c = 0; c < (side == 0 ? n : m); ++c) {
      const auto x = [&](int i) -> T& { return side == 0 ? b(i, c) : b(c, i); };
      for (int i = 0; i < order; ++i) x(i) *= alphaValue;
      for (int step = 0; step < order; ++step) {
        const int i = forward ? step : order - 1 - step;
        if (diagonal == 0) x(i) /= a(i, i);
        for (int k = forward ? i + 1 : 0; k < (forward ? order : i); ++k)
          x(k) -= (transposed ? a(i, k) : a(k, i)) * x(i);
      }
    }
  });
  return 0;
}

/// Scalar product of vectors with strides of 1.
int product(void* handle, int n, const double* x, const double* y, double* result) {
  if (handle == nullptr) return notInitialized;
  if (!matrix(x, 1, 1, n) || !matrix(y, 1, 1, n)) return executionFailed;
  const cuda::Stream stream = static_cast<Handle*>(handle)->stream;
  simulated::enqueue(stream, [=] { *result = std::inner_product(x, x + n, y, 0.0); });
  simulated::finish(stream);
  return 0;
}

}  // namespace

#define EXPORT extern "C" __attribute__((visibility("default"))) int

EXPORT cublasCreate_v2(void** handle) {
  if (const int status = simulated::enter(3); status != 0) return status;
  *handle = new Handle;
  simulated::countHandle(1);
  return 0;
}
EXPORT cublasDestroy_v2(void* handle) {
  delete static_cast<Handle*>(handle);
  simulated::countHandle(-1);
  return 0;
}
EXPORT cublasSetStream_v2(void* handle, void* stream) {
  if (const int status = simulated::enter(notInitialized); status != 0) return status;
  static_cast<Handle*>(handle)->stream = stream;
  return 0;
}

#define ROUTINES(T, P)                                                                                                 \
  EXPORT cublas##P##gemm_v2(void* handle, int opA, int opB, int m, int n, int k, const T* alpha, const T* a, int lda,  \
                            const T* b, int ldb, const T* beta, T* c, int ldc) {                                       \
    return gemm<T>(handle, opA, opB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);                                    \
  }                                                                                                                    \
  EXPORT cublas##P##gemmStridedBatched(void* handle, int opA, int opB, int m, int n, int k, const T* alpha,            \
                                       const T* a, int lda, long long aStride, const T* b, int ldb, long long bStride, \
                                       const T* beta, T* c, int ldc, long long cStride, int count) {                   \
    return gemmBatched<T>(handle, opA, opB, m, n, k, alpha, a, lda, aStride, b, ldb, bStride, beta, c, ldc, cStride,   \
                          count);                                                                                      \
  }                                                                                                                    \
  EXPORT cublas##P##gemv_v2(void* handle, int op, int m, int n, const T* alpha, const T* a, int lda, const T* x,       \
                            int incx, const T* beta, T* y, int incy) {                                                 \
    return gemv<T>(handle, op, m, n, alpha, a, lda, x, incx, beta, y, incy);                                           \
  }                                                                                                                    \
  EXPORT cublas##P##syrk_v2(void* handle, int fill, int op, int n, int k, const T* alpha, const T* a, int lda,         \
                            const T* beta, T* c, int ldc) {                                                            \
    return syrk<T>(handle, fill, op, n, k, alpha, a, lda, beta, c, ldc);                                               \
  }                                                                                                                    \
  EXPORT cublas##P##trsm_v2(void* handle, int side, int fill, int op, int diagonal, int m, int n, const T* alpha,      \
                            const T* a, int lda, T* b, int ldb) {                                                      \
    return trsm<T>(handle, side, fill, op, diagonal, m, n, alpha, a, lda, b, ldb);                                     \
  }
ROUTINES(float, S)
ROUTINES(double, D)

EXPORT cublasDdot_v2(void* handle, int n, const double* x, int incx, const double* y, int incy, double* result) {
  if (const int status = simulated::enter(executionFailed); status != 0) return status;
  return incx == 1 && incy == 1 ? product(handle, n, x, y, result) : invalidValue;
}
EXPORT cublasDnrm2_v2(void* handle, int n, const double* x, int incx, double* result) {
  if (const int status = simulated::enter(executionFailed); status != 0) return status;
  const int status = incx == 1 ? product(handle, n, x, x, result) : invalidValue;
  if (status == 0) *result = std::sqrt(*result);
  return status;
}
