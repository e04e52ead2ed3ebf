// The fifth list: metrics and norms in which a step is steepest.
#pragma once

#include <algorithm>
#include <cmath>
#include <vector>

#include "linalg/blas.hpp"
#include "solvers/smooth/context.hpp"

namespace nonconvex {

inline double memoryOf(const MinimizeSumSettings& settings, double usual) {
  return std::isnan(settings.beta2) ? usual : settings.beta2;
}

/// The Euclidean norm: a gradient is its own direction.
template <class T>
class EuclideanGeometry final : public Geometry<T> {
 public:
  static constexpr std::string_view name = "l2";
  static constexpr auto fields() { return FieldTuple{}; }

  explicit EuclideanGeometry(SumContext<T>&) {}
  const T* direction(SumContext<T>&, const T* m) override { return m; }
};

/// m / ||m||^beta
template <class T>
class NormalizedGeometry final : public Geometry<T> {
 public:
  static constexpr std::string_view name = "normalized";
  static constexpr auto fields() { return PowerSettings::fields(); }

  explicit NormalizedGeometry(SumContext<T>& at) : power_(at.settings.power), d_(zeros(at)) {}
  const T* direction(SumContext<T>& at, const T* m) override {
    const double norm = std::sqrt(sweeps::squares(at.n, m));
    const double by = norm > 0 ? std::pow(norm, -power_) : 0;
    for (int i = 0; i < at.n; ++i) d_[at_(i)] = static_cast<T>(by) * m[i];
    return d_.data();
  }

 private:
  static std::size_t at_(int i) { return static_cast<std::size_t>(i); }
  double power_;
  std::vector<T> d_;
};

template <class T>
void signsOf(int n, const T* m, T* d) {
  for (int i = 0; i < n; ++i) d[i] = static_cast<T>((m[i] > 0) - (m[i] < 0));
}

/// The largest entry's norm: sign(m).
template <class T>
class SignGeometry final : public Geometry<T> {
 public:
  static constexpr std::string_view name = "sign";
  static constexpr auto fields() { return FieldTuple{}; }

  explicit SignGeometry(SumContext<T>& at) : d_(zeros(at)) {}
  const T* direction(SumContext<T>& at, const T* m) override {
    signsOf(at.n, m, d_.data());
    return d_.data();
  }

 private:
  std::vector<T> d_;
};

/// The orthogonal factor U V^T of a matrix, by steps of Newton and Schulz: K. Jordan et al., "Muon", 2024.
template <class T>
class PolarFactor {
 public:
  PolarFactor(const std::vector<SumBlock>& blocks, bool exact) : exact_(exact) {
    std::size_t side = 0;
    for (const SumBlock& block : blocks) {
      if (block.rows > 1 && block.columns > 1) side = std::max(side, at(std::min(block.rows, block.columns)));
      longest_ = std::max(longest_, block.rows > 1 && block.columns > 1 ? at(block.size()) : 0);
    }
    for (std::vector<T>* square : {&gram_, &polynomial_}) square->resize(side * side);
    product_.resize(longest_);
  }

  /// d := U V^T of the rows x columns matrix m, row after row; both may be the same.
  void apply(int rows, int columns, const T* m, T* d) {
    const int size = rows * columns;
    const double norm = std::sqrt(sweeps::squares(size, m));
    const T by = norm > 0 ? static_cast<T>(1 / norm) : T(0);
    for (int i = 0; i < size; ++i) d[i] = by * m[i];
    for (int step = 0; step < (exact_ ? 30 : 5); ++step) {
      if (exact_) {
        iterate(columns, rows, T(1.5), T(-0.5), T(0), d);
      } else {
        iterate(columns, rows, T(3.4445), T(-4.7750), T(2.0315), d);
      }
    }
  }

 private:
  /// X := a X + (b A + c A^2) X, A = X X^T, of the p x q matrix X by columns; from the other side where q < p.
  void iterate(int p, int q, T a, T b, T c, T* x) {
    const bool left = p <= q;
    const int side = std::min(p, q);
    T* gram = gram_.data();
    T* polynomial = polynomial_.data();
    if (left) {
      blas::gemm('N', 'T', p, p, q, T(1), x, p, x, p, T(0), gram, p);
    } else {
      blas::gemm('T', 'N', q, q, p, T(1), x, p, x, p, T(0), gram, q);
    }
    std::copy_n(gram, side * side, polynomial);
    blas::gemm('N', 'N', side, side, side, c, gram, side, gram, side, b, polynomial, side);
    for (int i = 0; i < side; ++i) polynomial[i * (side + 1)] += a;
    if (left) {
      blas::gemm('N', 'N', p, q, p, T(1), polynomial, p, x, p, T(0), product_.data(), p);
    } else {
      blas::gemm('N', 'N', p, q, q, T(1), x, p, polynomial, q, T(0), product_.data(), p);
    }
    std::copy_n(product_.data(), p * q, x);
  }

