// Projections onto cones of d generators in R^d for small d, a few hundred nanoseconds each: without memory of their
// own and started from the facets met last, where ConeProjector (methods/projection) is for many rows.
#pragma once

#include <algorithm>

#include "solvers/relu/point.hpp"

namespace nonconvex {

/// The cone of all sums of generators with coefficients that are not negative.
template <int D>
struct SimplicialCone {
  using Square = std::array<Point<D>, static_cast<std::size_t>(D)>;

  Square generators{};
  Square inverse{};  ///< inverse_i . u is the coefficient of generator i in u: a normal of a facet, pointing inwards

  /// Puts the middle of two generators in the place of one.
  void halve(int keep, int drop) {
    const auto k = static_cast<std::size_t>(keep), d = static_cast<std::size_t>(drop);
    for (std::size_t i = 0; i < D; ++i) {
      generators[d][i] = (generators[k][i] + generators[d][i]) / 2;
      inverse[k][i] -= inverse[d][i];
      inverse[d][i] *= 2;
    }
  }

  Square gram() const {
    Square products;
    for (std::size_t i = 0; i < D; ++i) {
      for (std::size_t j = 0; j <= i; ++j) products[i][j] = products[j][i] = dot<D>(inverse[i], inverse[j]);
    }
    return products;
  }

  /// p := q + sum_i multipliers_i inverse_i of least length, multipliers >= 0: the projection of q onto the cone.
  /// Begins with the facets whose multipliers are positive (Lawson and Hanson, Solving least squares problems, chapter
  /// 23). Ends after a few exchanges in any case: what p lacks then, if anything, the bound that uses it accounts for.
  void project(const Square& gram, const Point<D>& q, Point<D>& multipliers, Point<D>& p) const {
    constexpr double negligible = 1e-14;  // share of ||q|| that counts as zero
    Point<D> right;
    for (std::size_t i = 0; i < D; ++i) right[i] = -dot<D>(inverse[i], q);
    const double tolerance = negligible * norm<D>(q);
    for (int exchange = 0; exchange < 4 * D; ++exchange) {
      solveOnFacets(gram, right, multipliers);
      double worst = tolerance, missing = 0;
      std::size_t entering = D;
      for (std::size_t i = 0; i < D; ++i) {
        const double outside = right[i] - dot<D>(gram[i], multipliers);
        if (multipliers[i] > 0 || outside <= worst * std::sqrt(gram[i][i])) continue;
        worst = outside / std::sqrt(gram[i][i]);
        missing = outside / gram[i][i];
        entering = i;
      }
      if (entering == D) break;
      multipliers[entering] = missing;
    }
    p = q;
    for (std::size_t i = 0; i < D; ++i) {
      if (multipliers[i] > 0) add<D>(multipliers[i], inverse[i], p);
    }
  }

 private:
  /// Multipliers for which p lies on the facets that have positive ones; where some would become negative, facets are
  /// left on the way.
  static void solveOnFacets(const Square& gram, const Point<D>& right, Point<D>& multipliers) {
    for (;;) {
      std::array<std::size_t, static_cast<std::size_t>(D)> facets;
      std::size_t count = 0;
      for (std::size_t i = 0; i < D; ++i) {
        if (multipliers[i] > 0) facets[count++] = i;
      }
      Point<D> solution;
      if (count == 0 || !solve(gram, right, facets.data(), count, solution)) return;
      double step = 1;
      std::size_t leaving = count;
      for (std::size_t i = 0; i < count; ++i) {
        if (solution[i] > 0) continue;
        const double reach = multipliers[facets[i]] / (multipliers[facets[i]] - solution[i]);
        if (leaving < count && reach >= step) continue;
        step = reach;
        leaving = i;
      }
      for (std::size_t i = 0; i < count; ++i) {
        double& multiplier = multipliers[facets[i]];
        multiplier = std::max(0.0, multiplier + step * (solution[i] - multiplier));
      }
      if (leaving == count) return;
      multipliers[facets[leaving]] = 0;
    }
  }

  /// Solves the rows and columns of some facets by Cholesky's factors; false where rounding leaves none.
  static bool solve(const Square& gram, const Point<D>& right, const std::size_t* facets, std::size_t count,
                    Point<D>& x) {
    Square l;
    for (std::size_t i = 0; i < count; ++i) {
      for (std::size_t j = 0; j <= i; ++j) {
        double sum = gram[facets[i]][facets[j]];
        for (std::size_t k = 0; k < j; ++k) sum -= l[i][k] * l[j][k];
        if (i == j && !(sum > 0)) return false;
        l[i][j] = i == j ? std::sqrt(sum) : sum / l[j][j];
      }
    }
    for (std::size_t i = 0; i < count; ++i) {
      x[i] = right[facets[i]];
      for (std::size_t k = 0; k < i; ++k) x[i] -= l[i][k] * x[k];
      x[i] /= l[i][i];
    }
    for (std::size_t i = count; i-- > 0;) {
      for (std::size_t k = i + 1; k < count; ++k) x[i] -= l[k][i] * x[k];
      x[i] /= l[i][i];
    }
    return true;
  }
};

}  // namespace nonconvex
