// Reads problems of `supervisedDictionary` from JavaScript.
#include "binding/register_solver.hpp"
#include "solvers/contrib/supervisedDictionary/solver.hpp"

namespace nonconvex {
namespace {

struct SupervisedDictionaryEntry {
  static constexpr const char* name = "supervisedDictionary";
  static constexpr const char* family = "contrib";
  using Problem = SupervisedDictionaryProblem;
  using Settings = SupervisedDictionarySettings;
  using Solution = SupervisedDictionarySolution;
  template <class La>
  using Solver = SupervisedDictionarySolver<La>;
};

const RegisterSolver<SupervisedDictionaryEntry> supervisedDictionary;

}  // namespace
}  // namespace nonconvex
