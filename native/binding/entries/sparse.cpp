// How paths of sparse regressions are read from JavaScript.
#include "binding/register_solver.hpp"
#include "solvers/sparse/completion/matrix_completion.hpp"
#include "solvers/sparse/solver.hpp"
#include "solvers/sparse/trend/trend_filter.hpp"

namespace nonconvex {
namespace {

struct SparseEntry {
  static constexpr const char* name = "sparse";
  using Problem = SparseProblem;
  using Settings = SparseSettings;
  using Solution = SparseSolution;
  template <class La>
  using Solver = SparseSolver<La>;
};

struct TrendFilterEntry {
  static constexpr const char* family = "sparse";
  static constexpr const char* name = "trendFilter";
  using Problem = TrendFilterProblem;
  using Settings = TrendFilterSettings;
  using Solution = TrendFilterSolution;
  template <class La>
  using Solver = TrendFilterSolver<La>;
};

struct MatrixCompletionEntry {
  static constexpr const char* family = "sparse";
  static constexpr const char* name = "matrixCompletion";
  using Problem = MatrixCompletionProblem;
  using Settings = MatrixCompletionSettings;
  using Solution = MatrixCompletionSolution;
  template <class La>
  using Solver = MatrixCompletionSolver<La>;
};

const RegisterSolver<SparseEntry> registered;
const RegisterSolver<TrendFilterEntry> trendFilter;
const RegisterSolver<MatrixCompletionEntry> matrixCompletion;

}  // namespace
}  // namespace nonconvex
