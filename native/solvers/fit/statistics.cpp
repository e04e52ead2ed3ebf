#include "solvers/fit/statistics.hpp"

#include <cmath>

#include "core/index.hpp"

namespace nonconvex {
namespace {

/// The parameters that bounds leave free, in units in which the columns of the Jacobian have length 1.
struct FreeParameters {
  std::vector<int> indices;
  Vector units;

  explicit FreeParameters(const LevenbergMarquardt& method) {
    for (const double norm : method.columnNorms()) units.push_back(norm > 0 ? norm : 1);
    for (int j = 0; j < static_cast<int>(units.size()); ++j) {
      if (!method.held(j)) indices.push_back(j);
    }
  }
  int count() const { return static_cast<int>(indices.size()); }
  int operator[](int c) const { return indices[at(c)]; }
  double unit(int c) const { return units[at(indices[at(c)])]; }
};

/// The inverse of the matrix of the last solve.
HostMatrix<double> inverse(JacobianSystem& system, int k) {
  HostMatrix<double> made(k, k);
  Vector unit(at(k), 0.0), column(at(k));
  for (int c = 0; c < k; ++c) {
    unit[at(c)] = -1;
    system.correct(unit, column);
    unit[at(c)] = 0;
    for (int i = 0; i < k; ++i) made(i, c) = column[at(i)];
  }
  return made;
}

HostMatrix<double> product(Mat<const double> A, Mat<const double> B) {
  HostMatrix<double> C(A.rows, B.cols);
  for (int j = 0; j < B.cols; ++j) {
    for (int l = 0; l < A.cols; ++l) {
      for (int i = 0; i < A.rows; ++i) C(i, j) += A(i, l) * B(l, j);
    }
  }
  return C;
}

/// sum of g_i g_i^T over rows, g_i the gradient of a row's loss in the units of the parameters.
HostMatrix<double> outerGradients(LevenbergMarquardt& method, const FreeParameters& free) {
  const int n = static_cast<int>(method.x().size());
  HostMatrix<double> whole(n, n), B(free.count(), free.count());
  method.jacobian().weighedSquare(method.weightedResiduals(), whole);
  for (int d = 0; d < free.count(); ++d) {
    for (int c = 0; c < free.count(); ++c) B(c, d) = whole(free[c], free[d]) / (free.unit(c) * free.unit(d));
  }
  return B;
}

/// Names the parameters of a direction in which the residuals do not change. Returns true if there is one.
bool addUndetermined(JacobianSystem& system, const FreeParameters& free, FitSolution& solution) {
  constexpr double share = 1e-3;  // safeguard: entries of the direction that count, beside the largest one
  Vector v(at(free.count()));
  if (!system.nullVector(v)) return false;
  const double most = normInf(v);
  for (int c = 0; c < free.count(); ++c) {
    if (std::abs(v[at(c)]) > share * most) solution.undetermined.push_back(free[c]);
  }
  return true;
}

/// Adds the covariance of the free parameters, whose columns have been factored.
void addCovariance(LevenbergMarquardt& method, const FitSettings& settings, const FreeParameters& free,
                   FitSolution& solution) {
  JacobianSystem& system = method.jacobian();
  const int k = free.count(), m = static_cast<int>(method.residuals().size()), n = static_cast<int>(method.x().size());
  FitCovariance of = settings.covariance;
  if (of == FitCovariance::automatic) {
    of = settings.loss == RobustLoss::squared ? FitCovariance::jacobian : FitCovariance::sandwich;
  }
  Vector q(at(k));
  if (of != FitCovariance::jacobian && method.findHessian() && system.isPositive(free.indices, free.units, 0)) {
    system.solveCurved(free.indices, free.units, Vector(at(k)), infinity, q);
  } else {
    if (of == FitCovariance::hessian) of = FitCovariance::jacobian;
    system.solve(infinity, q);
  }
  HostMatrix<double> C = inverse(system, k);
  double factor = square(solution.residualDeviation);
  if (of == FitCovariance::sandwich) {
    C = product(product(C, outerGradients(method, free)), C);
    factor = static_cast<double>(m) / (m - k);
  }
  solution.covariance = HostMatrix<double>(n, n);
  for (int c = 0; c < k; ++c) {
    for (int d = 0; d < k; ++d)
      solution.covariance(free[d], free[c]) = factor * C(d, c) / (free.unit(c) * free.unit(d));
  }
  solution.covarianceOf = of;
}

}  // namespace

void addStatistics(LevenbergMarquardt& method, const FitSettings& settings, FitSolution& solution) {
  constexpr int mostParameters = 1000;  // safeguard: of a covariance, which is dense
  const int n = static_cast<int>(method.x().size()), m = static_cast<int>(method.residuals().size());
  for (int j = 0; j < n; ++j) {
    if (method.held(j)) solution.atBounds.push_back(j);
  }
  const FreeParameters free(method);
  const int k = free.count();
  if (m > k) solution.residualDeviation = std::sqrt(solution.residualSumOfSquares / (m - k));
  if (k == 0) return;
  Vector r(method.weightedResiduals().begin(), method.weightedResiduals().end());
  method.jacobian().factor(free.indices, free.units, r);
  if (addUndetermined(method.jacobian(), free, solution)) return;
  if (m > k && k <= mostParameters) addCovariance(method, settings, free, solution);
}

}  // namespace nonconvex
