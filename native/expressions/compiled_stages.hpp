// The stages that a graph is compiled to, with the places of their derivatives.
#pragma once

#include <cmath>
#include <vector>

#include "expressions/graph.hpp"
#include "expressions/kernel.hpp"
#include "expressions/plan.hpp"
#include "linalg/cpu.hpp"

namespace nonconvex {

/// A plan with its kernels compiled. Does not change any more: threads may share it.
class CompiledStages {
 public:
  /// Throws Interrupted where the solve that `la` belongs to is aborted meanwhile.
  explicit CompiledStages(const Graph& graph, const Cpu& la = Cpu());

  const Plan& plan() const { return plan_; }
  const Kernel& kernel(const Stage& stage) const { return kernels_[static_cast<std::size_t>(stage.index)]; }
  const std::vector<Kernel>& kernels() const { return kernels_; }
  /// True for the functions that depend on a stage.
  struct Reach {
    bool objective = false;
    bool constraints = false;
  };
  const Reach& reach(std::size_t stage) const { return reach_[stage]; }
  /// The coefficient that the objective has for all values of a stage, if that is a kernel of the variables whose
  /// values nothing else uses: a term of a separable objective. NaN for other stages.
  double termCoefficient(std::size_t stage) const { return termCoefficients_[stage]; }
  bool isTerm(std::size_t stage) const { return !std::isnan(termCoefficients_[stage]); }
  /// Returns true if all stages that depend on x are terms.
  bool separable() const { return separable_; }
  int firstStage() const { return firstStage_; }  ///< position of the stages' values
  int parametersEnd() const { return parametersEnd_; }
  /// 1, then the kernels' partial derivatives; the constant ones are set.
  const std::vector<double>& entries() const { return entries_; }
  const std::vector<double>& seconds() const { return seconds_; }
  int weights() const { return weights_; }
  int widestDense() const { return widestDense_; }
  bool linearConstraints() const { return linearConstraints_; }

 private:
  void findReach();
  void findTerms();
  double commonCoefficient(const Stage& stage) const;

  Plan plan_;
  int firstStage_ = 0;
  int parametersEnd_ = 0;
  std::vector<Kernel> kernels_;
  std::vector<Reach> reach_;
  std::vector<double> termCoefficients_;
  bool separable_ = true;
  std::vector<double> entries_ = {1};
  std::vector<double> seconds_;
  int weights_ = 0;
  int widestDense_ = 0;
  bool linearConstraints_ = false;
};

}  // namespace nonconvex
