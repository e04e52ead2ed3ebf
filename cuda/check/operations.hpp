// Every operation of the CUDA backend against the CPU's: random shapes with empty ones and single rows, blocks of
// larger matrices whose surroundings are NaN and must stay so, outputs that hold NaN. The tests run this on a simulated
// device, nonconvex_cuda_check on a real one.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "core/random.hpp"
#include "cuda/cuda.hpp"
#include "methods/kkt/inertia.hpp"

namespace nonconvex::checks {

struct Comparison {
  std::string operation;
  double error = 0;    ///< the largest, relative to the largest entry
  double allowed = 0;  ///< the bound that follows from the number type and the length of sums
  bool good() const { return error <= allowed; }
};

template <class T>
struct AddPlace {
  Mat<T, Device> to;
  NONCONVEX_HD void operator()(int i, int j) const { to(i, j) += static_cast<T>(1 + i % 100 + 3 * (j % 100)); }
  NONCONVEX_HD void operator()(int i) const { to(i, 0) += static_cast<T>(1 + i % 100); }
};

template <class T>
struct Square {
  Mat<const T, Device> from;
  NONCONVEX_HD double operator()(int i, int j) const { return static_cast<double>(from(i, j)) * from(i, j); }
  NONCONVEX_HD double operator()(int i) const { return (*this)(i, 0); }
};

template <class T>
class Operations {
 public:
  explicit Operations(const CudaOperations& la, std::vector<int> sizes) : la_(la), sizes_(std::move(sizes)) {}

  /// One line an operation, with its worst case.
  std::vector<Comparison> all() {
    transfers();
    loops();
    sums();
    products();
    tallGrams();
    triangles();
    factors();
    spectra();
    return std::move(results_);
  }

 private:
  using Host = HostMatrix<double>;
  static constexpr double epsilon = std::numeric_limits<T>::epsilon();

  /// A matrix on the device inside a larger one that is NaN.
  struct Framed {
    DeviceMatrix<T> whole;
    Mat<T, Device> view;
    operator Mat<const T, Device>() const { return view; }
    Vec<T, Device> vector() const { return {view.data, view.rows}; }
  };

  /// Numbers of T.
  static Host random(int m, int n, std::uint32_t stream) {
    Host a(m, n);
    const Random random(1, stream);
    for (std::size_t k = 0; k < a.size(); ++k) a.data()[k] = static_cast<T>(random.normal(k));
    return a;
  }
  static Host positiveDefinite(int n) {
    const Host g = random(n, n, 7);
    Host a(n, n);
    Cpu().syrk(Transpose::no, 1.0 / std::max(1, n), g, 0, a);
    for (int j = 0; j < n; ++j) {
      for (int i = j; i < n; ++i) a(i, j) = static_cast<T>(a(i, j) + (i == j ? 1 : 0));
      for (int i = 0; i < j; ++i) a(i, j) = std::numeric_limits<double>::quiet_NaN();
    }
    return a;
  }

  Framed poisoned(int m, int n) const {
    HostMatrix<T> nan(m + 3, n + 2);
    std::fill(nan.data(), nan.data() + nan.size(), std::numeric_limits<T>::quiet_NaN());
    Framed framed{la_.matrix<T>(m + 3, n + 2), {}};
    la_.upload(nan.view(), framed.whole.view());
    framed.view = framed.whole.view().block(1, 1, m, n);
    return framed;
  }
  Framed on(const Host& values) const {
    Framed framed = poisoned(values.rows(), values.cols());
    HostMatrix<T> converted(values.rows(), values.cols());
    Cpu().copy(values.view(), converted.view());
    la_.upload(converted.view(), framed.view);
    return framed;
  }
  /// The matrix that C starts from.
  Framed output(const Host& before, double beta) const {
    return beta == 0 ? poisoned(before.rows(), before.cols()) : on(before);
  }

  void note(const std::string& operation, double error, double allowed) {
    if (std::isnan(error)) error = INFINITY;
    for (Comparison& known : results_) {
      if (known.operation != operation) continue;
      const bool worse = allowed == 0 ? error > known.error : error * known.allowed > known.error * allowed;
      if (worse) known = {operation, error, allowed};
      return;
    }
    results_.push_back({operation, error, allowed});
  }

