// Reads problems of `certifyNetwork` from JavaScript.
#include "binding/register_solver.hpp"
#include "solvers/discrete/certifyNetwork/solver.hpp"

namespace nonconvex {
namespace {

struct CertifyNetworkEntry {
  static constexpr const char* name = "certifyNetwork";
  static constexpr const char* family = "discrete";
  using Problem = CertifyNetworkProblem;
  using Settings = CertifyNetworkSettings;
  using Solution = CertifyNetworkSolution;
  template <class La>
  using Solver = CertifyNetworkSolver;
};

const RegisterSolver<CertifyNetworkEntry> certifyNetwork;

}  // namespace
}  // namespace nonconvex
