#include "methods/kkt/inertia_correction.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/numbers.hpp"
#include "core/random.hpp"

namespace nonconvex {
namespace {}  // namespace

double largestRow(const SparsePattern& rows, std::span<const double> J) {
  double largest = 0;
  for (int i = 0; i < rows.lines; ++i) {
    const auto begin = static_cast<std::size_t>(rows.offsets[static_cast<std::size_t>(i)]);
    largest = std::max(largest, norm2Squared(J.subspan(begin, rows.line(i).size())));
  }
  return largest;
}

/// Memory alone, which costs nothing until it is written to: most solves of large problems do without modes.
InertiaCorrection::InertiaCorrection(int n, int m) : n_(n), m_(m) {
  mode_.reserve(static_cast<std::size_t>(n));
  image_.reserve(static_cast<std::size_t>(n + m));
}

void InertiaCorrection::reset() {
  last_ = lastPositive_ = 0;
  mode_.clear();
}

/// A mode to begin with.
void InertiaCorrection::makeMode() {
  const Random random(0, 7);
  mode_.resize(static_cast<std::size_t>(n_));
  for (std::size_t j = 0; j < mode_.size(); ++j) mode_[j] = random.uniform(j) - 0.5;
  image_.resize(static_cast<std::size_t>(n_ + m_));
}

Inertia InertiaCorrection::factorAt(KktSolver& solver, double primal, double sizeJ, KktShift& used) {
  used.primal = primal;
  Inertia inertia = solver.factor(used);
  // K has as many negative eigenvalues as the rank of J at least.
  if (used.dual == 0 && m_ > 0 && inertia.undefined == 0 && inertia.negative < m_) {
    used.dual = 1e-8 * (sizeJ > 0 ? sizeJ : 1);
    inertia = solver.factor(used);
  }
  return inertia;
}

/// Estimates the least eigenvalue of H on the null space of J (of H + J^T J / dual with a dual shift), from above, by
/// inverse iteration from the mode of last time; the factors are of a K that has the inertia wanted. Infinity if there
/// is none.
double InertiaCorrection::leastCurvature(KktSolver& solver, double primal) {
  constexpr int steps = 3;
  constexpr double close = 0.1;
  if (mode_.empty()) makeMode();
  const auto w = std::span<const double>(image_).first(mode_.size());
  double rho = 0;
  for (int k = 0; k < steps; ++k) {
    const double size = std::sqrt(norm2Squared(mode_));
    for (double& value : mode_) value /= size;
    std::copy(mode_.begin(), mode_.end(), image_.begin());
    std::fill(image_.begin() + n_, image_.end(), 0.0);
    solver.solve(image_);
    const double along = dot(mode_, w);
    const double growth = norm2Squared(w);
    if (!(along > 0) || !std::isfinite(growth)) return infinity;  // rounding alone, as where m = n
    const double before = rho;
    rho = along / growth - primal;
    std::copy(w.begin(), w.end(), mode_.begin());
    if (k > 0 && std::abs(rho - before) <= close * std::abs(rho)) break;
  }
  return rho;
}

CorrectedFactor InertiaCorrection::factor(KktSolver& solver, double sizeH, double sizeJ, double least) {
  constexpr double growth = 8;
  CorrectedFactor out;
  if (!std::isfinite(sizeH)) return out;
  const double size = sizeH > 0 ? sizeH : 1;
  const double leastPositive =
      std::max(least, lastPositive_ > 0 ? std::min(1e-4 * size, lastPositive_ / growth) : 1e-4 * size);
  const double most = 1e20 * size;
  double t = std::max(least, last_);
  while (!suffices(solver, t, sizeJ, out)) {
    t = t > 0 ? growth * t : std::max(leastPositive, lastPositive_ > 0 ? lastPositive_ : 0.1 * size);
    if (!(t <= most)) return out;
  }
  const double good = lower(solver, t, least, leastPositive, sizeJ, out);
  if (out.shift.primal != good && !suffices(solver, good, sizeJ, out)) return out;
  last_ = good;
  if (good > 0) lastPositive_ = good;
  out.good = true;
  return out;
}

/// Returns true if K with the shift t has the inertia wanted; if not, `out` notes that t failed.
bool InertiaCorrection::suffices(KktSolver& solver, double t, double sizeJ, CorrectedFactor& out) {
  if (wanted(factorAt(solver, t, sizeJ, out.shift))) return true;
  out.failed = std::max(out.failed, t);
  return false;
}

/// Lowers a shift t that is enough to within a factor of what is too little, by the least curvature that inverse
/// iteration with its factors shows; returns the lowest that was enough.
double InertiaCorrection::lower(KktSolver& solver, double t, double least, double leastPositive, double sizeJ,
                                CorrectedFactor& out) {
  constexpr double decline = 30;
  constexpr double slack = 4;  // times what is needed is low enough
  constexpr int mostLower = 8;
  double good = t;
  double curved = -1;  // no less than this is needed
  bool flat = false;
  for (int k = 0; k < mostLower && good > least; ++k) {
    if (t == good) {
      const double rho = leastCurvature(solver, t);
      flat = std::abs(rho) <= 1e-3 * t;
      curved = std::max(curved, -rho);
    }
    const double tooLittle = std::max(curved, out.failed);
    if (good <= slack * tooLittle) break;
    if (tooLittle < least) {
      t = least;
    } else {
      const double between = out.failed > 0 ? std::sqrt(good * out.failed) : flat ? 0 : good / decline;
      t = std::max(leastPositive, curved > out.failed ? std::sqrt(slack) * curved : between);
    }
    if (!(t < good)) break;
    if (suffices(solver, t, sizeJ, out)) good = t;
  }
  return good;
}

CorrectedFactor InertiaCorrection::factorPublished(KktSolver& solver, double shift, double sizeJ) {
  CorrectedFactor out;
  for (const double t : {0.0, shift}) {
    out.good = wanted(factorAt(solver, t, sizeJ, out.shift));
    if (out.good) return out;
    out.failed = t;
  }
  return out;
}

}  // namespace nonconvex
