#include "core/run.hpp"

namespace nonconvex {

std::string describe(Status status, const Progress& progress, const Limits& limits) {
  const std::string where = " after " + show(progress.iteration) +
                            (progress.iteration == 1 ? " iteration" : " iterations") +
                            (std::isnan(progress.residual)
                                 ? std::string()
                                 : ": residual " + show(progress.residual) + ", tolerance " + show(limits.tolerance)) +
                            ".";
  switch (status) {
    case Status::solved:
      return "Solved" + where;
    case Status::iterationLimit:
      return "Stopped at maxIterations" + where;
    case Status::timeLimit:
      return "Stopped at timeLimit = " + show(limits.timeLimit) + " s" + where;
    case Status::stalled:
      return "No further progress" + where;
    case Status::infeasible:
      return "The problem is infeasible; least infeasible point returned" + where;
    case Status::unbounded:
      return "The objective is unbounded below, or its infimum is only approached and not attained" + where;
    case Status::numericalError:
      return "A number left the range of floating point (objective " + show(progress.objective) + ")" + where;
    case Status::aborted:
      return "Aborted" + where;
  }
  return {};
}

}  // namespace nonconvex
