#pragma once

#include <limits>
#include <memory>
#include <string_view>
#include <vector>

namespace nonconvex {

/// How a solve ended. `solved` is the only success; every other one still returns the best iterate.
enum class Status { solved, iterationLimit, timeLimit, stalled, infeasible, unbounded, numericalError, aborted };

constexpr std::string_view statusNames[] = {"solved",     "iterationLimit", "timeLimit",      "stalled",
                                            "infeasible", "unbounded",      "numericalError", "aborted"};
constexpr std::string_view name(Status status) { return statusNames[static_cast<int>(status)]; }

constexpr double unknown = std::numeric_limits<double>::quiet_NaN();

/// A point that a report shows to those who asked for it.
struct Iterate {
  std::vector<double> x;
  std::vector<double> multipliers;
};

/// One report of a running solve. A member that a solver does not know stays NaN and is left out in JavaScript.
struct Progress {
  int iteration = 0;
  double objective = unknown;
  double lowerBound = unknown;
  double residual = unknown;                         ///< what `tolerance` is tested on
  double feasibility = unknown;                      ///< constraint violation
  double step = unknown;                             ///< length of the last step, in the solver's own norm
  double innerSteps = unknown;                       ///< of a method inside the solver, so far
  double seconds = 0;                                ///< since the solve began
  std::shared_ptr<const Iterate> iterate = nullptr;  ///< not kept in the history
};

}  // namespace nonconvex
