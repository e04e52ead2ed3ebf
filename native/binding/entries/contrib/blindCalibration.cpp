// Reads problems of `blindCalibration` from JavaScript.
#include "binding/register_solver.hpp"
#include "solvers/contrib/blindCalibration/solver.hpp"

namespace nonconvex {
namespace {

struct BlindCalibrationEntry {
  static constexpr const char* name = "blindCalibration";
  static constexpr const char* family = "contrib";
  using Problem = BlindCalibrationProblem;
  using Settings = BlindCalibrationSettings;
  using Solution = BlindCalibrationSolution;
  template <class La>
  using Solver = BlindCalibrationSolver<La>;
};

const RegisterSolver<BlindCalibrationEntry> blindCalibration;

}  // namespace
}  // namespace nonconvex
