#include "core/run.hpp"

namespace nonconvex {

std::string describe(Status status, const Progress& progress, const Limits& limits) {
  const std::string iterations = show(progress.iteration) + (progress.iteration == 1 ? " iteration" : " iterations") +
                                 (std::isnan(progress.residual) ? std::string()
                                                                : ": residual " + show(double{progress.residual}) +
                                                                      ", tolerance " + show(limits.tolerance)) +
                                 ".";
  const std::string where = " after " + iterations;
  switch (status) {
    case Status::solved:
      return "Solved" + where;
    case Status::iterationLimit:
      return "Stopped at maxIterations" + where;
    case Status::timeLimit:
      // A solver may have a limit of its own, which it names.
      return (std::isfinite(limits.timeLimit) ? "Stopped at timeLimit = " + show(limits.timeLimit) + " s"
                                              : std::string("Stopped by a limit of time")) +
             where;
    case Status::evaluationLimit:
      return "Stopped at maxEvaluations after " + show(double{progress.evaluations}) + " evaluations in " + iterations;
    case Status::stalled:
      return "No further progress" + where;
    case Status::infeasible:
      return "The problem is infeasible; least infeasible point returned" + where;
    case Status::unbounded:
      return "The problem is unbounded" + where;
    case Status::numericalError: {
      const bool residual = progress.residual.known() && std::isnan(progress.residual);
      const std::string which = residual                     ? " (residual NaN)"
                                : progress.objective.known() ? " (objective " + show(double{progress.objective}) + ")"
                                                             : "";
      return "A number left the range of floating point" + which + where;
    }
    case Status::aborted:
      return "Aborted" + where;
  }
  return {};
}

}  // namespace nonconvex
