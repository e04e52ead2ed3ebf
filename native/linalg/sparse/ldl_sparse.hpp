// LDL^T of a sparse symmetric indefinite matrix, such as a KKT system, with exact inertia.
#pragma once

#include <limits>
#include <memory>
#include <span>

#include "linalg/ldl_front.hpp"
#include "linalg/sparse/ordering.hpp"
#include "linalg/sparse/pattern.hpp"

namespace nonconvex {

/// The error left in A x = b after `SparseLdl::solve` with refinement.
struct Refinement {
  double backwardError = 0;  ///< max_i |b - A x|_i / (|A| |x| + |b|)_i, by the residual itself
  int steps = 0;
};

/// How much work pivots that wait may cause. A `bounded` factorisation is given up where a front would take 20 times
/// what was planned and 1e9 operations, or fronts in a row through which pivots wait would take that and 1e8: as where
/// thousands of blocks are singular at once, and a shift would cure them. A `regular` matrix has L D L^T in every
/// order, as quasi-definite ones: pivots beside which others were large do not count as zero, and the last fronts take
/// pivots as small as the others, without a search.
enum class PivotEffort { complete, bounded, regular };

/// P S A S P^T = L D L^T, multifrontal (Duff and Reid 1983), with 1x1 and 2x2 pivots by a threshold test in the fronts;
/// a column without a good pivot waits for the parent's front. The pattern is analysed once, values are factorised many
/// times. Results are the same for any number of threads.
class SparseLdl {
 public:
  /// `lower`: columns of the lower triangle of A; entries of the diagonal may be missing. `sample` are values of the
  /// kind to come: they tell which variables have small diagonals and are better eliminated with a partner. An Error
  /// says OUT_OF_MEMORY if the factor would have too many entries, TOO_LARGE if the matrix has. `la` must outlive this.
  SparseLdl(const SparsePattern& lower, std::span<const double> sample, const Cpu& la,
            OrderSearch search = OrderSearch::brief);
  SparseLdl(SparseLdl&&) noexcept;
  SparseLdl& operator=(SparseLdl&&) noexcept;
  ~SparseLdl();

  /// The least pivot, beside the largest entry of its column, that gives inertias which can be relied on.
  static constexpr double safeThreshold = 0.01;

  /// No memory is asked for but for pivots that had to wait. Values that are NaN or infinite: the inertia is undefined.
  /// `threshold`: how large a pivot is to be beside its column, at most 0.5; with less than `safeThreshold` fewer
  /// pivots wait, but L grows, and an eigenvalue near zero may come out with the wrong sign. A factorisation that was
  /// given up has zeros alone in its inertia, and must not be solved with.
  Inertia factor(std::span<const double> values, double threshold = safeThreshold,
                 PivotEffort effort = PivotEffort::complete);

  /// b := A^{-1} b. Where A is singular, the part of the solution along zero pivots is zero.
  void solve(std::span<double> b) const;
  /// x := A^{-1} b, with zeros along zero pivots.
  void solve(std::span<const double> b, std::span<double> x) const;

  /// The backward error, by default, that needs no refinement.
  static constexpr double exact = 4 * std::numeric_limits<double>::epsilon();

  /// x := A^{-1} b, improved by iterative refinement with `values`, those of the factor or others close to them, as
  /// long as the backward error is above `enough`.
  Refinement solve(std::span<const double> values, std::span<const double> b, std::span<double> x, int mostSteps,
                   double enough = exact) const;

  int order() const;
  double factorEntries() const;  ///< entries of L, as the analysis foresees
  double flops() const;          ///< multiplications and additions of a factorisation, foreseen
  int delayed() const;           ///< pivots that had to wait, in the last factorisation

 private:
  class Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace nonconvex
