#include "solvers/contrib/checkeredRegression/solver.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/error.hpp"
#include "core/index.hpp"
#include "core/numbers.hpp"
#include "core/require_memory.hpp"
#include "data/checked_rows.hpp"
#include "functions/losses.hpp"
#include "methods/line_search/armijo.hpp"

namespace nonconvex {
namespace {

const CheckeredRegressionProblem& withRoomForFactors(const CheckeredRegressionProblem& problem, int factors) {
  const double n = problem.x.rows, p = problem.x.columns + 1.0, k = factors;
  requireMemory(sizeof(double) * (2 * n * p + p * p + 3 * n * k + 6 * p * k),
                "x with " + show(problem.x.columns) + " columns and n = " + show(problem.x.rows) +
                    " rows, factors = " + show(factors) + " need");
  return problem;
}

/// log |tanh(z / 2)|, to full accuracy at small and large z.
double logTanh(double z) {
  const double size = std::abs(z);
  return std::log(-std::expm1(-size)) - std::log1p(std::exp(-size));
}

/// log(1 + sign e^s) for s <= 0 and a sign of 1, 0 or -1.
double logOnePlus(double sign, double s) {
  if (sign == 0) return 0;
  return sign > 0 ? std::log1p(std::exp(s)) : std::log(-std::expm1(s));
}

double signOf(double z) { return z > 0 ? 1 : (z < 0 ? -1 : 0); }

}  // namespace

CheckeredDescent::CheckeredDescent(const Cpu& la, const CheckeredRegressionProblem& problem,
                                   const CheckeredRegressionSettings& settings)
    : la_(la),
      problem_(withRoomForFactors(problem, settings.factors)),
      settings_(settings),
      best_(problem.x.columns + 1, settings.factors) {
  requireFinite("warmStart", problem.start.flat());
  if (problem.start.cols() == 0) return;
  require(problem.start.rows() == factors(), "rows of warmStart.weights", problem.start.rows(),
          "expected as many as factors: " + show(factors()));
  for (int k = 0; k < factors(); ++k) {
    for (int j = 0; j <= p(); ++j) best_(j, k) = problem.start(k, j);
  }
}

void CheckeredDescent::start() {
  requireFinite("y", problem_.y);
  xt_ = transposedRows(la_, "x", problem_.x, 1);
  const int unknowns = p() + 1;
  hessian_ = NormalEquations(unknowns, n());
  for (HostMatrix<double>* m : {&weights_, &trial_, &gradient_, &direction_}) {
    *m = HostMatrix<double>(unknowns, factors());
  }
  for (HostMatrix<double>* m : {&scores_, &slopes_, &curvatures_}) *m = HostMatrix<double>(n(), factors());
  losses_.resize(at(n()));
  objectives_.reserve(at(settings_.restarts + 1));
  units_.assign(at(unknowns), 0);
  for (int i = 0; i < n(); ++i) {
    for (int j = 0; j < unknowns; ++j) units_[at(j)] += std::abs(xt_(j, i)) / n();
  }
  for (double& unit : units_) unit = unit > 0 ? unit : 1;
  draw();
}

/// Begins the next start: at what was given, or at weights with scores of the size of 1.
void CheckeredDescent::draw() {
  const Random random(settings_.seed, static_cast<std::uint32_t>(begun_));
  const double size = 1 / std::sqrt(p() + 1.0);
  for (int k = 0; k < factors(); ++k) {
    for (int j = 0; j <= p(); ++j) {
      const auto index =
          static_cast<std::uint64_t>(k) * static_cast<std::uint64_t>(p() + 1) + static_cast<std::uint64_t>(j);
      weights_(j, k) = size * random.normal(index) / units_[at(j)];
    }
  }
  if (begun_ == 0 && problem_.start.cols() > 0) la_.copy(best_.view(), weights_.view());
  ++begun_;
  steps_ = 0;
  length_ = 1;
  objective_ = evaluate(weights_);
  updateGradient();
  objectives_.push_back(objective_);
  keepBest();
}

/// The objective at weights, with derivatives and curvatures in the scores.
double CheckeredDescent::evaluate(const HostMatrix<double>& weights) {
  la_.gemm(Transpose::yes, Transpose::no, 1.0, xt_, weights, 0.0, scores_);
  la_.forEach(n(), [&](int i) { losses_[at(i)] = expand(i); });
  const double total = la_.sum(n(), [&](int i) { return losses_[at(i)]; });
  return total / n() + settings_.lambda * la_.dot(weights.flat(), weights.flat()) / 2;
}

/// -log P of a row; also the derivatives sigmoid(z_k) - q_k and the curvatures of its logistic regressions.
double CheckeredDescent::expand(int row) {
  double sum = 0, sign = problem_.y[at(row)];
  for (int k = 0; k < factors(); ++k) {
    sum += logTanh(scores_(row, k));
    sign *= signOf(scores_(row, k));
  }
  const double whole = logOnePlus(sign, sum);
  for (int k = 0; k < factors(); ++k) {
    double others = 0, othersSign = problem_.y[at(row)];
    for (int j = 0; j < factors(); ++j) {
      if (j == k) continue;
      others += logTanh(scores_(row, j));
      othersSign *= signOf(scores_(row, j));
    }
    const auto parts = losses::Logistic::parts<StandardMath>(scores_(row, k));
    const double logFirst = -(parts.tail + losses::positivePart(-scores_(row, k)));
    const double share = std::min(1.0, std::exp(logFirst + logOnePlus(othersSign, others) - whole));
    slopes_(row, k) = parts.first - share;
    curvatures_(row, k) = parts.curvature;
  }
  return std::numbers::ln2 - whole;
}

/// Gradient and residual at the last point that was evaluated, the weights.
void CheckeredDescent::updateGradient() {
  la_.copy(weights_.view(), gradient_.view());
  la_.gemm(Transpose::no, Transpose::no, 1.0 / n(), xt_, slopes_, settings_.lambda, gradient_);
  residual_ = 0;
  for (int k = 0; k < factors(); ++k) {
    for (int j = 0; j <= p(); ++j) residual_ = std::max(residual_, std::abs(gradient_(j, k)) / units_[at(j)]);
  }
}

bool CheckeredDescent::findDirection() {
  for (std::size_t k = 0; k < gradient_.size(); ++k) direction_.data()[k] = -gradient_.data()[k];
  if (settings_.method == CheckeredMethod::gd) return true;
  for (int k = 0; k < factors(); ++k) {
    const auto scaled = [&](int j, int i) { return std::sqrt(curvatures_(i, k) / n()) * xt_(j, i); };
    if (!hessian_.factor(la_, scaled, [&](int) { return settings_.lambda; })) return false;
    hessian_.solve(la_, direction_.columns(k, 1));
  }
  return true;
}

/// Goes along the direction until the objective falls enough; false where it does not.
bool CheckeredDescent::advance() {
  if (!findDirection()) return false;
  const double slope = la_.dot(direction_.flat(), gradient_.flat());
  const double allowed = 8 * machineEpsilon * std::abs(objective_);
  const auto along = [&](double t) {
    for (std::size_t k = 0; k < weights_.size(); ++k) {
      trial_.data()[k] = weights_.data()[k] + t * direction_.data()[k];
    }
    return evaluate(trial_);
  };
  const ArmijoCondition condition{.value = objective_, .slope = slope, .rounding = allowed};
  const auto found = armijo(along, condition, {.first = settings_.method == CheckeredMethod::gd ? 2 * length_ : 1});
  if (!found) return false;
  length_ = found->length;
  objective_ = found->value;
  std::swap(weights_, trial_);
  updateGradient();
  return true;
}

void CheckeredDescent::keepBest() {
  if (!finishing_) objectives_.back() = objective_;
  if (objective_ > bestObjective_) return;
  bestObjective_ = objective_;
  bestResidual_ = residual_;
  la_.copy(weights_.view(), best_.view());
}

std::optional<Status> CheckeredDescent::step() {
  const bool advanced = residual_ <= settings_.tolerance || advance();
  keepBest();
  const int most = std::max(1, settings_.maxIterations / (settings_.restarts + 1));
  const bool ended = !advanced || residual_ <= settings_.tolerance;
  if (!ended && (finishing_ || ++steps_ < most)) return std::nullopt;
  return next();
}

/// Begins the next start, or after the last one goes on with the best until that has converged.
std::optional<Status> CheckeredDescent::next() {
  if (begun_ <= settings_.restarts) {
    draw();
    return std::nullopt;
  }
  if (bestResidual_ <= settings_.tolerance) return Status::solved;
  if (finishing_) return Status::stalled;
  finishing_ = true;
  la_.copy(best_.view(), weights_.view());
  objective_ = evaluate(weights_);
  updateGradient();
  return std::nullopt;
}

Progress CheckeredDescent::progress() const {
  Progress now;
  if (begun_ == 0) return now;
  now.objective = bestObjective_;
  now.residual = bestResidual_;
  return now;
}

CheckeredRegressionSolution CheckeredDescent::solution() const {
  CheckeredRegressionSolution made;
  made.weights = HostMatrix<double>(factors(), p());
  for (int k = 0; k < factors(); ++k) {
    for (int j = 0; j < p(); ++j) made.weights(k, j) = best_(j, k);
    made.intercepts.push_back(best_(p(), k));
  }
  made.objectives = objectives_;
  return made;
}

}  // namespace nonconvex
