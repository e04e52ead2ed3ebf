#include "expressions/rows/row_table.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.hpp"

namespace nonconvex {

template <>
const double* RowColumn::stored<double>() const {
  return form == Form::doubles ? doubles.data() : nullptr;
}
template <>
const float* RowColumn::stored<float>() const {
  return form == Form::floats ? floats.data() : nullptr;
}

namespace {

std::string placeIn(const RowColumn& column, int row, int entry) {
  return column.name + "[" + show(row) + "]" + (column.width > 1 ? "[" + show(entry) + "]" : "");
}

[[noreturn]] void refuse(const RowColumn& column, int row, int entry, double value) {
  throw Error(ErrorKind::range, placeIn(column, row, entry) + " = " + show(value) + ": expected a finite number");
}

template <class T>
void checkDense(const RowColumn& column, const std::vector<T>& numbers, int rows) {
  require(numbers.size() == at(rows) * at(column.width), column.name + ".length", numbers.size(),
          "expected " + show(at(rows) * at(column.width)) + ", " + show(column.width) + " for each row");
  for (std::size_t k = 0; k < numbers.size(); ++k) {
    if (std::isfinite(numbers[k])) continue;
    refuse(column, static_cast<int>(k / at(column.width)), static_cast<int>(k % at(column.width)),
           static_cast<double>(numbers[k]));
  }
}

void checkColumn(const RowColumn& column, int rows) {
  if (column.form == RowColumn::Form::doubles) return checkDense(column, column.doubles, rows);
  if (column.form == RowColumn::Form::floats) return checkDense(column, column.floats, rows);
  const SparseMatrix& matrix = column.sparse;
  require(matrix.rows == rows, column.name + ".rows", matrix.rows, "expected " + show(rows));
  for (int i = 0; i < rows; ++i) {
    for (int k = matrix.offsets[at(i)]; k < matrix.offsets[at(i) + 1]; ++k) {
      if (!std::isfinite(matrix.values[at(k)])) refuse(column, i, matrix.indices[at(k)], matrix.values[at(k)]);
    }
  }
}

}  // namespace

RowTable::RowTable(int rows, std::vector<RowColumn> columns)
    : rows_(rows), columns_(std::move(columns)), made_(columns_.size()) {
  require(rows >= 1, "rows", rows, "expected at least one");
  for (const RowColumn& column : columns_) checkColumn(column, rows);
}

const std::vector<int>& RowTable::indices(int k, int count) const {
  const std::lock_guard lock(mutex_);
  const RowColumn& from = column(k);
  Made& made = made_[at(k)];
  if (made.indices.empty()) {
    std::vector<double> row(at(from.width));
    std::vector<int> found;
    found.reserve(at(rows_) * row.size());
    for (int i = 0; i < rows_; ++i) {
      from.copyRow(i, row.data());
      for (int j = 0; j < from.width; ++j) {
        const double value = row[at(j)];
        if (value < 0 || value > 0x7fffffff || value != std::trunc(value)) {
          throw Error(ErrorKind::range, placeIn(from, i, j) + " = " + show(value) + ": expected an integer in [0, " +
                                            show(count - 1) + "]");
        }
        found.push_back(static_cast<int>(value));
        made.largest = std::max(made.largest, found.back());
      }
    }
    made.indices = std::move(found);
  }
  if (made.largest >= count) {
    for (std::size_t p = 0; p < made.indices.size(); ++p) {
      if (made.indices[p] < count) continue;
      throw Error(ErrorKind::range,
                  placeIn(from, static_cast<int>(p / at(from.width)), static_cast<int>(p % at(from.width))) + " = " +
                      show(made.indices[p]) + ": expected an integer in [0, " + show(count - 1) + "]");
    }
  }
  return made.indices;
}

const std::vector<double>& RowTable::meanSquares(int k) const {
  const std::lock_guard lock(mutex_);
  const RowColumn& from = column(k);
  std::vector<double>& squares = made_[at(k)].meanSquares;
  if (!squares.empty()) return squares;
  squares.assign(at(from.width), 0);
  std::vector<int> counts(squares.size());
  const auto add = [&](std::size_t j, double value) {
    squares[j] += value * value;
    counts[j] += value != 0 ? 1 : 0;
  };
  if (from.form == RowColumn::Form::sparse) {
    for (std::size_t p = 0; p < from.sparse.values.size(); ++p) add(at(from.sparse.indices[p]), from.sparse.values[p]);
  } else {
    std::vector<double> row(at(from.width));
    for (int i = 0; i < rows_; ++i) {
      from.copyRow(i, row.data());
      for (std::size_t j = 0; j < row.size(); ++j) add(j, row[j]);
    }
  }
  for (std::size_t j = 0; j < squares.size(); ++j) squares[j] /= std::max(1, counts[j]);
  return squares;
}

std::size_t RowTable::bytes() const {
  std::size_t total = 0;
  for (const RowColumn& c : columns_) {
    total += sizeof(double) * c.doubles.size() + sizeof(float) * c.floats.size() +
             (sizeof(double) + sizeof(int)) * c.sparse.values.size() + sizeof(int) * c.sparse.offsets.size();
  }
  return total;
}

}  // namespace nonconvex
