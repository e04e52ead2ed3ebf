// A sparse sign embedding by its rows.
#pragma once

#include <cmath>
#include <cstddef>
#include <limits>
#include <span>
#include <vector>

#include "core/error.hpp"
#include "linalg/device_copy.hpp"
#include "linalg/linalg.hpp"
#include "sketching/sketch.hpp"

namespace nonconvex {

namespace kernels {

/// to(j, s) := sum over the entries (s, i) of S of their sign, times factor roots_i A(j, i). An entry is i, or where
/// its sign is negative, ~i. Neighbours along j read neighbours.
template <class T, class Space>
struct RowOfSketch {
  Mat<const T, Space> A;
  Vec<const double, Space> roots;
  Vec<const int, Space> offsets, entries;
  double factor;
  Mat<double, Space> to;
  NONCONVEX_HD void operator()(int j, int s) const {
    double sum = 0;
    for (int k = offsets[s]; k < offsets[s + 1]; ++k) {
      const int entry = entries[k];
      const int i = entry < 0 ? ~entry : entry;
      const double value = roots[i] * static_cast<double>(A(j, i));
      sum += entry < 0 ? -value : value;
    }
    to(j, s) = factor * sum;
  }
};

}  // namespace kernels

/// Each number of a product is a sum of its own: nothing is added up from several threads, so that results are the same
/// bits each time.
template <LinAlg La>
class SketchByRows {
 public:
  using Space = typename La::Space;

  /// S is sorted on the host, once.
  SketchByRows(const La& la, const SparseSignSketch& S) : la_(la), rows_(S.rows()) {
    const double size = 1.0 * S.columns() * S.perColumn();
    if (size > std::numeric_limits<int>::max()) {
      throw Error(ErrorKind::solver, "the sketch has more entries than an int counts", "TOO_LARGE");
    }
    std::vector<int> offsets(static_cast<std::size_t>(rows_) + 1), entries(static_cast<std::size_t>(size));
    const auto forAll = [&](auto&& f) {
      for (int i = 0; i < S.columns(); ++i) {
        S.forColumn(i, [&](int row, double value) { f(static_cast<std::size_t>(row), value < 0 ? ~i : i, value); });
      }
    };
    forAll([&](std::size_t row, int, double value) {
      ++offsets[row + 1];
      factor_ = std::abs(value);
    });
    for (std::size_t s = 1; s < offsets.size(); ++s) offsets[s] += offsets[s - 1];
    std::vector<int> next = offsets;
    forAll([&](std::size_t row, int entry, double) { entries[static_cast<std::size_t>(next[row]++)] = entry; });
    offsets_ = copied(offsets);
    entries_ = copied(entries);
  }

  int rows() const { return rows_; }

  /// to := A diag(roots) S^T
  template <class T>
  void apply(Mat<const T, Space> A, Vec<const double, Space> roots, Mat<double, Space> to) const {
    la_.forEach(A.rows, rows_, kernels::RowOfSketch<T, Space>{A, roots, offsets_.flat(), entries_.flat(), factor_, to});
  }

 private:
  typename La::template Matrix<int> copied(const std::vector<int>& from) const {
    auto to = la_.template matrix<int>(static_cast<int>(from.size()), 1, Uninitialized{});
    la_.upload(asColumn(std::span(from)), to.view());
    return to;
  }

  const La& la_;
  int rows_;
  double factor_ = 0;  // the size of each entry of S
  typename La::template Matrix<int> offsets_, entries_;
};

}  // namespace nonconvex
