#pragma once

#include <limits>
#include <string_view>

namespace nonconvex {

/// How a solve ended. `solved` is the only success; every other one still returns the best iterate.
enum class Status {
  solved,
  iterationLimit,
  timeLimit,
  evaluationLimit,  ///< of solvers whose settings have EvaluationLimits
  stalled,
  infeasible,
  unbounded,
  numericalError,
  aborted
};

constexpr std::string_view statusNames[] = {"solved",          "iterationLimit", "timeLimit",
                                            "evaluationLimit", "stalled",        "infeasible",
                                            "unbounded",       "numericalError", "aborted"};
constexpr std::string_view name(Status status) { return statusNames[static_cast<int>(status)]; }

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
  double seconds = 0;         ///< since the solve began
  Quantity objective = {};    ///< of the best point so far
  Quantity lowerBound = {};   ///< no solution has a smaller objective
  Quantity residual = {};     ///< what `tolerance` is tested on
  Quantity evaluations = {};  ///< what `maxEvaluations` is tested on, where there is that setting
};

}  // namespace nonconvex
