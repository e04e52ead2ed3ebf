// Values and exact derivatives of a compiled model.
//
// Values, first and second derivatives of the kernels' rows are kept for the point, so that whatever is asked of a
// point is computed once. From there on the gradient, J v, J^T v and H v are sweeps over the stages, linear in what the
// model has.
#pragma once

#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "expressions/compiled_model.hpp"
#include "problems/abilities.hpp"
#include "problems/nlp.hpp"

namespace nonconvex {

/// A graph, null where it is not known, and the values of its parameters.
struct Expressions {
  const Graph* graph = nullptr;
  std::span<const double> parameters;
};

/// One thread at a time. A copy shares the compiled model, has the same parameters, and may be used on another thread.
class Program final : public Nlp,
                      public ThreadedEvaluation,
                      public KnownCurvature,
                      public SumOfSquares,
                      public CurvatureAlong {
 public:
  explicit Program(const Graph& graph) : Program(std::make_shared<const CompiledModel>(graph)) {}
  /// `graph`, from which the model was compiled, must outlive this; without one nothing is known of curvature.
  explicit Program(std::shared_ptr<const CompiledModel> model, const Graph* graph = nullptr);

  /// The expressions that a program was compiled from, valid as long as it is.
  friend Expressions expressionsOf(const Program& program);
  const std::shared_ptr<const CompiledModel>& model() const { return model_; }
  /// New values of all parameters. The next evaluation is of the last point, with them.
  void setParameters(std::span<const double> parameters);

  int variables() const override { return plan_->variables; }
  int constraints() const override { return plan_->constraints; }
  /// Made when first asked for. Throws a SolverError TOO_LARGE when there are more entries than an int counts.
  const SparsePattern& jacobianPattern() const override;
  const SparsePattern& hessianPattern() const override;
  /// Takes no threads, but looks whether the solve is aborted while the Hessian's pattern is made.
  void runOn(const Cpu& la) override { la_ = &la; }
  std::optional<Convexity> convexity(const Cpu& la, std::span<const double> lower, std::span<const double> upper,
                                     double sigma, std::span<const double> lambda) override;
  std::optional<Squares> squares(const Cpu& la) override;
  void constraintsAlong(std::span<const double> v, std::span<double> out) override;
  /// Forgets what `runOn` was given.
  void leave() { la_ = nullptr; }
  NlpFacts facts() const override { return {.linearConstraints = model_->linearConstraints()}; }

  /// The values in the order of `Plan`: x, parameters, constants and the results of the stages.
  std::span<const double> values() {
    evaluate();
    return values_;
  }

  void moveTo(std::span<const double> x) override;
  double objective() override;
  void gradient(std::span<double> g) override;
  void constraintValues(std::span<double> c) override;
  void jacobian(std::span<double> values) override;
  void hessian(double sigma, std::span<const double> lambda, std::span<double> values) override;
  double largestOfHessian(std::span<const double> values) const override;
  void jacobianProduct(std::span<const double> v, std::span<double> out) override;
  void jacobianTransposedProduct(std::span<const double> v, std::span<double> out) override;
  void hessianProduct(double sigma, std::span<const double> lambda, std::span<const double> v,
                      std::span<double> out) override;

 private:
  enum class Sweep { whole, stagesOnly, curved, along };

  void forget();
  double sumOfTerms();
  void evaluateStage(const Stage& stage, bool differentiate);
  template <class Done>
  void evaluate(Done&& done);
  void evaluate();            // values of the stages
  void differentiate();       // and partial derivatives of the kernels that are no terms
  void differentiateTerms();  // and of those that are
  void accumulate();          // and the sums of products of them that the sparse matrices take
  Kernel::Outer outerOf(std::size_t stage, double sigma) const;
  void forward(CompiledModel::Reach to, std::vector<double>& tangents, bool bend);
  /// Through what the objective or the constraints depend on.
  void backward(std::vector<double>& adjoints, Sweep sweep, CompiledModel::Reach from);
  bool same(double sigma, std::span<const double> lambda) const;
  void writeObjective(double sigma);
  void seed(double sigma, std::span<const double> lambda, bool terms);
  void weigh(double sigma, std::span<const double> lambda);

  std::shared_ptr<const CompiledModel> model_;
  const Plan* plan_;
  const Graph* graph_;
  const Cpu* la_ = nullptr;       // the solve that evaluates; null: none
  bool largeSum_;                 // the objective is a large sum, whose terms are not kept
  std::vector<double> values_;    // x, parameters, constants, stages
  std::vector<double> entries_;   // entries of the model, then entries of the sparse Jacobian
  std::vector<double> weighted_;  // second derivatives times adjoints
  std::vector<double> tangents_;
  std::vector<double> adjoints_;
  std::vector<double> curved_;  // adjoints of the gradient's tangent
  std::vector<double> buffer_;  // input of a dense stage
  BlockMemory window_;          // terms of a large sum
  BlockMemory blocks_;
  SparseHessian::Memory hessianMemory_;

  bool evaluated_ = false;
  bool differentiated_ = false;
  bool termsDifferentiated_ = false;
  bool accumulated_ = false;
  bool weighedKnown_ = false;
  double weighedTerms_ = std::numeric_limits<double>::quiet_NaN();  // sigma with which constant second derivatives of
                                                                    // terms were weighed last
  bool alongKnown_ = false;                                         // a product was asked for, with the weights below
  double sigma_ = 0;
  std::vector<double> lambda_;
};

}  // namespace nonconvex
