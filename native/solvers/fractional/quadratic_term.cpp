#include "solvers/fractional/quadratic_term.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/random.hpp"
#include "solvers/fractional/term_reader.hpp"

namespace nonconvex {

void QuadraticTerm::read(TermReader& in) {
  in.takeSquareMatrix();
  if (!in.term().c.empty()) in.takeLinear("linear");
  std::vector<double>& c = in.data().c;
  if (std::all_of(c.begin(), c.end(), [](double each) { return each == 0; })) c.clear();
}

void QuadraticTerm::requireConvex(const Cpu& la, const FractionalTermData& data) {
  const Columns& Q = *data.matrix;
  // Q v = Q^T v for a random v only if Q is symmetric.
  std::vector<double> v(at(Q.cols())), Qv(v.size()), vQ(v.size());
  const Random random(0, 77);
  for (std::size_t i = 0; i < v.size(); ++i) v[i] = random.uniform(i);
  Q.multiply(v.data(), Qv.data());
  Q.multiplyTransposed(v.data(), vQ.data());
  double size = 0;
  double worst = 0;
  for (std::size_t i = 0; i < v.size(); ++i) {
    size = std::max(size, std::abs(Qv[i]));
    worst = std::max(worst, std::abs(Qv[i] - vQ[i]));
  }
  require(worst <= 1e-9 * size, data.term.name + ": asymmetry of its matrix", worst, "expected a symmetric matrix");
  HostMatrix<double> sum = regularised(Q, {});
  require(sum.cols() == 0 || la.cholesky(sum), data.term.name, "quadratic",
          "expected a positive semidefinite matrix, for a convex term");
}

HostMatrix<double> QuadraticTerm::regularised(const Columns& Q, const std::vector<double>& diagonal) {
  constexpr int largest = 3000;
  const int n = Q.cols();
  if (Q.sparse() && n > largest) return {};
  HostMatrix<double> sum(n, n);
  double greatest = 0;
  for (int j = 0; j < n; ++j) {
    Q.axpy(j, 1, sum.column(j));
    if (!diagonal.empty()) sum(j, j) += diagonal[at(j)];
    greatest = std::max(greatest, std::abs(sum(j, j)));
  }
  for (int j = 0; j < n; ++j) sum(j, j) += greatest > 0 ? 1e-12 * n * greatest : 1;
  return sum;
}

}  // namespace nonconvex
