// Reads problems of `adversarialBayes` from JavaScript.
#include "binding/register_solver.hpp"
#include "solvers/discrete/adversarialBayes/solver.hpp"

namespace nonconvex {
namespace {

struct AdversarialBayesEntry {
  static constexpr const char* name = "adversarialBayes";
  static constexpr const char* family = "discrete";
  using Problem = AdversarialBayesProblem;
  using Settings = AdversarialBayesSettings;
  using Solution = AdversarialBayesSolution;
  template <class La>
  using Solver = AdversarialBayesSolver;
};

const RegisterSolver<AdversarialBayesEntry> adversarialBayes;

}  // namespace
}  // namespace nonconvex
