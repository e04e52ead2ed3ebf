#include "solvers/fit/statistics.hpp"

#include <cmath>

#include "core/index.hpp"

namespace nonconvex {
namespace {

/// The free columns of the Jacobian, each of length 1, with their lengths.
struct FreeColumns {
  std::vector<int> free;
  Vector lengths;
  HostMatrix<double> A;

  explicit FreeColumns(const LevenbergMarquardt& method) {
    const Mat<const double> J = method.jacobian();
    for (int j = 0; j < J.cols; ++j) {
      if (!method.held(j)) free.push_back(j);
    }
    A = HostMatrix<double>(J.rows, static_cast<int>(free.size()));
    for (std::size_t c = 0; c < free.size(); ++c) {
      const std::span<const double> from(J.column(free[c]), at(J.rows));
      const double norm = std::sqrt(norm2Squared(from));
      lengths.push_back(norm > 0 ? norm : 1);
      for (int i = 0; i < J.rows; ++i) A(i, static_cast<int>(c)) = from[at(i)] / lengths.back();
    }
  }
  int count() const { return static_cast<int>(free.size()); }
};

/// The Hessian of the free parameters in the units of the columns; false where it is not known.
bool scaledHessian(LevenbergMarquardt& method, const FreeColumns& columns, Mat<double> H) {
  const int n = static_cast<int>(method.x().size());
  HostMatrix<double> whole(n, n);
  if (!method.hessian(whole)) return false;
  for (int c = 0; c < columns.count(); ++c) {
    for (int d = 0; d < columns.count(); ++d) {
      H(d, c) = whole(columns.free[at(d)], columns.free[at(c)]) / (columns.lengths[at(c)] * columns.lengths[at(d)]);
    }
  }
  return true;
}

/// The inverse of the matrix of the last solve of `trust`.
HostMatrix<double> inverse(TrustStep& trust, int k) {
  HostMatrix<double> made(k, k);
  Vector unit(at(k), 0.0), column(at(k));
  for (int c = 0; c < k; ++c) {
    unit[at(c)] = -1;
    trust.correct(unit, column);
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

/// sum of g_i g_i^T over rows, g_i the gradient of a row's loss in the units of the columns.
HostMatrix<double> outerGradients(const LevenbergMarquardt& method, const FreeColumns& columns) {
  HostMatrix<double> B(columns.count(), columns.count());
  const In r = method.weightedResiduals();
  for (int d = 0; d < columns.count(); ++d) {
    for (int c = 0; c < columns.count(); ++c) {
      for (int i = 0; i < columns.A.rows(); ++i) B(c, d) += columns.A(i, c) * columns.A(i, d) * square(r[at(i)]);
    }
  }
  return B;
}

/// Names the parameters of a direction in which the residuals do not change.
void addUndetermined(const TrustStep& trust, const FreeColumns& columns, FitSolution& solution) {
  constexpr double share = 1e-3;  // safeguard: entries of the direction that count, beside the largest one
  Vector v(at(columns.count()));
  trust.nullVector(v);
  const double most = normInf(v);
  for (int c = 0; c < columns.count(); ++c) {
    if (std::abs(v[at(c)]) > share * most) solution.undetermined.push_back(columns.free[at(c)]);
  }
}

/// Adds the covariance of the free parameters, whose columns `trust` has factored.
void addCovariance(LevenbergMarquardt& method, const FitSettings& settings, const FreeColumns& columns,
                   TrustStep& trust, FitSolution& solution) {
  const int k = columns.count(), m = columns.A.rows(), n = static_cast<int>(method.x().size());
  FitCovariance of = settings.covariance;
  if (of == FitCovariance::automatic) {
    of = settings.loss == RobustLoss::squared ? FitCovariance::jacobian : FitCovariance::sandwich;
  }
  HostMatrix<double> H(k, k);
  Vector q(at(k));
  if (of != FitCovariance::jacobian && scaledHessian(method, columns, H) && trust.isPositive(H, 0)) {
    trust.solveCurved(H, q, infinity, q);
  } else {
    if (of == FitCovariance::hessian) of = FitCovariance::jacobian;
    trust.solve(infinity, q);
  }
  HostMatrix<double> C = inverse(trust, k);
  double factor = square(solution.residualDeviation);
  if (of == FitCovariance::sandwich) {
    C = product(product(C, outerGradients(method, columns)), C);
    factor = static_cast<double>(m) / (m - k);
  }
  solution.covariance = HostMatrix<double>(n, n);
  for (int c = 0; c < k; ++c) {
    for (int d = 0; d < k; ++d) {
      solution.covariance(columns.free[at(d)], columns.free[at(c)]) =
          factor * C(d, c) / (columns.lengths[at(c)] * columns.lengths[at(d)]);
    }
  }
  solution.covarianceOf = of;
}

}  // namespace

void addStatistics(LevenbergMarquardt& method, const FitSettings& settings, FitSolution& solution) {
  const int n = static_cast<int>(method.x().size()), m = static_cast<int>(method.residuals().size());
  for (int j = 0; j < n; ++j) {
    if (method.held(j)) solution.atBounds.push_back(j);
  }
  const FreeColumns columns(method);
  const int k = columns.count();
  if (m > k) solution.residualDeviation = std::sqrt(solution.residualSumOfSquares / (m - k));
  if (k == 0) return;
  TrustStep trust(m, k);
  Vector r(method.weightedResiduals().begin(), method.weightedResiduals().end());
  trust.factor(columns.A.copy(), r);
  if (trust.rank() < k) return addUndetermined(trust, columns, solution);
  if (m > k) addCovariance(method, settings, columns, trust, solution);
}

}  // namespace nonconvex
