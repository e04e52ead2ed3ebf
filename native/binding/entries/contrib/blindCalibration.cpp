// Reads problems of `blindCalibration` from JavaScript.
#include <array>
#include <string_view>

#include "binding/checked_reads.hpp"
#include "binding/registry.hpp"
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

  static constexpr std::array<std::string_view, 0> members = {};

  static Problem read(const Reader& in) {
    Problem problem;
    problem.a = filledMatrix(in, "A");
    problem.y = numbersOf(in, "y", problem.a.rows, "rows of A");
    problem.sensors = in.integer("sensors");
    require(problem.sensors > 0 && problem.a.rows % problem.sensors == 0, in.pathOf("sensors"), problem.sensors,
            "expected a divisor of the number of rows of A, " + show(problem.a.rows));
    int unknowns = problem.a.columns;
    if (in.has("signalBasis")) {
      problem.signalBasis = matrixOf(in, "signalBasis", problem.a.columns, -1);
      unknowns = problem.signalBasis.cols();
    }
    if (in.has("gainBasis")) problem.gainBasis = matrixOf(in, "gainBasis", problem.sensors, -1);
    if (in.has("startSignal")) problem.startSignal = numbersOf(in, "startSignal", unknowns, "unknowns");
    if (in.has("startGains")) problem.startGains = numbersOf(in, "startGains", problem.sensors, "sensors");
    return problem;
  }
};

const RegisterSolver<BlindCalibrationEntry> blindCalibration;

}  // namespace
}  // namespace nonconvex
