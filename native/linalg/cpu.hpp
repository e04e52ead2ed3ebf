// Linear algebra on the CPU: serial OpenBLAS calls on tiles, the tiles shared out over the worker pool.
//
// How work is cut into tiles depends on the sizes alone, never on the number of threads, and sums are added in the
// order of their tiles: results are the same for any number of threads.
#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <limits>
#include <type_traits>

#include "core/monitor.hpp"
#include "core/threads.hpp"
#include "linalg/blas.hpp"
#include "linalg/views.hpp"

namespace nonconvex {

enum class Transpose : char { no = 'N', yes = 'T' };
enum class Side : char { left = 'L', right = 'R' };

class Cpu {
 public:
  using Space = Host;
  using Number = double;
  template <class T>
  using Matrix = HostMatrix<T>;

  /// `pool` may be null: then everything runs on the calling thread. `monitor` lets long operations be interrupted.
  explicit Cpu(WorkerPool* pool = nullptr, int maxThreads = 0, const Monitor* monitor = nullptr)
      : pool_(pool), maxThreads_(maxThreads > 0 ? maxThreads : 1024), monitor_(monitor) {}

  /// A Cpu that runs on the calling thread.
  Cpu serial() const { return Cpu(nullptr, 1, monitor_); }

  /// One for a solve inside this one's, whose long operations end when `monitor` says so.
  Cpu watchedBy(const Monitor& monitor) const { return Cpu(pool_, maxThreads_, &monitor); }
  /// A monitor for a solve inside this one's: Monitor::child of its monitor, where it has one.
  Monitor childMonitor(double timeLimit = std::numeric_limits<double>::infinity()) const {
    return monitor_ == nullptr ? Monitor(timeLimit) : monitor_->child(timeLimit);
  }

  /// How many threads at most work at once.
  int threads() const { return pool_ == nullptr ? 1 : std::min(maxThreads_, pool_->threads() + 1); }

  /// All operations are done when they return.
  void synchronize() const {}

  /// Bytes that could still be taken.
  double availableMemory() const { return nonconvex::availableMemory(); }

  void checkpoint() const {
    if (monitor_ != nullptr) monitor_->checkpoint();
  }

  /// Monitor::abortPoint
  void abortPoint() const {
    if (monitor_ != nullptr) monitor_->abortPoint();
  }

  /// Returns true if the solve is to end, also where `checkpoint` must not interrupt.
  bool ending() const { return monitor_ != nullptr && monitor_->ending(); }

  template <class T>
  HostMatrix<T> matrix(int rows, int cols) const {
    return HostMatrix<T>(rows, cols);
  }
  template <class T>
  HostMatrix<T> matrix(int rows, int cols, Uninitialized u) const {
    return HostMatrix<T>(rows, cols, u);
  }

  /// B := A, which may be of another number type.
  template <class T, class U>
  void copy(Mat<T> a, Mat<U> b) const {
    tasks(
        a.cols, [&](int j) { std::copy(a.column(j), a.column(j) + a.rows, b.column(j)); }, 1.0 * a.rows * a.cols);
  }
  template <class T, class U>
  void upload(Mat<T> a, Mat<U> b) const {
    copy(a, b);
  }
  template <class T, class U>
  void download(Mat<T> a, Mat<U> b) const {
    copy(a, b);
  }
  template <class T>
  void fill(Mat<T> a, std::type_identity_t<T> value) const {
    forEach(a.rows, a.cols, [&](int i, int j) { a(i, j) = value; });
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

  /// Calls f(i, j) for i in [0, m), j in [0, n).
  template <class F>
  void forEach(int m, int n, F&& f) const {
    if (m == 0) return;
    const int grain = 2048;
    const int pieces = (m + grain - 1) / grain;  // number of pieces of a column
    const int columns = std::max(1, grain / m);  // number of columns in a chunk
    const int groups = (n + columns - 1) / columns;
    tasks(pieces * groups, [&](int chunk) {
      const int begin = chunk % pieces * grain;
      const int end = std::min(m, begin + grain);
      const int first = chunk / pieces * columns;
      for (int j = first; j < std::min(n, first + columns); ++j) {
        for (int i = begin; i < end; ++i) f(i, j);
      }
    });
  }

  /// out_j := f(0, j) + ... + f(m - 1, j) for j in [0, n), the same bits for any number of threads.
  template <class F>
  void columnSums(int m, int n, F&& f, Vec<double> out) const {
    constexpr int tall = 4096;
    constexpr int few = 16;
    if (m >= tall && n < few) {
      for (int j = 0; j < n; ++j) out[j] = sum(m, [&](int i) { return f(i, j); });
      return;
    }
    const int columns = std::max(1, 2048 / std::max(1, m));
    tasks((n + columns - 1) / columns, [&](int chunk) {
      for (int j = chunk * columns; j < std::min(n, (chunk + 1) * columns); ++j) {
        double s = 0;
        for (int i = 0; i < m; ++i) s += f(i, j);
        out[j] = s;
      }
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

  /// C = alpha op(A) op(B) + beta C in pieces of some hundredths of a second, with an abortPoint before each.
  void gemmWithAborts(Transpose opA, Transpose opB, double alpha, Mat<const double> a, Mat<const double> b, double beta,
                      Mat<double> c) const;

  /// y = alpha op(A) x + beta y.
  void gemv(Transpose op, double alpha, Mat<const double> a, Vec<const double> x, double beta, Vec<double> y) const;

  double dot(Vec<const double> x, Vec<const double> y) const;
  double norm(Vec<const double> x) const { return std::sqrt(dot(x, x)); }

  /// C = A B, A symmetric with both its triangles filled.
  void multiplySymmetric(Mat<const double> a, Mat<const double> b, Mat<double> c) const;

  /// Lower triangle of C = alpha A^T A + beta C.
  void syrk(double alpha, Mat<const double> a, double beta, Mat<double> c) const {
    syrk(Transpose::yes, alpha, a, beta, c);
  }
  /// Lower triangle of C = alpha A^T A + beta C when `op` is yes, alpha A A^T + beta C when it is no.
  void syrk(Transpose op, double alpha, Mat<const double> a, double beta, Mat<double> c) const;
  /// C := A^T A, both triangles, in pieces of rows where that takes long, between which it looks whether the solve is
  /// to end: then it returns false, and C is not finished. Never interrupts, so that constructors may call it.
  [[nodiscard]] bool gram(Mat<const double> a, Mat<double> c) const { return gram(Transpose::yes, a, c); }
  /// C := A^T A when `op` is yes, A A^T when it is no; false if the solve is to end.
  [[nodiscard]] bool gram(Transpose op, Mat<const double> a, Mat<double> c) const;

  /// Copies the lower triangle of a square matrix to its upper one.
  void mirrorLower(Mat<double> a) const;

  /// B := alpha op(L)^{-1} B, or alpha B op(L)^{-1}: L is the lower triangle of a square matrix.
  void trsm(Side side, Transpose op, double alpha, Mat<const double> l, Mat<double> b) const;

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
