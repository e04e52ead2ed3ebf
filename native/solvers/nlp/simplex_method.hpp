// Linear programs, by the method of methods/dual_simplex.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/proof.hpp"
#include "core/status.hpp"
#include "linalg/cpu.hpp"
#include "methods/dual_simplex/dual_simplex.hpp"
#include "methods/quadratic/prepared_quadratic.hpp"
#include "solvers/nlp/convex_bound.hpp"
#include "solvers/nlp/judged_answer.hpp"
#include "solvers/nlp/problem.hpp"

namespace nonconvex {

/// minimise c^T x + constant subject to lower <= x <= upper and linear constraints. A solution is a vertex, where there
/// is one, and is called solved where the judge of the interior-point method for general programs confirms it. `bound`
/// holds in exact arithmetic.
class SimplexMethod {
 public:
  /// Throws where the problem is not linear, as far as its formulas tell. `la` and the problem must outlive this.
  SimplexMethod(const Cpu& la, const NlpProblem& problem, const NlpSettings& settings);

  std::optional<Status> start();
  /// Some pivots.
  std::optional<Status> step();
  NlpProgress progress() const;
  NlpSolution solution() const;
  /// The lower bound of a solved program; unknown where a variable without bounds leaves none.
  ConvexBound bound() const;
  /// Shows that there is no point, or a ray along which the objective falls for ever.
  const Proof& proof() const { return proof_; }
  std::string explain() const;

 private:
  struct Tuning {
    static constexpr int pivots = 1000;     ///< safeguard: pivots of a step, between which progress is reported
    static constexpr double none = 1e19;    ///< safeguard: size from which a bound counts as none
    static constexpr double clean = 1e-12;  ///< rounding: entries of a direction, beside the largest, that count as 0
    static constexpr double multiplier = 64 * machineEpsilon;  ///< rounding: those of a ray that count as 0
  };

  void begin();
  void take();
  std::optional<Status> ended(LpStatus status);
  bool provesInfeasible();
  bool provesUnbounded();
  void violateLeast();

  const Cpu& la_;
  const NlpProblem& problem_;
  JudgedAnswer answer_;
  double constant_ = 0;
  ConvexQuadratic program_;         // made behind `constant_`, which it sets
  std::vector<double> sideErrors_;  ///< what rounding has done to sides, from which constants were taken
  DualSimplex simplex_;
  std::function<bool()> stop_;
  QuadraticPoint point_;  ///< the last basis's point and multipliers; empty before the first step
  QuadraticErrors errors_;
  Proof proof_;
  std::optional<Status> end_;
};

}  // namespace nonconvex
