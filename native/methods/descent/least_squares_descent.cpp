// Levenberg-Marquardt as a descent, for an objective that is a sum of squares.
#include <algorithm>
#include <cmath>

#include "core/numbers.hpp"
#include "methods/descent/descent.hpp"
#include "methods/least_squares/levenberg_marquardt.hpp"
#include "problems/constraint_residuals.hpp"

namespace nonconvex {
namespace {

/// Factors of the residuals with which f is half the sum of their squares.
std::vector<double> factorsOf(std::vector<double> weights) {
  for (double& weight : weights) weight = std::sqrt(2 * weight);
  return weights;
}

class LeastSquaresStep final : public Descent {
 public:
  LeastSquaresStep(const DescentSetting& of, SumOfSquares::Squares sum)
      : la_(of.la),
        model_(of.model),
        nlp_(std::move(sum.residuals)),
        residuals_(*nlp_, factorsOf(std::move(sum.weights))),
        method_(residuals_, of.box ? of.box->lower() : In(), of.box ? of.box->upper() : In(), {}) {}

  bool step(const NlpPoint& point, NlpPoint& trial) override {
    if (!beginAt(point)) return false;
    while (std::ranges::equal(method_.x(), point.x)) {
      la_.checkpoint();
      if (method_.step()) return false;
    }
    std::ranges::copy(method_.x(), trial.x.begin());
    return model_.evaluateValues(trial) && model_.evaluateDerivatives(trial);
  }
  bool accepts(const NlpPoint& point) override {
    if (!beginAt(point)) return false;
    return method_.assess() || method_.objective() <= square(machineEpsilon) * first_;
  }
  int factorizations() const override { return method_.counts().jacobians; }

 private:
  /// Lets the method be at the point; false where something is not finite there.
  bool beginAt(const NlpPoint& point) {
    if (begun_ && std::ranges::equal(method_.x(), point.x)) return true;
    begun_ = method_.start(point.x);
    if (begun_) first_ = std::max(first_, method_.objective());
    return begun_;
  }

  const Cpu& la_;
  ScaledNlp& model_;
  const std::shared_ptr<Nlp> nlp_;
  ConstraintResiduals residuals_;
  LevenbergMarquardt method_;
  bool begun_ = false;
  double first_ = 0;  ///< half the sum of squares at the start
};

}  // namespace

std::unique_ptr<Descent> leastSquaresDescent(const DescentSetting& of, SumOfSquares::Squares sum) {
  return std::make_unique<LeastSquaresStep>(of, std::move(sum));
}

}  // namespace nonconvex
