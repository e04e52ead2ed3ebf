// Reads problems of `alignNetworks` from JavaScript.
#include "binding/register_solver.hpp"
#include "solvers/discrete/alignNetworks/solver.hpp"

namespace nonconvex {
namespace {

struct AlignNetworksEntry {
  static constexpr const char* name = "alignNetworks";
  static constexpr const char* family = "discrete";
  using Problem = AlignProblem;
  using Settings = AlignSettings;
  using Solution = AlignSolution;
  template <class La>
  using Solver = AlignNetworksSolver<La>;
};

const RegisterSolver<AlignNetworksEntry> alignNetworks;

}  // namespace
}  // namespace nonconvex
