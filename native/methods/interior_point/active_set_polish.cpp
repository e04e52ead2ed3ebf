#include "methods/interior_point/active_set_polish.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/index.hpp"

namespace nonconvex {
namespace {

double cut(double value, double low, double high) { return std::max(low, std::min(value, high)); }

}  // namespace

struct ActiveSetPolish::Tuning {
  static constexpr double exact = 1e-12;  ///< rounding: error at which nothing is left to polish
};

ActiveSetPolish::ActiveSetPolish(BarrierState& state)
    : state_(state), nlp_(state.nlp), active_(state.nlp, state.kkt), sides_(state.nlp.size()) {
  for (BarrierPoint* const point : {&point_, &trial_, &best_, &stepped_}) *point = nlp_.makePoint();
  state.resize(a_);
  for (Vector* const v : {&dx_, &correction_}) nlp_.model().resize(*v, at(nlp_.n()));
  state.resizeRows(dy_);
}

void ActiveSetPolish::run(bool refine) {
  polished_ = positive_ = degenerate_ = givenUp_ = refuted_ = false;
  inertia_ = {};
  active_.decide(state_.point);
  if (refine) this->refine();
  if (!polished_) {
    active_.decide(state_.point);
    clip();
  }
  settleFixed();
  classify();
}

void ActiveSetPolish::convert(const UnitChange& change) {
  nlp_.convert(change, point_);
  const double asGiven = nlp_.givenErrors(point_).worst();
  residual_ = polished_ ? asGiven : std::min(asGiven, nlp_.errors(point_, 0).worst());
}

bool ActiveSetPolish::solved() const { return nlp_.solvedAsGiven(point_) || (!polished_ && nlp_.solved(point_)); }

/// Polishes with the active set that is most probable, with others where multipliers are close to their slacks, and
/// with what the failures suggest.
void ActiveSetPolish::refine() {
  constexpr double ratios[] = {1, 1e3, 1e-3};
  constexpr int fewest = 3, most = 40, work = 2000;  // Newton steps, by the size of the problem
  stepsLeft_ = std::clamp(work / (nlp_.n() + nlp_.m()), fewest, most);
  const double before = nlp_.givenErrors(state_.point).worst();
  const double allowed = std::max(Tuning::exact, std::min(before, nlp_.settings().tolerance));
  for (const int levels : {1, ActiveSet::Tuning::levels}) {
    for (const double ratio : ratios) {
      active_.decide(state_.point, ratio);
      polished_ = begin(state_.point) && refineWithSet(levels, allowed);
      givenUp_ = active_.givenUp();
      if (givenUp_ && !polished_) return;
      if (!polished_) continue;
      residual_ = error_;
      return;
    }
  }
}

/// Polishes from point_ with the active set at hand, changed where that fails: by what is wrong at the point that was
/// reached if it is better, otherwise by what is where a Newton step leads to.
bool ActiveSetPolish::refineWithSet(int levels, double allowed) {
  constexpr int mostChanges = 6;
  constexpr double better = 0.5;
  for (int changes = 0; changes <= mostChanges && stepsLeft_ > 0 && !active_.givenUp(); ++changes) {
    const double before = error_ = nlp_.givenErrors(point_).worst();
    improve(levels);
    if (error_ <= allowed) return true;
    const bool gained = error_ <= better * before;
    if (!adjustSet(gained ? point_ : stepped_)) return false;
    if (!begin(gained ? point_ : state_.point)) return false;
  }
  return false;
}

bool ActiveSetPolish::beginSteps() {
  active_.decide(state_.point);
  return begin(state_.point);
}

bool ActiveSetPolish::takeStep() {
  if (!newtonStep(0)) return false;
  std::swap(point_, trial_);
  error_ = nlp_.givenErrors(point_).worst();
  return error_ <= nlp_.settings().tolerance || !adjustSet(point_, true) || begin(point_);
}

/// Takes Newton steps from point_ to the one with the least error, with more regularisation if no step reduces the
/// error.
void ActiveSetPolish::improve(int levels) {
  constexpr double enough = 0.5;
  for (int level = 0; level < levels && error_ > Tuning::exact; ++level) {
    const double before = error_;
    best_ = point_;
    newtonSteps(level);
    std::swap(best_, point_);
    if (error_ <= enough * before) return;
  }
}

/// Takes steps whose errors need not fall one by one; best_ is the point with the least error, error_.
void ActiveSetPolish::newtonSteps(int level) {
  constexpr int most = 4;
  constexpr double far = 1e4, halved = 0.5, small = 100 * Tuning::exact;
  for (int k = 0; k < most && error_ > Tuning::exact && stepsLeft_ > 0; ++k) {
    --stepsLeft_;
    const bool stepped = newtonStep(level);
    if (level == 0 && k == 0) stepped_ = stepped ? trial_ : point_;
    if (!stepped) return;
    const double error = nlp_.givenErrors(trial_).worst();
    std::swap(point_, trial_);
    const bool slow = error_ <= small && error > halved * error_;
    if (error < error_) {
      best_ = point_;
      error_ = error;
    } else if (!(error < far * error_)) {
      return;
    }
    if (slow) return;  // rounding allows no more
  }
}

/// Sets point_ to one with active variables at their bounds and without multipliers of inactive rows.
bool ActiveSetPolish::begin(const BarrierPoint& from) {
  BarrierPoint& to = point_;
  positive_ = false;
  for (std::size_t j = 0; j < at(nlp_.n()); ++j) {
    const double low = nlp_.givenLower()[j], high = nlp_.givenUpper()[j];
    to.v[j] = nlp_.fixed(j)                         ? from.v[j]
              : active_.side(j) == BoundSide::lower ? low
              : active_.side(j) == BoundSide::upper ? high
                                                    : cut(from.v[j], low, high);
  }
  for (int i = 0; i < nlp_.m(); ++i) to.at.lambda[at(i)] = active_.holds(i) ? from.at.lambda[at(i)] : 0;
  return evaluate(to);
}

/// Completes a point whose x and y are known, for the active set.
bool ActiveSetPolish::evaluate(BarrierPoint& point) {
  if (!nlp_.evaluateValues(point) || !nlp_.evaluateDerivatives(point)) return false;
  std::fill(point.zL.begin(), point.zL.end(), 0.0);
  std::fill(point.zU.begin(), point.zU.end(), 0.0);
  const auto setMultipliers = [&](std::size_t k, double gradient) {
    if (active_.side(k) == BoundSide::lower) point.zL[k] = std::max(0.0, gradient);
    if (active_.side(k) == BoundSide::upper) point.zU[k] = std::max(0.0, -gradient);
  };
  for (std::size_t j = 0; j < at(nlp_.n()); ++j) setMultipliers(j, point.at.g[j]);
  for (std::size_t k = at(nlp_.n()); k < nlp_.size(); ++k) {
    const auto row = at(nlp_.rowOf(k));
    const double low = nlp_.givenLower()[k], high = nlp_.givenUpper()[k], c = point.at.c[row];
    point.v[k] = active_.side(k) == BoundSide::lower   ? low
                 : active_.side(k) == BoundSide::upper ? high
                                                       : cut(c, low, high);
    point.r[row] = c - point.v[k];
    setMultipliers(k, -point.at.lambda[row]);
  }
  return true;
}

/// trial_ = the point that a Newton step leads to, cut to the bounds; returns false if the step fails.
bool ActiveSetPolish::newtonStep(int level) {
  std::copy(point_.at.g.begin(), point_.at.g.end(), a_.begin());
  if (!active_.load(point_) || !active_.factor(level) || !active_.solve(a_, point_.r, dx_, dy_)) return false;
  positive_ = active_.positive();
  std::copy(point_.v.begin(), point_.v.end(), trial_.v.begin());
  for (std::size_t j = 0; j < dx_.size(); ++j) {
    if (active_.moves(j)) trial_.v[j] = cut(trial_.v[j] + dx_[j], nlp_.givenLower()[j], nlp_.givenUpper()[j]);
  }
  for (std::size_t i = 0; i < dy_.size(); ++i) trial_.at.lambda[i] = point_.at.lambda[i] + dy_[i];
  return evaluate(trial_);
}

/// Changes the active set by what is wrong at a point: multipliers of the wrong sign, and bounds that are in the way;
/// with `cutCounts` also those which the gradient does not press x against, as a step was cut there.
bool ActiveSetPolish::adjustSet(const BarrierPoint& by, bool cutCounts) {
  bool changed = false;
  const auto change = [&](std::size_t k, BoundSide side) {
    active_.setSide(k, side);
    changed = true;
  };
  for (std::size_t k = 0; k < nlp_.size(); ++k) {
    if (nlp_.fixed(k)) continue;
    const bool variable = k < at(nlp_.n());
    const double gradient = variable ? by.at.g[k] : -by.at.lambda[at(nlp_.rowOf(k))];
    const double excess = variable ? 0 : by.r[at(nlp_.rowOf(k))];
    const double low = nlp_.givenLower()[k], high = nlp_.givenUpper()[k];
    if (active_.side(k) == BoundSide::none) {
      const bool below = variable ? by.v[k] == low && (cutCounts || gradient > 0) : excess < 0;
      const bool above = variable ? by.v[k] == high && (cutCounts || gradient < 0) : excess > 0;
      if (below || above) change(k, below ? BoundSide::lower : BoundSide::upper);
    } else if ((active_.side(k) == BoundSide::lower ? gradient : -gradient) < 0) {
      change(k, BoundSide::none);
    }
  }
  return changed;
}

/// Cuts x of the state's point to the bounds as given, if the point that this makes is also a solution: it moves the
/// constraints, and the gradient of a function that is steep there.
void ActiveSetPolish::clip() {
  point_ = state_.point;
  residual_ = nlp_.errors(state_.point, 0).worst();
  BarrierPoint& cutPoint = trial_;
  cutPoint = state_.point;
  bool outside = false;
  for (std::size_t k = 0; k < nlp_.size(); ++k) {
    if (nlp_.fixed(k)) continue;
    const double value = cut(cutPoint.v[k], nlp_.givenLower()[k], nlp_.givenUpper()[k]);
    outside = outside || (k < at(nlp_.n()) && value != cutPoint.v[k]);
    cutPoint.v[k] = value;
  }
  if (outside && (!nlp_.evaluateValues(cutPoint) || !nlp_.evaluateDerivatives(cutPoint))) return;
  const double error = nlp_.givenErrors(cutPoint).worst();
  if (!(error <= std::max(residual_, nlp_.settings().tolerance))) return;
  residual_ = error;
  std::swap(point_, cutPoint);
}

/// Moves variables that were fixed between bounds to the ones that the gradient presses them against, if that makes a
/// solution with less error.
void ActiveSetPolish::settleFixed() {
  bool moved = false;
  trial_ = point_;
  for (std::size_t j = 0; j < at(nlp_.n()); ++j) {
    if (!nlp_.fixed(j) || point_.at.g[j] == 0) continue;
    trial_.v[j] = point_.at.g[j] > 0 ? nlp_.givenLower()[j] : nlp_.givenUpper()[j];
    moved = moved || trial_.v[j] != point_.v[j];
  }
  if (!moved || !nlp_.evaluateValues(trial_) || !nlp_.evaluateDerivatives(trial_)) return;
  const double error = nlp_.givenErrors(trial_).worst();
  if (!(error <= std::max(nlp_.givenErrors(point_).worst(), nlp_.settings().tolerance))) return;
  residual_ = error;
  std::swap(point_, trial_);
}

/// The size at which a multiplier and its slack are both taken for zero: what Newton's method leaves, or the products
/// of the two, mu, where they are within a factor of a thousand of one another.
double ActiveSetPolish::weakness() const {
  constexpr double polished = 1e-6, ratio = 1e3;
  return polished_ ? polished : std::max(polished, std::sqrt(ratio * state_.mu));
}

/// Returns true if a bound of an entry of v and its multiplier are both at most `size`.
bool ActiveSetPolish::weak(std::size_t k, double size) const {
  const BoundSide side = active_.side(k);
  const bool low = side != BoundSide::upper && point_.v[k] - nlp_.givenLower()[k] <= size && point_.zL[k] <= size;
  const bool high = side != BoundSide::lower && nlp_.givenUpper()[k] - point_.v[k] <= size && point_.zU[k] <= size;
  return low || high;
}

/// Tells whether the point is degenerate, and its inertia.
void ActiveSetPolish::classify() {
  constexpr double large = 1e6;
  const double size = weakness();
  degenerate_ = normInf(point_.at.lambda) > large;
  for (std::size_t k = 0; k < sides_.size(); ++k) {
    sides_[k] = active_.side(k);
    degenerate_ = degenerate_ || (!nlp_.fixed(k) && weak(k, size));
  }
  if (nlp_.model().approximateHessian() || givenUp_) return;
  // Weakly active constraints may be left, so second order has to do without them.
  const bool dropped = active_.dropWeak(point_, size);
  if (polished_ && positive_ && !dropped && !active_.rankLost()) {
    inertia_ = active_.positiveInertia();
  } else if (active_.load(point_)) {
    inertia_ = active_.inertia();
  }
}

/// How far x can move along a direction within bounds, and within sides as their gradients see them.
double ActiveSetPolish::longestStep(std::span<const double> dx) {
  double longest = std::max(1.0, normInf(point_.at.x));
  const auto limit = [&](double low, double value, double high, double slope) {
    if (slope < 0 && value > low) longest = std::min(longest, (low - value) / slope);
    if (slope > 0 && value < high) longest = std::min(longest, (high - value) / slope);
  };
  nlp_.model().jacobianProduct(point_.at.jacobian, dx, dy_);
  for (std::size_t k = 0; k < nlp_.size(); ++k) {
    if (sides_[k] != BoundSide::none || nlp_.fixed(k)) continue;
    const bool variable = k < dx.size();
    limit(nlp_.givenLower()[k], point_.v[k], nlp_.givenUpper()[k], variable ? dx[k] : dy_[at(nlp_.rowOf(k))]);
  }
  return longest;
}

/// trial_ = the point at this length along dx_, moved onto the rows that hold by steps of Newton's method with the
/// factors at hand; false where that is not feasible.
bool ActiveSetPolish::moveAlong(double alpha) {
  constexpr int most = 8;
  constexpr double progress = 0.5;
  const double feasible = nlp_.settings().tolerance;
  const auto step = [&](double length, std::span<const double> dx, std::span<const double> from) {
    for (std::size_t j = 0; j < dx.size(); ++j) {
      trial_.v[j] = cut(from[j] + length * dx[j], nlp_.givenLower()[j], nlp_.givenUpper()[j]);
    }
    return evaluate(trial_);
  };
  trial_.at.lambda = point_.at.lambda;
  if (!step(alpha, dx_, point_.v)) return false;
  std::fill(a_.begin(), a_.end(), 0.0);
  double before = std::numeric_limits<double>::infinity();
  for (int k = 0; k < most; ++k) {
    const double now = normInf(trial_.r);
    if (now <= feasible) return true;
    if (!(now <= progress * before) || !active_.solve(a_, trial_.r, correction_, dy_)) return false;
    before = now;
    if (!step(1, correction_, trial_.v)) return false;
  }
  return false;
}

/// f + y^T r of the point at hand: f of a feasible point beside it, to first order.
double ActiveSetPolish::lagrangian(const BarrierPoint& point) const { return point.at.f + dot(point_.y(), point.r); }

bool ActiveSetPolish::findDescent(std::span<double> x) {
  constexpr double least = 1e-5, share = 0.25;  // shares of the length 1 and of the decrease that curvature promises
  constexpr double worth = 1e-8;  // share of max(1, |f|): a decrease that exceeds the rounding of the rows
  const double curvature = active_.findNegativeCurvature(dx_);
  if (!(curvature < 0)) return false;
  refuted_ = polished_ && !degenerate_ && active_.independent() && active_.confirms(dx_, curvature);
  const double start = lagrangian(point_);
  double lowest = start - worth * std::max(1.0, std::abs(start));
  bool found = false;
  for (const double sign : {1.0, -1.0}) {
    for (double& value : dx_) value *= sign;
    for (double alpha = longestStep(dx_); alpha >= least; alpha *= 0.5) {
      if (!moveAlong(alpha)) continue;
      const double value = lagrangian(trial_);
      if (!(value <= start + 0.5 * share * alpha * alpha * curvature)) continue;
      if (value < lowest) {
        lowest = value;
        std::copy_n(trial_.v.begin(), x.size(), x.begin());
        found = true;
      }
      break;
    }
  }
  refuted_ = refuted_ || found;
  return found;
}

}  // namespace nonconvex
