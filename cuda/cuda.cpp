#include "cuda/cuda.hpp"

#include <string>
#include <vector>

namespace nonconvex {

using cuda::check;

namespace {

/// Numbers brought to the host at once are fewer bytes.
constexpr std::size_t pinnedBytes = 64;

cuda::Operation operation(Transpose op) {
  return op == Transpose::no ? cuda::Operation::none : cuda::Operation::transpose;
}
cuda::SideMode sideMode(Side side) { return side == Side::left ? cuda::SideMode::left : cuda::SideMode::right; }

template <class T>
constexpr const char* name(const char* single, const char* full) {
  return std::is_same_v<T, float> ? single : full;
}

template <class T>
constexpr cuda::DataType dataType = std::is_same_v<T, float> ? cuda::DataType::single : cuda::DataType::full;

/// cuBLAS wants at least 1.
template <class T>
int leading(Mat<T, Device> a) {
  return std::max(1, a.stride);
}

[[noreturn]] void failed(const cuda::Runtime& runtime, const char* call, int status, bool memory) {
  if (memory) check(runtime, cuda::outOfMemory, call);
  throw Error(ErrorKind::solver, std::string(call) + ": status " + show(status), "DEVICE_FAILED");
}
void checkBlas(const cuda::Runtime& runtime, int status, const char* call) {
  if (status != 0) failed(runtime, call, status, status == cuda::cublasAllocationFailed);
}
void checkSolver(const cuda::Runtime& runtime, int status, const char* call) {
  if (status != 0) failed(runtime, call, status, status == cuda::cusolverAllocationFailed);
}

}  // namespace

namespace cuda {

void check(const Runtime& runtime, int status, const char* call) {
  if (status == 0) return;
  runtime.forgetError();
  if (status == outOfMemory) {
    std::size_t free = 0, total = 0;
    runtime.memoryInfo(&free, &total);
    throw Error(ErrorKind::solver,
                "out of memory on the device: " + std::string(call) + " with " + show(free) + " of " + show(total) +
                    " bytes free",
                "OUT_OF_MEMORY");
  }
  throw Error(ErrorKind::solver, std::string(call) + ": " + runtime.describeError(status) + " (" + show(status) + ")",
              "DEVICE_FAILED");
}

Memory::~Memory() {
  for (const Block& block : blocks_) runtime_.release(block.memory);
}

void* Memory::take(std::size_t bytes) {
  constexpr std::size_t unit = 256;
  bytes = (bytes + unit - 1) / unit * unit;
  Block* best = nullptr;
  for (Block& block : blocks_) {
    const bool fits = !block.used && block.bytes >= bytes && block.bytes <= bytes + bytes / 4;
    if (fits && (best == nullptr || block.bytes < best->bytes)) best = &block;
  }
  if (best != nullptr) {
    best->used = true;
    return best->memory;
  }
  blocks_.reserve(blocks_.size() + 1);
  void* memory = nullptr;
  int status = runtime_.allocate(&memory, bytes);
  if (status == outOfMemory) {
    freeUnused();
    status = runtime_.allocate(&memory, bytes);
  }
  check(runtime_, status, ("cudaMalloc of " + show(bytes) + " bytes").c_str());
  blocks_.push_back({memory, bytes, true});
  return memory;
}

void Memory::giveBack(void* memory) noexcept {
  for (Block& block : blocks_) {
    if (block.memory == memory) block.used = false;
  }
}

double Memory::available() const {
  std::size_t free = 0, total = 0;
  check(runtime_, runtime_.memoryInfo(&free, &total), "cudaMemGetInfo");
  double bytes = static_cast<double>(free);
  for (const Block& block : blocks_) bytes += block.used ? 0 : static_cast<double>(block.bytes);
  return bytes;
}

void Memory::freeUnused() {
  runtime_.forgetError();
  std::erase_if(blocks_, [&](const Block& block) {
    if (!block.used) runtime_.release(block.memory);
    return !block.used;
  });
}

}  // namespace cuda

CudaOperations::CudaOperations(const cuda::Tables& tables, const Monitor* monitor, int device)
    : tables_(tables),
      runtime_(tables.runtime),
      monitor_(monitor),
      stream_(makeStream(device)),
      blas_(makeBlas()),
      solver_(makeSolver()),
      parameters_(makeParameters()),
      pinned_(makePinned()),
      memory_(runtime_),
      partial_(memory_, cuda::mostPieces, 1),
      total_(memory_, 1, 1) {}

CudaOperations::~CudaOperations() { runtime_.synchronize(stream_.get()); }

CudaOperations::Handle CudaOperations::makeStream(int device) const {
  for (const std::string& missing : {tables_.blas.missing, tables_.solver.missing}) {
    if (!missing.empty()) throw Error(ErrorKind::solver, missing, "DEVICE_UNAVAILABLE");
  }
  if (const int status = runtime_.setDevice(device); status != 0 && status != cuda::outOfMemory) {
    throw Error(ErrorKind::solver, std::string("no CUDA device: ") + runtime_.describeError(status),
                "DEVICE_UNAVAILABLE");
  }
  cuda::Stream stream = nullptr;
  check(runtime_, runtime_.createStream(&stream), "cudaStreamCreateWithFlags");
  return {stream, runtime_.destroyStream};
}

CudaOperations::Handle CudaOperations::makeBlas() const {
  void* handle = nullptr;
  checkBlas(runtime_, tables_.blas.create(&handle), "cublasCreate");
  Handle owned(handle, tables_.blas.destroy);
  checkBlas(runtime_, tables_.blas.setStream(handle, stream_.get()), "cublasSetStream");
  return owned;
}

CudaOperations::Handle CudaOperations::makeSolver() const {
  void* handle = nullptr;
  checkSolver(runtime_, tables_.solver.create(&handle), "cusolverDnCreate");
  Handle owned(handle, tables_.solver.destroy);
  checkSolver(runtime_, tables_.solver.setStream(handle, stream_.get()), "cusolverDnSetStream");
  return owned;
}

CudaOperations::Handle CudaOperations::makeParameters() const {
  void* parameters = nullptr;
  checkSolver(runtime_, tables_.solver.createParameters(&parameters), "cusolverDnCreateParams");
  return {parameters, tables_.solver.destroyParameters};
}

CudaOperations::Handle CudaOperations::makePinned() const {
  void* memory = nullptr;
  check(runtime_, runtime_.allocatePinned(&memory, pinnedBytes), "cudaMallocHost");
  return {memory, runtime_.releasePinned};
}

void CudaOperations::synchronize() const {
  check(runtime_, runtime_.synchronize(stream_.get()), "cudaStreamSynchronize");
}

void CudaOperations::transfer(void* to, int toStride, const void* from, int fromStride, int rows, int cols,
                              std::size_t size, cuda::Direction direction) const {
  if (rows == 0 || cols == 0) return;
  const std::size_t column = static_cast<std::size_t>(rows) * size;
  const auto count = static_cast<std::size_t>(cols);
  if (cols == 1 || (toStride == rows && fromStride == rows)) {
    check(runtime_, runtime_.copy(to, from, column * count, direction, stream_.get()), "cudaMemcpyAsync");
  } else {
    check(runtime_,
          runtime_.copy2D(to, static_cast<std::size_t>(toStride) * size, from,
                          static_cast<std::size_t>(fromStride) * size, column, count, direction, stream_.get()),
          "cudaMemcpy2DAsync");
  }
}

void CudaOperations::clear(void* memory, std::size_t bytes) const {
  check(runtime_, runtime_.set(memory, 0, bytes, stream_.get()), "cudaMemsetAsync");
}

double CudaOperations::read(const double* from) const {
  auto* const place = static_cast<double*>(pinned_.get());
  check(runtime_, runtime_.copy(place, from, sizeof(double), cuda::Direction::deviceToHost, stream_.get()),
        "cudaMemcpyAsync");
  synchronize();
  return *place;
}

template <class T>
void CudaOperations::multiply(Transpose opA, Transpose opB, double alpha, Mat<const T, Device> a,
                              Mat<const T, Device> b, double beta, Mat<T, Device> c) const {
  const auto& blas = tables_.blas.of<T>();
  const T scaleProduct = static_cast<T>(alpha);
  const T scaleOld = static_cast<T>(beta);
  if (c.cols == 1 && opB == Transpose::no) {
    checkBlas(runtime_,
              blas.gemv(blas_.get(), operation(opA), a.rows, a.cols, &scaleProduct, a.data, leading(a), b.data, 1,
                        &scaleOld, c.data, 1),
              name<T>("cublasSgemv", "cublasDgemv"));
  } else {
    const int k = opA == Transpose::no ? a.cols : a.rows;
    checkBlas(runtime_,
              blas.gemm(blas_.get(), operation(opA), operation(opB), c.rows, c.cols, k, &scaleProduct, a.data,
                        leading(a), b.data, leading(b), &scaleOld, c.data, leading(c)),
              name<T>("cublasSgemm", "cublasDgemm"));
  }
}

template <class T>
void CudaOperations::multiplySelf(Transpose op, double alpha, Mat<const T, Device> a, double beta,
                                  Mat<T, Device> c) const {
  const T scaleProduct = static_cast<T>(alpha);
  const T scaleOld = static_cast<T>(beta);
  checkBlas(runtime_,
            tables_.blas.of<T>().syrk(blas_.get(), cuda::FillMode::lower, operation(op), c.rows,
                                      op == Transpose::no ? a.cols : a.rows, &scaleProduct, a.data, leading(a),
                                      &scaleOld, c.data, leading(c)),
            name<T>("cublasSsyrk", "cublasDsyrk"));
}

template <class T>
void CudaOperations::multiplySelves(Transpose op, double alpha, Mat<const T, Device> first, Mat<T, Device> products,
                                    int count) const {
  const bool wide = op == Transpose::no;
  const int n = wide ? first.rows : first.cols;
  const int k = wide ? first.cols : first.rows;
  const long long next = wide ? static_cast<long long>(k) * first.stride : k;
  const T scaleProduct = static_cast<T>(alpha);
  const T zero = 0;
  checkBlas(runtime_,
            tables_.blas.of<T>().gemmBatched(
                blas_.get(), operation(op), operation(wide ? Transpose::yes : Transpose::no), n, n, k, &scaleProduct,
                first.data, leading(first), next, first.data, leading(first), next, &zero, products.data,
                leading(products), static_cast<long long>(n) * products.stride, count),
            name<T>("cublasSgemmStridedBatched", "cublasDgemmStridedBatched"));
}

template <class T>
void CudaOperations::solveTriangular(Side side, Transpose op, double alpha, Mat<const T, Device> l,
                                     Mat<T, Device> b) const {
  const T scaleB = static_cast<T>(alpha);
  checkBlas(runtime_,
            tables_.blas.of<T>().trsm(blas_.get(), sideMode(side), cuda::FillMode::lower, operation(op),
                                      cuda::DiagonalType::nonUnit, b.rows, b.cols, &scaleB, l.data, leading(l), b.data,
                                      leading(b)),
            name<T>("cublasStrsm", "cublasDtrsm"));
}

template <class Routine>
bool CudaOperations::withBuffers(std::size_t deviceBytes, std::size_t hostBytes, const char* name,
                                 const Routine& routine) const {
  const DeviceMatrix<double> onDevice(memory_, static_cast<int>(deviceBytes / sizeof(double) + 1), 1);
  const DeviceMatrix<int> info(memory_, 1, 1);
  std::vector<char> onHost(hostBytes);
  checkSolver(runtime_, routine(onDevice.data(), onHost.data(), info.data()), name);
  int result = 0;
  download(info.view(), Mat<int>{&result, 1, 1, 1});
  return result == 0;
}

template <class T>
bool CudaOperations::factor(Mat<T, Device> a) const {
  const cuda::Cusolver& solver = tables_.solver;
  std::size_t deviceBytes = 0, hostBytes = 0;
  checkSolver(runtime_,
              solver.potrfBufferSize(solver_.get(), parameters_.get(), cuda::FillMode::lower, a.rows, dataType<T>,
                                     a.data, leading(a), dataType<T>, &deviceBytes, &hostBytes),
              "cusolverDnXpotrf_bufferSize");
  return withBuffers(deviceBytes, hostBytes, "cusolverDnXpotrf", [&](void* onDevice, void* onHost, int* info) {
    return solver.potrf(solver_.get(), parameters_.get(), cuda::FillMode::lower, a.rows, dataType<T>, a.data,
                        leading(a), dataType<T>, onDevice, deviceBytes, onHost, hostBytes, info);
  });
}

template <class T>
void CudaOperations::solveFactored(Mat<const T, Device> l, Mat<T, Device> b) const {
  const DeviceMatrix<int> info(memory_, 1, 1);  // about the arguments, as the status is
  checkSolver(runtime_,
              tables_.solver.potrs(solver_.get(), parameters_.get(), cuda::FillMode::lower, b.rows, b.cols, dataType<T>,
                                   l.data, leading(l), dataType<T>, b.data, leading(b), info.data()),
              "cusolverDnXpotrs");
}

template <class T>
bool CudaOperations::diagonalize(Mat<T, Device> a, Vec<T, Device> values) const {
  const cuda::Cusolver& solver = tables_.solver;
  constexpr auto mode = cuda::EigenMode::valuesOnly;
  std::size_t deviceBytes = 0, hostBytes = 0;
  checkSolver(
      runtime_,
      solver.syevdBufferSize(solver_.get(), parameters_.get(), mode, cuda::FillMode::lower, a.rows, dataType<T>, a.data,
                             leading(a), dataType<T>, values.data, dataType<T>, &deviceBytes, &hostBytes),
      "cusolverDnXsyevd_bufferSize");
  return withBuffers(deviceBytes, hostBytes, "cusolverDnXsyevd", [&](void* onDevice, void* onHost, int* info) {
    return solver.syevd(solver_.get(), parameters_.get(), mode, cuda::FillMode::lower, a.rows, dataType<T>, a.data,
                        leading(a), dataType<T>, values.data, dataType<T>, onDevice, deviceBytes, onHost, hostBytes,
                        info);
  });
}

double CudaOperations::product(Vec<const double, Device> x, Vec<const double, Device> y) const {
  double result = 0;
  if (x.size > 0)
    checkBlas(runtime_, tables_.blas.dot(blas_.get(), x.size, x.data, 1, y.data, 1, &result), "cublasDdot");
  return result;
}

double CudaOperations::length(Vec<const double, Device> x) const {
  double result = 0;
  if (x.size > 0) checkBlas(runtime_, tables_.blas.norm(blas_.get(), x.size, x.data, 1, &result), "cublasDnrm2");
  return result;
}

template void CudaOperations::multiply(Transpose, Transpose, double, Mat<const float, Device>, Mat<const float, Device>,
                                       double, Mat<float, Device>) const;
template void CudaOperations::multiply(Transpose, Transpose, double, Mat<const double, Device>,
                                       Mat<const double, Device>, double, Mat<double, Device>) const;
template void CudaOperations::multiplySelf(Transpose, double, Mat<const float, Device>, double,
                                           Mat<float, Device>) const;
template void CudaOperations::multiplySelf(Transpose, double, Mat<const double, Device>, double,
                                           Mat<double, Device>) const;
template void CudaOperations::multiplySelves(Transpose, double, Mat<const float, Device>, Mat<float, Device>,
                                             int) const;
template void CudaOperations::multiplySelves(Transpose, double, Mat<const double, Device>, Mat<double, Device>,
                                             int) const;
template void CudaOperations::solveTriangular(Side, Transpose, double, Mat<const float, Device>,
                                              Mat<float, Device>) const;
template void CudaOperations::solveTriangular(Side, Transpose, double, Mat<const double, Device>,
                                              Mat<double, Device>) const;
template bool CudaOperations::factor(Mat<float, Device>) const;
template bool CudaOperations::factor(Mat<double, Device>) const;
template void CudaOperations::solveFactored(Mat<const float, Device>, Mat<float, Device>) const;
template void CudaOperations::solveFactored(Mat<const double, Device>, Mat<double, Device>) const;
template bool CudaOperations::diagonalize(Mat<float, Device>, Vec<float, Device>) const;
template bool CudaOperations::diagonalize(Mat<double, Device>, Vec<double, Device>) const;

}  // namespace nonconvex
