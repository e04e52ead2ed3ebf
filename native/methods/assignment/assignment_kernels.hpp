// Loops over a row of costs, compiled for several processors. Forbidden pairs cost infinity.
#pragma once

#include <cstdint>

namespace nonconvex::loops::assignment {

/// What a row of costs is like.
struct RowRange {
  double least = 0;    ///< infinite where all pairs are forbidden
  double largest = 0;  ///< the largest absolute value that is finite
  bool valid = true;   ///< no entry is NaN or -Infinity
};
void inspect(int n, const double* cost, RowRange& range);

/// The two least of c_j - v_j.
struct TwoLeast {
  double least = 0, second = 0;
  std::int64_t place = 0;  ///< the first j with the least
};
void twoLeast(int n, const double* cost, const double* v, TwoLeast& found);

/// The least of c_j - v_j, and whether rounding has raised it: then some c_j - v_j is below it.
struct RoundedLeast {
  double least = 0;
  bool raised = false;
};
void roundedLeast(int n, const double* cost, const double* v, RoundedLeast& found);

/// The distances of columns after a look at one more row.
struct Relaxed {
  double least = 0;        ///< the least distance
  double leastFree = 0;    ///< the least of distance_j + taken_j
  std::int64_t place = 0;  ///< the first column with the least distance
};
/// Sets distance_j = d_j and from_j = row where d_j = c_j - v_j - shift is below distance_j.
void relax(int n, const double* cost, const double* v, double shift, std::int64_t row, const double* taken,
           double* distance, std::int64_t* from, Relaxed& found);

}  // namespace nonconvex::loops::assignment
