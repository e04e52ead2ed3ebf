// Linear algebra on the CPU: serial OpenBLAS calls on tiles, the tiles shared out over the worker pool.
//
// How work is cut into tiles depends on the sizes alone, never on the number of threads, and sums are added in the
// order of their tiles: results are the same for any number of threads.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "core/monitor.hpp"
#include "core/threads.hpp"
#include "linalg/blas.hpp"
#include "linalg/views.hpp"

namespace nonconvex {

enum class Transpose : char { no = 'N', yes = 'T' };

class Cpu {
 public:
  using Space = Host;
  using Matrix = HostMatrix<double>;

  /// Without a pool everything runs on the calling thread. `monitor` lets long operations be interrupted.
  explicit Cpu(WorkerPool* pool = nullptr, int maxThreads = 0, const Monitor* monitor = nullptr)
      : pool_(pool), maxThreads_(maxThreads > 0 ? maxThreads : 1024), monitor_(monitor) {}

  /// One that runs on the calling thread.
  Cpu serial() const { return Cpu(nullptr, 1, monitor_); }

  /// How many threads at most work at once.
  int threads() const { return pool_ == nullptr ? 1 : std::min(maxThreads_, pool_->threads() + 1); }

  void checkpoint() const {
    if (monitor_ != nullptr) monitor_->checkpoint();
  }

  /// Calls f(0..count-1), in parallel unless all of them together are so few operations that handing them out would
  /// cost more; f must not care about order.
  template <class F>
  void tasks(int count, F&& f, double operations = INFINITY) const {
    constexpr double worthwhile = 1e5;
    if (pool_ == nullptr || operations < worthwhile) {
      for (int i = 0; i < count; ++i) f(i);
    } else {
      pool_->parallelFor(count, maxThreads_, f);
    }
  }

  /// Calls f(i) for i in [0, n).
  template <class F>
  void forEach(int n, F&& f) const {
    const int grain = 2048;
    tasks((n + grain - 1) / grain, [&](int chunk) {
      const int end = std::min(n, (chunk + 1) * grain);
      for (int i = chunk * grain; i < end; ++i) f(i);
    });
  }

  /// f(0) + ... + f(n - 1), the same bits for any number of threads.
  template <class F>
  double sum(int n, F&& f) const {
    constexpr int most = 64;
    const int grain = std::max(1024, (n + most - 1) / most);
    std::array<double, most> partial{};
    const int chunks = (n + grain - 1) / grain;
    tasks(chunks, [&](int chunk) {
      const int end = std::min(n, (chunk + 1) * grain);
      double s = 0;
      for (int i = chunk * grain; i < end; ++i) s += f(i);
      partial[static_cast<std::size_t>(chunk)] = s;
    });
    double total = 0;
    for (int chunk = 0; chunk < chunks; ++chunk) total += partial[static_cast<std::size_t>(chunk)];
    return total;
  }

  /// C = alpha op(A) op(B) + beta C.
  void gemm(Transpose opA, Transpose opB, double alpha, Mat<const double> a, Mat<const double> b, double beta,
            Mat<double> c) const;

  /// C = A B, A symmetric with both its triangles filled.
  void multiplySymmetric(Mat<const double> a, Mat<const double> b, Mat<double> c) const;

  /// Lower triangle of C = alpha A^T A + beta C.
  void syrk(double alpha, Mat<const double> a, double beta, Mat<double> c) const {
    syrk(Transpose::yes, alpha, a, beta, c);
  }
  /// The same of A A^T when `op` is no.
  void syrk(Transpose op, double alpha, Mat<const double> a, double beta, Mat<double> c) const;

  /// Copies the lower triangle of a square matrix to its upper one.
  void mirrorLower(Mat<double> a) const;

  /// A = L L^T in the lower triangle; false when A is not positive definite to working accuracy.
  bool cholesky(Mat<double> a) const;

  /// B := A^{-1} B by the factor of `cholesky`.
  void choleskySolve(Mat<const double> factor, Mat<double> b) const;

  /// Both triangles of `inverse` := A^{-1} by the factor of `cholesky`, whose memory is used up.
  void choleskyInverse(Mat<double> factor, Mat<double> inverse) const;

 private:
  WorkerPool* pool_;
  int maxThreads_;
  const Monitor* monitor_;
};

}  // namespace nonconvex
