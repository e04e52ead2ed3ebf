#include "methods/least_squares/levenberg_marquardt.hpp"

#include <algorithm>
#include <cmath>

namespace nonconvex {
namespace {

std::size_t at(int j) { return static_cast<std::size_t>(j); }

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
      J_(m_, n_),
      S_(n_, n_),
      H_(n_, n_),
      whole_(n_, n_),
      held_(at(n_)),
      fixed_(at(n_)),
      work_(m_, n_),
      trust_(m_, n_) {
  for (Vector* v : {&x_, &gradient_, &D_, &p_, &a_, &q_, &trialX_}) v->assign(at(n_), 0.0);
  for (Vector* v : {&r_, &weighted_, &weights_, &bends_, &right_, &trialR_, &product_}) v->assign(at(m_), 0.0);
  right_.resize(at(std::max(m_, n_)));
  free_.reserve(at(n_));
}

double LevenbergMarquardt::valueOf(In r) const {
  if (settings_.loss == RobustLoss::squared) return norm2Squared(r) / 2;
  const double squaredScale = square(settings_.lossScale);
  double sum = 0;
  for (const double value : r) sum += robustValue(settings_.loss, square(value) / squaredScale).value;
  return squaredScale * sum / 2;
}

/// Evaluates r at a point, as the trial. Returns false where it is not finite.
bool LevenbergMarquardt::tryPoint(In x) {
  ++counts_.values;
  there_ = false;
  if (!function_.values(x, trialR_)) return false;
  trialObjective_ = valueOf(trialR_);
  return std::isfinite(trialObjective_);
}

bool LevenbergMarquardt::start(In x) {
  for (int j = 0; j < n_; ++j) x_[at(j)] = std::clamp(x[at(j)], lower_[at(j)], upper_[at(j)]);
  if (!tryPoint(x_)) return false;
  std::swap(r_, trialR_);
  objective_ = trialObjective_;
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
  there_ = true;
  if (!function_.jacobian(J_)) return false;
  const bool robust = settings_.loss != RobustLoss::squared;
  if (robust) {
    for (int i = 0; i < m_; ++i) {
      const double z = square(r_[at(i)] / settings_.lossScale);
      const RobustValue rho = robustValue(settings_.loss, z);
      weights_[at(i)] = std::sqrt(rho.slope);
      bends_[at(i)] = rho.slope > 0 ? 2 * rho.curvature * z / rho.slope : 0;
      weighted_[at(i)] = weights_[at(i)] * r_[at(i)];
    }
  } else {
    std::copy(r_.begin(), r_.end(), weighted_.begin());
  }
  std::fill(product_.begin(), product_.end(), 0);  // |J| |x|
  for (int j = 0; j < n_; ++j) {
    const std::span<double> column = columnOf(J_, j);
    if (robust) {
      for (int i = 0; i < m_; ++i) column[at(i)] *= weights_[at(i)];
    }
    gradient_[at(j)] = dot(column, weighted_);
    const double norm = std::sqrt(norm2Squared(column));
    D_[at(j)] = std::max(D_[at(j)], norm);
    for (int i = 0; i < m_; ++i) product_[at(i)] += std::abs(column[at(i)] * x_[at(j)]);
  }
  noise_ = tuning_.rounding * machineEpsilon * std::sqrt(norm2Squared(product_));
  curvatureKnown_ = false;
  looked_ = true;
  holdAtBounds();
  return finite(gradient_);
}

/// Variables at a bound beyond which F falls are held; the others are free.
void LevenbergMarquardt::holdAtBounds() {
  free_.clear();
  for (int j = 0; j < n_; ++j) {
    const bool below = x_[at(j)] <= lower_[at(j)] && gradient_[at(j)] >= 0;
    const bool above = x_[at(j)] >= upper_[at(j)] && gradient_[at(j)] <= 0;
    held_[at(j)] = below || above;
    if (!held_[at(j)]) free_.push_back(j);
  }
}

/// The Hessian in H, whose second derivatives are those at x.
bool LevenbergMarquardt::hessian(Mat<double> H) {
  if (!curvatureKnown_) {
    if (!there_) {
      ++counts_.values;
      function_.values(x_, trialR_);
      there_ = true;
    }
    ++counts_.curvatures;
    for (int i = 0; i < m_; ++i) {
      right_[at(i)] = settings_.loss == RobustLoss::squared ? r_[at(i)] : square(weights_[at(i)]) * r_[at(i)];
    }
    if (!function_.curvature(In(right_).first(at(m_)), S_)) return false;
    curvatureKnown_ = true;
  }
  const bool robust = settings_.loss != RobustLoss::squared;
  for (int j = 0; j < n_; ++j) {
    const std::span<double> column = columnOf(J_, j);
    if (robust) {
      for (int i = 0; i < m_; ++i) product_[at(i)] = (1 + bends_[at(i)]) * column[at(i)];
    }
    for (int l = 0; l <= j; ++l) {
      const double sum = S_(l, j) + dot(robust ? In(product_) : In(column), columnOf(J_, l));
      H(l, j) = H(j, l) = sum;
    }
  }
  return true;
}

/// The Hessian in units of D, of the free variables, in H_. Returns false where second derivatives are not known.
bool LevenbergMarquardt::freeHessian() {
  if (!hessian(whole_)) return false;
  for (std::size_t c = 0; c < free_.size(); ++c) {
    for (std::size_t i = 0; i < free_.size(); ++i) {
      const int from = free_[c], to = free_[i];
      H_(static_cast<int>(i), static_cast<int>(c)) = whole_(to, from) / (unit(D_[at(from)]) * unit(D_[at(to)]));
    }
  }
  return true;
}

/// Decides whether x is a solution.
std::optional<Status> LevenbergMarquardt::assess() {
  const double norm = std::sqrt(norm2Squared(weighted_));
  const double floor = std::max({norm, noise_ / settings_.tolerance, 1e-300});
  residual_ = 0;
  for (const int j : free_) {
    const double column = std::sqrt(norm2Squared(columnOf(J_, j)));
    if (column > 0) residual_ = std::max(residual_, std::abs(gradient_[at(j)]) / (column * floor));
  }
  if (residual_ > settings_.tolerance) return std::nullopt;
  // Columns that nearly depend on each other may explain much of r, each of them little.
  factorFree();
  if (trust_.explained() > std::max(tuning_.explained, 1e3 * settings_.tolerance) * norm + noise_) {
    residual_ = std::max(residual_, 2 * settings_.tolerance);
    return std::nullopt;
  }
  if (norm <= noise_ || free_.empty() || !freeHessian()) return Status::solved;
  const int k = static_cast<int>(free_.size());
  saddle_ = !trust_.isPositive(Mat<double>{H_.data(), k, k, n_}, tuning_.flat);
  return saddle_ ? Status::stalled : Status::solved;
}

/// Factors the columns of the free variables in units of D, beside r + J p with p of those that stopped at bounds.
void LevenbergMarquardt::factorFree() {
  const int k = static_cast<int>(free_.size());
  const Mat<double> A = work_.columns(0, k);
  for (int c = 0; c < k; ++c) {
    const int j = free_[at(c)];
    const double factor = 1 / unit(D_[at(j)]);
    const std::span<double> from = columnOf(J_, j);
    for (int i = 0; i < m_; ++i) A(i, c) = factor * from[at(i)];
  }
  std::copy(weighted_.begin(), weighted_.end(), right_.begin());
  for (int j = 0; j < n_; ++j) {
    if (fixed_[at(j)]) axpy(p_[at(j)], columnOf(J_, j), Out(right_).first(at(m_)));
  }
  trust_.factor(A, Out(right_).first(at(m_)));
}

/// p of the free variables within a radius.
void LevenbergMarquardt::solveFree(double radius) {
  const int k = static_cast<int>(free_.size());
  const Out q = Out(q_).first(at(k));
  factorFree();
  lambda_ = trust_.solve(radius, q);
  if (curved_ && freeHessian()) {
    curvedGradient();
    lambda_ = trust_.solveCurved(Mat<double>{H_.data(), k, k, n_}, Out(a_).first(at(k)), radius, q);
  } else {
    curved_ = false;
  }
  for (int c = 0; c < k; ++c) p_[at(free_[at(c)])] = q[at(c)] / unit(D_[at(free_[at(c)])]);
}

/// The scaled gradient of the curved model in the free variables, in a, after the others have moved by p.
void LevenbergMarquardt::curvedGradient() {
  const int k = static_cast<int>(free_.size());
  for (int c = 0; c < k; ++c) {
    const int j = free_[at(c)];
    double sum = gradient_[at(j)];
    for (int l = 0; l < n_; ++l) {
      if (fixed_[at(l)]) sum += whole_(j, l) * p_[at(l)];
    }
    a_[at(c)] = sum / unit(D_[at(j)]);
  }
}

/// Fixes free variables that p takes to their bounds and beyond. Returns how many.
int LevenbergMarquardt::stopAtBounds() {
  int stopped = 0;
  std::erase_if(free_, [&](int j) {
    const double end = x_[at(j)] + p_[at(j)];
    const bool out = end < lower_[at(j)] || end > upper_[at(j)];
    if (!out) return false;
    p_[at(j)] = std::clamp(end, lower_[at(j)], upper_[at(j)]) - x_[at(j)];
    fixed_[at(j)] = 1;
    ++stopped;
    return true;
  });
  return stopped;
}

/// The step p from x, with the length of D p.
void LevenbergMarquardt::findStep() {
  std::fill(p_.begin(), p_.end(), 0);
  std::fill(fixed_.begin(), fixed_.end(), 0);
  holdAtBounds();
  double rest = radius_;
  do {
    solveFree(rest);
    if (stopAtBounds() == 0) break;
    double used = 0;
    for (int j = 0; j < n_; ++j) {
      if (fixed_[at(j)]) used += square(unit(D_[at(j)]) * p_[at(j)]);
    }
    rest = std::sqrt(std::max(square(radius_) - used, square(tuning_.leastRest * radius_)));
  } while (!free_.empty());
  length_ = 0;
  for (int j = 0; j < n_; ++j) length_ += square(unit(D_[at(j)]) * p_[at(j)]);
  length_ = std::sqrt(length_);
}

/// The reduction of F that the model with or without second derivatives predicts for p.
double LevenbergMarquardt::predicted(bool curved) {
  double form = 0;
  if (!curved) {
    multiply(J_, p_, product_);
    form = norm2Squared(product_);
  }
  for (int j = 0; curved && j < n_; ++j) form += p_[at(j)] * dot(columnOf(whole_, j), p_);
  return -dot(gradient_, p_) - form / 2;
}

/// Adds a / 2 to the step, where a is small beside it, and moves no variable to a bound.
void LevenbergMarquardt::accelerate(Out end) {
  const double h = tuning_.probe;
  for (int j = 0; j < n_; ++j) end[at(j)] = x_[at(j)] + h * p_[at(j)];
  ++counts_.values;
  there_ = false;
  if (!function_.values(end, trialR_)) return;
  multiply(J_, p_, product_);
  // J^T r''(p, p), r'' = 2 / h ((r(x + h p) - r(x)) / h - J p)
  for (int i = 0; i < m_; ++i) {
    const double w = settings_.loss == RobustLoss::squared ? 1 : weights_[at(i)];
    product_[at(i)] = 2 / h * (w * (trialR_[at(i)] - r_[at(i)]) / h - product_[at(i)]);
  }
  const auto k = free_.size();
  const Out b = Out(q_).first(k), a = Out(a_).first(k);
  for (std::size_t c = 0; c < k; ++c) {
    b[c] = dot(columnOf(J_, free_[c]), product_) / unit(D_[at(free_[c])]);
  }
  if (!trust_.correct(b, a)) return;
  if (!(2 * std::sqrt(norm2Squared(a)) <= tuning_.accelerated * length_)) return;
  for (std::size_t c = 0; c < k; ++c) p_[at(free_[c])] += a[c] / (2 * unit(D_[at(free_[c])]));
}

/// Reductions of F that its values do not show.
double LevenbergMarquardt::unseen() const {
  return tuning_.unseen * objective_ + noise_ * std::sqrt(2 * objective_);
}

/// Sets the radius and the next model by the reductions that were predicted and found.
void LevenbergMarquardt::learn(double actual, double prediction, double otherPrediction) {
  const double ratio = prediction <= unseen() ? 1 : actual / prediction;
  if (!(ratio > 0.25)) {
    const double shrink = std::isfinite(ratio) ? std::max(0.1, std::min(0.5, 0.5 / (1 - ratio))) : 0.1;
    radius_ = shrink * std::min(radius_, 10 * length_);
  } else if (lambda_ == 0 || ratio >= 0.75) {
    radius_ = 2 * length_;
  }
  if (curved_) {
    curved_ = std::abs(actual - prediction) <= std::abs(actual - otherPrediction);
  } else if (settings_.curvature && prediction <= tuning_.late * objective_) {
    curved_ = !(std::abs(actual - prediction) <= tuning_.poor * std::abs(actual));
  }
}

std::optional<Status> LevenbergMarquardt::step() {
  if (looked_) {
    std::fill(fixed_.begin(), fixed_.end(), 0);
    if (const auto status = assess()) return status;
    looked_ = false;
    if (first_) {
      double norm = 0;
      for (int j = 0; j < n_; ++j) norm += square(unit(D_[at(j)]) * x_[at(j)]);
      radius_ = norm > 0 ? tuning_.firstRadius * std::sqrt(norm) : tuning_.firstRadius;
    }
  }
  findStep();
  if (first_) radius_ = std::min(radius_, length_);
  first_ = false;
  const bool curved = curved_;
  const double prediction = predicted(curved);
  const double other = curved ? predicted(false) : prediction;
  if (!(prediction > unseen())) {
    if (++unseen_ >= tuning_.unseenSteps) return Status::stalled;
  } else {
    unseen_ = 0;
  }
  if (settings_.acceleration && !curved && prediction > tuning_.small * objective_) accelerate(trialX_);
  for (int j = 0; j < n_; ++j) trialX_[at(j)] = std::clamp(x_[at(j)] + p_[at(j)], lower_[at(j)], upper_[at(j)]);
  const bool defined = tryPoint(trialX_);
  const double actual = defined ? objective_ - trialObjective_ : -infinity;
  learn(actual, prediction, other);
  const bool within = prediction <= unseen() && actual >= -unseen();
  if (within || (actual >= tuning_.accepted * prediction && actual >= 0)) {
    std::swap(x_, trialX_);
    std::swap(r_, trialR_);
    objective_ = trialObjective_;
    if (!look()) return Status::numericalError;
  }
  if (!(radius_ > 0) || trialX_ == x_) return Status::stalled;
  return std::nullopt;
}

}  // namespace nonconvex
