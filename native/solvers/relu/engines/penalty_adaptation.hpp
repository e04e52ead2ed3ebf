// How far apart ReluSolver's primal and dual residuals are.
#pragma once

#include <algorithm>
#include <cmath>
#include <functional>
#include <span>
#include <utility>

#include "linalg/linalg.hpp"

namespace nonconvex {

/// Logarithms of ||u - v|| / ||v|| over ||v - v_before|| / ||b - v|| (b - v being the multiplier over rho), summed over
/// samples, and likewise of z.
struct ReluBalanceSums {
  double v = 0;
  double z = 0;
  double samples = 0;

  /// Logarithm of a factor for rho from the squares ||relaxation (u - v)||^2, ||v - v_before||^2, ||v||^2 and
  /// ||b - v||^2, the last where v is not zero: inactive groups, however many, say nothing of the scale.
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
  const double* squares;  // of v, and of z if `split`
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

template <LinAlg La>
class ReluBalance {
 public:
  using T = typename La::Number;
  using Space = typename La::Space;
  using V = ReluPair<T, T, Space>;
  using Z = ReluPair<T, double, Space>;

  /// `predictions` is 0 where the loss is not split.
  /// `sums`, if there is one, adds up what ranks have of z.
  ReluBalance(const La& la, int weights, int predictions, double relaxation,
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

 private:
  static constexpr bool onHost = std::is_same_v<Space, Host>;

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
};

}  // namespace nonconvex
