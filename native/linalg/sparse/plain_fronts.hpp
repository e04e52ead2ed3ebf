// Fronts so small that calls for their parts would take longer than the sums: they are assembled, eliminated and solved
// with in one loop, as long as all their columns pass the threshold test in the order in which they stand.
#pragma once

#include <cstddef>
#include <span>

#include "linalg/sparse/assembly_tree.hpp"

namespace nonconvex {

/// What the elimination of a front left for others.
struct FrontOutcome {
  double growth = 1;
  int left = 0;        ///< columns that wait for the parent's front
  int negative = 0;    ///< pivots, where the front is plain
  bool plain = false;  ///< all columns were eliminated in their order by pivots of size 1, the first of them at `first`
  bool likely = true;  ///< to be plain, by the last elimination
};

/// What the loops over plain fronts read and write. The factor of a front lies at its `factorAt` by columns, its pivots
/// in `diagonal` from `first` on.
struct FrontMemory {
  const AssemblyTree& plan;
  const double* scaled;  ///< values of the matrix
  double* factor;
  double* kept;   ///< contributions to the top
  double* stack;  ///< others
  double* diagonal;
  FrontOutcome* outcomes;
  double threshold;  ///< of the pivots in fronts that have a parent

  double* contribution(const FrontPlan& f) const { return (f.kept ? kept : stack) + f.contributionAt; }
};

/// The least pivot in the last front of a tree, beside the largest entry of its column: no column can wait there.
inline constexpr double thresholdOfRoots = 0.64;

/// What counts as zero in a front of so many rows, times the growth.
double zeroTolerance(int order);

/// Assembles and eliminates `fronts` up to the first one that is not small or not plain; returns how many were. The
/// arithmetic is that of `eliminate`, to the last bit.
std::size_t eliminatePlain(const FrontMemory& memory, std::span<const int> fronts);

/// x := L^{-1} x and division by D, for `fronts` up to the first one that is not small or was not plain; returns how
/// many were. `owed`: what fronts owe to their rows.
std::size_t forwardPlain(const FrontMemory& memory, std::span<const int> fronts, double* x, double* owed);

/// x := L^{-T} x, for `fronts` from the last one back, likewise.
std::size_t backwardPlain(const FrontMemory& memory, std::span<const int> fronts, double* x);

}  // namespace nonconvex
