// Penalties of blocks of coefficients by their norm, and the exact minimiser over a block.
#pragma once

#include <limits>
#include <span>
#include <vector>

#include "functions/selection_penalties.hpp"
#include "linalg/jacobi_svd.hpp"
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

/// P(||b||) + l1 ||b||_1 + ridge ||b||^2 / 2 for the coefficients b of a block, P being that of lasso, mcp, scad or
/// lq. Only lasso goes with an l1.
struct BlockPenalty {
  SparsePenalty kind = SparsePenalty::lasso;  ///< one that has a struct
  double l = 0, gamma = 3, l1 = 0, ridge = 0;
  struct Tuning;

  /// f(penalty) of the norm, its struct.
  template <class F>
  decltype(auto) with(F&& f) const {
    return visit(SelectionPenalties{}, static_cast<int>(kind), [&]<class Penalty>() { return f(Penalty{l, gamma}); });
  }
  bool convex() const {
    return with([](const auto& along) { return along.convex; });
  }
  bool isZero() const { return l == 0 && l1 == 0 && ridge == 0; }
  /// The steepest that the second derivative of P falls.
  double concavity() const {
    return with([](const auto& along) { return along.concavity(); });
  }
  /// The slope of P at 0, which l is but for penalties that are infinitely steep there.
  double slopeAtZero() const {
    return with([](const auto& along) { return along.slope(0); });
  }
  double value(std::span<const double> b) const;
  /// How far -g is from the derivatives of the penalty at b, in the norm, where the bounds let b go.
  double violation(std::span<const double> b, std::span<const double> g, const BlockBounds& bounds = {}) const;
  /// The norm of g without what l1 takes of each entry, and without entries that bounds at 0 stop; it has to be at most
  /// the slope at 0 where the block is 0.
  double dualNorm(std::span<const double> g, const BlockBounds& bounds = {}) const;
  /// Whether a block that is 0 with the gradient g goes to `to`, the minimiser of a quadratic in place of a loss that
  /// can fall by no more than `possibleDecrease`: where it does so against the slope the penalty there is below that.
  bool leavesZero(std::span<const double> to, std::span<const double> g, double possibleDecrease) const;
  /// The minimiser of a coefficient that is 0, a block of one, for a curvature and a gradient of the loss.
  double minimizerFromZero(double curvature, double gradient, const BlockBounds& bounds) const;
  /// The derivative along a step from b, of a convex penalty.
  double slopeAlong(std::span<const double> b, std::span<const double> step) const;
  /// The conjugate of a convex penalty within bounds at -s g, the largest -s g^T b less the penalty; infinite where
  /// there is no ridge and -s g is steeper than the penalty in directions without bounds.
  double conjugate(std::span<const double> g, double share, const BlockBounds& bounds = {}) const;
  /// The largest share s <= 1 for which that is finite.
  double feasibleShare(std::span<const double> g, const BlockBounds& bounds = {}) const;
  /// b := the point within bounds where -s g^T b less a convex penalty with a ridge is largest; returns that.
  double maximize(std::span<const double> g, double share, const BlockBounds& bounds, std::span<double> b) const;

 private:
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

  /// b := argmin of 1/2 b^T G b - z^T b and the penalty, the global one; with an l1 or bounds, which go with convex
  /// penalties, where G is no multiple of I, some proximal steps towards it from the given b.
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
  void rotate(std::span<const double> from, std::span<double> to, bool back) const;

  int size_, responses_;
  std::vector<double> values_;  ///< falling
  HostMatrix<double> vectors_, gram_;
  std::vector<double> rotated_, squares_, trial_;
  JacobiSvd svd_;
  double least_ = 0;
};

}  // namespace nonconvex
