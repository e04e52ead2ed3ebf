// Reads problems of `oneClassSubspaces` from JavaScript.
#include "binding/register_solver.hpp"
#include "solvers/contrib/oneClassSubspaces/solver.hpp"

namespace nonconvex {
namespace {

struct OneClassSubspacesEntry {
  static constexpr const char* name = "oneClassSubspaces";
  static constexpr const char* family = "contrib";
  using Problem = OneClassSubspacesProblem;
  using Settings = OneClassSubspacesSettings;
  using Solution = OneClassSubspacesSolution;
  template <class La>
  using Solver = OneClassSubspacesSolver<La>;
};

const RegisterSolver<OneClassSubspacesEntry> oneClassSubspaces;

}  // namespace
}  // namespace nonconvex
