// Penalties of ADMM that keep primal and dual residuals in balance.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>
#include <span>
#include <utility>

#include "linalg/linalg.hpp"
#include "methods/splitting/penalty_balance.hpp"

namespace nonconvex {

/// The penalties of the augmented Lagrangian.
struct ReluPenalties {
  double rho = 1;    ///< weighs weights
  double sigma = 1;  ///< weighs predictions, where the loss is split from them

  bool operator==(const ReluPenalties&) const = default;
};

/// Logarithms of ||u - v|| / ||v|| over ||v - v_before|| / ||b - v|| (b - v being the multiplier over rho), summed over
/// samples, and the same sum for z.
struct ReluBalanceSums {
  double v = 0;
  double z = 0;
  double samples = 0;

  /// Logarithm of a factor for rho from the squares ||relaxation (u - v)||^2, ||v - v_before||^2, ||v||^2 and
  /// ||b - v||^2, the last where v is not zero: inactive groups tell nothing of the scale.
  NONCONVEX_HD static double logarithm(const double* squares, double relaxation) {
    return 0.5 * std::log(squares[0] / (relaxation * relaxation) / squares[2] * squares[3] / squares[1]);
  }
  NONCONVEX_HD void add(double ofV, double ofZ) {
    if (!std::isfinite(ofV) || !std::isfinite(ofZ)) return;
    v += ofV;
    z += ofZ;
    samples += 1;
  }
};

namespace kernels {

template <class T, class U>
struct BalanceSquares {
  const T* next;
  const T* point;
  const U* prox;
  const U* last;
  NONCONVEX_HD double operator()(int i, int which) const {
    const double x = static_cast<double>(prox[i]);
    const double from = static_cast<double>(point[i]);
    const double difference = which == 0   ? static_cast<double>(next[i]) - from
                              : which == 1 ? x - static_cast<double>(last[i])
                              : which == 2 ? x
                              : x != 0     ? from - x
                                           : 0.0;
    return difference * difference;
  }
};

struct AddBalance {
  const double* squares;  // sums of squares of v, then of z if `split`
  bool split;
  double relaxation;
  ReluBalanceSums* sums;
  NONCONVEX_HD void operator()(int) const {
    sums->add(ReluBalanceSums::logarithm(squares, relaxation),
              split ? ReluBalanceSums::logarithm(squares + 4, relaxation) : 0.0);
  }
};

}  // namespace kernels

/// One pair of v and its point b, before and after an iteration; or of z and a.
template <class T, class U, class Space>
struct ReluPair {
  Vec<const T, Space> next, point;
  Vec<const U, Space> prox;
};

/// Samples, in a few iterations of a window, what balances primal and dual residuals, and says at the window's end by
/// which penalties they would be in balance.
template <LinAlg La>
class ReluPenaltyAdaptation {
 public:
  using T = typename La::Number;
  using Space = typename La::Space;
  using V = ReluPair<T, T, Space>;
  using Z = ReluPair<T, double, Space>;

  /// `predictions` is 0 where the loss is not split. `sums`, if there is one, adds up what ranks have of z.
  ReluPenaltyAdaptation(const La& la, int weights, int predictions, double relaxation,
                        std::function<void(std::span<double>)> sums = {})
      : la_(la),
        relaxation_(relaxation),
        together_(std::move(sums)),
        lastV_(la.template matrix<T>(weights, 1)),
        lastZ_(la.template matrix<double>(predictions, 1)) {
    if constexpr (!onHost) {
      squares_ = la.template matrix<double>(8, 1);
      sums_ = la.template matrix<double>(3, 1);
    }
  }

  /// Samples the residuals of iteration k = 1, 2, ..., if it is one of those that are sampled.
  void observe(int k, const V& v, const Z& z) {
    if (k % Tuning::sampling == Tuning::sampling - 1) remember(v.prox, z.prox);
    if (k % Tuning::sampling == 0) sample(v, z);
  }

