// Penalties of blocks of coefficients by their norm, and the exact minimiser over a block.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <span>
#include <vector>

#include "core/numbers.hpp"
#include "functions/selection_penalties.hpp"
#include "linalg/jacobi_svd.hpp"
#include "linalg/vectors.hpp"
#include "linalg/views.hpp"
#include "solvers/sparse/problem.hpp"

namespace nonconvex {

/// Bounds of the coefficients of a block, between which 0 lies; empty where there are none.
struct BlockBounds {
  std::span<const double> lower, upper;

  bool given() const { return !lower.empty(); }
  /// Whether a coefficient can not go where a derivative of this sign falls.
  bool stops(std::size_t k, double b, double derivative) const {
    return given() && (derivative > 0 ? b <= lower[k] : b >= upper[k]);
  }
  /// How far from 0 it may go against a derivative of this sign.
  double reach(std::size_t k, double derivative) const {
    if (!given()) return std::numeric_limits<double>::infinity();
    return derivative > 0 ? -lower[k] : upper[k];
  }
};

/// ||b||, that of one coefficient without a root.
inline double normOf(std::span<const double> b) { return b.size() == 1 ? std::abs(b[0]) : std::sqrt(norm2Squared(b)); }

/// sup of v b - l1 |b| - l2 b^2 / 2 over lower <= b <= upper.
double penaltyConjugate(double v, double l1, double l2, double lower, double upper);

/// P(||b||) + l1 ||b||_1 + ridge ||b||^2 / 2 for the coefficients b of a block, P being that of lasso, mcp, scad or
/// lq, with its weight l and its shape gamma. Only lasso goes with an l1. Blocks of one have formulas without a norm.
struct BlockPenalty {
  SparsePenalty kind = SparsePenalty::lasso;  ///< one that has a struct
  double l = 0, gamma = 3, l1 = 0, ridge = 0;
  struct Tuning;

  /// f(penalty) with the struct of P.
  template <class F>
  decltype(auto) with(F&& f) const {
    return visitPenalty(kind, [&]<class Penalty>() { return f(Penalty{l, gamma}); });
  }
  bool convex() const { return kind == SparsePenalty::lasso; }
  bool isZero() const { return l == 0 && l1 == 0 && ridge == 0; }
  /// The steepest that the second derivative of P falls.
  double concavity() const {
    return with([](const auto& along) { return along.concavity(); });
  }
  /// P'(r), at 0 from above: there l is that but for penalties that are infinitely steep.
  double slope(double r) const {
    return with([&](const auto& along) { return along.slope(r); });
  }
  double slopeAtZero() const { return convex() ? l : slope(0); }
  /// P''(r), r > 0.
  double curvature(double r) const {
    return with([&](const auto& along) { return along.curvature(r); });
  }
  double value(double b) const {
    return ridge / 2 * b * b + (l1 > 0 ? l1 * std::abs(b) : 0) +
           with([&](const auto& along) { return along.value(std::abs(b)); });
  }
  double value(std::span<const double> b) const { return b.size() == 1 ? value(b[0]) : valueOfNorm(b); }
  /// The value and a number.
  double valueBeside(std::span<const double> b, double linear) const {
    return b.size() > 1 || l1 > 0 || !convex() ? linear + value(b)
                                               : linear + ridge / 2 * b[0] * b[0] + l * std::abs(b[0]);
  }
  /// How far -g is from the derivatives of the penalty at b, in the norm, where the bounds let b go.
  double violation(std::span<const double> b, std::span<const double> g, const BlockBounds& bounds = {}) const {
    if (b.size() > 1) return violationOfMany(b, g, bounds);
    if (b[0] == 0) return std::max(0.0, dualNorm(g, bounds) - slopeAtZero());
    const double steep = convex() ? l : slope(std::abs(b[0]));
    const double at = g[0] + ridge * b[0] + std::copysign(steep + l1, b[0]);
    return bounds.stops(0, b[0], at) ? 0 : std::abs(at);
  }
  /// The norm of g without what l1 takes of each entry, and without entries that bounds at 0 stop; it has to be at most
  /// the slope at 0 where the block is 0.
  double dualNorm(std::span<const double> g, const BlockBounds& bounds = {}) const {
    if (g.size() > 1) return dualNormOfMany(g, bounds);
    return bounds.reach(0, g[0]) > 0 ? std::max(0.0, std::abs(g[0]) - l1) : 0;
  }
  /// Whether a block that is 0 with the gradient g goes to `to`, the minimiser of a quadratic in place of a loss that
  /// can fall by no more than `possibleDecrease`: where it does so against the slope the penalty there is below that.
  bool leavesZero(std::span<const double> to, std::span<const double> g, double possibleDecrease) const {
    const bool moves = to.size() == 1 ? to[0] != 0 : norm2Squared(to) > 0;
    return moves && (dualNorm(g) > slopeAtZero() || value(to) <= possibleDecrease);
  }
  /// The minimiser of a coefficient that is 0, a block of one, for a curvature and a gradient of the loss.
  double minimizerFromZero(double curvature, double gradient, const BlockBounds& bounds) const;
  /// The derivative along a step from b, of a convex penalty.
  double slopeAlong(std::span<const double> b, std::span<const double> step) const;
  /// The value of a convex penalty and s g^T b.
  double gapTerm(std::span<const double> b, std::span<const double> g, double share) const {
    if (b.size() > 1 || l1 > 0) return value(b) + share * dot(b, g);
    return b[0] == 0 ? 0 : l * std::abs(b[0]) + (ridge / 2 * b[0] + share * g[0]) * b[0];
  }
  /// The conjugate of a convex penalty within bounds at -s g, the largest -s g^T b less the penalty; infinite where
  /// there is no ridge and -s g is steeper than the penalty in directions without bounds.
  double conjugate(std::span<const double> g, double share, const BlockBounds& bounds = {}) const;
  /// The largest share s <= 1 for which that is finite.
  double feasibleShare(std::span<const double> g, const BlockBounds& bounds = {}) const {
    if (ridge > 0) return 1;
    if (g.size() > 1) return feasibleShareOfMany(g, bounds);
    const double steep = std::abs(g[0]), most = l + l1;
    return steep > most && std::isinf(bounds.reach(0, g[0])) ? most / steep : 1;
  }
  /// b := the point within bounds where -s g^T b less a convex penalty with a ridge is largest; returns that.
  double maximize(std::span<const double> g, double share, const BlockBounds& bounds, std::span<double> b) const;

