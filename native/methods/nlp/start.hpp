// Nonlinear programs with the point where a method begins.
#pragma once

#include <memory>
#include <vector>

#include "core/fields.hpp"
#include "problems/bounded_nlp.hpp"
#include "problems/feasible_start.hpp"
#include "problems/nlp.hpp"

namespace nonconvex {

class KktDevice;
class PreparedQuadratic;

/// A nonlinear program with the point at which a method begins.
struct NlpStart {
  NlpSource nlp;
  std::vector<double> start;                                     ///< n; empty: `feasibleStart` is asked
  std::vector<double> multipliers = {};                          ///< m; empty: least squares
  std::vector<double> fallbackStart = {};                        ///< taken where f is huge at the start; empty: none
  std::shared_ptr<const FeasibleStart> feasibleStart = nullptr;  ///< null: there is `start`
  KktDevice* device = nullptr;                                   ///< keeps the Hessian of the program; null: the host
  GivenBounds bounds = {};                                       ///< bounds that replace the problem's own
  std::vector<double> lowerMultipliers = {};                     ///< n, of x >= lower; empty: the method's choice
  std::vector<double> upperMultipliers = {};                     ///< n, of x <= upper; empty: the method's choice
  double objectiveScale = 0;                  ///< scale of an earlier solve; 0: chosen by the gradient
  std::vector<double> constraintScales = {};  ///< m scales of an earlier solve; empty: chosen by the gradients
  std::shared_ptr<PreparedQuadratic> prepared = nullptr;  ///< prepared with other vectors; null: it was not
};

/// How often a method asked for what.
struct EvaluationCounts {
  int objective = 0;
  int gradient = 0;
  int constraints = 0;
  int jacobian = 0;
  int hessian = 0;

  static constexpr auto fields() {
    using Self = EvaluationCounts;
    return FieldTuple{OUT(objective, "Values of the objective."), OUT(gradient, "Gradients of the objective."),
                      OUT(constraints, "Values of the constraints."), OUT(jacobian, "Jacobians of the constraints."),
                      OUT(hessian, "Hessians of the Lagrangian.")};
  }
};
static_assert(sizeFromFields<EvaluationCounts>() == sizeof(EvaluationCounts));

}  // namespace nonconvex
