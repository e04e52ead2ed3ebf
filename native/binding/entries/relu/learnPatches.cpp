// Reads problems of `learnPatches` from JavaScript.
#include "binding/register_solver.hpp"
#include "solvers/relu/learnPatches/solver.hpp"

namespace nonconvex {
namespace {

struct LearnPatchesEntry {
  static constexpr const char* name = "learnPatches";
  static constexpr const char* family = "relu";
  using Problem = LearnPatchesProblem;
  using Settings = LearnPatchesSettings;
  using Solution = LearnPatchesSolution;
  template <class La>
  using Solver = LearnPatchesSolver<La>;
};

const RegisterSolver<LearnPatchesEntry> learnPatches;

}  // namespace
}  // namespace nonconvex
