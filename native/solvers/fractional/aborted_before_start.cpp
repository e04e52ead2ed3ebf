// The answer of a ratio whose data were not read.
#include <algorithm>
#include <cmath>
#include <limits>

#include "core/index.hpp"
#include "solvers/fractional/solver.hpp"

namespace nonconvex {

bool FractionalUnbuilt::pays(const FractionalProblem& problem) {
  constexpr double few = 1e5;  // read in less than a millisecond
  double numbers = 0;
  for (const FractionalMatrix& matrix : problem.matrices) {
    const auto* dense = std::get_if<MatrixInput>(&matrix);
    numbers +=
        dense ? 1.0 * dense->rows * dense->columns : static_cast<double>(std::get<SparseView>(matrix).values.size());
  }
  return numbers > few;
}

FractionalUnbuilt::FractionalUnbuilt(const FractionalProblem& problem, const FractionalSettings& settings) {
  constexpr double unbounded = std::numeric_limits<double>::infinity();
  const std::size_t n = at(std::max(problem.n, 0));
  const auto entry = [n](std::span<const double> given, std::size_t i, double other) {
    return given.size() == n ? given[i] : other;
  };
  solution_.x.resize(n);
  for (std::size_t i = 0; i < n; ++i) {
    const double x = std::max(entry(problem.start, i, 0), entry(problem.lower, i, -unbounded));
    const double within = std::min(x, entry(problem.upper, i, unbounded));
    solution_.x[i] = std::isfinite(within) ? within : 0;
  }
  solution_.numerator = std::numeric_limits<double>::quiet_NaN();
  solution_.denominator = std::numeric_limits<double>::quiet_NaN();
  solution_.method = settings.method == FractionalMethod::pcd ? FractionalMethod::pcd : FractionalMethod::fcd;
}

FractionalSolution FractionalUnbuilt::solution() const { return solution_; }

}  // namespace nonconvex
