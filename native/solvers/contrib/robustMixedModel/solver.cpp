#include "solvers/contrib/robustMixedModel/solver.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "core/error.hpp"
#include "core/index.hpp"
#include "core/numbers.hpp"
#include "core/require_memory.hpp"
#include "data/checked_rows.hpp"
#include "linalg/vectors.hpp"
#include "methods/one_dimensional/secant.hpp"

namespace nonconvex {
namespace {

const RobustMixedModelProblem& withRoomForModel(const RobustMixedModelProblem& problem) {
  const double n = problem.x.rows, p = problem.x.columns + 1.0;
  const double groups = problem.groups.empty() ? n : problem.groupCount();
  requireMemory(sizeof(double) * (2 * n * p + p * p + p * groups + 6 * n + 4 * groups),
                "x with " + show(problem.x.columns) + " columns and n = " + show(problem.x.rows) + " rows needs");
  return problem;
}

}  // namespace

struct StudentMixedModel::Tuning {
  /// rounding: share of the mean of y^2 below which a variance has no digits.
  static constexpr double exactFit = 1e-26;
  static constexpr double firstTau = 0.1;    ///< measured: tau where a search begins that has no other
  static constexpr double leastTau = 1e-12;  ///< safeguard: least tau of a search
  static constexpr double mostTau = 1e12;    ///< safeguard: largest tau of a search
};

StudentMixedModel::StudentMixedModel(const Cpu& la, const RobustMixedModelProblem& problem,
                                     const RobustMixedModelSettings& settings)
    : la_(la), problem_(withRoomForModel(problem)), settings_(settings), b_(problem.start) {
  requireFinite("warmStart", b_);
  const int unknowns = problem.x.columns + (settings.intercept ? 1 : 0);
  require(b_.empty() || b_.size() == at(unknowns), "warmStart.coefficients.length", b_.size(),
          "expected with the intercept, if there is one, " + show(unknowns));
  b_.resize(at(unknowns));
  sizes_.assign(at(problem.groups.empty() ? problem.x.rows : problem.groupCount()), 0);
  weights_.assign(sizes_.size(), 1.0);
}

void StudentMixedModel::start() {
  requireFinite("y", problem_.y);
  requireFiniteSquares("y", problem_.y);
  for (int i = 0; i < n(); ++i) ++sizes_[groupOf(i)];
  for (std::size_t g = 0; g < sizes_.size(); ++g) {
    require(sizes_[g] > 0, "groups", g, "expected numbers of groups such that each has a row");
  }
  xt_ = transposedRows(la_, "x", problem_.x, settings_.intercept ? 1 : 0);
  normal_ = NormalEquations(unknowns(), n());
  means_ = HostMatrix<double>(unknowns(), groups());
  change_.resize(b_.size());
  residuals_.resize(at(n()));
  work_.resize(at(n()));
  sums_.resize(sizes_.size());
  squares_.resize(sizes_.size());
  shares_.resize(sizes_.size());
  roots_.resize(sizes_.size());
  units_.assign(b_.size(), 0);
  for (int i = 0; i < n(); ++i) {
    for (int j = 0; j < unknowns(); ++j) {
      units_[at(j)] += square(xt_(j, i)) / n();
      means_(j, static_cast<int>(groupOf(i))) += xt_(j, i) / sizes_[groupOf(i)];
    }
  }
  for (double& unit : units_) unit = std::sqrt(unit);
  least_ = Tuning::exactFit * norm2Squared(problem_.y) / n();
  std::fill(weights_.begin(), weights_.end(), 1.0);
  sumResiduals();
  if (!solveCoefficients()) {
    throw Error(ErrorKind::range, "x: expected columns that do not depend on each other" +
                                      std::string(settings_.intercept ? ", or on the intercept" : ""));
  }
  if (!problem_.start.empty()) b_ = problem_.start;
  sumResiduals();
  if (grouped()) tau_ = Tuning::firstTau;
  variance_ = scatter(tau_) / n();
  started_ = true;
  if (variance_ > least_) measure();
}

/// Residuals and, of each group, their sum and the sum of their squares.
void StudentMixedModel::sumResiduals() {
  residuals_ = problem_.y;
  la_.gemv(Transpose::yes, -1.0, xt_, viewOf(b_), 1.0, viewOf(residuals_));
  std::fill(sums_.begin(), sums_.end(), 0.0);
  std::fill(squares_.begin(), squares_.end(), 0.0);
  for (int i = 0; i < n(); ++i) {
    sums_[groupOf(i)] += residuals_[at(i)];
    squares_[groupOf(i)] += square(residuals_[at(i)]);
  }
}

/// b + the change for which the weighted residuals are orthogonal to the columns: in each group these are multiplied by
/// the root of the inverse of I + tau J, which takes a share of the group's mean away.
bool StudentMixedModel::solveCoefficients() {
  for (std::size_t g = 0; g < sizes_.size(); ++g) {
    shares_[g] = 1 - 1 / std::sqrt(1 + tau_ * sizes_[g]);
    roots_[g] = std::sqrt(weights_[g]);
  }
  for (int i = 0; i < n(); ++i) {
    const std::size_t g = groupOf(i);
    work_[at(i)] = roots_[g] * (residuals_[at(i)] - shares_[g] * sums_[g] / sizes_[g]);
  }
  const auto scaled = [&](int j, int i) {
    const std::size_t g = groupOf(i);
    return roots_[g] * (xt_(j, i) - shares_[g] * means_(j, static_cast<int>(g)));
  };
  if (!normal_.factor(la_, scaled, [](int) { return 0; })) return false;
  la_.gemv(Transpose::no, 1.0, normal_.columns(), viewOf(work_), 0.0, viewOf(change_));
  normal_.solve(la_, columnOf(change_));
  axpy(1, change_, b_);
  return true;
}

/// sum_g w_g r_g^T (I + tau J)^-1 r_g
double StudentMixedModel::scatter(double tau) const {
  double sum = 0;
  for (std::size_t g = 0; g < sizes_.size(); ++g) {
    sum += weights_[g] * (squares_[g] - tau * square(sums_[g]) / (1 + tau * sizes_[g]));
  }
  return sum;
}

/// The function that is left to minimise over tau where the weights are fixed and sigma^2 is the best for it.
double StudentMixedModel::profile(double tau) const {
  double logs = 0;
  for (const double size : sizes_) logs += std::log1p(tau * size);
  return n() * std::log(scatter(tau)) / 2 + logs / 2;
}

double StudentMixedModel::slopeInTau(double tau) const {
  double fall = 0, rise = 0;
  for (std::size_t g = 0; g < sizes_.size(); ++g) {
    fall += weights_[g] * square(sums_[g] / (1 + tau * sizes_[g]));
    rise += sizes_[g] / (1 + tau * sizes_[g]);
  }
  return rise / 2 - n() * fall / scatter(tau) / 2;
}

/// tau := a minimiser of the profile, next to where it was, unless that is no better.
void StudentMixedModel::chooseTau() {
  const auto slope = [&](double tau) { return slopeInTau(tau); };
  double low = tau_ > 0 ? tau_ : Tuning::firstTau, high = low;
  double atLow = slope(low), atHigh = atLow;
  while (atLow > 0 && low > Tuning::leastTau) {
    high = std::exchange(low, low / 2);
    atHigh = std::exchange(atLow, slope(low));
  }
  while (atHigh < 0 && high < Tuning::mostTau) {
    low = std::exchange(high, 2 * high);
    atLow = std::exchange(atHigh, slope(high));
  }
  const bool within = low > Tuning::leastTau && high < Tuning::mostTau;
  const double found = within ? zeroOf(slope, {low, atLow, high, atHigh}) : low > Tuning::leastTau ? high : 0;
  if (profile(found) <= profile(tau_)) tau_ = found;
}

/// Weights at the present residuals, tau and sigma^2.
void StudentMixedModel::weigh() {
  for (std::size_t g = 0; g < sizes_.size(); ++g) {
    const double apart = (squares_[g] - tau_ * square(sums_[g]) / (1 + tau_ * sizes_[g])) / variance_;
    weights_[g] = (settings_.degreesOfFreedom + sizes_[g]) / (settings_.degreesOfFreedom + apart);
  }
}

/// Weights, objective and residual at the present point.
void StudentMixedModel::measure() {
  weigh();
  const double nu = settings_.degreesOfFreedom;
  double total = 0, fall = 0, rise = 0;
  for (std::size_t g = 0; g < sizes_.size(); ++g) {
    const double size = sizes_[g];
    total += std::lgamma(nu / 2) - std::lgamma((nu + size) / 2) +
             size * std::log(nu * std::numbers::pi * variance_) / 2 + std::log1p(tau_ * size) / 2 +
             (nu + size) / 2 * std::log((nu + size) / (nu * weights_[g]));
    fall += weights_[g] * square(sums_[g] / (1 + tau_ * size)) / variance_;
    rise += size / (1 + tau_ * size);
  }
  objective_ = total / n();
  for (int i = 0; i < n(); ++i) {
    const std::size_t g = groupOf(i);
    work_[at(i)] = weights_[g] * (residuals_[at(i)] - tau_ * sums_[g] / (1 + tau_ * sizes_[g]));
  }
  la_.gemv(Transpose::no, 1.0 / n(), xt_, viewOf(work_), 0.0, viewOf(change_));
  residual_ = std::abs(1 - scatter(tau_) / variance_ / n()) / 2;
  for (std::size_t j = 0; j < b_.size(); ++j) {
    residual_ = std::max(residual_, std::abs(change_[j]) / (units_[j] * std::sqrt(variance_)));
  }
  if (!grouped()) return;
  const double slope = (rise - fall) / 2 / n();
  residual_ = std::max(residual_, std::abs(tau_ - std::max(0.0, tau_ - slope)) / (1 + tau_));
}

std::optional<Status> StudentMixedModel::step() {
  if (!(variance_ > least_)) return Status::unbounded;
  if (!solveCoefficients()) return Status::numericalError;
  sumResiduals();
  if (grouped()) chooseTau();
  variance_ = scatter(tau_) / n();
  if (!(variance_ > least_)) return Status::unbounded;
  measure();
  return std::nullopt;
}

Progress StudentMixedModel::progress() const {
  Progress now;
  if (!started_ || !isKnown(objective_)) return now;
  now.objective = objective_;
  now.residual = residual_;
  return now;
}

RobustMixedModelSolution StudentMixedModel::solution() const {
  RobustMixedModelSolution made;
  made.coefficients.assign(b_.begin(), b_.begin() + problem_.x.columns);
  if (settings_.intercept) made.intercept = b_.back();
  made.weights = weights_;
  if (started_) made.scale = std::sqrt(variance_);
  if (problem_.groups.empty()) return made;
  if (started_) made.groupScale = std::sqrt(tau_ * variance_);
  for (std::size_t g = 0; g < sizes_.size(); ++g) {
    made.randomIntercepts.push_back(started_ ? tau_ * sums_[g] / (1 + tau_ * sizes_[g]) : 0);
  }
  return made;
}

std::string StudentMixedModel::explain(Status status) const {
  if (status != Status::unbounded) return {};
  return "The likelihood has no maximum: rows that count are fitted exactly, and the scale falls to zero.";
}

}  // namespace nonconvex
