// Data by rows: what formulas of one row read.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "data/sparse_matrix.hpp"

namespace nonconvex {

/// A column of a table: `width` numbers of each row, in one of three forms.
struct RowColumn {
  enum class Form { doubles, floats, sparse };

  std::string name;
  int width = 1;
  Form form = Form::doubles;
  std::vector<double> doubles;  ///< row after row
  std::vector<float> floats;
  SparseMatrix sparse;  ///< rows of a sparse column

  /// The numbers of row i, of a dense form, as T.
  template <class T>
  void copyRow(int i, T* to) const {
    const std::size_t first = at(i) * at(width);
    if (form == Form::doubles) {
      for (int j = 0; j < width; ++j) to[j] = static_cast<T>(doubles[first + at(j)]);
    } else if (form == Form::floats) {
      for (int j = 0; j < width; ++j) to[j] = static_cast<T>(floats[first + at(j)]);
    } else {
      for (int j = 0; j < width; ++j) to[j] = 0;
      for (int k = sparse.offsets[at(i)]; k < sparse.offsets[at(i) + 1]; ++k) {
        to[sparse.indices[at(k)]] = static_cast<T>(sparse.values[at(k)]);
      }
    }
  }
  /// The numbers as they are stored, where they are stored as T; otherwise null.
  template <class T>
  const T* stored() const;
};
template <>
const double* RowColumn::stored<double>() const;
template <>
const float* RowColumn::stored<float>() const;

/// N rows of columns. Does not change: any number of solves share it.
class RowTable {
 public:
  /// Throws a RangeError that names the first number that is not finite, x[3][5], or a column of another length.
  RowTable(int rows, std::vector<RowColumn> columns);

  int rows() const { return rows_; }
  const std::vector<RowColumn>& columns() const { return columns_; }
  const RowColumn& column(int k) const { return columns_[at(k)]; }
  /// Column k as indices, row after row. A RangeError names the first that is no integer in [0, count).
  const std::vector<int>& indices(int k, int count) const;
  /// Means of the squares of the numbers of column k that are not 0: a unit of data, also of what most rows lack.
  const std::vector<double>& meanSquares(int k) const;
  std::size_t bytes() const;

 private:
  int rows_;
  std::vector<RowColumn> columns_;
  struct Made {
    std::vector<int> indices;
    int largest = -1;
    std::vector<double> meanSquares;
  };
  mutable std::mutex mutex_;
  mutable std::vector<Made> made_;  // guarded; what was made once stays
};

}  // namespace nonconvex