  /// New penalties at the end of a window where the residuals are far out of balance. Changes are rare, since each one
  /// costs a factorisation, and become rarer, so that ADMM converges.
  std::optional<ReluPenalties> adapt(int k, ReluPenalties now, double leastRho) {
    if (k != Tuning::window / 2 && k % Tuning::window != 0) return std::nullopt;
    const ReluBalanceSums sums = take();
    if (sums.samples == 0) return std::nullopt;
    const auto factor = [&](double sum) { return balance_.factor(std::exp(sum / sums.samples)); };
    const ReluPenalties next{.rho = std::max(leastRho, now.rho * factor(sums.v)),
                             .sigma = lastZ_.rows() > 0 ? now.sigma * factor(sums.z) : now.sigma};
    if (next == now || !balance_.mayChange(k)) return std::nullopt;
    balance_.noteChange(k);
    return next;
  }

 private:
  static constexpr bool onHost = std::is_same_v<Space, Host>;

  struct Tuning {
    /// measured: Iterations from one sample of the residuals to the next.
    static constexpr int sampling = 5;
    /// measured: Iterations from one look at the samples to the next; the first look comes after half of them.
    static constexpr int window = 100;
    /// measured: Ratios of primal to dual residuals that are left alone: 0.4 to 1.2 was found at the best penalties.
    static constexpr double leastRatio = 0.25, mostRatio = 3;
    /// measured: The ratio that new penalties aim at.
    static constexpr double aim = 0.7;
    /// safeguard: The factor by which a penalty changes at most.
    static constexpr double mostChange = 10;
    /// safeguard: Changes after which the iterations up to the next one double.
    static constexpr int manyAdaptations = 12;
  };

  /// v and z of the iteration before a sample.
  void remember(Vec<const T, Space> v, Vec<const double, Space> z) {
    la_.copy(column(v), lastV_.view());
    la_.copy(column(z), lastZ_.view());
  }

  void sample(const V& v, const Z& z) {
    const bool split = z.prox.size > 0;
    if constexpr (onHost) {
      hostSums_.add(logarithm(v, lastV_.data(), false), split ? logarithm(z, lastZ_.data(), true) : 0.0);
    } else {
      const kernels::BalanceSquares<T, T> ofV{v.next.data, v.point.data, v.prox.data, lastV_.view().data};
      const kernels::BalanceSquares<T, double> ofZ{z.next.data, z.point.data, z.prox.data, lastZ_.view().data};
      la_.columnSums(v.prox.size, 4, ofV, squares_.flat().part(0, 4));
      if (split) la_.columnSums(z.prox.size, 4, ofZ, squares_.flat().part(4, 4));
      la_.forEach(1, kernels::AddBalance{squares_.view().data, split, relaxation_,
                                         reinterpret_cast<ReluBalanceSums*>(sums_.view().data)});
    }
  }

  /// The sums, which begin anew; waits.
  ReluBalanceSums take() {
    ReluBalanceSums sums;
    if constexpr (onHost) {
      std::swap(sums, hostSums_);
    } else {
      la_.download(Mat<const double, Space>(sums_), Mat<double>{&sums.v, 3, 1, 3});
      la_.fill(sums_.view(), 0.0);
    }
    return sums;
  }

  template <class U>
  static Mat<const U, Space> column(Vec<const U, Space> x) {
    return {x.data, x.size, 1, std::max(1, x.size)};
  }

  template <class Pair>
  double logarithm(const Pair& pair, const double* last, bool ofRows) const {
    double squares[4] = {};
    const double *next = pair.next.data, *point = pair.point.data, *prox = pair.prox.data;
    for (int i = 0; i < pair.prox.size; ++i) {
      squares[0] += (next[i] - point[i]) * (next[i] - point[i]);
      squares[1] += (prox[i] - last[i]) * (prox[i] - last[i]);
      if (prox[i] == 0) continue;
      squares[2] += prox[i] * prox[i];
      squares[3] += (point[i] - prox[i]) * (point[i] - prox[i]);
    }
    if (ofRows && together_) together_(squares);
    return ReluBalanceSums::logarithm(squares, relaxation_);
  }

  const La& la_;
  double relaxation_;
  std::function<void(std::span<double>)> together_;
  typename La::template Matrix<T> lastV_;
  typename La::template Matrix<double> lastZ_, squares_, sums_;
  ReluBalanceSums hostSums_;
  PenaltyBalance balance_{{.least = Tuning::leastRatio,
                           .most = Tuning::mostRatio,
                           .aim = Tuning::aim,
                           .mostChange = Tuning::mostChange,
                           .manyChanges = Tuning::manyAdaptations}};
};

}  // namespace nonconvex
