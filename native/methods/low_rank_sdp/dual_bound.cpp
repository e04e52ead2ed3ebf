#include "methods/low_rank_sdp/dual_bound.hpp"

#include <algorithm>
#include <cmath>

#include "core/interval.hpp"
#include "core/multiversion.hpp"

namespace nonconvex {
namespace {

/// product += y row, terms += |y row|
NONCONVEX_CLONES void addRowOf(int size, double y, const double* row, double* __restrict product,
                               double* __restrict terms) {
  for (int j = 0; j < size; ++j) {
    const double term = y * row[j];
    product[j] += term;
    terms[j] += term < 0 ? -term : term;
  }
}
NONCONVEX_CLONES void addRowOf(int size, double y, const double* row, double* __restrict product) {
  for (int j = 0; j < size; ++j) product[j] += y * row[j];
}

/// g z + 1/2 s (z - y)^2 in the form s / 2 (z - lowest)^2 + least.
struct Parabola {
  double g, s, y;

  Interval at(double z) const {
    using namespace outward;
    const Interval apart = subtract(point(z), point(y));
    return add(multiply(g, point(z)), multiply(0.5 * s, square(apart)));
  }
  Interval slopeAt(double z) const {
    using namespace outward;
    return add(point(g), multiply(s, subtract(point(z), point(y))));
  }
};

}  // namespace

struct DualBound::Tuning {
  static constexpr double firstShift = 1e-3;   ///< safeguard: the first shift, beside the largest multiplier
  static constexpr double leastShift = 1e-9;   ///< rounding: less does not make a bound better
  static constexpr double greatestShift = 64;  ///< safeguard: more than a matrix of this norm needs
  static constexpr int refinements = 3;        ///< safeguard: factorisations that make a shift less
  static constexpr int descents = 2;           ///< safeguard: passes of coordinate descent after a solve
  static constexpr double wider = 1e-9;        ///< rounding: what makes an estimated reach a proved one
  static constexpr double certain = 1 - 1e-3;  ///< safeguard: the share of a curvature that a factorisation proves
};

double DualBound::compute(const UnitQuadratic& problem, std::span<const double> w, const ProductMultipliers& products,
                          double& shift, const Cpu& la) {
  assemble(problem, products);
  double scale = RoundingTuning::underflow;
  for (int i = 0; i < size_; ++i)
    scale = std::max({scale, w[static_cast<std::size_t>(i)], std::abs(problem.row(i)[i])});
  double good = std::max(shift > 0 ? shift : Tuning::firstShift, Tuning::leastShift), bad = 0;
  while (!factorWith(problem, w, good * scale, la)) {
    bad = good;
    good *= 2;
    if (good > Tuning::greatestShift * size_) return bound_ = -infinity;
  }
  for (int k = 0; k < Tuning::refinements && good > Tuning::leastShift; ++k) {
    const double tried = bad > 0 ? std::sqrt(bad * good) : std::max(0.25 * good, Tuning::leastShift);
    (factorWith(problem, w, tried * scale, la) ? good : bad) = tried;
  }
  if (bad > 0) factorWith(problem, w, good * scale, la);
  shift = good;
  minimise();
  return bound_ = evaluate(problem);
}

void DualBound::assemble(const UnitQuadratic& problem, const ProductMultipliers& products) {
  size_ = problem.size();
  const auto n = static_cast<std::size_t>(size_);
  H_.resize(n * n);
  for (std::vector<double>* each : {&h_, &y_, &product_, &slope_, &slopeError_, &added_, &inverse_}) each->resize(n);
  slopeTerms_.assign(n, 0.0);
  productSum_ = 0;
  double terms = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const int row = static_cast<int>(i);
    h_[i] = problem.c(row);
    slopeTerms_[i] = std::abs(h_[i]);
    for (std::size_t j = 0; j < i; ++j) {
      const auto at = [&](ProductMultipliers::Kind kind) { return products.at(kind, row, static_cast<int>(j)); };
      const double bothLow = at(ProductMultipliers::bothLow), bothHigh = at(ProductMultipliers::bothHigh);
      const double lowHigh = at(ProductMultipliers::lowHigh), highLow = at(ProductMultipliers::highLow);
      const double sum = (bothLow + bothHigh) + (lowHigh + highLow);
      const double entry = problem.row(row)[j] + ((lowHigh + highLow) - (bothLow + bothHigh));
      H_[i * n + j] = H_[j * n + i] = entry;
      h_[i] += (bothHigh + highLow) - (bothLow + lowHigh);
      h_[j] += (bothHigh + lowHigh) - (bothLow + highLow);
      slopeTerms_[i] += sum;
      slopeTerms_[j] += sum;
      productSum_ += sum;
      terms += std::abs(entry) + sum;
    }
  }
  pairError_ = sumError(0, terms);
}

/// Sets the diagonal of H; false where H is not proved to be positive semidefinite.
bool DualBound::factorWith(const UnitQuadratic& problem, std::span<const double> w, double more, const Cpu& la) {
  const auto n = static_cast<std::size_t>(size_);
  for (std::size_t i = 0; i < n; ++i) H_[i * n + i] = problem.row(static_cast<int>(i))[i] + w[i] + more;
  if (!factor_.factor(size_, H_, la)) return false;
  addedSum_ = 0;
  for (std::size_t i = 0; i < n; ++i) {
    double& diagonal = H_[i * n + i];
    diagonal = outward::above(diagonal + factor_.margin());
    added_[i] = std::max(0.0, outward::above(diagonal - problem.row(static_cast<int>(i))[i]));
    addedSum_ += added_[i];
  }
  return true;
}

