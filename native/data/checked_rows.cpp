#include "data/checked_rows.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "core/error.hpp"
#include "core/index.hpp"
#include "core/numbers.hpp"
#include "data/row_pieces.hpp"

namespace nonconvex {

std::string entryName(std::string_view name, int i, int j) {
  return std::string(name) + "[" + show(i) + "][" + show(j) + "]";
}

void requireFinite(std::string_view name, std::span<const double> values) {
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (std::isfinite(values[k])) continue;
    require(false, std::string(name) + "[" + show(k) + "]", values[k], "expected a finite number");
  }
}

void requireFiniteSquares(std::string_view name, std::span<const double> values) {
  double sum = 0;
  for (const double value : values) sum += square(value);
  require(std::isfinite(sum), name, sum, "expected numbers whose squares have a finite sum");
}

HostMatrix<double> transposedRows(const Cpu& la, std::string_view name, const MatrixInput& x, int more) {
  HostMatrix<double> made(x.columns + more, x.rows, Uninitialized{});
  double squares = 0;
  const auto pause = [&] { la.checkpoint(); };
  forRowsInPieces(x.rows, x.columns, pause, [&](int i) {
    double* column = made.column(i);
    for (int j = 0; j < x.columns; ++j) {
      column[j] = x(i, j);
      requireFinite(name, i, j, column[j]);
      squares += square(column[j]);
    }
    std::fill(column + x.columns, column + made.rows(), 1.0);
  });
  require(std::isfinite(squares), name, squares, "expected numbers whose squares have a finite sum");
  return made;
}

double largest(std::span<const double> v) {
  double most = 0;
  for (const double value : v) most = std::max(most, std::abs(value));
  return most;
}

}  // namespace nonconvex
