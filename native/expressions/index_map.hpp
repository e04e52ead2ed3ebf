// Places of one input of a kernel, row by row.
#pragma once

#include <cstddef>
#include <vector>

namespace nonconvex {

constexpr int blockRows = 64;  ///< rows that a kernel computes at a time: its registers stay in the first-level cache

/// Positions in an array of values, one a row. They are kept as stretches of equal strides where these are long, so
/// that rows next to each other are read and written by vector instructions.
class IndexMap {
 public:
  IndexMap() = default;
  explicit IndexMap(std::vector<int> positions);

  int rows() const { return rows_; }
  int at(int row) const {
    if (!list_.empty()) return list_[static_cast<std::size_t>(row)];
    return pieces_.front().position + row * pieces_.front().stride;
  }
  /// Position of row 0 when each row's is one behind that before it, otherwise -1.
  int contiguous() const { return list_.empty() && (pieces_.front().stride == 1 || rows_ == 1) ? at(0) : -1; }
  bool anyAtLeast(int position) const;

  // The next two are about rows [first, first + count) within a block: `first` is a multiple of blockRows.
  /// Values of the rows: a pointer into `values` or to `buffer`.
  const double* read(const double* values, int first, int count, double* buffer) const;
  /// values[at(row)] += from[row - first]
  void add(const double* from, int first, int count, double* values) const {
    addMultiple(1, from, first, count, values);
  }
  /// values[at(row)] += a from[row - first]
  void addMultiple(double a, const double* from, int first, int count, double* values) const;

 private:
  struct Piece {  // rows from `row` to that of the next piece
    int row;
    int position;
    int stride;
  };

  template <class F>
  void forEachPiece(int first, int count, F&& f) const;

  int rows_ = 0;
  std::vector<Piece> pieces_;  // empty: too short to be worth it
  std::vector<int> pieceOf_;   // the piece where each block begins
  std::vector<int> list_;      // positions; empty for a single piece
};

}  // namespace nonconvex
