#include "methods/globalization/negative_curvature.hpp"

namespace nonconvex {

double negativeCurvatureStep(const Cpu& la, ScaledNlp& model, KktSystem& system, MeritFunction& merit,
                             double sufficientDecrease, const NlpPoint& point, NlpPoint& trial) {
  const double rho = system.leastEigenvector();
  if (!(rho < 0)) return 0;
  // M curves by rho + eta2 rho^2 along (v, y): with this eta2 by 3/4 of rho at least.
  merit.limitEta2(0.25 / -rho);
  const double value = merit.value(point);
  return searchNegativeCurvature(point.x, [&](double alpha) {
    la.checkpoint();
    addScaled(point.x, alpha, system.eigenvector(), trial.x);
    addScaled(point.lambda, alpha, system.eigenvectorMultipliers(), trial.lambda);
    if (!model.evaluateValues(trial) || !model.evaluateDerivatives(trial)) return false;
    return merit.value(trial) <= value + 0.25 * sufficientDecrease * alpha * alpha * rho;
  });
}

}  // namespace nonconvex
