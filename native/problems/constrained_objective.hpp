// A problem put together from an objective with kernels of its own and the constraints of another one.
#pragma once

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "problems/nlp.hpp"
#include "problems/objective.hpp"

namespace nonconvex {

/// min f(x) under the bounds and constraints of another problem in the same variables, whose own objective is not
/// looked at. It has the abilities of its objective.
class ConstrainedObjective final : public Nlp, public GramHessian, public ReplaceableObjective {
 public:
  /// `constraints` may be null: the problem then has none.
  ConstrainedObjective(std::unique_ptr<Objective> objective, std::shared_ptr<Nlp> constraints);

  const Objective& objectivePart() const { return *objective_; }
  const std::shared_ptr<Nlp>& constraintPart() const { return constraints_; }

  int variables() const override { return objective_->variables(); }
  int constraints() const override { return constraints_ ? constraints_->constraints() : 0; }
  const SparsePattern& jacobianPattern() const override {
    return constraints_ ? constraints_->jacobianPattern() : noRows_;
  }
  const SparsePattern& hessianPattern() const override;
  NlpBounds variableBounds() const override { return constraints_ ? constraints_->variableBounds() : NlpBounds(); }
  NlpBounds constraintBounds() const override { return constraints_ ? constraints_->constraintBounds() : NlpBounds(); }
  NlpFacts facts() const override {
    return {.linearConstraints = !constraints_ || constraints_->facts().linearConstraints,
            .convexObjective = objective_->convex()};
  }

  void moveTo(std::span<const double> x) override;
  double objective() override { return objective_->value(); }
  void gradient(std::span<double> g) override { objective_->gradient(g); }
  void constraintValues(std::span<double> c) override;
  void jacobian(std::span<double> values) override;
  void hessian(double sigma, std::span<const double> lambda, std::span<double> values) override;
  void jacobianProduct(std::span<const double> v, std::span<double> out) override;
  void jacobianTransposedProduct(std::span<const double> v, std::span<double> out) override;
  void hessianProduct(double sigma, std::span<const double> lambda, std::span<const double> v,
                      std::span<double> out) override;

  std::shared_ptr<Nlp> withObjective(std::unique_ptr<Objective> objective) const override {
    return std::make_shared<ConstrainedObjective>(std::move(objective), constraints_);
  }
  std::optional<GramFactor> gramFactor(double sigma, std::span<const double> lambda, std::span<double> rest) override;

 private:
  /// The pattern of the Lagrangian's Hessian, and where the entries of the two Hessians stand in it. `pattern` and
  /// `objectiveTo` are empty where the objective's own pattern is all of it.
  struct Union {
    SparsePattern pattern;
    std::vector<int> objectiveTo, constraintsTo;
  };
  const Union& united() const;
  Union unite() const;
  const Capable* wrapped() const override { return objective_.get(); }

  std::unique_ptr<Objective> objective_;
  std::shared_ptr<Nlp> constraints_;
  SparsePattern noRows_;
  mutable std::optional<Union> union_;  // made when it is needed
  std::vector<double> objectiveValues_, constraintsValues_, product_;
};

}  // namespace nonconvex
