// Reads problems of `riskScore` from JavaScript.
#include "binding/register_solver.hpp"
#include "solvers/discrete/riskScore/solver.hpp"

namespace nonconvex {
namespace {

struct RiskScoreEntry {
  static constexpr const char* name = "riskScore";
  static constexpr const char* family = "discrete";
  using Problem = RiskScoreProblem;
  using Settings = RiskScoreSettings;
  using Solution = RiskScoreSolution;
  template <class La>
  using Solver = RiskScoreSolver<La>;
};

const RegisterSolver<RiskScoreEntry> riskScore;

}  // namespace
}  // namespace nonconvex
