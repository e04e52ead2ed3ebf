#include "solvers/fractional/line_minimum/affine_pieces.hpp"

#include <algorithm>
#include <cmath>

#include "core/multiversion.hpp"
#include "solvers/fractional/line_minimum/search.hpp"
#include "solvers/fractional/line_minimum/stationary_points.hpp"

// The functions that are compiled for several processors stay in this file with everything that they inline: so each
// rounds in one way.

namespace nonconvex::line_minimum {
namespace {

struct Tuning {
  static constexpr int descents = 8;  ///< measured: minima that are found side by side
  static constexpr int block = 128;   ///< measured: pieces that stay in the innermost cache
};
constexpr int descents = Tuning::descents, block = Tuning::block;

/// The least of n > 0 values; also writes those up to the next multiple of `descents`.
inline __attribute__((always_inline)) double leastOf(int n, double* value) {
  for (int k = n; k % descents != 0; ++k) value[k] = infinity;
  double least[descents];
  for (int l = 0; l < descents; ++l) least[l] = value[l];
  for (int k = descents; k < n; k += descents) {
    for (int l = 0; l < descents; ++l) least[l] = value[k + l] < least[l] ? value[k + l] : least[l];
  }
  return *std::min_element(least, least + descents);
}

NONCONVEX_CLONES double largestOf(int n, const double* x, const double* y, double t, double weight, double other) {
  double most = -infinity;
  double w[block];
  for (int first = 0; first < n; first += block) {
    const int size = std::min(block, n - first);
    for (int k = 0; k < size; ++k) {
      const double v = -(x[first + k] * t + weight * y[first + k]);
      w[k] = other * v < v ? other * v : v;
    }
    most = std::max(most, -leastOf(size, w));
  }
  return most;
}

}  // namespace

// Apart, as Clang takes no function for several processors whose header calls it.
double largestOfMany(int n, const double* x, const double* y, double t, double weight, double other) {
  return largestOf(n, x, y, t, weight, other);
}

namespace {

// Maxima of affine pieces. By convexity N / g is the least of the N / w_k over pieces w_k > 0, and N - s g of the
// N - s w_k: the best minimiser of a single piece is the minimiser, whichever piece is the largest there.

enum class Rule { quotient, squaredQuotient, difference };

/// The minimiser for one piece w = phi t + gamma, and the value there. `s` is that of N - s w; for a square it is the
/// bound that w has to be above: 0, or -infinity where the sign is free.
template <Rule rule>
inline void pieceStep(const Side& side, double phi, double gamma, double s, double& t, double& value) {
  if constexpr (rule == Rule::quotient) t = affineQuotientStep(side, phi, gamma);
  if constexpr (rule == Rule::squaredQuotient) t = affineSquaredQuotientStep(side, phi, gamma);
  if constexpr (rule == Rule::difference) t = affineDifferenceStep(side, phi, s);
  const double w = phi * t + gamma;
  const double over = side(t);
  bool counts = (t > side.lo) & (t < side.hi);
  if constexpr (rule == Rule::quotient) counts = counts & (w > 0);
  if constexpr (rule == Rule::squaredQuotient) counts = counts & (w > s);
  if constexpr (rule == Rule::quotient) value = over / w;
  if constexpr (rule == Rule::squaredQuotient) value = over / (w * w);
  if constexpr (rule == Rule::difference) value = over - s * w;
  value = counts ? value : infinity;
}

/// Computes the steps and values of n pieces, and returns the least value; value[n] up to the next multiple of
/// `descents` is also set.
template <Rule rule>
inline __attribute__((always_inline)) double blockSteps(const Side& side, const double* phi, const double* gamma, int n,
                                                        double scale, double shift, double s, double* t,
                                                        double* value) {
  const Side local = side;
  for (int k = 0; k < n; ++k) pieceStep<rule>(local, scale * phi[k], scale * gamma[k] + shift, s, t[k], value[k]);
  return leastOf(n, value);
}

NONCONVEX_CLONES double quotientSteps(const Side& side, const double* phi, const double* gamma, int n, double scale,
                                      double shift, double s, double* t, double* value) {
  return blockSteps<Rule::quotient>(side, phi, gamma, n, scale, shift, s, t, value);
}
NONCONVEX_CLONES double squaredQuotientSteps(const Side& side, const double* phi, const double* gamma, int n,
                                             double scale, double shift, double s, double* t, double* value) {
  return blockSteps<Rule::squaredQuotient>(side, phi, gamma, n, scale, shift, s, t, value);
}
NONCONVEX_CLONES double differenceSteps(const Side& side, const double* phi, const double* gamma, int n, double scale,
                                        double shift, double s, double* t, double* value) {
  return blockSteps<Rule::difference>(side, phi, gamma, n, scale, shift, s, t, value);
}

/// The best step of any piece, scale (phi t + gamma) + shift, on any side.
template <Rule rule>
LineMinimum bestPiece(const Sides& sides, const LineDenominator& g, double scale, double shift, double s) {
  constexpr auto steps = rule == Rule::quotient          ? quotientSteps
                         : rule == Rule::squaredQuotient ? squaredQuotientSteps
                                                         : differenceSteps;
  const int signs = g.symmetric && rule != Rule::squaredQuotient ? 2 : 1;
  LineMinimum best{0, infinity};
  double t[block];
  double value[block];
  const auto take = [&](int n, double least) {
    if (!(least < best.value)) return;
    int k = 0;
    while (k < n - 1 && value[k] != least) ++k;
    best = {t[k], least};
  };
  for (int i = 0; i < sides.count; ++i) {
    for (int sign = 0; sign < signs; ++sign) {
      for (int first = 0; first < g.pieces; first += block) {
        const int n = std::min(block, g.pieces - first);
        take(n,
             steps(sides.side[i], g.phi + first, g.gamma + first, n, sign == 0 ? scale : -scale, shift, s, t, value));
      }
    }
  }
  return best;
}

/// The best step for a square plus a shift, from K3 for each piece; a piece of one sign counts down to its zero.
LineMinimum bestSquaredPiece(const Sides& sides, const LineDenominator& g) {
  LineMinimum best{0, infinity};
  for (int i = 0; i < sides.count; ++i) {
    const Side& side = sides.side[i];
    for (int k = 0; k < g.pieces; ++k) {
      const double phi = g.phi[k];
      const double gamma = g.gamma[k];
      const double q[3] = {g.scale * gamma * gamma + g.shift, 2 * g.scale * phi * gamma, g.scale * phi * phi};
      const auto offer = [&](double t, double w) {
        if (!(t > side.lo && t < side.hi) || (!g.symmetric && w < 0)) return;
        const double value = side(t) / (g.scale * w * w + g.shift);
        if (value < best.value) best = {t, value};
      };
      double t[2];
      const int count = quadraticQuotientSteps(side, q, t);
      for (int j = 0; j < count; ++j) offer(t[j], phi * t[j] + gamma);
      if (!g.symmetric) {  // a rounding inside, where it counts
        const double zero = -gamma / phi;
        offer(zero + std::copysign(4e-16 * std::abs(zero), phi), 0);
      }
      if (side.a > 0) offer(-side.b / side.a, gamma - phi * side.b / side.a);
    }
  }
  return best;
}

/// The best of the bounds, the limits and the best step of the pieces.
template <class F>
LineMinimum withPieces(const F& f, const Sides& sides, const LineMinimum& piece) {
  Search search(f);
  search.ends(sides);
  if (piece.value < infinity) search.offer(piece.t);
  return search.best;
}

}  // namespace

LineMinimum affineMaxQuotient(const LineNumerator& n, const LineDenominator& g) {
  const Sides sides(n);
  return withPieces(Quotient<AffineMax>{n, {g}}, sides, bestPiece<Rule::quotient>(sides, g, g.scale, g.shift, 0));
}

LineMinimum affineMaxSquaredQuotient(const LineNumerator& n, const LineDenominator& g) {
  const Sides sides(n);
  const double root = std::sqrt(g.scale);
  return withPieces(Quotient<AffineMaxSquared>{n, {g}}, sides,
                    g.shift != 0 ? bestSquaredPiece(sides, g)
                                 : bestPiece<Rule::squaredQuotient>(sides, g, root, 0, g.symmetric ? -infinity : 0));
}

LineMinimum affineMaxDifference(const LineNumerator& n, const LineDenominator& g, double s) {
  const Sides sides(n);
  return withPieces(Difference<AffineMax>{n, {g}, s}, sides,
                    bestPiece<Rule::difference>(sides, g, g.scale, g.shift, s));
}

LineMinimum affineSquaredDifference(const LineNumerator& n, const LineDenominator& g, double s) {
  const double phi = g.phi[0];
  const double gamma = g.gamma[0];
  const double q[3] = {gamma * gamma, 2 * phi * gamma, phi * phi};
  const Difference<AffineMaxSquared> f{n, {g}, s};
  const Sides sides(n);
  Search search(f);
  search.ends(sides);
  for (int i = 0; i < sides.count; ++i) {
    search.offer(quadraticDifferenceStep(sides.side[i], q, s * g.scale), sides.side[i]);
  }
  return search.best;
}

}  // namespace nonconvex::line_minimum
