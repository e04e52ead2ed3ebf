// A scaling of a symmetric matrix for the pivots of a given order of elimination.
#pragma once

#include <span>
#include <vector>

#include "linalg/sparse/pattern.hpp"

namespace nonconvex {

/// Equilibration leaves a choice: of [D b; b^T 0], D small and diagonal, it may make the entries of b about 1 or those
/// of D. With the first no entry of D passes a threshold test, and all of them wait for the front of b. This scaling
/// goes through the variables in the order of elimination, makes each pivot as large as the rows that come later let it
/// be, and no entry larger than 1, as one by a maximum matching would (Duff and Pralet, "Strategies for scaling and
/// pivoting for sparse symmetric indefinite problems", 2005).
class PivotScaling {
 public:
  /// `order[k]` is eliminated as the k-th, `partner[i]` together with i. `lower` must outlive this.
  PivotScaling(const SparsePattern& lower, std::span<const int> order, std::span<const int> partner);

  /// Multiplies `scale` by the factors, and `scaled`, the values of an equilibrated matrix, on both sides. Entries of 1
  /// may fall to 1 / spread, so that pivots down to its square count as large. With 30 throughout, ranks of nearly
  /// dependent rows would no longer be told: networks with such rows took ten times the iterations.
  void apply(double spread, std::span<double> scale, std::span<double> scaled);

 private:
  struct Entry {
    int value;
    int later;  ///< place of the one of its two variables that is eliminated after the other
  };

  template <class F>
  void forEntries(F&& f) const;
  void chooseFactors(double spread, std::span<const double> scaled);

  const SparsePattern& lower_;
  std::vector<int> place_;              ///< place of a variable in the order
  std::vector<int> diagonal_, couple_;  ///< values of (k, k), and of k and its partner where k comes first; or -1
  std::vector<int> offsets_;
  std::vector<Entry> entries_;   ///< entries of each variable with the variables that come later, by its place
  std::vector<double> factors_;  ///< factor of each variable, by its place
  std::vector<double> limits_;   ///< largest |a_ij| times the factor of i, over the i that come before j
};

}  // namespace nonconvex
