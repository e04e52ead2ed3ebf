// Linear algebra on a CUDA device: cuBLAS, cuSOLVER and kernels made from functors, all on one stream.
//
// Kernels are made where a member template is used, so only nvcc compiles code that runs on a device; g++ compiles the
// same for a simulated one.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <memory>
#include <type_traits>

#include "core/monitor.hpp"
#include "cuda/kernels.hpp"
#include "cuda/memory.hpp"
#include "linalg/linalg.hpp"

namespace nonconvex {

/// The number type of a view or an owned matrix.
template <class A>
struct NumberOfMatrix;
template <class T>
struct NumberOfMatrix<Mat<T, Device>> {
  using Type = T;
};
template <class T>
struct NumberOfMatrix<DeviceMatrix<T>> {
  using Type = T;
};
template <class A>
using NumberOf = typename NumberOfMatrix<A>::Type;

/// All operations, on matrices of both number types: the matrix that is written says which.
class CudaOperations {
 public:
  using Space = Device;
  template <class T>
  using Matrix = DeviceMatrix<T>;
  template <class C>
  using Input = Mat<const NumberOf<C>, Device>;
  template <class C>
  using Output = Mat<NumberOf<C>, Device>;

  /// Throws DEVICE_UNAVAILABLE if a library is missing. One thread uses it, the one that constructs it; `tables` and
  /// `monitor` must outlive it, and it the matrices.
  explicit CudaOperations(const cuda::Tables& tables, const Monitor* monitor = nullptr, int device = 0);
  ~CudaOperations();
  CudaOperations(const CudaOperations&) = delete;
  CudaOperations& operator=(const CudaOperations&) = delete;

  void checkpoint() const {
    if (monitor_ != nullptr) monitor_->checkpoint();
  }
  /// Waits for all work that was queued.
  void synchronize() const;
  /// Bytes of device memory that could still be taken.
  double availableMemory() const { return memory_.available(); }

  template <class T>
  DeviceMatrix<T> matrix(int rows, int cols, Uninitialized) const {
    return DeviceMatrix<T>(memory_, rows, cols);
  }
  template <class T>
  DeviceMatrix<T> matrix(int rows, int cols) const {
    DeviceMatrix<T> made(memory_, rows, cols);
    if (made.size() > 0) clear(made.data(), made.size() * sizeof(T));
    return made;
  }

  template <class T, class U>
  void upload(Mat<T> from, Mat<U, Device> to) const {
    static_assert(std::is_same_v<std::remove_const_t<T>, U>);
    transfer(to.data, to.stride, from.data, from.stride, from.rows, from.cols, sizeof(U),
             cuda::Direction::hostToDevice);
    synchronize();  // memory that is not pinned may be read after the call
  }
  template <class T, class U>
  void download(Mat<T, Device> from, Mat<U> to) const {
    static_assert(std::is_same_v<std::remove_const_t<T>, U>);
    transfer(to.data, to.stride, from.data, from.stride, from.rows, from.cols, sizeof(U),
             cuda::Direction::deviceToHost);
    synchronize();
  }
  template <class T, class U>
  void copy(Mat<T, Device> from, Mat<U, Device> to) const {
    using From = std::remove_const_t<T>;
    if constexpr (std::is_same_v<From, U>) {
      transfer(to.data, to.stride, from.data, from.stride, from.rows, from.cols, sizeof(U),
               cuda::Direction::deviceToDevice);
    } else {
      if (isOneColumn(from) && isOneColumn(to)) {
        from = oneColumn(from);
        to = oneColumn(to);
      }
      forEach(from.rows, from.cols, cuda::Convert<From, U>{from, to});
    }
  }
  template <class T>
  void fill(Mat<T, Device> to, std::type_identity_t<T> value) const {
    if (isOneColumn(to)) to = oneColumn(to);
    forEach(to.rows, to.cols, cuda::Fill<T>{to, value});
  }

  template <class F>
  void forEach(int n, F f) const {
    if (n > 0) launch(cuda::Loop<F>{n, f}, cuda::loopGeometry(n));
  }
  template <class F>
  void forEach(int m, int n, F f) const {
    if (m <= 0 || n <= 0) return;
    if constexpr (requires { f.packs(); }) {
      if (const auto packed = f.packs()) {
        using Packed = std::remove_cvref_t<decltype(*packed)>;
        launch(cuda::PackedLoop<F, Packed>{m, n, f, *packed}, cuda::loopGeometry(cuda::stepsOf(m), n));
        return;
      }
    }
    launch(cuda::MatrixLoop<F>{m, n, f}, cuda::loopGeometry(m, n));
  }
  template <class F>
  void columnSums(int m, int n, F f, Vec<double, Device> out) const {
    if (n <= 0) return;
    const int pieces = cuda::piecesOf(m, n);
    launch(cuda::ColumnSums<F>{m, n, f, pieces > 1 ? partial_.data() : out.data}, cuda::sumGeometry(m, n));
    if (pieces > 1) columnSums(pieces, n, cuda::Entry{{partial_.data(), pieces, n, pieces}}, out);
  }
  template <class F>
  double sum(int n, F f) const {
    columnSums(n, 1, cuda::OneColumn<F>{f}, total_.flat());
    return read(total_.data());
  }

