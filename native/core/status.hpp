#pragma once

#include <array>
#include <limits>
#include <string_view>

#include "core/fields.hpp"

namespace nonconvex {

/// How a solve ended. `solved` is the only success; every other one still returns the best iterate.
enum class Status {
  solved,
  iterationLimit,
  timeLimit,
  evaluationLimit,  ///< the status of solvers whose settings have EvaluationLimits
  stalled,
  infeasible,
  unbounded,
  numericalError,
  aborted
};

constexpr auto names(Status) {
  return std::array{"solved"sv,     "iterationLimit"sv, "timeLimit"sv,      "evaluationLimit"sv, "stalled"sv,
                    "infeasible"sv, "unbounded"sv,      "numericalError"sv, "aborted"sv};
}
/// The docs' sentence about each status.
constexpr auto sentences(Status) {
  return std::array{"Solved to the asked tolerance."sv,
                    "`maxIterations` was met first."sv,
                    "`timeLimit` was met first."sv,
                    "`maxEvaluations` was met first, by a solver that has that setting."sv,
                    "No further progress is possible, in floating point or in the memory that is there."sv,
                    "No point satisfies the constraints."sv,
                    "The objective has no lower bound, or none that is attained."sv,
                    "A number left the range of floating point."sv,
                    "The `signal` ended the solve."sv};
}
static_assert(sentences(Status{}).size() == names(Status{}).size());

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// A number of a report: unknown until one is assigned. As a double it is NaN while unknown, so a NaN that was computed
/// is told apart by `known()`.
class Quantity {
 public:
  constexpr Quantity() = default;
  constexpr Quantity(double value) : value_(value), known_(true) {}
  constexpr operator double() const { return value_; }
  constexpr bool known() const { return known_; }

 private:
  double value_ = unknown;
  bool known_ = false;
};

/// One report of a running solve. A solver sets what it knows; the rest is left out in JavaScript. An objective is not
/// needed: a variational inequality has none, a stochastic method may know it now and then only.
///
/// A solver that has more to report derives a struct from this one, whose `fields()` declare its own members as those
/// of a solution are declared, and names it in its solution: `using Progress = ...`. Members that are too large for a
/// history are dropped by its `forgetPoint()`.
struct Progress {
  int iteration = 0;
  Quantity objective = {};
  Quantity lowerBound = {};
  Quantity residual = {};
  Quantity evaluations = {};
  double seconds = 0;

  static constexpr auto fields() {
    using Self = Progress;
    return FieldTuple{OUT(iteration, "Iterations that were completed."),
                      OUT_COLUMN(objective, "objective", 8,
                                 "Objective of the best point so far; of a result, of the point that it has."),
                      OUT_COLUMN(lowerBound, "lower bound", 8, "No solution has a smaller objective."),
                      OUT_COLUMN(residual, "residual", 2, "What `tolerance` is compared with."),
                      OUT_IF_KNOWN(evaluations, "Evaluations of the objective, of a solver that counts them."),
                      OUT(seconds, "Seconds since the solve began to run; time in the queue does not count.")};
  }
};
static_assert(sizeFromFields<Progress>() == sizeof(Progress));

/// A report with members beside those of Progress, which its own `fields()` declare.
template <class Report>
concept HasOwnFields = !std::is_same_v<decltype(Report::fields()), decltype(Progress::fields())>;

}  // namespace nonconvex
