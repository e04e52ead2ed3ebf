#include "solvers/contrib/sequentialMaxMargin/solver.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "core/index.hpp"
#include "core/numbers.hpp"
#include "core/require_memory.hpp"
#include "data/checked_rows.hpp"
#include "data/row_pieces.hpp"
#include "linalg/vectors.hpp"

namespace nonconvex {
namespace {

const SequentialMaxMarginProblem& withRoomForTasks(const SequentialMaxMarginProblem& problem) {
  const double n = problem.x.rows, p = problem.x.columns;
  requireMemory(sizeof(double) * (n * p + 4 * n + 4 * p),
                "tasks of " + show(problem.x.rows) + " rows and " + show(problem.x.columns) + " columns need");
  return problem;
}

}  // namespace

struct SequentialProjections::Tuning {
  static constexpr double shareOfProjection = 0.1;  ///< measured: share of the tolerance that is left to a projection
  static constexpr double leastProjection = 1e-13;  ///< rounding: error of a margin
  static constexpr int sweepsBetweenLooks = 64;  ///< measured: sweeps between tests that ask if a task can be separated
  static constexpr double noMargin = 1e-12;  ///< rounding: margin over the norms of weights and rows that counts as 0
};

SequentialProjections::SequentialProjections(const Cpu& la, const SequentialMaxMarginProblem& problem,
                                             const SequentialMaxMarginSettings& settings)
    : la_(la), problem_(withRoomForTasks(problem)), settings_(settings), random_(settings.seed), w_(problem.start) {
  requireFinite("start", w_);
  w_.resize(at(problem.x.columns));
  taskMargins_.assign(at(tasks()), unknown);
  visits_.resize(at(tasks()));
}

void SequentialProjections::start() {
  requireFinite("y", problem_.y);
  z_ = transposedRows(la_, "x", problem_.x);
  squares_.resize(at(rows()));
  const auto pause = [&] { la_.checkpoint(); };
  forRowsInPieces(rows(), problem_.x.columns, pause, [&](int i) {
    const std::span<double> z(z_.column(i), w_.size());
    for (double& value : z) value *= problem_.y[at(i)];
    squares_[at(i)] = norm2Squared(z);
    if (squares_[at(i)] > 0) return;
    require(false, "x[" + show(i) + "]", "zeros", "expected rows that are not zero, of all tasks together");
  });
  combined_.resize(w_.size());
  duals_.resize(at(rows()));
  seenDuals_.resize(at(rows()));
  margins_.resize(at(rows()));
  measure();
  started_ = true;
}

/// One sweep of coordinate ascent over rows; returns by how much a margin missed.
double SequentialProjections::sweep(int begin, int end) {
  double worst = 0;
  for (int i = begin; i < end; ++i) {
    const std::span<const double> z(z_.column(i), w_.size());
    const double missing = 1 - dot(z, w_);
    double& dual = duals_[at(i)];
    worst = std::max(worst, dual > 0 ? std::abs(missing) : missing);
    const double next = std::max(0.0, dual + missing / squares_[at(i)]);
    if (next == dual) continue;
    axpy(next - dual, z, w_);
    dual = next;
  }
  return worst;
}

/// No weights of a smaller norm have the margins: u^T sum_i c_i z_i >= sum_i c_i for every u that has them and c >= 0.
/// The c are what the duals have grown by since the last look, which at a task that cannot be separated is, in the
/// limit, what makes the left side zero.
double SequentialProjections::leastNorm(int begin, int end) {
  double sum = 0;
  std::fill(combined_.begin(), combined_.end(), 0.0);
  for (int i = begin; i < end; ++i) {
    const double growth = std::max(0.0, duals_[at(i)] - seenDuals_[at(i)]);
    sum += growth;
    axpy(growth, {z_.column(i), w_.size()}, combined_);
    seenDuals_[at(i)] = duals_[at(i)];
  }
  return sum > 0 ? sum / std::sqrt(norm2Squared(combined_)) : 0;
}

std::optional<Status> SequentialProjections::step() {
  const auto count = static_cast<std::uint64_t>(steps_++);
  const auto tasks64 = static_cast<std::uint64_t>(tasks());
  const int task = settings_.taskOrder == TaskOrder::cyclic
                       ? static_cast<int>(count % tasks64)
                       : static_cast<int>(random_.below(count, static_cast<std::uint32_t>(tasks())));
  const int begin = problem_.tasks[at(task)], end = problem_.tasks[at(task) + 1];
  ++visits_[at(task)];
  for (std::vector<double>* v : {&duals_, &seenDuals_}) std::fill(v->begin() + begin, v->begin() + end, 0.0);
  const double enough = std::max(Tuning::shareOfProjection * settings_.tolerance, Tuning::leastProjection);
  for (int sweeps = 1; sweep(begin, end) > enough; ++sweeps) {
    la_.checkpoint();
    if (sweeps % Tuning::sweepsBetweenLooks != 0 && sweeps < settings_.maxSweeps) continue;
    leastNorm_ = leastNorm(begin, end);
    const double length = std::sqrt(*std::max_element(squares_.begin() + begin, squares_.begin() + end));
    const bool inseparable = leastNorm_ * length > 1 / Tuning::noMargin;
    if (!inseparable && sweeps < settings_.maxSweeps) continue;
    stuck_ = task;
    measure();
    return inseparable ? Status::infeasible : Status::stalled;
  }
  measure();
  return std::nullopt;
}

void SequentialProjections::measure() {
  la_.gemv(Transpose::yes, 1.0, z_, viewOf(w_), 0.0, viewOf(margins_));
  for (int task = 0; task < tasks(); ++task) {
    const auto begin = margins_.begin() + problem_.tasks[at(task)],
               end = margins_.begin() + problem_.tasks[at(task) + 1];
    taskMargins_[at(task)] = *std::min_element(begin, end);
  }
}

SequentialMaxMarginProgress SequentialProjections::progress() {
  SequentialMaxMarginProgress now;
  if (!started_) return now;
  measure();  // an interrupted step has not measured
  now.margin = *std::min_element(taskMargins_.begin(), taskMargins_.end());
  now.residual = std::max(0.0, 1 - now.margin);
  double sum = 0;
  for (const double margin : margins_) sum += square(std::max(0.0, 1 - margin)) / 2;
  now.objective = sum / rows();
  return now;
}

SequentialMaxMarginSolution SequentialProjections::solution() const {
  return {w_, started_ ? taskMargins_ : std::vector<double>(), visits_};
}

std::string SequentialProjections::explain() const {
  if (stuck_ < 0) return {};
  return "Sweeps over task " + show(stuck_) +
         " have not given all its rows their margin: weights that do so have at least norm " + show(leastNorm_) +
         ", if there are any.";
}

}  // namespace nonconvex
