// Models along falling lambdas where the penalty is a norm of all coefficients together: proximal methods.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "solvers/sparse/data.hpp"
#include "solvers/sparse/path/engine.hpp"
#include "solvers/sparse/penalties/structured_penalty.hpp"
#include "solvers/sparse/problem.hpp"
#include "solvers/sparse/quadratic/gram_metric.hpp"
#include "solvers/sparse/quadratic/proximal_quadratic.hpp"

namespace nonconvex {

/// The loss is replaced by quadratics in turn on the columns in use, each minimised with the penalty (proximal Newton
/// steps); what the gradients of all columns then say decides whether others are to come in, and bounds the optimum.
class ProximalPath : public PathEngine {
 public:
  ProximalPath(const Cpu& la, const SparseData& data, const SparseProblem& problem, const SparseSettings& settings);

  void fitNull() override;
  void begin(std::span<const double> coefficients, std::span<const double> intercepts) override;
  std::vector<PathModel> fit(std::span<const double> lambdas) override;
  double evaluations() const override { return evaluations_; }
  double sweeps() const override { return quadratic_.steps(); }

 private:
  struct Tuning;
  void addToWorkingSet(std::span<const char> keep);
  void setGradient();
  void setCurvatures(double stretch);
  void evaluate();
  void predict();
  double interceptSlope() const;
  bool solve(double lambda, double tolerance);
  bool descend(double lambda);
  double penaltyValue(double lambda);
  double gapAt(double lambda);
  PathModel model(double lambda, double gap);

  const Cpu& la_;
  const SparseData& data_;
  const SparseSettings& settings_;
  std::unique_ptr<StructuredPenalty> penalty_;
  GramMetric metric_;
  ProximalQuadratic quadratic_;
  std::vector<int> usable_;        ///< columns that are not constant
  std::vector<char> keep_;         ///< of these
  std::vector<double> gradients_;  ///< of these, at the last model
  double before_ = 0;              ///< its lambda
  double evaluations_ = 0, value_ = 0, intercept_ = 0;
  std::vector<double> t_, first_, second_, weights_, move_, kept_, slopes_, all_;  ///< of rows, and of all columns
  std::vector<double> start_, end_, step_;                                         ///< of columns in use
};

}  // namespace nonconvex