  bool exact_;
  std::size_t longest_ = 0;
  std::vector<T> gram_, polynomial_, product_;
};

/// The spectral norm of matrices, U V^T, and signs of vectors.
template <class T>
class SpectralGeometry final : public Geometry<T> {
 public:
  static constexpr std::string_view name = "spectral";
  static constexpr auto fields() { return SpectralSettings::fields(); }

  explicit SpectralGeometry(SumContext<T>& at) : polar_(at.blocks, at.settings.exactPolar), d_(zeros(at)) {}
  const T* direction(SumContext<T>& at, const T* m) override {
    for (const SumBlock& block : at.blocks) {
      if (block.rows > 1 && block.columns > 1) {
        polar_.apply(block.rows, block.columns, m + block.offset, d_.data() + block.offset);
      } else {
        signsOf(block.size(), m + block.offset, d_.data() + block.offset);
      }
    }
    return d_.data();
  }

 private:
  PolarFactor<T> polar_;
  std::vector<T> d_;
};

/// A norm for each variable: m / ||m||, sign(m) or U V^T.
template <class T>
class NormsGeometry final : public Geometry<T> {
 public:
  static constexpr std::string_view name = "norms";
  static constexpr auto fields() { return SpectralSettings::fields(); }

  explicit NormsGeometry(SumContext<T>& at)
      : norms_(at.norms.begin(), at.norms.end()), polar_(at.blocks, at.settings.exactPolar), d_(zeros(at)) {}
  const T* direction(SumContext<T>& at, const T* m) override {
    at.eachVariable([&](int begin, int size, std::size_t b) {
      const SumBlock& block = at.blocks[b];
      const bool matrix = block.rows > 1 && block.columns > 1;
      const int norm = norms_.empty() ? (matrix ? 2 : 0) : norms_[b];
      T* d = d_.data() + begin;
      if (norm == 2 && matrix) {
        polar_.apply(block.rows, block.columns, m + begin, d);
      } else if (norm == 1) {
        signsOf(size, m + begin, d);
      } else {
        const double length = std::sqrt(sweeps::squares(size, m + begin));
        const T by = length > 0 ? static_cast<T>(1 / length) : T(0);
        for (int i = 0; i < size; ++i) d[i] = by * m[begin + i];
      }
    });
    return d_.data();
  }

 private:
  std::vector<std::int32_t> norms_;
  PolarFactor<T> polar_;
  std::vector<T> d_;
};

/// The common part of the diagonal geometries with roots: m / (sqrt(v) + 1e-8), v what is learned.
template <class T>
class RootGeometry : public Geometry<T> {
 public:
  static constexpr auto fields() { return MemorySettings::fields(); }

  const T* direction(SumContext<T>& at, const T* m) override {
    sweeps::overRoots(at.n, 1 / at.momentumBias, m, 1 / bias_, v_.data(), Tuning::epsilon, d_.data());
    return d_.data();
  }
  void visit(Archive& archive) override { archive.visit(v_); }

 protected:
  struct Tuning {
    static constexpr double epsilon = 1e-8;  ///< safeguard: what is added to a root, which may be 0
  };

  explicit RootGeometry(SumContext<T>& at) : memory_(memoryOf(at.settings, 0.999)), v_(zeros(at)), d_(zeros(at)) {}
  void averageIn(SumContext<T>& at, const T* g) {
    sweeps::averageSquares(at.n, memory_, g, v_.data());
    bias_ = 1 - std::pow(memory_, static_cast<double>(at.step + 1));
  }

  double memory_;
  double bias_ = 1;
  std::vector<T> v_, d_;
};

/// v an average of g^2: D. P. Kingma, J. Ba, "Adam", ICLR 2015; without momentum RMSProp.
template <class T>
class RmsGeometry final : public RootGeometry<T> {
 public:
  static constexpr std::string_view name = "rms";
  explicit RmsGeometry(SumContext<T>& at) : RootGeometry<T>(at) {}
  void learn(SumContext<T>& at, const T*, const T* g, const T*) override { this->averageIn(at, g); }
};

/// v an average of m^2: Y. Wang et al., "Rethinking Adam: a twofold exponential moving average approach", 2021.
template <class T>
class MomentumGeometry final : public RootGeometry<T> {
 public:
  static constexpr std::string_view name = "ofMomentum";
  explicit MomentumGeometry(SumContext<T>& at) : RootGeometry<T>(at) {}
  void learn(SumContext<T>& at, const T*, const T*, const T* m) override { this->averageIn(at, m); }
};

/// The largest average so far, without corrections for its beginning: S. J. Reddi, S. Kale, S. Kumar, "On the
/// convergence of Adam and beyond", ICLR 2018.
template <class T>
class MaxGeometry : public Geometry<T> {
 public:
  static constexpr std::string_view name = "max";
  static constexpr auto fields() { return MemorySettings::fields(); }

