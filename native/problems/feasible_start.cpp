#include "problems/feasible_start.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "linalg/cpu.hpp"

namespace nonconvex {

bool moveToFeasible(Nlp& nlp, std::span<double> x) {
  constexpr int mostSteps = 40;
  constexpr double mostOperations = 1e8;  // of a step
  constexpr double feasible = 1e-11;      // of the first ||c||, or absolutely
  requireEqualityConstraints(nlp, "a feasible start");
  const int n = nlp.variables(), m = nlp.constraints();
  if (m == 0) return true;
  if (1.0 * m * m * n > mostOperations) return false;
  const SparsePattern& pattern = nlp.jacobianPattern();
  const Cpu la;
  std::vector<double> point(x.begin(), x.end()), values(pattern.nonzeros());
  HostMatrix<double> transposed(n, m), square(m, m), c(m, 1), step(n, 1);
  const std::span<double> constraints(c.data(), static_cast<std::size_t>(m));
  double first = 0;
  for (int k = 0; k <= mostSteps; ++k) {
    nlp.moveTo(point);
    nlp.constraintValues(constraints);
    double size = 0;
    for (const double value : constraints) {
      if (!std::isfinite(value)) return false;
      size = std::max(size, std::abs(value));
    }
    if (k == 0) first = size;
    if (size <= feasible * std::max(1.0, first)) {
      std::copy(point.begin(), point.end(), x.begin());
      return true;
    }
    nlp.jacobian(values);
    std::size_t next = 0;
    for (int i = 0; i < m; ++i) {
      for (const int j : pattern.line(i)) transposed(j, i) = values[next++];
    }
    la.syrk(1, transposed, 0, square);
    if (!la.cholesky(square)) return false;
    la.choleskySolve(square, c);
    la.gemm(Transpose::no, Transpose::no, 1, transposed, c, 0, step);
    for (int j = 0; j < n; ++j) point[static_cast<std::size_t>(j)] -= step(j, 0);
  }
  return false;
}

}  // namespace nonconvex
