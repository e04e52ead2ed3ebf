// Elimination in a dense symmetric front: the kernel of the dense and the multifrontal LDL^T.
//
// A front is an m x m symmetric matrix of which p <= m variables have all their entries (are "fully summed") and may be
// eliminated; the other rows only receive updates. P A P^T = L D L^T with D of 1x1 and 2x2 blocks, pivots taken where a
// threshold test on the whole column holds (Duff and Reid, "The multifrontal solution of indefinite sparse symmetric
// linear systems", 1983), looked for along the path of rook pivoting (Ashcraft, Grimes and Lewis, "Accurate symmetric
// indefinite linear equation solvers", 1998), which always ends in a good pivot if p = m.
#pragma once

#include <cstddef>

#include "linalg/cpu.hpp"

namespace nonconvex {

/// How many eigenvalues are of which sign.
struct Inertia {
  int positive = 0;
  int negative = 0;
  int zero = 0;
  int undefined = 0;     ///< number of NaN or infinite pivots: if not zero, the factorisation is of no use
  bool givenUp = false;  ///< pivots that wait would have taken too much work: nothing is known, all count as zero

  Inertia& operator+=(const Inertia& other);
  bool operator==(const Inertia&) const = default;
};

/// D: 1x1 blocks, and where below[k] is not zero, the 2x2 block of k and k + 1.
struct PivotBlocks {
  double* diagonal = nullptr;
  double* below = nullptr;

  PivotBlocks from(int k) const { return {diagonal + k, below + k}; }
};

/// Only lower triangles are read; the rest is used up.
struct Front {
  Mat<double> columns;   ///< m x p: those that may be eliminated
  Mat<double> square;    ///< (m - p) x (m - p): what is below and right of them
  int* order = nullptr;  ///< p labels, permuted with the variables
  PivotBlocks pivots;    ///< p
};

struct PivotRule {
  /// A 1x1 pivot is at least so much of the largest entry of its column; entries of L are at most 1 / threshold.
  double threshold = 0.01;
  /// A column without an entry above zeroTolerance times the growth counts as zero.
  double zeroTolerance = 0;
  /// The largest number that was subtracted from an entry so far: rounding is relative to it.
  double growth = 1;
};

struct Eliminated {
  int columns = 0;
  double growth = 1;
};

/// Doubles that `eliminate` needs.
std::size_t eliminationWorkspace(int rows, int columns);

/// Eliminates as many columns as it finds pivots for: they come first, as columns of L with its
/// unit diagonal; the others follow. They and the square are updated.
Eliminated eliminate(const Cpu& la, const Front& front, const PivotRule& rule, double* workspace);

/// Signs of the eigenvalues of D.
Inertia inertiaOf(PivotBlocks pivots, int count);

/// Lower trapezoid of C (m x n, m >= n) -= L W^T, in tiles over the pool; part of the upper triangle is used up.
void subtractProduct(const Cpu& la, Mat<const double> l, Mat<const double> w, Mat<double> c);

/// x := L^{-1} x for a unit lower L; x[L.cols, L.rows) loses its share.
void solveLower(Mat<const double> l, double* x);
/// x := L^{-T} x, where x[L.cols, L.rows) is known.
void solveLowerTransposed(Mat<const double> l, double* x);

/// x := D^{-1} x; 0 where the pivot is.
void solvePivots(PivotBlocks pivots, int count, double* x);

}  // namespace nonconvex
