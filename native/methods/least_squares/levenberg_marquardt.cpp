#include "methods/least_squares/levenberg_marquardt.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"

namespace nonconvex {
namespace {

Vector bounds(In given, int n, double missing) {
  return given.empty() ? Vector(at(n), missing) : Vector(given.begin(), given.end());
}

}  // namespace

LevenbergMarquardt::LevenbergMarquardt(Residuals& function, In lower, In upper, const LeastSquaresSettings& settings,
                                       std::unique_ptr<JacobianSystem> system)
    : function_(function),
      settings_(settings),
      n_(function.variables()),
      m_(function.residuals()),
      lower_(bounds(lower, n_, -infinity)),
      upper_(bounds(upper, n_, infinity)),
      system_(system ? std::move(system) : denseJacobian(m_, n_)) {
  step_.held.resize(at(n_));
  step_.fixed.resize(at(n_));
  for (Vector* v : {&now_.x, &now_.gradient, &now_.norms, &D_, &units_, &step_.p, &step_.a, &step_.q, &trial_.x,
                    &moved_, &ofVariables_})
    v->assign(at(n_), 0.0);
  for (Vector* v : {&now_.r, &now_.weighted, &now_.weights, &now_.bends, &right_, &trial_.r, &product_})
    v->assign(at(m_), 0.0);
  step_.free.reserve(at(n_));
}

/// Evaluates r at a point, as the trial. Returns false where it is not finite.
bool LevenbergMarquardt::tryPoint(In x) {
  ++counts_.values;
  now_.there = false;
  if (!function_.values(x, trial_.r)) return false;
  trial_.objective = robustSum(settings_.loss, settings_.lossScale, trial_.r);
  return std::isfinite(trial_.objective);
}

bool LevenbergMarquardt::start(In x) {
  for (int j = 0; j < n_; ++j) now_.x[at(j)] = std::clamp(x[at(j)], lower_[at(j)], upper_[at(j)]);
  if (!tryPoint(now_.x)) return false;
  std::swap(now_.r, trial_.r);
  now_.objective = trial_.objective;
  std::fill(D_.begin(), D_.end(), 0);
  radius_ = 0;
  first_ = true;
  curved_ = saddle_ = false;
  unseen_ = 0;
  return look();
}

/// Derivatives at x, the last point that was evaluated. Returns false where they are not finite.
bool LevenbergMarquardt::look() {
  ++counts_.jacobians;
  now_.there = true;
  if (!system_->read(function_)) return false;
  if (settings_.loss != RobustLoss::squared) {
    for (int i = 0; i < m_; ++i) {
      const double z = square(now_.r[at(i)] / settings_.lossScale);
      const RobustValue rho = robustValue(settings_.loss, z);
      now_.weights[at(i)] = std::sqrt(rho.slope);
      now_.bends[at(i)] = rho.slope > 0 ? 2 * rho.curvature * z / rho.slope : 0;
      now_.weighted[at(i)] = now_.weights[at(i)] * now_.r[at(i)];
    }
    system_->weigh(now_.weights);
  } else {
    std::copy(now_.r.begin(), now_.r.end(), now_.weighted.begin());
  }
  system_->transposedProduct(now_.weighted, now_.gradient);
  system_->measure(now_.x, now_.norms, product_);
  for (int j = 0; j < n_; ++j) {
    D_[at(j)] = std::max(D_[at(j)], now_.norms[at(j)]);
    units_[at(j)] = D_[at(j)] > 0 ? D_[at(j)] : 1;  // no residual has depended on the variable so far
  }
  now_.noise = tuning_.rounding * machineEpsilon * std::sqrt(norm2Squared(product_));
  now_.curvatureKnown = false;
  now_.looked = true;
  holdAtBounds();
  return finite(now_.gradient);
}

/// Variables at a bound beyond which F falls are held; the others are free.
void LevenbergMarquardt::holdAtBounds() {
  step_.free.clear();
  for (int j = 0; j < n_; ++j) {
    const bool below = now_.x[at(j)] <= lower_[at(j)] && now_.gradient[at(j)] >= 0;
    const bool above = now_.x[at(j)] >= upper_[at(j)] && now_.gradient[at(j)] <= 0;
    step_.held[at(j)] = below || above;
    if (!step_.held[at(j)]) step_.free.push_back(j);
  }
}

/// Lets the function be at x, for derivatives there.
void LevenbergMarquardt::goBack() {
  if (!now_.there) function_.moveTo(now_.x);
  now_.there = true;
}

bool LevenbergMarquardt::findHessian() {
  if (now_.curvatureKnown) return true;
  goBack();
  ++counts_.curvatures;
  const bool robust = settings_.loss != RobustLoss::squared;
  for (int i = 0; i < m_; ++i) {
    right_[at(i)] = robust ? square(now_.weights[at(i)]) * now_.r[at(i)] : now_.r[at(i)];
    product_[at(i)] = 1 + now_.bends[at(i)];
  }
  now_.curvatureKnown = system_->readCurvature(function_, right_, robust ? In(product_) : In());
  return now_.curvatureKnown;
}

std::optional<Status> LevenbergMarquardt::assess() {
  std::fill(step_.fixed.begin(), step_.fixed.end(), 0);
  holdAtBounds();
  const double norm = std::sqrt(norm2Squared(now_.weighted));
  const double floor = std::max({norm, now_.noise / settings_.tolerance, 1e-300});
  now_.residual = 0;
  for (const int j : step_.free) {
    const double column = now_.norms[at(j)];
    if (column > 0) now_.residual = std::max(now_.residual, std::abs(now_.gradient[at(j)]) / (column * floor));
  }
  if (now_.residual > settings_.tolerance) return std::nullopt;
  // Columns that nearly depend on each other may explain much of r, each of them little.
  factorFree();
  if (system_->explained() > 1e3 * settings_.tolerance * norm + now_.noise) {
    now_.residual = std::max(now_.residual, 2 * settings_.tolerance);
    return std::nullopt;
  }
  if (norm <= now_.noise || step_.free.empty() || !findHessian()) return Status::solved;
  saddle_ = !system_->isPositive(step_.free, units_, tuning_.flat);
  return saddle_ ? Status::stalled : Status::solved;
}

bool LevenbergMarquardt::isMinimum() {
  holdAtBounds();
  return findHessian() && system_->isPositive(step_.free, units_, 0);
}

/// p of the variables that stopped at bounds, 0 of the others.
In LevenbergMarquardt::moved() {
  for (int j = 0; j < n_; ++j) moved_[at(j)] = step_.fixed[at(j)] ? step_.p[at(j)] : 0;
  return moved_;
}

/// Factors the columns of the free variables in units of D, beside r + J p with p of those that stopped at bounds.
void LevenbergMarquardt::factorFree() {
  std::copy(now_.weighted.begin(), now_.weighted.end(), right_.begin());
  system_->addProduct(moved(), right_);
  system_->factor(step_.free, units_, right_);
}

/// p of the free variables within a radius.
void LevenbergMarquardt::solveFree(double radius) {
  const std::size_t k = step_.free.size();
  const Out q = Out(step_.q).first(k);
  factorFree();
  step_.lambda = system_->solve(radius, q);
  if (curved_ && findHessian()) {
    curvedGradient();
    step_.lambda = system_->solveCurved(step_.free, units_, In(step_.a).first(k), radius, q);
  } else {
    curved_ = false;
  }
  for (std::size_t c = 0; c < k; ++c) step_.p[at(step_.free[c])] = q[c] / units_[at(step_.free[c])];
}

/// The scaled gradient of the curved model in the free variables, in a, after the others have moved by p.
void LevenbergMarquardt::curvedGradient() {
  std::copy(now_.gradient.begin(), now_.gradient.end(), ofVariables_.begin());
  system_->addHessianProduct(moved(), ofVariables_);
  for (std::size_t c = 0; c < step_.free.size(); ++c) {
    const std::size_t j = at(step_.free[c]);
    step_.a[c] = ofVariables_[j] / units_[j];
  }
}

/// Fixes free variables that p takes to their bounds and beyond. Returns how many.
int LevenbergMarquardt::stopAtBounds() {
  int stopped = 0;
  std::erase_if(step_.free, [&](int j) {
    const double end = now_.x[at(j)] + step_.p[at(j)];
    const bool out = end < lower_[at(j)] || end > upper_[at(j)];
    if (!out) return false;
    step_.p[at(j)] = std::clamp(end, lower_[at(j)], upper_[at(j)]) - now_.x[at(j)];
    step_.fixed[at(j)] = 1;
    ++stopped;
    return true;
  });
  return stopped;
}

/// The step p from x, with the length of D p.
void LevenbergMarquardt::findStep() {
  std::fill(step_.p.begin(), step_.p.end(), 0);
  std::fill(step_.fixed.begin(), step_.fixed.end(), 0);
  holdAtBounds();
  double rest = radius_;
  do {
    solveFree(rest);
    if (stopAtBounds() == 0) break;
    double used = 0;
    for (int j = 0; j < n_; ++j) {
      if (step_.fixed[at(j)]) used += square(units_[at(j)] * step_.p[at(j)]);
    }
    rest = std::sqrt(std::max(square(radius_) - used, square(tuning_.leastRest * radius_)));
  } while (!step_.free.empty());
  step_.length = 0;
  for (int j = 0; j < n_; ++j) step_.length += square(units_[at(j)] * step_.p[at(j)]);
  step_.length = std::sqrt(step_.length);
}

/// The reduction of F that the model with or without second derivatives predicts for p.
double LevenbergMarquardt::predicted(bool curved) {
  double form = 0;
  if (curved) {
    std::fill(ofVariables_.begin(), ofVariables_.end(), 0);
    system_->addHessianProduct(step_.p, ofVariables_);
    for (int j = 0; j < n_; ++j) form += step_.p[at(j)] * ofVariables_[at(j)];
  } else {
    alongStep();
    form = norm2Squared(product_);
  }
  return -dot(now_.gradient, step_.p) - form / 2;
}

/// J p in product_
void LevenbergMarquardt::alongStep() {
  std::fill(product_.begin(), product_.end(), 0);
  system_->addProduct(step_.p, product_);
}

/// r''(p, p) in product_, by differences where the function does not know it. Returns false where it is not finite.
bool LevenbergMarquardt::bend(Out end) {
  goBack();
  if (function_.along(step_.p, product_)) return true;
  const double h = tuning_.probe;
  for (int j = 0; j < n_; ++j) end[at(j)] = now_.x[at(j)] + h * step_.p[at(j)];
  ++counts_.values;
  now_.there = false;
  if (!function_.values(end, trial_.r)) return false;
  alongStep();
  // 2 / h ((r(x + h p) - r(x)) / h - J p), J without the weights
  for (int i = 0; i < m_; ++i) {
    const double w = settings_.loss == RobustLoss::squared ? 1 : now_.weights[at(i)];
    product_[at(i)] = 2 / h * ((trial_.r[at(i)] - now_.r[at(i)]) / h - (w > 0 ? product_[at(i)] / w : 0));
  }
  return true;
}

/// Adds a / 2 to the step, where a is small beside it, and moves no variable to a bound.
void LevenbergMarquardt::accelerate(Out end) {
  if (!bend(end)) return;
  if (settings_.loss != RobustLoss::squared) {
    for (int i = 0; i < m_; ++i) product_[at(i)] *= now_.weights[at(i)];
  }
  const auto k = step_.free.size();
  const Out b = Out(step_.q).first(k), a = Out(step_.a).first(k);
  system_->transposedProduct(product_, ofVariables_);
  for (std::size_t c = 0; c < k; ++c) b[c] = ofVariables_[at(step_.free[c])] / units_[at(step_.free[c])];
  if (!system_->correct(b, a)) return;
  if (!(2 * std::sqrt(norm2Squared(a)) <= tuning_.accelerated * step_.length)) return;
  for (std::size_t c = 0; c < k; ++c) step_.p[at(step_.free[c])] += a[c] / (2 * units_[at(step_.free[c])]);
}

double LevenbergMarquardt::unseen() const {
  return tuning_.unseen * now_.objective + now_.noise * std::sqrt(2 * now_.objective);
}

/// Sets the radius and the next model by the reductions that were predicted and found.
void LevenbergMarquardt::learn(double actual, double prediction, double otherPrediction) {
  const double ratio = prediction <= unseen() ? 1 : actual / prediction;
  if (!(ratio > 0.25)) {
    const double shrink = std::isfinite(ratio) ? std::max(0.1, std::min(0.5, 0.5 / (1 - ratio))) : 0.1;
    radius_ = shrink * std::min(radius_, 10 * step_.length);
  } else if (step_.lambda == 0 || ratio >= 0.75) {
    radius_ = 2 * step_.length;
  }
  if (curved_) {
    curved_ = std::abs(actual - prediction) <= std::abs(actual - otherPrediction);
  } else if (settings_.curvature && prediction <= tuning_.late * now_.objective) {
    const bool poor = !(std::abs(actual - prediction) <= tuning_.poor * std::abs(actual));
    curved_ = poor || (step_.lambda == 0 && prediction > tuning_.slow * lastPrediction_);
  }
}

std::optional<Status> LevenbergMarquardt::step() {
  if (now_.looked) {
    if (const auto status = assess()) return status;
    now_.looked = false;
    if (first_) {
      double norm = 0;
      for (int j = 0; j < n_; ++j) norm += square(units_[at(j)] * now_.x[at(j)]);
      radius_ = norm > 0 ? settings_.firstRadius * std::sqrt(norm) : settings_.firstRadius;
    }
  }
  findStep();
  if (first_) radius_ = std::min(radius_, step_.length);
  first_ = false;
  const bool curved = curved_;
  const double prediction = predicted(curved);
  predictedShare_ = prediction / std::max(now_.objective, 1e-300);
  const double other = curved ? predicted(false) : prediction;
  if (!(prediction > unseen())) {
    if (++unseen_ >= tuning_.unseenSteps) return Status::stalled;
  } else {
    unseen_ = 0;
  }
  if (settings_.acceleration && !curved && prediction > tuning_.small * now_.objective) accelerate(trial_.x);
  for (int j = 0; j < n_; ++j)
    trial_.x[at(j)] = std::clamp(now_.x[at(j)] + step_.p[at(j)], lower_[at(j)], upper_[at(j)]);
  const bool defined = tryPoint(trial_.x);
  const double actual = defined ? now_.objective - trial_.objective : -infinity;
  learn(actual, prediction, other);
  lastPrediction_ = prediction;
  const bool within = prediction <= unseen() && actual >= -unseen();
  if (within || (actual >= tuning_.accepted * prediction && actual >= 0)) {
    std::swap(now_.x, trial_.x);
    std::swap(now_.r, trial_.r);
    now_.objective = trial_.objective;
    if (!look()) return Status::numericalError;
  }
  if (!(radius_ > 0) || trial_.x == now_.x) return Status::stalled;
  return std::nullopt;
}

}  // namespace nonconvex
