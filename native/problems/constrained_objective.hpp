// A problem put together from an objective with kernels of its own and the constraints of another one.
#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "problems/nlp.hpp"
#include "problems/objective.hpp"

namespace nonconvex {

/// min f(x) subject to c(x) = 0: f an Objective, c that of an nlp in the same variables, whose own objective is not
/// looked at.
class ConstrainedObjective final : public Nlp {
 public:
  /// Without constraints that may be null.
  ConstrainedObjective(std::unique_ptr<Objective> objective, std::shared_ptr<Nlp> constraints);

  const Objective& objectivePart() const { return *objective_; }
  const std::shared_ptr<Nlp>& constraintPart() const { return constraints_; }

  int variables() const override { return objective_->variables(); }
  int constraints() const override { return constraints_ ? constraints_->constraints() : 0; }
  const SparsePattern& jacobianPattern() const override {
    return constraints_ ? constraints_->jacobianPattern() : noRows_;
  }
  const SparsePattern& hessianPattern() const override;
  bool linearConstraints() const override { return !constraints_ || constraints_->linearConstraints(); }
  bool convexObjective() const override { return objective_->convex(); }
  void runOn(const Cpu& la) override { objective_->runOn(la); }

  void moveTo(std::span<const double> x) override;
  double objective() override { return objective_->value(); }
  void gradient(std::span<double> g) override { objective_->gradient(g); }
  double typicalGradient() override { return objective_->typicalGradient(); }
  void constraintValues(std::span<double> c) override;
  void jacobian(std::span<double> values) override;
  void hessian(double sigma, std::span<const double> lambda, std::span<double> values) override;
  bool laggedHessian(double accuracy, double sigma, std::span<const double> lambda, std::span<double> values) override;
  bool hessianLowerBound(double sigma, std::span<const double> lambda, std::span<double> values) override;
  void jacobianProduct(std::span<const double> v, std::span<double> out) override;
  void jacobianTransposedProduct(std::span<const double> v, std::span<double> out) override;
  void hessianProduct(double sigma, std::span<const double> lambda, std::span<const double> v,
                      std::span<double> out) override;
  EvaluationWork work() const override { return objective_->work(); }
  std::shared_ptr<Nlp> withObjective(std::unique_ptr<Objective> objective) const override {
    return std::make_shared<ConstrainedObjective>(std::move(objective), constraints_);
  }
  std::shared_ptr<Nlp> sample(double overhead) const override;
  std::optional<GramFactor> gramFactor(double sigma, std::span<const double> lambda, std::span<double> rest) override;

 private:
  /// Where the two Hessians' entries stand in that of the Lagrangian; of the objective only where its own pattern is
  /// not all of it.
  struct Union {
    SparsePattern pattern;
    std::vector<int> objectiveTo, constraintsTo;
  };
  const Union& united() const;
  Union unite() const;
  template <class Fill>
  bool assembleHessian(std::span<const double> lambda, std::span<double> values, Fill&& ofObjective);

  std::unique_ptr<Objective> objective_;
  std::shared_ptr<Nlp> constraints_;
  SparsePattern noRows_;
  mutable std::optional<Union> union_;  // made when it is needed
  std::vector<double> objectiveValues_, constraintsValues_, product_;
};

}  // namespace nonconvex
