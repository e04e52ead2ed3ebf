// Sums of vectors and triangles into places of larger ones, by runs of places that lie together.
#pragma once

namespace nonconvex {

/// A stretch of places: [from, from + length) go to [to, to + length).
struct Run {
  int from = 0;
  int to = 0;
  int length = 0;
};
/// y_(to - origin) += x_from for all places of the runs.
void addRuns(const double* x, const Run* runs, int count, double* y, int origin);
/// Adds the lower triangle of a symmetric x to that of y, rows and columns both by the places of the runs, which
/// increase; y takes the columns [begin, end).
void addTriangle(const double* x, int xStride, const Run* runs, int count, int begin, int end, double* y, int yStride,
                 int origin);

}  // namespace nonconvex