  /// beta = 0 overwrites NaN.
  template <class C>
  void gemm(Transpose opA, Transpose opB, double alpha, Input<C> a, Input<C> b, double beta, const C& c) const {
    const Output<C> out = c;
    const int k = opA == Transpose::no ? a.cols : a.rows;
    if (k == 0) {
      scale(beta, out);
    } else if (out.rows > 0 && out.cols > 0) {
      multiply(opA, opB, alpha, a, b, beta, out);
    }
  }

  template <class T>
  void gemv(Transpose op, double alpha, Mat<const std::type_identity_t<T>, Device> a,
            Vec<const std::type_identity_t<T>, Device> x, double beta, Vec<T, Device> y) const {
    gemm(op, Transpose::no, alpha, a, {x.data, x.size, 1, x.size}, beta, Mat<T, Device>{y.data, y.size, 1, y.size});
  }

  template <class C>
  void syrk(Transpose op, double alpha, Input<C> a, double beta, const C& c) const {
    const Output<C> out = c;
    const int k = op == Transpose::no ? a.cols : a.rows;
    const int pieces = cuda::gramPieces(out.rows, k);
    if (k == 0) {
      scale(beta, out, true);
    } else if (pieces > 1) {
      multiplySelfInPieces(op, alpha, a, beta, out, pieces);
    } else if (out.rows > 0) {
      multiplySelf(op, alpha, a, beta, out);
    }
  }

  template <class A>
  void mirrorLower(const A& a) const {
    const Output<A> out = a;
    if (out.rows > 0) launch(cuda::MirrorLower<NumberOf<A>>{out}, cuda::tileGeometry(out.rows));
  }

  /// All of A is read: cuBLAS has no product with a triangle that is faster.
  template <class C>
  void multiplySymmetric(Input<C> a, Input<C> b, const C& c) const {
    gemm(Transpose::no, Transpose::no, 1, a, b, 0, c);
  }

  template <class B>
  void trsm(Side side, Transpose op, double alpha, Input<B> l, const B& b) const {
    const Output<B> out = b;
    if (out.rows > 0 && out.cols > 0) solveTriangular(side, op, alpha, l, out);
  }

  template <class A>
  bool cholesky(const A& a) const {
    const Output<A> out = a;
    checkpoint();
    if (out.rows == 0) return true;
    if (!factor(out)) return false;
    return sum(out.rows, cuda::BadPivot<NumberOf<A>>{out}) == 0;
  }

  template <class B>
  void choleskySolve(Input<B> factor, const B& b) const {
    const Output<B> out = b;
    if (out.rows > 0 && out.cols > 0) solveFactored(factor, out);
  }

  template <class A>
  void choleskyInverse(const A& factor, Output<A> inverse, int tile = 2048) const {
    const Output<A> l = factor;
    const int n = l.rows;
    // Z = L^{-1}, a block of columns at a time, into `inverse`.
    forEach(n, n, cuda::Identity<NumberOf<A>>{inverse});
    for (int j = 0; j < n; j += tile) {
      checkpoint();
      const int below = n - j;
      trsm(Side::left, Transpose::no, 1, l.block(j, j, below, below),
           inverse.block(j, j, below, std::min(tile, below)));
    }
    // A^{-1} = Z^T Z, into the memory of the factor, then back.
    for (int i = 0; i < n; i += tile) {
      checkpoint();
      const int m = std::min(tile, n - i);
      gemm(Transpose::yes, Transpose::no, 1, inverse.block(i, i, n - i, m), inverse.block(i, 0, n - i, i + m), 0,
           l.block(i, 0, m, i + m));
    }
    mirrorLower(l);
    copy(l, inverse);
  }

  template <class A>
  bool eigenvalues(const A& a, Vec<NumberOf<A>, Device> values) const {
    const Output<A> out = a;
    checkpoint();
    if (out.rows == 0) return true;
    return diagonalize(out, values) && sum(out.rows, cuda::NotFinite<NumberOf<A>>{values}) == 0;
  }

  /// cuBLAS would add single-precision numbers in single precision.
  template <class T, class U>
  double dot(Vec<T, Device> x, Vec<U, Device> y) const {
    if constexpr (std::is_same_v<std::remove_const_t<T>, double>) {
      return product(x, y);
    } else {
      return sum(x.size, cuda::Product<std::remove_const_t<T>>{x, y});
    }
  }
  template <class T>
  double norm(Vec<T, Device> x) const {
    if constexpr (std::is_same_v<std::remove_const_t<T>, double>) {
      return length(x);
    } else {
      return std::sqrt(dot(x, x));
    }
  }