  void compare(const std::string& operation, const Host& expected, const Framed& actual, double allowed,
               bool lower = false) {
    const int m = expected.rows(), n = expected.cols();
    HostMatrix<T> whole(m + 3, n + 2);
    la_.download(actual.whole.view(), whole.view());
    double scale = 1, error = 0;
    for (int j = 0; j < n + 2; ++j) {
      for (int i = 0; i < m + 3; ++i) {
        const bool inside = i >= 1 && i <= m && j >= 1 && j <= n && !(lower && i < j);
        if (inside) {
          const double difference = std::abs(whole(i, j) - expected(i - 1, j - 1));
          scale = std::max(scale, std::abs(expected(i - 1, j - 1)));
          error = difference <= error ? error : difference;  // NaN stays
        } else if (!std::isnan(whole(i, j))) {
          error = INFINITY;  // written beside the matrix
        }
      }
    }
    note(operation, error / scale, allowed);
  }

  /// Nothing was written beside the matrix.
  void compareFrame(const std::string& operation, const Framed& framed) {
    const int m = framed.view.rows, n = framed.view.cols;
    const Framed gone = poisoned(m, n);
    la_.copy(gone.view, framed.view);
    HostMatrix<T> whole(m + 3, n + 2);
    la_.download(framed.whole.view(), whole.view());
    const bool intact =
        std::all_of(whole.data(), whole.data() + whole.size(), [](T value) { return std::isnan(value); });
    note(operation, intact ? 0 : INFINITY, 0);
  }

  void transfers() {
    for (const int m : sizes_) {
      for (const int n : sizes_) {
        const Host a = random(m, n, 1);
        compare("upload, download", a, on(a), 0);
        const Framed to = poisoned(m, n);
        la_.copy(on(a).view, to.view);
        compare("copy", a, to, 0);

        using Other = std::conditional_t<std::is_same_v<T, float>, double, float>;
        Host rounded(m, n);
        for (std::size_t k = 0; k < a.size(); ++k) rounded.data()[k] = static_cast<T>(static_cast<Other>(a.data()[k]));
        const auto other = la_.matrix<Other>(m, n, Uninitialized{});
        const auto whole = la_.matrix<T>(m, n, Uninitialized{});
        const Framed back = poisoned(m, n);
        la_.copy(on(a).view, other.view());
        la_.copy(other.view(), whole.view());  // a copy without gaps goes in packs where the size allows
        la_.copy(whole.view(), back.view);
        compare("copy to another type", rounded, back, 0);

        const Framed filled = poisoned(m, n);
        la_.fill(filled.view, T(3));
        Host threes(m, n);
        std::fill(threes.data(), threes.data() + threes.size(), 3.0);
        compare("fill", threes, filled, 0);

        const Framed zero = poisoned(m, n);
        la_.copy(la_.matrix<T>(m, n).view(), zero.view);
        compare("matrix", Host(m, n), zero, 0);
      }
    }
  }

  void loops() {
    for (const int m : sizes_) {
      for (const int n : sizes_) {
        const Framed a = on(Host(m, n));
        la_.forEach(m, n, AddPlace<T>{a.view});
        Host expected(m, n);
        for (int j = 0; j < n; ++j) {
          for (int i = 0; i < m; ++i) expected(i, j) = 1 + i % 100 + 3 * (j % 100);
        }
        compare("forEach(m, n)", expected, a, 0);
      }
      const Framed a = on(Host(m, 1));
      la_.forEach(m, AddPlace<T>{a.view});
      Host expected(m, 1);
      for (int i = 0; i < m; ++i) expected(i, 0) = 1 + i % 100;
      compare("forEach(n)", expected, a, 0);
    }
  }

  void sums() {
    constexpr double allowed = 1e-13;  // a bound in double precision, whatever T is
    std::vector<int> lengths = sizes_;
    lengths.insert(lengths.end(), {2049, 70001});
    for (const int m : lengths) {
      const Host a = random(m, 1, 1);
      const Framed x = on(a);
      const double expected = Cpu().sum(m, [&](int i) { return a(i, 0) * a(i, 0); });
      const double once = la_.sum(m, Square<T>{x.view});
      note("sum", std::abs(once - expected) / std::max(1.0, expected), allowed);
      note("sum again: the same bits", once == la_.sum(m, Square<T>{x.view}) ? 0 : 1, 0);
      const Host b = random(m, 1, 2);
      const Framed y = on(b);
      note("dot", std::abs(la_.dot(x.vector(), y.vector()) - Cpu().dot(a.flat(), b.flat())) / std::sqrt(m + 1.0),
           allowed);
      note("norm", std::abs(la_.norm(x.vector()) - Cpu().norm(a.flat())) / std::sqrt(m + 1.0), allowed);
      for (const int n : sizes_) {
        if (m > 3000 && n > 8) continue;
        const Host values = random(m, n, 3);
        const Framed on_ = on(values);
        const auto out = la_.matrix<double>(n, 1, Uninitialized{});
        la_.fill(out.view(), std::numeric_limits<double>::quiet_NaN());
        la_.columnSums(m, n, Square<T>{on_.view}, out.flat());
        Host total(n, 1), expectedSums(n, 1);
        la_.download(out.view(), total.view());
        const auto square = [&](int i, int j) { return values(i, j) * values(i, j); };
        Cpu().columnSums(m, n, square, expectedSums.flat());
        double error = 0;
        for (int j = 0; j < n; ++j) {
          const double difference = std::abs(total(j, 0) - expectedSums(j, 0)) / std::max(1.0, expectedSums(j, 0));
          error = difference <= error ? error : difference;
        }
        note("columnSums", error, allowed);
      }
    }
  }

