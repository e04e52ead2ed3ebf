// The calls of CUDA's libraries that are used, as tables of functions which we declare ourselves: cuBLAS and cuSOLVER
// are loaded when they are needed, so that what compiles with nvcc alone runs with the libraries of any CUDA 12 or 13;
// and tests put a simulated device in their place. This header needs nothing of CUDA.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace nonconvex::cuda {

using Stream = void*;

/// Blocks of a grid, or threads of a block.
struct Extent {
  unsigned x = 1;
  unsigned y = 1;
  unsigned z = 1;
};

enum class Direction : int { hostToDevice = 1, deviceToHost = 2, deviceToDevice = 3 };

struct Properties {
  std::string name;
  int major = 0;  ///< the compute capability's first number
  int minor = 0;
};

/// Functions of the CUDA runtime; each returns a cudaError_t, 0 is success. `realRuntime` is linked statically.
struct Runtime {
  int (*deviceCount)(int* count);
  int (*describe)(int device, Properties* properties);
  int (*setDevice)(int device);
  int (*memoryInfo)(std::size_t* free, std::size_t* total);
  int (*allocate)(void** memory, std::size_t bytes);
  int (*release)(void* memory);
  int (*allocatePinned)(void** memory, std::size_t bytes);
  int (*releasePinned)(void* memory);
  int (*createStream)(Stream* stream);
  int (*destroyStream)(Stream stream);
  int (*synchronize)(Stream stream);
  int (*copy)(void* to, const void* from, std::size_t bytes, Direction direction, Stream stream);
  int (*copy2D)(void* to, std::size_t toPitch, const void* from, std::size_t fromPitch, std::size_t width,
                std::size_t height, Direction direction, Stream stream);
  int (*set)(void* memory, int byte, std::size_t bytes, Stream stream);
  int (*launch)(const void* kernel, Extent grid, Extent block, void** arguments, Stream stream);
  int (*forgetError)();
  const char* (*describeError)(int status);
};

constexpr int outOfMemory = 2;  ///< cudaErrorMemoryAllocation

// Values of cublas_api.h and library_types.h.
enum class Operation : int { none = 0, transpose = 1 };
enum class FillMode : int { lower = 0 };
enum class SideMode : int { left = 0, right = 1 };
enum class DiagonalType : int { nonUnit = 0 };
enum class EigenMode : int { valuesOnly = 0 };
enum class DataType : int { single = 0, full = 1 };  ///< CUDA_R_32F, CUDA_R_64F

/// Routines for one number type. Scalars are pointers to the host; a cublasStatus_t comes back.
template <class T>
struct CublasRoutines {
  int (*gemm)(void* handle, Operation a, Operation b, int m, int n, int k, const T* alpha, const T* aData, int lda,
              const T* bData, int ldb, const T* beta, T* c, int ldc);
  int (*gemmBatched)(void* handle, Operation a, Operation b, int m, int n, int k, const T* alpha, const T* aData,
                     int lda, long long aStride, const T* bData, int ldb, long long bStride, const T* beta, T* c,
                     int ldc, long long cStride, int count);
  int (*gemv)(void* handle, Operation op, int m, int n, const T* alpha, const T* a, int lda, const T* x, int incx,
              const T* beta, T* y, int incy);
  int (*syrk)(void* handle, FillMode fill, Operation op, int n, int k, const T* alpha, const T* a, int lda,
              const T* beta, T* c, int ldc);
  int (*trsm)(void* handle, SideMode side, FillMode fill, Operation op, DiagonalType diagonal, int m, int n,
              const T* alpha, const T* a, int lda, T* b, int ldb);
};

struct Cublas {
  std::string library;  ///< the path of the library; empty if it was not found
  std::string missing;  ///< a sentence that says what was not found
  int (*create)(void** handle) = nullptr;
  int (*destroy)(void* handle) = nullptr;
  int (*setStream)(void* handle, Stream stream) = nullptr;
  CublasRoutines<float> single = {};
  CublasRoutines<double> full = {};
  // Of double-precision vectors. The result is on the host: they wait.
  int (*dot)(void* handle, int n, const double* x, int incx, const double* y, int incy, double* result) = nullptr;
  int (*norm)(void* handle, int n, const double* x, int incx, double* result) = nullptr;

  template <class T>
  const CublasRoutines<T>& of() const {
    if constexpr (sizeof(T) == sizeof(float))
      return single;
    else
      return full;
  }
};

constexpr int cublasAllocationFailed = 3;  // CUBLAS_STATUS_ALLOC_FAILED

/// Functions of cuSOLVER, its 64-bit interface: a matrix may have more than 2^31 entries.
struct Cusolver {
  std::string library;
  std::string missing;
  int (*create)(void** handle) = nullptr;
  int (*destroy)(void* handle) = nullptr;
  int (*setStream)(void* handle, Stream stream) = nullptr;
  int (*createParameters)(void** parameters) = nullptr;
  int (*destroyParameters)(void* parameters) = nullptr;
  int (*potrfBufferSize)(void* handle, void* parameters, FillMode fill, std::int64_t n, DataType dataType,
                         const void* a, std::int64_t lda, DataType computeType, std::size_t* deviceBytes,
                         std::size_t* hostBytes) = nullptr;
  int (*potrf)(void* handle, void* parameters, FillMode fill, std::int64_t n, DataType dataType, void* a,
               std::int64_t lda, DataType computeType, void* deviceBuffer, std::size_t deviceBytes, void* hostBuffer,
               std::size_t hostBytes, int* info) = nullptr;
  int (*potrs)(void* handle, void* parameters, FillMode fill, std::int64_t n, std::int64_t columns, DataType factorType,
               const void* factor, std::int64_t lda, DataType bType, void* b, std::int64_t ldb, int* info) = nullptr;
  int (*syevdBufferSize)(void* handle, void* parameters, EigenMode mode, FillMode fill, std::int64_t n,
                         DataType dataType, const void* a, std::int64_t lda, DataType valueType, const void* values,
                         DataType computeType, std::size_t* deviceBytes, std::size_t* hostBytes) = nullptr;
  int (*syevd)(void* handle, void* parameters, EigenMode mode, FillMode fill, std::int64_t n, DataType dataType,
               void* a, std::int64_t lda, DataType valueType, void* values, DataType computeType, void* deviceBuffer,
               std::size_t deviceBytes, void* hostBuffer, std::size_t hostBytes, int* info) = nullptr;
};

constexpr int cusolverAllocationFailed = 2;  // CUSOLVER_STATUS_ALLOC_FAILED

struct Tables {
  Runtime runtime;
  Cublas blas;
  Cusolver solver;
};

/// Looks in `folders` (separated by ':'), then where the system's loader looks, then in CUDA's usual folder and next to
/// Python's wheels.
Cublas loadCublas(const std::string& folders);
Cusolver loadCusolver(const std::string& folders);

/// The linked runtime, and the libraries as found once in this process, first in the folders that
/// NONCONVEX_CUDA_LIBRARIES names.
const Tables& realTables();

}  // namespace nonconvex::cuda
