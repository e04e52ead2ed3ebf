#include "methods/least_squares/levenberg_marquardt.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"

namespace nonconvex {
namespace {

Vector bounds(In given, int n, double missing) {
  return given.empty() ? Vector(at(n), missing) : Vector(given.begin(), given.end());
}

std::span<double> columnOf(Mat<double> A, int j) { return {A.column(j), at(A.rows)}; }

/// The unit of a variable; of one that no residual has depended on so far, 1.
double unit(double D) { return D > 0 ? D : 1; }

/// out = A v
void multiply(Mat<const double> A, In v, Out out) {
  std::fill(out.begin(), out.end(), 0);
  for (int j = 0; j < A.cols; ++j) {
    if (v[at(j)] != 0) axpy(v[at(j)], std::span<const double>(A.column(j), at(A.rows)), out);
  }
}

}  // namespace

LevenbergMarquardt::LevenbergMarquardt(Residuals& function, In lower, In upper, const LeastSquaresSettings& settings)
    : function_(function),
      settings_(settings),
      n_(function.variables()),
      m_(function.residuals()),
      lower_(bounds(lower, n_, -infinity)),
      upper_(bounds(upper, n_, infinity)),
      H_(n_, n_),
      whole_(n_, n_),
      work_(m_, n_),
      trust_(m_, n_) {
  now_.J = HostMatrix<double>(m_, n_);
  now_.S = HostMatrix<double>(n_, n_);
  step_.held.resize(at(n_));
  step_.fixed.resize(at(n_));
  for (Vector* v : {&now_.x, &now_.gradient, &D_, &step_.p, &step_.a, &step_.q, &trial_.x}) v->assign(at(n_), 0.0);
  for (Vector* v : {&now_.r, &now_.weighted, &now_.weights, &now_.bends, &right_, &trial_.r, &product_})
    v->assign(at(m_), 0.0);
  right_.resize(at(std::max(m_, n_)));
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
  if (!function_.jacobian(now_.J)) return false;
  const bool robust = settings_.loss != RobustLoss::squared;
  if (robust) {
    for (int i = 0; i < m_; ++i) {
      const double z = square(now_.r[at(i)] / settings_.lossScale);
      const RobustValue rho = robustValue(settings_.loss, z);
      now_.weights[at(i)] = std::sqrt(rho.slope);
      now_.bends[at(i)] = rho.slope > 0 ? 2 * rho.curvature * z / rho.slope : 0;
      now_.weighted[at(i)] = now_.weights[at(i)] * now_.r[at(i)];
    }
  } else {
    std::copy(now_.r.begin(), now_.r.end(), now_.weighted.begin());
  }
  std::fill(product_.begin(), product_.end(), 0);  // |J| |x|
  for (int j = 0; j < n_; ++j) {
    const std::span<double> column = columnOf(now_.J, j);
    if (robust) {
      for (int i = 0; i < m_; ++i) column[at(i)] *= now_.weights[at(i)];
    }
    now_.gradient[at(j)] = dot(column, now_.weighted);
    const double norm = std::sqrt(norm2Squared(column));
    D_[at(j)] = std::max(D_[at(j)], norm);
    for (int i = 0; i < m_; ++i) product_[at(i)] += std::abs(column[at(i)] * now_.x[at(j)]);
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

/// The Hessian in H, whose second derivatives are those at x.
bool LevenbergMarquardt::hessian(Mat<double> H) {
  if (!now_.curvatureKnown) {
    goBack();
    ++counts_.curvatures;
    for (int i = 0; i < m_; ++i) {
      right_[at(i)] =
          settings_.loss == RobustLoss::squared ? now_.r[at(i)] : square(now_.weights[at(i)]) * now_.r[at(i)];
    }
    if (!function_.curvature(In(right_).first(at(m_)), now_.S)) return false;
    now_.curvatureKnown = true;
  }
  const bool robust = settings_.loss != RobustLoss::squared;
  for (int j = 0; j < n_; ++j) {
    const std::span<double> column = columnOf(now_.J, j);
    if (robust) {
      for (int i = 0; i < m_; ++i) product_[at(i)] = (1 + now_.bends[at(i)]) * column[at(i)];
    }
    for (int l = 0; l <= j; ++l) {
      const double sum = now_.S(l, j) + dot(robust ? In(product_) : In(column), columnOf(now_.J, l));
      H(l, j) = H(j, l) = sum;
    }
  }
  return true;
}

/// The Hessian in units of D, of the free variables, in H_. Returns false where second derivatives are not known.
bool LevenbergMarquardt::freeHessian() {
  if (!hessian(whole_)) return false;
  for (std::size_t c = 0; c < step_.free.size(); ++c) {
    for (std::size_t i = 0; i < step_.free.size(); ++i) {
      const int from = step_.free[c], to = step_.free[i];
      H_(static_cast<int>(i), static_cast<int>(c)) = whole_(to, from) / (unit(D_[at(from)]) * unit(D_[at(to)]));
    }
  }
  return true;
}

std::optional<Status> LevenbergMarquardt::assess() {
  std::fill(step_.fixed.begin(), step_.fixed.end(), 0);
  holdAtBounds();
  const double norm = std::sqrt(norm2Squared(now_.weighted));
  const double floor = std::max({norm, now_.noise / settings_.tolerance, 1e-300});
  now_.residual = 0;
  for (const int j : step_.free) {
    const double column = std::sqrt(norm2Squared(columnOf(now_.J, j)));
    if (column > 0) now_.residual = std::max(now_.residual, std::abs(now_.gradient[at(j)]) / (column * floor));
  }
  if (now_.residual > settings_.tolerance) return std::nullopt;
  // Columns that nearly depend on each other may explain much of r, each of them little.
  factorFree();
  if (trust_.explained() > 1e3 * settings_.tolerance * norm + now_.noise) {
    now_.residual = std::max(now_.residual, 2 * settings_.tolerance);
    return std::nullopt;
  }
  if (norm <= now_.noise || step_.free.empty() || !freeHessian()) return Status::solved;
  const int k = static_cast<int>(step_.free.size());
  saddle_ = !trust_.isPositive(Mat<double>{H_.data(), k, k, n_}, tuning_.flat);
  return saddle_ ? Status::stalled : Status::solved;
}

bool LevenbergMarquardt::isMinimum() {
  holdAtBounds();
  if (!freeHessian()) return false;
  const int k = static_cast<int>(step_.free.size());
  return trust_.isPositive(Mat<double>{H_.data(), k, k, n_}, 0);
}

/// Factors the columns of the free variables in units of D, beside r + J p with p of those that stopped at bounds.
void LevenbergMarquardt::factorFree() {
  const int k = static_cast<int>(step_.free.size());
  const Mat<double> A = work_.columns(0, k);
  for (int c = 0; c < k; ++c) {
    const int j = step_.free[at(c)];
    const double factor = 1 / unit(D_[at(j)]);
    const std::span<double> from = columnOf(now_.J, j);
    for (int i = 0; i < m_; ++i) A(i, c) = factor * from[at(i)];
  }
  std::copy(now_.weighted.begin(), now_.weighted.end(), right_.begin());
  for (int j = 0; j < n_; ++j) {
    if (step_.fixed[at(j)]) axpy(step_.p[at(j)], columnOf(now_.J, j), Out(right_).first(at(m_)));
  }
  trust_.factor(A, Out(right_).first(at(m_)));
}

/// p of the free variables within a radius.
void LevenbergMarquardt::solveFree(double radius) {
  const int k = static_cast<int>(step_.free.size());
  const Out q = Out(step_.q).first(at(k));
  factorFree();
  step_.lambda = trust_.solve(radius, q);
  if (curved_ && freeHessian()) {
    curvedGradient();
    step_.lambda = trust_.solveCurved(Mat<double>{H_.data(), k, k, n_}, Out(step_.a).first(at(k)), radius, q);
  } else {
    curved_ = false;
  }
  for (int c = 0; c < k; ++c) step_.p[at(step_.free[at(c)])] = q[at(c)] / unit(D_[at(step_.free[at(c)])]);
}

/// The scaled gradient of the curved model in the free variables, in a, after the others have moved by p.
void LevenbergMarquardt::curvedGradient() {
  const int k = static_cast<int>(step_.free.size());
  for (int c = 0; c < k; ++c) {
    const int j = step_.free[at(c)];
    double sum = now_.gradient[at(j)];
    for (int l = 0; l < n_; ++l) {
      if (step_.fixed[at(l)]) sum += whole_(j, l) * step_.p[at(l)];
    }
    step_.a[at(c)] = sum / unit(D_[at(j)]);
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
      if (step_.fixed[at(j)]) used += square(unit(D_[at(j)]) * step_.p[at(j)]);
    }
    rest = std::sqrt(std::max(square(radius_) - used, square(tuning_.leastRest * radius_)));
  } while (!step_.free.empty());
  step_.length = 0;
  for (int j = 0; j < n_; ++j) step_.length += square(unit(D_[at(j)]) * step_.p[at(j)]);
  step_.length = std::sqrt(step_.length);
}

/// The reduction of F that the model with or without second derivatives predicts for p.
double LevenbergMarquardt::predicted(bool curved) {
  double form = 0;
  if (!curved) {
    multiply(now_.J, step_.p, product_);
    form = norm2Squared(product_);
  }
  for (int j = 0; curved && j < n_; ++j) form += step_.p[at(j)] * dot(columnOf(whole_, j), step_.p);
  return -dot(now_.gradient, step_.p) - form / 2;
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
  multiply(now_.J, step_.p, product_);
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
  for (std::size_t c = 0; c < k; ++c) {
    b[c] = dot(columnOf(now_.J, step_.free[c]), product_) / unit(D_[at(step_.free[c])]);
  }
  if (!trust_.correct(b, a)) return;
  if (!(2 * std::sqrt(norm2Squared(a)) <= tuning_.accelerated * step_.length)) return;
  for (std::size_t c = 0; c < k; ++c) step_.p[at(step_.free[c])] += a[c] / (2 * unit(D_[at(step_.free[c])]));
}

/// Reductions of F that its values do not show.
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
      for (int j = 0; j < n_; ++j) norm += square(unit(D_[at(j)]) * now_.x[at(j)]);
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
