#include "solvers/sparse/penalties/block_penalty.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "functions/penalties.hpp"
#include "linalg/vectors.hpp"

namespace nonconvex {
struct BlockPenalty::Tuning {
  static constexpr int mostNewtonSteps = 60;        ///< safeguard: steps of Newton's method for a norm
  static constexpr double newtonAccuracy = 1e-15;   ///< rounding: change of a norm that ends these steps
  static constexpr int mostTangents = 2000;         ///< safeguard: lines that touch a penalty in turn
  static constexpr int mostProximalSteps = 20;      ///< safeguard: proximal steps in a block in turn
  static constexpr double proximalAccuracy = 1e-3;  ///< measured: length beside the first step that ends these
  static constexpr double singular = 1e-13;         ///< rounding: share of the largest eigenvalue
  static constexpr double edgeOfGradients = 1e-12;  ///< rounding: excess of a gradient over its bound
  static constexpr double roundingOfNorm = 1e-12;   ///< rounding: excess of a dual norm over its bound
};

double penaltyConjugate(double v, double l1, double l2, double lower, double upper) {
  const double excess = std::abs(v) - l1;
  if (excess <= 0) return 0;
  const double end = v > 0 ? upper : -lower;
  if (l2 == 0 && std::isinf(end)) return excess <= BlockPenalty::Tuning::edgeOfGradients * l1 ? 0 : infinity;
  const double b = l2 > 0 ? std::min(excess / l2, end) : end;
  return b == 0 ? 0 : (excess - l2 / 2 * b) * b;
}

double BlockPenalty::minimizerFromZero(double curvature, double gradient, const BlockBounds& bounds) const {
  if (!(curvature > 0)) return 0;
  return with([&](const auto& along) {
    if (!bounds.given()) return along.minimizer(curvature + ridge, -gradient);
    return penalties::minimizerWithin(along, curvature + ridge, -gradient, bounds.lower[0], bounds.upper[0]);
  });
}

double BlockPenalty::valueOfNorm(std::span<const double> b) const {
  const double squares = norm2Squared(b);
  if (squares == 0) return 0;
  const double r = std::sqrt(squares);
  return with([&](const auto& penalty) { return penalty.value(r); }) + (l1 > 0 ? l1 * norm1(b) : 0) +
         ridge / 2 * squares;
}

template <class F>
void BlockPenalty::forOpen(std::span<const double> g, double share, const BlockBounds& bounds, F&& f) const {
  for (std::size_t k = 0; k < g.size(); ++k) {
    const double derivative = share * g[k], w = std::abs(derivative) - l1;
    if (!(w > 0)) continue;
    if (const double u = bounds.reach(k, derivative); u > 0) f(k, w, u);
  }
}

double BlockPenalty::dualNormOfMany(std::span<const double> g, const BlockBounds& bounds) const {
  if (l1 == 0 && !bounds.given()) return normOf(g);
  double squares = 0;
  forOpen(g, 1, bounds, [&](std::size_t, double w, double) { squares += square(w); });
  return std::sqrt(squares);
}

double BlockPenalty::violationOfMany(std::span<const double> b, std::span<const double> g,
                                     const BlockBounds& bounds) const {
  const double r = normOf(b);
  if (r == 0) return std::max(0.0, dualNorm(g, bounds) - slopeAtZero());
  const double slope = this->slope(r);
  double squares = 0;
  for (std::size_t k = 0; k < b.size(); ++k) {
    const double at = g[k] + (slope / r + ridge) * b[k];
    const double derivative = b[k] != 0 ? at + std::copysign(l1, b[k]) : penalties::L1::prox(at, l1);
    if (!bounds.stops(k, b[k], derivative)) squares += square(derivative);
  }
  return std::sqrt(squares);
}

double BlockPenalty::slopeAlong(std::span<const double> b, std::span<const double> step) const {
  if (b.size() == 1 && l1 == 0) {
    return b[0] == 0 ? l * std::abs(step[0]) : (ridge * b[0] + std::copysign(l, b[0])) * step[0];
  }
  const double r = normOf(b);
  double sum = r > 0 ? (l / r + ridge) * dot(b, step) : l * normOf(step);
  for (std::size_t k = 0; k < b.size() && l1 > 0; ++k) {
    sum += b[k] == 0 ? l1 * std::abs(step[k]) : std::copysign(l1, b[k]) * step[k];
  }
  return sum;
}

/// The q with which min(w q, u) are the sizes of the point where -s g^T b less the penalty is largest. With r its norm
/// q is r / (l + ridge r), so that sum_k min(w_k q, u_k)^2 = (l q / (1 - ridge q))^2, of which the left side is concave
/// in q^2 and the right one convex: Newton's method from the right stays on its side of the root. Infinite where
/// nothing but bounds ends it.
double BlockPenalty::stretch(std::span<const double> g, double share, const BlockBounds& bounds) const {
  double all = 0, free = 0, ends = 0;
  forOpen(g, share, bounds, [&](std::size_t, double w, double u) {
    all += square(w);
    (std::isinf(u) ? free : ends) += square(std::isinf(u) ? w : u);
  });
  if (all <= square(l)) return 0;
  if (l == 0) return 1 / ridge;
  if (ridge == 0 && free >= square(l * (1 - Tuning::roundingOfNorm))) return infinity;
  double q = ridge > 0 ? (1 - l / std::sqrt(all)) / ridge : std::sqrt(ends / (square(l) - free));
  for (int step = 0; step < Tuning::mostNewtonSteps; ++step) {
    double within = 0, atEnds = 0;
    forOpen(g, share, bounds,
            [&](std::size_t, double w, double u) { (w * q < u ? within : atEnds) += square(w * q < u ? w : u); });
    const double rest = 1 - ridge * q;
    const double value = atEnds + q * q * (within - square(l / rest));
    const double slope = within - square(l / rest) / rest;
    if (!(value < 0) || !(slope < 0)) break;
    const double next = std::sqrt(std::max(0.0, q * q - value / slope));
    const bool last = q - next <= Tuning::newtonAccuracy * q;
    q = next;
    if (last) break;
  }
  return q;
}

double BlockPenalty::conjugate(std::span<const double> g, double share, const BlockBounds& bounds) const {
  if (g.size() == 1) {
    return penaltyConjugate(-share * g[0], l + l1, ridge, -bounds.reach(0, infinity), bounds.reach(0, -infinity));
  }
  const double q = stretch(g, share, bounds);
  if (q == 0) return 0;
  double linear = 0, squares = 0, free = 0;
  forOpen(g, share, bounds, [&](std::size_t, double w, double u) {
    if (std::isinf(q) && std::isinf(u)) {
      free += square(w);
      return;
    }
    const double size = std::min(w * q, u);
    linear += w * size;
    squares += square(size);
  });
  if (std::isinf(q)) return std::sqrt(free) - l <= Tuning::roundingOfNorm * (l + l1) ? linear : infinity;
  return linear - l * std::sqrt(squares) - ridge / 2 * squares;
}

double BlockPenalty::maximize(std::span<const double> g, double share, const BlockBounds& bounds,
                              std::span<double> b) const {
  const double q = stretch(g, share, bounds);
  std::fill(b.begin(), b.end(), 0.0);
  double linear = 0, squares = 0;
  forOpen(g, share, bounds, [&](std::size_t k, double w, double u) {
    const double size = std::min(w * q, u);
    b[k] = -std::copysign(size, share * g[k]);
    linear += w * size;
    squares += square(size);
  });
  return linear - l * std::sqrt(squares) - ridge / 2 * squares;
}

/// The norm of what l1 leaves of s g, without entries that bounds end, is convex in s and rises, so that Newton's
/// method from the right stays on its side of the root.
double BlockPenalty::feasibleShareOfMany(std::span<const double> g, const BlockBounds& bounds) const {
  double share = 1;
  for (int k = 0; k < Tuning::mostNewtonSteps; ++k) {
    double squares = 0, slope = 0;
    forOpen(g, share, bounds, [&](std::size_t e, double w, double u) {
      if (!std::isinf(u)) return;
      squares += w * w;
      slope += w * std::abs(g[e]);
    });
    const double now = std::sqrt(squares);
    if (now <= l * (1 + (k > 0 ? Tuning::newtonAccuracy : 0)) || slope == 0) break;
    // Without an l1 the norm is linear.
    if (l1 == 0) return l / now;
    share -= (now - l) * now / slope;
  }
  return share;
}

BlockCurvature::BlockCurvature(int size, int responses)
    : size_(size),
      responses_(responses),
      values_(at(size)),
      vectors_(size, size),
      gram_(size, size),
      rotated_(at(size * responses)),
      squares_(at(size)),
      trial_(at(size * responses)),
      svd_(size, size) {}

void BlockCurvature::set(Mat<const double> gram) {
  for (int j = 0; j < size_; ++j) std::copy_n(gram.column(j), size_, gram_.column(j));
  if (size_ == 1) {
    values_[0] = std::max(0.0, gram(0, 0));
    vectors_(0, 0) = 1;
    return;
  }
  svd_.decompose(gram);
  for (int k = 0; k < size_; ++k) {
    values_[at(k)] = svd_.value(k);
    std::copy_n(svd_.right(k), size_, vectors_.column(k));
  }
}

/// to := Q^T from, or Q from, for each response.
void BlockCurvature::rotate(std::span<const double> from, std::span<double> to, bool back) const {
  std::fill(to.begin(), to.end(), 0.0);
  for (int k = 0; k < size_; ++k) {
    for (int e = 0; e < size_; ++e) {
      const double q = vectors_(e, k);
      const int source = back ? k : e, target = back ? e : k;
      for (int c = 0; c < responses_; ++c) to[at(target * responses_ + c)] += q * from[at(source * responses_ + c)];
    }
  }
}

/// The norm of the minimiser without a penalty where all eigenvalues are larger by a shift.
double BlockCurvature::normWith(double shift) const {
  double squares = 0;
  for (int k = 0; k < size_; ++k) {
    const double e = values_[at(k)] + shift;
    if (e > BlockPenalty::Tuning::singular * values_.front()) squares += squares_[at(k)] / square(e);
  }
  return std::sqrt(squares);
}

/// The norm r at which sum_k q_k^2 / ((e_k - concavity + ridge) r + slope)^2 is 1, within the piece; -1 where there is
/// none, or what there is is no minimum. With s the sum, s^-1/2 is concave in r, so that Newton's method for it from
/// the left stays on its side of the first root.
double BlockCurvature::normOn(const Piece& piece, double ridge) const {
  double r = piece.from;
  if (piece.slope == 0 && piece.concavity == 0) {
    const double free = normWith(ridge);
    return free > piece.from ? free : -1;
  }
  for (int step = 0; step < BlockPenalty::Tuning::mostNewtonSteps; ++step) {
    double sum = 0, slope = 0;
    for (int k = 0; k < size_; ++k) {
      const double e = values_[at(k)] + ridge - piece.concavity, denominator = e * r + piece.slope;
      if (squares_[at(k)] == 0 || denominator <= BlockPenalty::Tuning::singular * values_.front() * r) continue;
      const double term = squares_[at(k)] / square(denominator);
      sum += term;
      slope += term * e / denominator;
    }
    // At the very beginning of a piece the derivative in r has to point down.
    if (sum <= 1) return step == 0 ? (sum == 1 && r > 0 ? r : -1) : r;
    if (!(slope > 0)) return -1;
    const double move = sum * (std::sqrt(sum) - 1) / slope;
    r += move;
    if (r > piece.to) return -1;
    if (move <= BlockPenalty::Tuning::newtonAccuracy * r) return r;
  }
  return r;
}

/// The objective where the norm is r along a piece, and the point in rotated coordinates.
double BlockCurvature::valueAt(const Piece& piece, double r, const BlockPenalty& penalty) {
  double quadratic = 0;
  for (int k = 0; k < size_; ++k) {
    const double e = values_[at(k)] + penalty.ridge;
    const double denominator = (e - piece.concavity) * r + piece.slope;
    const double by = denominator > BlockPenalty::Tuning::singular * values_.front() * r ? r / denominator : 0;
    for (int c = 0; c < responses_; ++c) {
      const auto at_ = at(k * responses_ + c);
      trial_[at_] = by * rotated_[at_];
      quadratic += (e / 2 * trial_[at_] - rotated_[at_]) * trial_[at_];
    }
  }
  return quadratic + penalty.with([&](const auto& of) { return of.value(r); });
}

void BlockCurvature::tryPiece(const Piece& piece, const BlockPenalty& penalty, std::span<double> b) {
  if (!(piece.to > piece.from)) return;
  const double r = normOn(piece, penalty.ridge);
  if (r < 0) return;
  const double value = valueAt(piece, r, penalty);
  if (!penalty.convex() && value >= least_) return;
  least_ = value;
  rotate(trial_, b, true);
}

/// Goes from a norm down to a minimum along norms: lines that touch the penalty at one are above it elsewhere.
void BlockCurvature::tryLines(const BlockPenalty& penalty, double r, std::span<double> b) {
  for (int step = 0; step < BlockPenalty::Tuning::mostTangents; ++step) {
    const double next = r > 0 ? normOn({penalty.slope(r), 0, 0, infinity}, penalty.ridge) : -1;
    if (!(next > 0)) return;
    const bool last = std::abs(next - r) <= BlockPenalty::Tuning::newtonAccuracy * r;
    r = next;
    if (last) break;
  }
  const double value = valueAt({penalty.slope(r), 0, 0, infinity}, r, penalty);
  if (value >= least_) return;
  least_ = value;
  rotate(trial_, b, true);
}

void BlockCurvature::minimize(const BlockPenalty& penalty, std::span<const double> z, std::span<double> b,
                              const BlockBounds& bounds) {
  if (penalty.l1 > 0 || bounds.given()) return shrink(penalty, z, b, bounds);
  std::fill(b.begin(), b.end(), 0.0);
  least_ = 0;
  if (penalty.convex() && penalty.l > 0 && norm2Squared(z) <= square(penalty.l)) return;
  if (!(largest() + penalty.ridge > 0)) return;
  rotate(z, rotated_, false);
  for (int k = 0; k < size_; ++k) {
    squares_[at(k)] = norm2Squared(std::span(rotated_).subspan(at(k * responses_), at(responses_)));
  }
  const double l = penalty.l, gamma = penalty.gamma;
  switch (penalty.kind) {
    case SparsePenalty::mcp:
      tryPiece({l, 1 / gamma, 0, gamma * l}, penalty, b);
      return tryPiece({0, 0, gamma * l, infinity}, penalty, b);
    case SparsePenalty::scad:
      tryPiece({l, 0, 0, l}, penalty, b);
      tryPiece({gamma * l / (gamma - 1), 1 / (gamma - 1), l, gamma * l}, penalty, b);
      return tryPiece({0, 0, gamma * l, infinity}, penalty, b);
    case SparsePenalty::lq:
      // Minima are where mu r^(3/2), with mu = P'(r) / r, rises through l / 2 as r falls. That is a sum of one hump for
      // each eigenvalue, highest where mu is twice that, so that there is about one start for each minimum.
      tryLines(penalty, normWith(penalty.ridge), b);
      for (int k = 0; k + 1 < size_; ++k) tryLines(penalty, normWith(3 * penalty.ridge + 2 * values_[at(k)]), b);
      return;
    default:
      return tryPiece({l, 0, 0, infinity}, penalty, b);
  }
}

/// Proximal steps with the largest eigenvalue for curvature. One is exact where all eigenvalues are the same.
void BlockCurvature::shrink(const BlockPenalty& penalty, std::span<const double> z, std::span<double> b,
                            const BlockBounds& bounds) {
  for (std::size_t k = 0; k < z.size(); ++k) trial_[k] = -z[k];
  if (penalty.dualNorm(trial_, bounds) <= penalty.l || !(largest() + penalty.ridge > 0)) {
    std::fill(b.begin(), b.end(), 0.0);
    return;
  }
  BlockPenalty along = penalty;
  along.ridge += largest();
  double first = 0;
  for (int step = 0; step < BlockPenalty::Tuning::mostProximalSteps; ++step) {
    for (int e = 0; e < size_; ++e) {
      for (int k = 0; k < responses_; ++k) {
        double product = penalty.ridge * b[at(e * responses_ + k)];
        for (int f = 0; f < size_; ++f) product += gram_(f, e) * b[at(f * responses_ + k)];
        const auto at_ = at(e * responses_ + k);
        trial_[at_] = product - z[at_] - along.ridge * b[at_];
      }
    }
    along.maximize(trial_, 1, bounds, rotated_);
    double moved = 0;
    for (std::size_t k = 0; k < b.size(); ++k) {
      moved += square(rotated_[k] - b[k]);
      b[k] = rotated_[k];
    }
    if (step == 0) first = moved;
    if (moved <= square(BlockPenalty::Tuning::proximalAccuracy) * first || least() >= (1 - 1e-12) * largest()) return;
  }
}

}  // namespace nonconvex
