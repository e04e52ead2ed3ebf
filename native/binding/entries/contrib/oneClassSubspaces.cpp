// Reads problems of `oneClassSubspaces` from JavaScript.
#include <array>
#include <string_view>

#include "binding/checked_reads.hpp"
#include "binding/registry.hpp"
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

  static constexpr std::array<std::string_view, 0> members = {};

  static Problem read(const Reader& in) {
    Problem problem;
    problem.x = filledMatrix(in, "x");
    if (in.has("start")) problem.start = matrixOf(in, "start", problem.x.columns, -1);
    return problem;
  }
};

const RegisterSolver<OneClassSubspacesEntry> oneClassSubspaces;

}  // namespace
}  // namespace nonconvex