  explicit MaxGeometry(SumContext<T>& at)
      : memory_(memoryOf(at.settings, 0.999)), v_(zeros(at)), most_(zeros(at)), d_(zeros(at)) {}
  void learn(SumContext<T>& at, const T*, const T* g, const T*) override {
    sweeps::averageSquares(at.n, memory_, g, v_.data());
    for (std::size_t i = 0; i < v_.size(); ++i) most_[i] = std::max(most_[i], v_[i]);
  }
  const T* direction(SumContext<T>& at, const T* m) override {
    sweeps::overRoots(at.n, 1, m, 1, most_.data(), 1e-8, d_.data());
    return d_.data();
  }
  void visit(Archive& archive) override {
    archive.visit(v_);
    archive.visit(most_);
  }

 protected:
  double memory_;
  std::vector<T> v_, most_, d_;
};

/// The largest average of squared errors g - h, h what was predicted: J.-K. Wang, X. Li, P. Li, "Optimistic adaptive
/// acceleration for optimization", 2019.
template <class T>
class CentredGeometry final : public MaxGeometry<T> {
 public:
  static constexpr std::string_view name = "centred";
  explicit CentredGeometry(SumContext<T>& at) : MaxGeometry<T>(at), error_(zeros(at)) {}
  void learn(SumContext<T>& at, const T* x, const T* g, const T* m) override {
    sweeps::combine(at.n, 1, g, -1, at.prediction, error_.data());
    MaxGeometry<T>::learn(at, x, error_.data(), m);
  }

 private:
  std::vector<T> error_;
};

/// Estimates of the Hessian's diagonal, z * H z for signs z: Hutchinson's.
template <class T>
class DiagonalEstimate {
 public:
  explicit DiagonalEstimate(SumContext<T>& at) : z_(zeros(at)), product_(zeros(at)) {}

  /// The estimate number `which` of this step, at x on its rows.
  const T* at(SumContext<T>& at, const T* x, int which = 0) {
    const Random random = at.random(Draw::signs);
    const auto n = static_cast<std::uint64_t>(at.n);
    const std::uint64_t first = (static_cast<std::uint64_t>(at.step) * 128 + static_cast<std::uint64_t>(which))
                                << 24;  // first of 2^31 signs, 128 a block
    Random::Block bits{};
    for (std::uint64_t i = 0; i < n; ++i) {
      if (i % 128 == 0) bits = random.block(first + i / 128);
      z_[i] = (bits[i % 128 / 32] >> (i % 32) & 1U) != 0 ? T(1) : T(-1);
    }
    at.hessianProduct(at.rows, x, z_.data(), product_.data());
    sweeps::times(at.n, z_.data(), product_.data(), product_.data());
    return product_.data();
  }

 private:
  std::vector<T> z_, product_;
};

/// D = max(|average of z * H z|, 1e-5), which begins as the mean of 100 products: M. Jahani et al., "Doubly adaptive
/// scaled algorithm for machine learning using second-order information", ICLR 2022.
template <class T>
class HutchinsonGeometry final : public Geometry<T> {
 public:
  static constexpr std::string_view name = "hutchinson";
  static constexpr auto fields() { return MemorySettings::fields(); }

  explicit HutchinsonGeometry(SumContext<T>& at)
      : memory_(memoryOf(at.settings, 0.99)), estimate_(at), average_(zeros(at)), diagonal_(zeros(at)), d_(zeros(at)) {}
  void learn(SumContext<T>& at, const T* x, const T*, const T*) override {
    if (at.step == 0) {
      for (int k = 0; k < Tuning::products; ++k) {
        at.la.checkpoint();
        sweeps::combine(at.n, 1, average_.data(), 1.0 / Tuning::products, estimate_.at(at, x, k), average_.data());
      }
    } else {
      sweeps::average(at.n, memory_, estimate_.at(at, x), average_.data());
    }
    for (std::size_t i = 0; i < diagonal_.size(); ++i) diagonal_[i] = std::max(std::abs(average_[i]), T(1e-5));
  }
  const T* direction(SumContext<T>&, const T* m) override {
    for (std::size_t i = 0; i < d_.size(); ++i) d_[i] = m[i] / diagonal_[i];
    return d_.data();
  }
  const T* diagonal() const override { return diagonal_.data(); }
  void visit(Archive& archive) override { archive.visit(average_); }

