#include "solvers/contrib/unlearn/solver.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "core/index.hpp"
#include "core/numbers.hpp"
#include "core/require_memory.hpp"
#include "data/checked_rows.hpp"
#include "functions/losses.hpp"
#include "methods/line_search/armijo.hpp"

namespace nonconvex {
namespace {

const UnlearnProblem& withRoomToUnlearn(const UnlearnProblem& problem) {
  const double n = problem.x.rows, p = problem.x.columns + 1.0, s = static_cast<double>(problem.rows.size());
  requireMemory(sizeof(double) * (2 * n * p + p * p + s * p + square(std::min(s, p)) + 4 * n),
                "x with " + show(problem.x.columns) + " columns and n = " + show(problem.x.rows) + " rows needs");
  return problem;
}

}  // namespace

struct RowUnlearning::Tuning {
  /// rounding: least pivot of I - V^T V, whose eigenvalues are in [0, 1]: below it a removal would lose half
  /// of its digits.
  static constexpr double leastPivot = 1e-10;
};

RowUnlearning::RowUnlearning(const Cpu& la, const UnlearnProblem& problem, const UnlearnSettings& settings)
    : la_(la), problem_(withRoomToUnlearn(problem)), settings_(settings), b_(problem.coefficients) {
  requireFinite("coefficients", b_);
  if (isKnown(problem.intercept)) b_.push_back(problem.intercept);
  influence_ = b_;
}

void RowUnlearning::start() {
  requireFinite("y", problem_.y);
  requireFiniteSquares("y", problem_.y);
  const auto size = at(n());
  leftOut_.assign(size, 0);
  for (const std::int32_t row : problem_.rows) leftOut_[at(row)] = 1;
  xt_ = transposedRows(la_, "x", problem_.x, unknowns() - p());
  for (std::vector<double>* v : {&trial_, &gradient_, &direction_}) v->resize(b_.size());
  for (std::vector<double>* v : {&predictions_, &slopes_, &curvatures_}) v->resize(size);
  hessian_ = NormalEquations(unknowns(), n());
  v_ = HostMatrix<double>(unknowns(), removed());
  downdated_ = removed() <= unknowns();
  if (downdated_) complement_ = HostMatrix<double>(removed(), removed());
  inner_.resize(problem_.rows.size());

  std::fill(trial_.begin(), trial_.end(), 0.0);
  evaluate(trial_);
  updateGradient(trial_);
  const double atZero = largest(gradient_);
  scale_ = atZero > 0 ? atZero : 1;
  objective_ = evaluate(b_);
  updateGradient(b_);
  started_ = true;
  prepareRemoval();
}

/// The objective at b; also predictions and curvatures of all rows, and derivatives of the losses of those that remain.
double RowUnlearning::evaluate(const std::vector<double>& b) {
  la_.gemv(Transpose::yes, 1.0, xt_, viewOf(b), 0.0, viewOf(predictions_));
  const auto& y = problem_.y;
  const bool classes = logistic();
  const double total = la_.sum(n(), [&](int i) {
    const double t = predictions_[at(i)];
    const Expansion loss =
        classes ? losses::Logistic::at<StandardMath>(t, y[at(i)]) : losses::Squared::at<StandardMath>(t, y[at(i)]);
    const bool counts = leftOut_[at(i)] == 0;
    slopes_[at(i)] = counts ? loss.derivative : 0;
    curvatures_[at(i)] = loss.curvature;
    return counts ? loss.value : 0;
  });
  double squares = 0;
  for (int j = 0; j < p(); ++j) squares += square(b[at(j)]);
  return total / n() + settings_.lambda * squares / 2;
}

/// The gradient at b, the last point that was evaluated.
void RowUnlearning::updateGradient(const std::vector<double>& b) {
  la_.gemv(Transpose::no, 1.0 / n(), xt_, viewOf(slopes_), 0.0, viewOf(gradient_));
  for (int j = 0; j < p(); ++j) gradient_[at(j)] += settings_.lambda * b[at(j)];
}

/// Factors n times the Hessian, of all rows or of those that remain.
bool RowUnlearning::factor(bool withRemoved) {
  const auto scaled = [&](int j, int i) {
    const bool counts = withRemoved || leftOut_[at(i)] == 0;
    return counts ? std::sqrt(curvatures_[at(i)]) * xt_(j, i) : 0;
  };
  return hessian_.factor(la_, scaled, [&](int j) { return j < p() ? n() * settings_.lambda : 0; });
}

/// V and the leverages, by the factor of the Hessian of all rows.
void RowUnlearning::findLeverages() {
  for (int k = 0; k < removed(); ++k) {
    const double* from = hessian_.columns().column(problem_.rows[at(k)]);
    std::copy(from, from + unknowns(), v_.column(k));
  }
  la_.trsm(Side::left, Transpose::no, 1.0, hessian_.factor(), v_);
  leverages_.resize(problem_.rows.size());
  for (int k = 0; k < removed(); ++k) {
    double squares = 0;
    for (int j = 0; j < unknowns(); ++j) squares += square(v_(j, k));
    leverages_[at(k)] = squares;
  }
}

/// Factors what the first step needs; throws where the rows that remain have no unique fit.
void RowUnlearning::prepareRemoval() {
  require(factor(true), "lambda", settings_.lambda,
          "expected such that X^T X + n lambda I is positive definite: the columns of x depend on each other");
  findLeverages();
  bool unique = true;
  if (downdated_) {
    if (!la_.gram(v_, complement_)) la_.checkpoint();
    for (int k = 0; k < removed(); ++k) {
      for (int l = 0; l < removed(); ++l) complement_(k, l) = (k == l ? 1 : 0) - complement_(k, l);
    }
    unique = la_.cholesky(complement_);
    for (int k = 0; unique && k < removed(); ++k) unique = square(complement_(k, k)) > Tuning::leastPivot;
  } else {
    unique = factor(false);
  }
  if (unique) return;
  throw Error(ErrorKind::range, "rows: expected such that I - X_S H^-1 X_S^T is not singular: without these " +
                                    show(removed()) + " of " + show(n()) +
                                    " rows the regression has no unique fit; keep some, or use a larger lambda");
}

/// direction := -(Hessian of the rows that remain)^-1 gradient.
void RowUnlearning::findDirection() {
  for (std::size_t j = 0; j < b_.size(); ++j) direction_[j] = -n() * gradient_[j];
  const Mat<double> d = columnOf(direction_);
  if (!downdated_) return hessian_.solve(la_, d);
  la_.trsm(Side::left, Transpose::no, 1.0, hessian_.factor(), d);
  la_.gemv(Transpose::yes, 1.0, v_, viewOf(direction_), 0.0, viewOf(inner_));
  la_.choleskySolve(complement_, columnOf(inner_));
  la_.gemv(Transpose::no, 1.0, v_, viewOf(inner_), 1.0, viewOf(direction_));
  la_.trsm(Side::left, Transpose::yes, 1.0, hessian_.factor(), d);
}

/// Goes along the direction; the squared loss all of it, the logistic one until the objective falls enough.
bool RowUnlearning::advance() {
  double slope = 0;
  for (std::size_t j = 0; j < b_.size(); ++j) slope += direction_[j] * gradient_[j];
  const double allowed = logistic() ? 8 * machineEpsilon * std::abs(objective_) : infinity;
  const auto along = [&](double t) {
    for (std::size_t j = 0; j < b_.size(); ++j) trial_[j] = b_[j] + t * direction_[j];
    return evaluate(trial_);
  };
  const auto found = armijo(along, {.value = objective_, .slope = slope, .rounding = allowed});
  if (found) b_.swap(trial_);
  objective_ = found ? found->value : evaluate(b_);
  updateGradient(b_);
  return found.has_value();
}

std::optional<Status> RowUnlearning::step() {
  // The factor of the squared loss serves all steps, that of the logistic one the point where it was made.
  if (stepped_ && logistic()) {
    downdated_ = false;
    if (!factor(false)) return Status::numericalError;
  }
  findDirection();
  if (!stepped_) {
    for (std::size_t j = 0; j < b_.size(); ++j) influence_[j] = b_[j] + direction_[j];
    stepped_ = true;
  }
  return advance() ? std::nullopt : std::optional(Status::stalled);
}

Progress RowUnlearning::progress() const {
  Progress now;
  if (!started_) return now;
  now.objective = objective_;
  now.residual = largest(gradient_) / scale_;
  return now;
}

UnlearnSolution RowUnlearning::solution() const {
  const auto split = [&](const std::vector<double>& from, std::vector<double>& to, double& intercept) {
    to.assign(from.begin(), from.begin() + p());
    if (isKnown(problem_.intercept)) intercept = from.back();
  };
  UnlearnSolution made;
  split(b_, made.coefficients, made.intercept);
  split(influence_, made.influence, made.influenceIntercept);
  made.leverages = leverages_;
  return made;
}

std::string RowUnlearning::explain(Status status) const {
  if (status != Status::numericalError) return {};
  return "The Hessian of the rows that remain is singular at this point: a larger lambda helps.";
}

}  // namespace nonconvex
