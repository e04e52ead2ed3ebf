// Regressions on the device against those on the CPU: their optima, and rates of the objective's parts.
#pragma once

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include "core/random.hpp"
#include "cuda/solvers/nlp.hpp"
#include "expressions/program.hpp"
#include "solvers/nlp/solver.hpp"

namespace nonconvex::checks {

struct RegressionCase {
  std::string name;
  GlmFamily family;
  KktMethod inner = KktMethod::exact;
  bool single = false;      ///< data of single precision
  bool constrained = true;  ///< sum x = 1, ||x||^2 = 1
};

inline std::vector<RegressionCase> regressionCases() {
  return {{"logistic", GlmFamily::logistic},
          {"logistic, krylov", GlmFamily::logistic, KktMethod::krylov, false, false},
          {"logistic, krylov, single precision", GlmFamily::logistic, KktMethod::krylov, true, false},
          {"squared", GlmFamily::squared},
          {"poisson, single precision", GlmFamily::poisson, KktMethod::exact, true},
          {"poisson, no constraints", GlmFamily::poisson, KktMethod::exact, false, false},
          {"gamma", GlmFamily::gamma}};
}

/// Normal data, responses that follow a linear predictor.
template <class T>
class Regression {
 public:
  Regression(GlmFamily family, int rows, int columns) {
    const Random random(1);
    const auto n = static_cast<std::size_t>(columns);
    data_.resize(static_cast<std::size_t>(rows) * n);
    for (std::size_t k = 0; k < data_.size(); ++k) data_[k] = static_cast<T>(random.normal(k));
    GlmData::Rows given;
    given.family = family;
    given.matrix.rows = rows;
    given.matrix.columns = columns;
    for (std::size_t i = 0; i < static_cast<std::size_t>(rows); ++i) {
      double t = 0;
      for (std::size_t j = 0; j < n; ++j) t += static_cast<double>(data_[i * n + j]) / (std::sqrt(n) * (1.0 + (j % 7)));
      const double u = Random(2).uniform(i);
      given.y.push_back(family == GlmFamily::logistic  ? (u < 1 / (1 + std::exp(-t)) ? 1 : 0)
                        : family == GlmFamily::squared ? t + u
                        : family == GlmFamily::poisson ? std::floor(2 * u * std::exp(t))
                                                       : (0.5 + u) * std::exp(t));
    }
    given.weights.assign(given.y.size(), 1.0 / rows);
    given.ridge.assign(n, 1e-3);
    glm_ = std::make_shared<const GlmData>(std::move(given));
  }

  const std::shared_ptr<const GlmData>& glm() const { return glm_; }
  MatrixInput dense() const {
    MatrixInput input{.rows = glm_->count(), .columns = glm_->columns()};
    if constexpr (std::is_same_v<T, double>) {
      input.f64 = data_.data();
    } else {
      input.f32 = data_.data();
    }
    return input;
  }

  NlpProblem problem(bool constrained) const {
    const int n = glm_->columns();
    std::shared_ptr<Nlp> constraints;
    if (constrained) {
      Graph g(n);
      const int x = g.variables(0, n);
      g.equalZero(g.binary(Op::subtract, g.sum(x), g.constant(1)));
      g.equalZero(g.binary(Op::subtract, g.norm2Squared(x, n), g.constant(1)));
      constraints = std::make_shared<Program>(g);
    }
    NlpProblem problem;
    problem.nlp = std::make_shared<ConstrainedObjective>(std::make_unique<GlmObjective>(glm_, dense()), constraints);
    problem.start.assign(static_cast<std::size_t>(n), 1.0 / n);
    return problem;
  }

 private:
  std::vector<T> data_;
  std::shared_ptr<const GlmData> glm_;
};

inline Solved<NlpSolution> minimizeOnCpu(const Cpu& la, const NlpProblem& problem, const NlpSettings& settings,
                                         Monitor& monitor) {
  NlpSolver solver(la, problem, settings);
  auto outcome = iterate(solver, settings, monitor);
  return {std::move(outcome), solver.solution()};
}

}  // namespace nonconvex::checks