/// y := about the minimum of 1/2 y^T H y + h^T y on the unit box.
void DualBound::minimise() {
  for (int i = 0; i < size_; ++i) y_[static_cast<std::size_t>(i)] = -h_[static_cast<std::size_t>(i)];
  factor_.solve(y_);
  bool inside = true;
  for (double& y : y_) {
    inside = inside && std::abs(y) <= 1;
    y = std::clamp(y, -1.0, 1.0);
  }
  if (inside) return;
  product_ = h_;
  for (int i = 0; i < size_; ++i) addRowOf(size_, y_[static_cast<std::size_t>(i)], row(i), product_.data());
  for (int k = 0; k < Tuning::descents; ++k) {
    for (int i = 0; i < size_; ++i) {
      double& y = y_[static_cast<std::size_t>(i)];
      const double next = std::clamp(y - product_[static_cast<std::size_t>(i)] / row(i)[i], -1.0, 1.0);
      addRowOf(size_, next - y, row(i), product_.data());
      y = next;
    }
  }
}

double DualBound::evaluate(const UnitQuadratic& problem) {
  const auto n = static_cast<std::size_t>(size_);
  std::fill(product_.begin(), product_.end(), 0.0);
  std::fill(slopeError_.begin(), slopeError_.end(), 0.0);
  for (std::size_t i = 0; i < n; ++i)
    addRowOf(size_, y_[i], row(static_cast<int>(i)), product_.data(), slopeError_.data());
  double curved = 0, slopes = 0, terms = 0;
  for (std::size_t i = 0; i < n; ++i) {
    curved += y_[i] * product_[i];
    slope_[i] = product_[i] + h_[i];
    slopes += std::abs(slope_[i]);
    const double all = 3 * slopeError_[i] + 2 * slopeTerms_[i];
    slopeError_[i] = 2 * sumError(2 * size_, all);
    terms += all;
  }
  const double value = problem.constant() - productSum_ - 0.5 * addedSum_ - 0.5 * curved - slopes;
  terms += std::abs(problem.constant()) + productSum_ + addedSum_;
  return outward::below(value - (sumError(2 * size_, terms) + pairError_ + problem.error()));
}

void DualBound::prepareReach(const Cpu& la) { factor_.inverseDiagonal(inverse_, la); }

DualBound::Reach DualBound::reach(int i, double goal, double worthwhile, const Cpu& la) {
  const double inverse = inverse_[static_cast<std::size_t>(i)];
  const auto cuts = [&](Reach r) { return r.low > -1 + 2 * worthwhile || r.high < 1 - 2 * worthwhile; };
  for (const double curvature : {0.0, Tuning::certain / inverse}) {
    const Reach found = reachWith(i, goal, curvature);
    if (cuts(found) && (curvature == 0 || definiteWithout(i, curvature, la))) return found;
  }
  return {};
}

/// The numbers z with bound + |g| + g z + 1/2 curvature (z - y_i)^2 < goal, or more of them.
DualBound::Reach DualBound::reachWith(int i, double goal, double curvature) const {
  using namespace outward;
  const auto at = static_cast<std::size_t>(i);
  const Parabola parabola = {slope_[at], curvature, y_[at]};
  const Interval room = subtract(add(outward::point(goal), outward::point(slopeError_[at])),
                                 add(outward::point(bound_), outward::point(std::abs(slope_[at]))));
  Reach found;
  const bool lowOut = parabola.at(-1).low >= room.high, highOut = parabola.at(1).low >= room.high;
  if (curvature == 0) {  // a line: one end at most
    if (lowOut && parabola.g < 0) found.low = std::min(1.0, room.high / parabola.g - Tuning::wider);
    if (highOut && parabola.g > 0) found.high = std::max(-1.0, room.high / parabola.g + Tuning::wider);
  } else {
    const double lowest = parabola.y - parabola.g / curvature;
    const double inner = std::max(0.0, 2 * (room.high - parabola.at(lowest).low) / curvature);
    const double width = std::sqrt(inner) * (1 + Tuning::wider) + Tuning::wider;
    if (lowOut) found.low = std::clamp(lowest - width, -1.0, 1.0);
    if (highOut) found.high = std::clamp(lowest + width, -1.0, 1.0);
  }
  // Below `low` and above `high` the parabola is at least what it is there, where its slope says so.
  if (parabola.at(found.low).low < room.high || parabola.slopeAt(found.low).high > 0) found.low = -1;
  if (parabola.at(found.high).low < room.high || parabola.slopeAt(found.high).low < 0) found.high = 1;
  return found;
}

/// Returns true if H - curvature e_i e_i^T is proved to be positive semidefinite.
bool DualBound::definiteWithout(int i, double curvature, const Cpu& la) {
  const auto n = static_cast<std::size_t>(size_), at = static_cast<std::size_t>(i);
  without_ = H_;
  for (std::size_t j = 0; j < n; ++j) {
    double& diagonal = without_[j * n + j];
    diagonal = outward::below(diagonal - factor_.margin());
  }
  double& own = without_[at * n + at];
  own = outward::below(own - curvature);
  return other_.factor(size_, without_, la) && other_.margin() <= factor_.margin();
}

}  // namespace nonconvex
