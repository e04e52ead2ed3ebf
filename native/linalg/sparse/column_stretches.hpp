// Columns of a sparse matrix one after the other that look alike, as in models of chains and grids: loops over them
// need no lists of places.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <vector>

#include "linalg/sparse/pattern.hpp"

namespace nonconvex {

/// Stretches of columns, all with rows at the distances from the diagonal that the first one has.
class ColumnStretches {
 public:
  /// Rows of a column, at most: those that have more would gain little.
  static constexpr int longest = 16;

  ColumnStretches() = default;
  explicit ColumnStretches(const SparsePattern& columns);

  /// Calls plain(begin, end) for columns that are in no stretch and alike(begin, end) for others, at most `most` at a
  /// time and in their order.
  template <class Plain, class Alike>
  void forEach(int columns, int most, Plain&& plain, Alike&& alike) const {
    int done = 0;
    const auto upTo = [&](int end, auto&& use) {
      for (; done < end; done = std::min(done + most, end)) use(done, std::min(done + most, end));
    };
    for (const Stretch& stretch : stretches_) {
      upTo(stretch.begin, plain);
      upTo(stretch.end, alike);
    }
    upTo(columns, plain);
  }

 private:
  struct Stretch {
    int begin;
    int end;
  };
  std::vector<Stretch> stretches_;
};

/// Calls f<period>() for a period that loops are compiled for, and f<0>() for others.
template <class F>
inline __attribute__((always_inline)) void withPeriod(int period, F&& f) {
  switch (period) {
    case 1:
      return f.template operator()<1>();
    case 2:
      return f.template operator()<2>();
    case 3:
      return f.template operator()<3>();
    default:
      return f.template operator()<0>();
  }
}

}  // namespace nonconvex