 private:
  double valueOfNorm(std::span<const double> b) const;
  double dualNormOfMany(std::span<const double> g, const BlockBounds& bounds) const;
  double feasibleShareOfMany(std::span<const double> g, const BlockBounds& bounds) const;
  double violationOfMany(std::span<const double> b, std::span<const double> g, const BlockBounds& bounds) const;
  /// f(k, w, u) for the entries of -s g that l1 leaves something of, w, and bounds a way u > 0 to go.
  template <class F>
  void forOpen(std::span<const double> g, double share, const BlockBounds& bounds, F&& f) const;
  double stretch(std::span<const double> g, double share, const BlockBounds& bounds) const;
};

/// A symmetric positive semidefinite matrix G of a block by its eigenvalues, for K responses alike: coefficients are
/// d x K by rows, and the curvature is that of G in each of the K columns.
class BlockCurvature {
 public:
  BlockCurvature(int size, int responses);

  /// `gram` is d x d, both triangles.
  void set(Mat<const double> gram);
  Mat<const double> gram() const { return gram_; }
  double largest() const { return values_.front(); }
  double least() const { return values_.back(); }

  /// b := argmin of 1/2 b^T G b - z^T b and the penalty, the global one, of lq the best one that steps from one norm
  /// for each eigenvalue lead to; with an l1 or bounds, which go with convex penalties, where G is no multiple of I,
  /// some proximal steps towards it from the given b.
  void minimize(const BlockPenalty& penalty, std::span<const double> z, std::span<double> b,
                const BlockBounds& bounds = {});

 private:
  /// A piece of P, along which P' = slope - concavity r.
  struct Piece {
    double slope, concavity, from, to;
  };
  void shrink(const BlockPenalty& penalty, std::span<const double> z, std::span<double> b, const BlockBounds& bounds);
  double normOn(const Piece& piece, double ridge) const;
  double valueAt(const Piece& piece, double r, const BlockPenalty& penalty);
  void tryPiece(const Piece& piece, const BlockPenalty& penalty, std::span<double> b);
  void tryLines(const BlockPenalty& penalty, double r, std::span<double> b);
  double normWith(double shift) const;
  void rotate(std::span<const double> from, std::span<double> to, bool back) const;

  int size_, responses_;
  std::vector<double> values_;  ///< falling
  HostMatrix<double> vectors_, gram_;
  std::vector<double> rotated_, squares_, trial_;
  JacobiSvd svd_;
  double least_ = 0;
};

}  // namespace nonconvex
