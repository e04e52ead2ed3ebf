// The memory that the elimination of small fronts reads and writes.
#pragma once

#include <limits>

#include "linalg/sparse/assembly_tree.hpp"

namespace nonconvex {

/// The outcome of a front's elimination, which other fronts read.
struct FrontOutcome {
  double growth = 1;
  double waited = 0;   ///< operations on fronts below that columns which wait have made larger, as far as they wait on
  int left = 0;        ///< columns that wait for the parent's front
  int negative = 0;    ///< number of negative pivots, if the front is plain
  bool plain = false;  ///< all columns were eliminated in their order by pivots of size 1, the first of them at `first`
  bool likely = true;  ///< the last elimination suggests that the front is plain
  bool chain = false;  ///< the chain that begins here was eliminated in one go; `negative` counts all its pivots
};

/// The memory that the loops over plain fronts read and write. The factor of a front lies at its `factorAt` by columns,
/// its pivots in `diagonal` from `first` on; the factor of a tridiagonal one lies in `below` from `first` on.
struct FrontMemory {
  const AssemblyTree& plan;
  const double* scaled;  ///< values of the matrix
  double* factor;
  double* kept;   ///< contributions to the top
  double* stack;  ///< others
  double* diagonal;
  double* below;
  double* chained;  ///< solutions in passing, of chains
  FrontOutcome* outcomes;
  double threshold;  ///< least relative size of the pivots in fronts that have a parent
  /// Least relative size of the pivots in the last fronts of trees, where no column can wait.
  double thresholdOfRoots = 0.64;
  /// The largest pivot that counts as zero, divided by the growth and the size of the front.
  double zeroShare = std::numeric_limits<double>::epsilon();

  double* contribution(const FrontPlan& f) const { return (f.kept ? kept : stack) + f.contributionAt; }
  double thresholdOf(bool root) const { return root ? thresholdOfRoots : threshold; }
  /// The largest pivot that counts as zero in a front of `order` rows, divided by the growth.
  double zeroTolerance(int order) const { return zeroShare * (16 + order); }
};

}  // namespace nonconvex
