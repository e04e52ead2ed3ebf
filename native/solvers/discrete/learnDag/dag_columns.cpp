#include "solvers/discrete/learnDag/dag_columns.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/error.hpp"
#include "core/index.hpp"
#include "core/numbers.hpp"
#include "core/require_memory.hpp"
#include "data/checked_rows.hpp"

namespace nonconvex {

struct DagColumns::Tuning {
  static constexpr double constant = 1e-13;   ///< rounding: deviations up to this, relative to the largest value, are 0
  static constexpr double dependent = 1e-10;  ///< rounding: shares of a variance up to this count as explained
  static constexpr double takesPart = 1e-4;   ///< safeguard: coefficients of standardised columns that a message names
};

namespace {

std::string nameOfDagColumn(int j) { return "column " + std::to_string(j) + " of x"; }

}  // namespace

void DagColumns::read(const Cpu& la, const LearnDagProblem& problem) {
  n_ = problem.x.rows;
  d_ = problem.x.columns;
  require(d_ >= 2, "columns of x", d_, "expected at least 2");
  require(n_ > d_, "rows of x", n_, "expected more rows than columns: " + std::to_string(d_ + 1) + " or more");
  requireMemory(8.0 * n_ * d_ + 16.0 * d_ * d_, "the columns of x need");
  HostMatrix<double> columns(n_, d_, Uninitialized{});
  standardize(la, problem.x, columns);
  correlation_ = HostMatrix<double>(d_, d_);
  if (!la.gram(columns, correlation_)) la.checkpoint();
  for (int j = 0; j < d_; ++j) {
    for (int i = 0; i < d_; ++i) correlation_(i, j) = i == j ? 1 : correlation_(i, j) / n_;
  }
  checkDependence();
}

/// Columns less their means, divided by their deviations.
void DagColumns::standardize(const Cpu& la, const MatrixInput& x, HostMatrix<double>& columns) {
  mean_.assign(at(d_), 0);
  deviation_.assign(at(d_), 0);
  for (int j = 0; j < d_; ++j) {
    la.checkpoint();
    double* column = columns.column(j);
    double scale = 0;
    for (int i = 0; i < n_; ++i) {
      column[i] = x(i, j);
      requireFinite("x", i, j, column[i]);
      scale = std::max(scale, std::abs(column[i]));
    }
    requireFiniteSquares(nameOfDagColumn(j), {column, at(n_)});
    double mean = 0, squares = 0, rest = 0;
    if (scale > 0) {
      for (int i = 0; i < n_; ++i) mean += column[i] /= scale;
    }
    mean /= n_;
    for (int i = 0; i < n_; ++i) rest += column[i] -= mean;
    rest /= n_;
    for (int i = 0; i < n_; ++i) squares += square(column[i] -= rest);
    const double deviation = std::sqrt(squares / n_);
    if (!(deviation > Tuning::constant)) {
      throw Error(ErrorKind::range, nameOfDagColumn(j) + " is constant: expected columns with several values");
    }
    for (int i = 0; i < n_; ++i) column[i] /= deviation;
    mean_[at(j)] = (mean + rest) * scale;
    deviation_[at(j)] = deviation * scale;
  }
}

/// Eliminates one column after the other, and names the first one of which the others leave nothing.
void DagColumns::checkDependence() {
  HostMatrix<double> left = correlation_.copy();
  HostMatrix<double> inverse(d_, d_);
  // Rows of the inverse of the factor say what a column is made of.
  for (int j = 0; j < d_; ++j) inverse(j, j) = 1;
  std::vector<double> explained(at(d_), 0);
  for (int j = 0; j < d_; ++j) {
    const double pivot = left(j, j);
    if (!(pivot > Tuning::dependent)) {
      std::string others;
      for (int k = 0; k < j; ++k) {
        if (std::abs(inverse(j, k)) > Tuning::takesPart) others += (others.empty() ? "" : ", ") + nameOfDagColumn(k);
      }
      throw Error(ErrorKind::range, nameOfDagColumn(j) + " is a linear combination of " + others +
                                        ": expected columns that do not depend on one another");
    }
    for (int k = 0; k <= j; ++k) explained[at(k)] += square(inverse(j, k)) / pivot;
    for (int i = j + 1; i < d_; ++i) {
      const double factor = left(i, j) / pivot;
      for (int k = j + 1; k < d_; ++k) left(i, k) -= factor * left(j, k);
      for (int k = 0; k <= j; ++k) inverse(i, k) -= factor * inverse(j, k);
    }
  }
  // The diagonal of the inverse of the correlations: 1 by the share of each variance that is left.
  leastShare_ = 1 / *std::max_element(explained.begin(), explained.end());
}

}  // namespace nonconvex
