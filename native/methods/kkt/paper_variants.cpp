#include "methods/kkt/paper_variants.hpp"

#include <algorithm>
#include <cmath>

#include "core/numbers.hpp"

namespace nonconvex {

double squaredFrobenius(const SparsePattern& hessian, std::span<const double> H, double t) {
  double sum = 0;
  for (int j = 0; j < hessian.lines; ++j) {
    const auto rows = hessian.line(j);
    const double* values = H.data() + hessian.offsets[static_cast<std::size_t>(j)];
    if (rows.empty() || rows.front() != j) sum += square(t);
    for (std::size_t k = 0; k < rows.size(); ++k) sum += rows[k] == j ? square(values[k] + t) : 2 * square(values[k]);
  }
  return sum;
}

/// [I J^T; J 0] (w, y) = (0, -b) has y = (J J^T)^{-1} b.
double leastEigenvalueJJ(KktSolver& solver, std::span<const double> J, int m, std::span<double> work) {
  constexpr int steps = 10;
  constexpr double none = 1e-16;
  if (m == 0) return 1;
  solver.loadWithoutHessian(J);
  const Inertia inertia = solver.factor({.primal = 1});
  if (inertia.zero > 0 || inertia.undefined > 0) return none;
  const auto w = work.first(work.size() - static_cast<std::size_t>(m));
  const auto y = work.subspan(w.size());
  for (std::size_t i = 0; i < y.size(); ++i) y[i] = 1 + 1.0 / static_cast<double>(i + 1);
  double growth = 1;
  for (int k = 0; k < steps; ++k) {
    const double size = std::sqrt(norm2Squared(y));
    for (double& value : y) value /= -size;
    std::fill(w.begin(), w.end(), 0.0);
    solver.solve(work);
    growth = std::sqrt(norm2Squared(y));
    if (!(growth > 0)) break;
  }
  return growth > 0 ? 1 / growth : none;
}

}  // namespace nonconvex