  void products() {
    for (const int m : sizes_) {
      for (const int n : sizes_) {
        matrixProducts(m, n);
        for (const Transpose op : {Transpose::no, Transpose::yes}) {
          for (const auto& [alpha, beta] : scalars_) {
            vectorProduct(op, m, n, alpha, beta);
            gram(op, m, n, alpha, beta);
          }
        }
        symmetricProduct(m, n);
      }
      mirrored(m);
    }
  }

  void matrixProducts(int m, int n) {
    const Transpose ops[] = {Transpose::no, Transpose::yes};
    for (const int k : sizes_) {
      if ((m + n + k) % 3 == 1 && m != n) continue;  // some combinations are enough
      for (const Transpose opA : ops) {
        for (const Transpose opB : ops) {
          const auto& [alpha, beta] = scalars_[static_cast<std::size_t>((m + n + k) % 3)];
          const Host a = opA == Transpose::no ? random(m, k, 1) : random(k, m, 1);
          const Host b = opB == Transpose::no ? random(k, n, 2) : random(n, k, 2);
          Host c = random(m, n, 3);
          const Framed result = output(c, beta);
          la_.gemm(opA, opB, alpha, on(a), on(b), beta, result.view);
          Cpu().gemm(opA, opB, alpha, a, b, beta, c);
          compare("gemm", c, result, 4 * epsilon * (k + 10));
        }
      }
    }
  }

  void vectorProduct(Transpose op, int m, int n, double alpha, double beta) {
    const Host a = random(m, n, 1);
    const int terms = op == Transpose::no ? n : m;
    const Host x = random(terms, 1, 2);
    Host y = random(op == Transpose::no ? m : n, 1, 3);
    const Framed result = output(y, beta);
    la_.gemv(op, alpha, on(a), on(x).vector(), beta, result.vector());
    Cpu().gemv(op, alpha, a, x.flat(), beta, y.flat());
    compare("gemv", y, result, 4 * epsilon * (terms + 10));
  }

  void gram(Transpose op, int m, int n, double alpha, double beta) {
    const Host b = op == Transpose::no ? random(m, n, 1) : random(n, m, 1);
    Host c = random(m, m, 3);
    const Framed lower = output(c, beta);
    if (beta != 0) poisonUpper(lower);
    la_.syrk(op, alpha, on(b), beta, lower.view);
    Cpu().syrk(op, alpha, b, beta, c);
    compareLower("syrk", c, lower, 4 * epsilon * (n + 10));
  }

  void symmetricProduct(int m, int n) {
    Host a = random(m, m, 4);
    Cpu().mirrorLower(a);
    const Host b = random(m, n, 5);
    Host c(m, n);
    const Framed result = poisoned(m, n);
    la_.multiplySymmetric(on(a), on(b), result.view);
    Cpu().multiplySymmetric(a, b, c);
    compare("multiplySymmetric", c, result, 4 * epsilon * (m + 10));
  }

  void mirrored(int m) {
    Host a = random(m, m, 4);
    const Framed result = on(a);
    poisonUpper(result);
    la_.mirrorLower(result.view);
    Cpu().mirrorLower(a);
    compare("mirrorLower", a, result, 0);
  }

  /// NaN above the diagonal.
  void poisonUpper(const Framed& framed) const {
    for (int j = 0; j < framed.view.cols; ++j) {
      la_.fill(framed.view.block(0, j, j, 1), std::numeric_limits<T>::quiet_NaN());
    }
  }

  /// Gram matrices of tall matrices, which are computed in pieces: those that are not far larger than the sizes that
  /// were asked for.
  void tallGrams() {
    const std::pair<int, int> shapes[] = {{1, 2048}, {3, 5001}, {33, 9002}, {130, 4103}};
    const int largest = *std::max_element(sizes_.begin(), sizes_.end());
    for (const auto& [n, k] : shapes) {
      if (n > 2 * largest) continue;
      for (const Transpose op : {Transpose::no, Transpose::yes}) {
        const Host a = op == Transpose::no ? random(n, k, 1) : random(k, n, 1);
        for (const double beta : {0.0, -0.5}) {
          Host c = random(n, n, 3);
          const Framed result = output(c, beta);
          if (beta != 0) poisonUpper(result);
          la_.syrk(op, -0.75, on(a), beta, result.view);
          Cpu().syrk(op, -0.75, a, beta, c);
          compareLower("syrk in pieces", c, result, 4 * epsilon * std::sqrt(k));
        }
      }
    }
  }