 private:
  struct Tuning {
    static constexpr int products = 100;  ///< measured: products that the average begins with
  };
  double memory_;
  DiagonalEstimate<T> estimate_;
  std::vector<T> average_, diagonal_, d_;
};

/// clip(m / max(gamma h, 1e-12), 1), h an average of z * H z of every tenth step: H. Liu et al., "Sophia", ICLR 2024.
template <class T>
class ClippedCurvature final : public Geometry<T> {
 public:
  static constexpr std::string_view name = "clippedCurvature";
  static constexpr auto fields() { return appendedFields(MemorySettings::fields(), RefreshSettings::fields()); }

  explicit ClippedCurvature(SumContext<T>& at)
      : memory_(memoryOf(at.settings, 0.99)),
        every_(at.settings.refresh == 0 ? 10 : at.settings.refresh),
        estimate_(at),
        h_(zeros(at)),
        d_(zeros(at)) {}
  void learn(SumContext<T>& at, const T* x, const T*, const T*) override {
    if (at.step % every_ == 0) sweeps::average(at.n, memory_, estimate_.at(at, x), h_.data());
  }
  const T* direction(SumContext<T>&, const T* m) override {
    constexpr T gamma = T(0.01), least = T(1e-12);
    for (std::size_t i = 0; i < d_.size(); ++i) {
      d_[i] = std::clamp(m[i] / std::max(gamma * h_[i], least), T(-1), T(1));
    }
    return d_.data();
  }
  void visit(Archive& archive) override { archive.visit(h_); }

 private:
  double memory_;
  int every_;
  DiagonalEstimate<T> estimate_;
  std::vector<T> h_, d_;
};

/// m / B with B the sum of g^2, an average of it plus 1e-8, or |z * H z|: no root, so that it does not matter in which
/// units the columns of the data are, but for the 1e-8. Without that the many entries of a network whose gradients are
/// nearly 0 take most of each step, and it is trained four times as slowly. F. Abdukhakimov et al., "SANIA: Polyak-type
/// optimization framework leads to scale invariant stochastic algorithms", 2023.
template <class T>
class SquaresGeometry final : public Geometry<T> {
 public:
  static constexpr std::string_view name = "squares";
  static constexpr auto fields() { return appendedFields(SquaresSettings::fields(), MemorySettings::fields()); }

  explicit SquaresGeometry(SumContext<T>& at)
      : kind_(at.settings.squares),
        memory_(memoryOf(at.settings, 0.999)),
        estimate_(at),
        squares_(zeros(at)),
        d_(zeros(at)) {}
  void learn(SumContext<T>& at, const T* x, const T* g, const T*) override {
    if (kind_ == SquaresOf::hutchinson) {
      const T* h = estimate_.at(at, x);
      sweeps::average(at.n, at.step == 0 ? 0 : memory_, h, squares_.data());
    } else if (kind_ == SquaresOf::adamSqr) {
      sweeps::averageSquares(at.n, memory_, g, squares_.data());
      bias_ = 1 - std::pow(memory_, static_cast<double>(at.step + 1));
    } else {
      for (int i = 0; i < at.n; ++i) squares_[static_cast<std::size_t>(i)] += g[i] * g[i];
    }
  }
  const T* direction(SumContext<T>&, const T* m) override {
    const T factor = static_cast<T>(bias_);
    const T more = kind_ == SquaresOf::adamSqr ? static_cast<T>(1e-8 * bias_) : T(0);
    for (std::size_t i = 0; i < d_.size(); ++i) {
      d_[i] = squares_[i] == 0 ? T(0) : factor * m[i] / (std::abs(squares_[i]) + more);
    }
    return d_.data();
  }
  void visit(Archive& archive) override { archive.visit(squares_); }

 private:
  SquaresOf kind_;
  double memory_;
  double bias_ = 1;
  DiagonalEstimate<T> estimate_;
  std::vector<T> squares_, d_;
};

template <class T>
using Geometries = TypeList<EuclideanGeometry<T>, NormalizedGeometry<T>, SignGeometry<T>, SpectralGeometry<T>,
                            NormsGeometry<T>, RmsGeometry<T>, MomentumGeometry<T>, MaxGeometry<T>, CentredGeometry<T>,
                            HutchinsonGeometry<T>, ClippedCurvature<T>, SquaresGeometry<T>>;

}  // namespace nonconvex
