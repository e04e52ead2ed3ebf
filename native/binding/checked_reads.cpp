#include "binding/checked_reads.hpp"

#include <string>

#include "core/error.hpp"

namespace nonconvex {

MatrixInput filledMatrix(const Reader& in, const char* name) {
  const MatrixInput found = in.matrix(name);
  require(found.rows > 0 && found.columns > 0, "rows of " + in.pathOf(name), found.rows,
          "expected at least one row and one column, and got " + show(found.columns) + " columns");
  return found;
}

HostMatrix<double> matrixOf(const Reader& in, const char* name, int rows, int columns) {
  filledMatrix(in, name);
  HostMatrix<double> made = in.matrixCopy(name);
  if (rows >= 0) require(made.rows() == rows, "rows of " + in.pathOf(name), made.rows(), "expected " + show(rows));
  if (columns >= 0) {
    require(made.cols() == columns, "columns of " + in.pathOf(name), made.cols(), "expected " + show(columns));
  }
  return made;
}

std::vector<double> numbersOf(const Reader& in, const char* name, int length, std::string_view per) {
  const auto from = in.vector(name);
  require(from.size() == static_cast<std::size_t>(length), in.pathOf(name) + ".length", from.size(),
          "expected " + show(length) + " numbers, as many as there are " + std::string(per));
  return {from.begin(), from.end()};
}

std::vector<std::int32_t> indicesOf(const Reader& in, const char* name, int limit) {
  const auto from = in.integers(name);
  for (std::size_t k = 0; k < from.size(); ++k) {
    require(from[k] >= 0 && from[k] < limit, in.pathOf(name) + "[" + show(k) + "]", from[k],
            "expected an integer in [0, " + show(limit - 1) + "]");
  }
  return {from.begin(), from.end()};
}

}  // namespace nonconvex