  /// Above the diagonal there must be NaN still.
  void compareLower(const std::string& operation, const Host& expected, const Framed& actual, double allowed) {
    compare(operation, expected, actual, allowed, true);
  }

  void triangles() {
    for (const int n : sizes_) {
      const Host l = positiveDefinite(n);  // a lower triangle with a large diagonal
      const Framed onDevice = on(l);
      for (const int others : sizes_) {
        for (const Side side : {Side::left, Side::right}) {
          for (const Transpose op : {Transpose::no, Transpose::yes}) {
            Host b = side == Side::left ? random(n, others, 5) : random(others, n, 5);
            const Framed x = on(b);
            la_.trsm(side, op, 2, onDevice, x.view);
            Cpu().trsm(side, op, 2, l, b);
            compare("trsm", b, x, 40 * epsilon * (n + 10));
          }
        }
      }
    }
  }

  void factors() {
    for (const int n : sizes_) {
      Host l = positiveDefinite(n);
      const Framed factor = on(l);
      note("cholesky: done", la_.cholesky(factor.view) ? 0 : 1, 0);
      Cpu().cholesky(l);
      compareLower("cholesky", l, factor, 40 * epsilon * (n + 10));
      for (const int columns : {1, 3}) {
        Host b = random(n, columns, 6);
        const Framed x = on(b);
        la_.choleskySolve(factor, x.view);
        Cpu().choleskySolve(l, b);
        compare("choleskySolve", b, x, 40 * epsilon * (n + 10));
      }
      Host inverse(n, n);
      const Framed result = poisoned(n, n);
      Cpu().choleskyInverse(l, inverse);
      la_.choleskyInverse(factor.view, result.view, 64);
      compare("choleskyInverse", inverse, result, 40 * epsilon * (n + 10));
      if (n == 0) continue;
      for (const double bad : {-1.0, std::numeric_limits<double>::quiet_NaN()}) {
        Host a = positiveDefinite(n);
        a(n / 2, n / 2) = bad;
        note("cholesky: refused", la_.cholesky(on(a).view) ? 1 : 0, 0);
      }
    }
  }

  /// Eigenvalues of V D V with known eigenvalues D of both signs and V = I - 2 v v^T.
  void spectra() {
    for (const int n : sizes_) {
      Host v = random(n, 1, 8), values(n, 1), a(n, n);
      const double length = n == 0 ? 1 : Cpu().norm(v.flat());
      double squares = 0;  // v^T D v
      int negative = 0;
      for (int k = 0; k < n; ++k) {
        v(k, 0) /= length;
        values(k, 0) = k - n / 3 - 0.5;
        squares += v(k, 0) * v(k, 0) * values(k, 0);
        negative += values(k, 0) < 0 ? 1 : 0;
      }
      for (int j = 0; j < n; ++j) {
        for (int i = 0; i < j; ++i) a(i, j) = std::numeric_limits<double>::quiet_NaN();
        for (int i = j; i < n; ++i) {
          const double rankTwo = v(i, 0) * v(j, 0) * (4 * squares - 2 * (values(i, 0) + values(j, 0)));
          a(i, j) = (i == j ? values(i, 0) : 0) + rankTwo;
        }
      }
      const Framed used = on(a);
      const Framed found = poisoned(n, 1);
      note("eigenvalues: done", la_.eigenvalues(used.view, found.vector()) ? 0 : 1, 0);
      compare("eigenvalues", values, found, 4 * epsilon * (n + 10));
      compareFrame("eigenvalues", used);
      note("inertia", inertiaOf(la_, on(a).view) == Inertia{n - negative, negative} ? 0 : 1, 0);
      if (n == 0) continue;
      a(n / 2, n / 2) = std::numeric_limits<double>::quiet_NaN();
      note("inertia: undefined", inertiaOf(la_, on(a).view) == Inertia{.undefined = n} ? 0 : 1, 0);
    }
  }

  static constexpr std::pair<double, double> scalars_[] = {{1, 0}, {-0.75, 1}, {2, -0.5}};  // alpha, beta

  const CudaOperations& la_;
  std::vector<int> sizes_;
  std::vector<Comparison> results_;
};

}  // namespace nonconvex::checks
