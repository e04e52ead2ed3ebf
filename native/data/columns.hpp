// A matrix by its columns, for methods that go through them one at a time: dense, each column on a cache line of its
// own, or compressed.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "data/matrix_input.hpp"
#include "data/sparse_matrix.hpp"
#include "linalg/cpu.hpp"
#include "linalg/vector_kernels.hpp"
#include "linalg/views.hpp"

namespace nonconvex {

class Columns {
 public:
  Columns() = default;
  /// Copies. A RangeError names the first entry that is not finite.
  Columns(const MatrixInput& input, std::string_view name, const Cpu& la = Cpu());
  /// Entries that occur twice are added.
  Columns(const SparseView& input, std::string_view name, const Cpu& la = Cpu());

  /// A copy with shifts[j] taken from every entry of column j, those that are not stored included.
  Columns less(std::span<const double> shifts, const Cpu& la = Cpu()) const;

  int rows() const { return rows_; }
  int cols() const { return cols_; }
  bool sparse() const { return sparse_; }
  /// Entries that are stored.
  std::size_t entries() const { return entries_; }
  /// Entries of column j that are stored.
  int entriesOf(int j) const { return size(j); }

  /// A_j . r
  double dot(int j, const double* r) const;
  /// r += t A_j
  void axpy(int j, double t, double* r) const;
  double squaredNorm(int j) const;
  /// Returns true if all entries are 0. A squared norm of 0 does not say so, as tiny numbers have squares of 0.
  bool isZero() const;
  /// out = A x
  void multiply(const double* x, double* out) const;
  /// out_j = A_j . r
  void multiplyTransposed(const double* r, double* out) const;
  /// A_ij; slow for a sparse matrix.
  double at(int i, int j) const;
  /// sum_i a_i^3 r_i, a_i^2 r_i^2, a_i r_i^3 over a = A_j.
  struct Moments {
    double a3r = 0;
    double a2r2 = 0;
    double ar3 = 0;
  };
  Moments moments(int j, const double* r) const;
  /// r += t A_j, then A_next . r or its moments, in one pass. Not for a sparse matrix.
  double axpyDot(int j, double t, double* r, int next) const {
    return loops::axpyDot(rows_, t, begin(j), r, begin(next));
  }
  Moments axpyMoments(int j, double t, double* r, int next) const;
  /// out += t A_j for entries, or f(row, entry) for each one that is stored.
  template <class F>
  void forEntries(int j, F&& f) const {
    const double* value = begin(j);
    const int count = size(j);
    if (sparse_) {
      const std::int32_t* row = rowsOf(j);
      for (int k = 0; k < count; ++k) f(row[k], value[k]);
    } else {
      for (int k = 0; k < count; ++k) f(k, value[k]);
    }
  }
  /// A dense matrix as a view; without columns if it is sparse.
  Mat<const double> dense() const {
    return sparse_ ? Mat<const double>{} : Mat<const double>{values_.data(), rows_, cols_, stride_};
  }

 private:
  const double* begin(int j) const {
    return values_.data() + (sparse_ ? spans_[static_cast<std::size_t>(j)].begin
                                     : static_cast<std::size_t>(j) * static_cast<std::size_t>(stride_));
  }
  const std::int32_t* rowsOf(int j) const { return indices_.data() + spans_[static_cast<std::size_t>(j)].begin; }
  int size(int j) const { return sparse_ ? spans_[static_cast<std::size_t>(j)].size : rows_; }
  void shiftDense(const Columns& from, std::span<const double> shifts, const Cpu& la);
  void shiftSparse(const Columns& from, std::span<const double> shifts, const Cpu& la);
  /// Entries that are stored together so that loops over sparse columns have no remainder.
  int group() const { return rows_ >= 2 * loops::sparseGroup ? loops::sparseGroup : 1; }
  /// Size of a sparse column with the zeros that fill it up.
  int filledSize(int j) const { return spans_[static_cast<std::size_t>(j)].filledSize; }

  bool sparse_ = false;
  int rows_ = 0;
  int cols_ = 0;
  int stride_ = 0;
  HostBuffer<double> values_;
  // The storage of a sparse matrix: each column is filled up to whole groups by zeros in rows that its last group has
  // not, so that loops over short columns, which are most in some matrices, have no remainder.
  struct Span {
    std::size_t begin;
    int size;
    int filledSize;
  };
  std::size_t entries_ = 0;
  std::vector<std::int32_t> indices_;
  std::vector<Span> spans_;
};

}  // namespace nonconvex