 private:
  /// Handle of a library; destroyed with this.
  using Handle = std::unique_ptr<void, int (*)(void*)>;

  template <class Body>
  void launch(const Body& body, cuda::Geometry geometry) const {
    cuda::check(runtime_, cuda::launch(runtime_, body, geometry, stream_.get()), "cudaLaunchKernel");
  }
  template <class T>
  void scale(double beta, Mat<T, Device> y, bool lower = false) const {
    forEach(y.rows, y.cols, cuda::Scale<T>{y, static_cast<T>(beta), lower});
  }
  template <class T>
  void multiplySelfInPieces(Transpose op, double alpha, Mat<const T, Device> a, double beta, Mat<T, Device> c,
                            int pieces) const {
    const int n = c.rows;
    const bool wide = op == Transpose::no;
    const int length = cuda::gramPieceLength(wide ? a.cols : a.rows, pieces);
    const auto piece = [&](int begin, int size) { return wide ? a.columns(begin, size) : a.block(begin, 0, size, n); };
    const DeviceMatrix<T> sums = matrix<T>(n, n * pieces, Uninitialized{});
    multiplySelves(op, alpha, piece(0, length), sums.view(), pieces);
    forEach(n, n, cuda::AddPieces<T>{sums, c, beta});
    const int done = length * pieces;
    const int left = (wide ? a.cols : a.rows) - done;
    if (left > 0) multiplySelf(op, alpha, piece(done, left), 1, c);
  }
  /// Returns true if the memory of a matrix has no gaps. It is then a matrix of one column, which packs of entries
  /// fill.
  template <class T>
  static bool isOneColumn(Mat<T, Device> a) {
    const std::size_t size = static_cast<std::size_t>(a.rows) * static_cast<std::size_t>(a.cols);
    return (a.stride == a.rows || a.cols == 1) && size <= std::numeric_limits<int>::max();
  }
  template <class T>
  static Mat<T, Device> oneColumn(Mat<T, Device> a) {
    return {a.data, a.rows * a.cols, 1, a.rows * a.cols};
  }

  void transfer(void* to, int toStride, const void* from, int fromStride, int rows, int cols, std::size_t size,
                cuda::Direction direction) const;
  void clear(void* memory, std::size_t bytes) const;
  double read(const double* from) const;
  Handle makeStream(int device) const;
  Handle makeBlas() const;
  Handle makeSolver() const;
  Handle makeParameters() const;
  Handle makePinned() const;
  /// Calls a routine of cuSOLVER with the memory that it asks for; whether it reports success.
  template <class Routine>
  bool withBuffers(std::size_t deviceBytes, std::size_t hostBytes, const char* name, const Routine& routine) const;

  // Operations of the libraries, on matrices that are not empty.
  template <class T>
  void multiply(Transpose opA, Transpose opB, double alpha, Mat<const T, Device> a, Mat<const T, Device> b, double beta,
                Mat<T, Device> c) const;
  template <class T>
  void multiplySelf(Transpose op, double alpha, Mat<const T, Device> a, double beta, Mat<T, Device> c) const;
  /// Gram matrices of matrices one after the other, from `first` on, into `products` side by side, both triangles.
  template <class T>
  void multiplySelves(Transpose op, double alpha, Mat<const T, Device> first, Mat<T, Device> products, int count) const;
  template <class T>
  void solveTriangular(Side side, Transpose op, double alpha, Mat<const T, Device> l, Mat<T, Device> b) const;
  template <class T>
  bool factor(Mat<T, Device> a) const;
  template <class T>
  void solveFactored(Mat<const T, Device> l, Mat<T, Device> b) const;
  template <class T>
  bool diagonalize(Mat<T, Device> a, Vec<T, Device> values) const;
  double product(Vec<const double, Device> x, Vec<const double, Device> y) const;
  double length(Vec<const double, Device> x) const;

  const cuda::Tables& tables_;
  const cuda::Runtime& runtime_;
  const Monitor* monitor_;
  Handle stream_;
  Handle blas_;
  Handle solver_;
  Handle parameters_;
  Handle pinned_;  // a number on its way to the host
  mutable cuda::Memory memory_;
  DeviceMatrix<double> partial_;  // sums of pieces
  DeviceMatrix<double> total_;
};

/// The backend; T is the type of a solver's iterates.
template <class T>
class Cuda : public CudaOperations {
 public:
  using Number = T;
  using CudaOperations::CudaOperations;
};

static_assert(LinAlg<Cuda<double>> && LinAlg<Cuda<float>>);

}  // namespace nonconvex
