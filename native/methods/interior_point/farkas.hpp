// Looks for a proof that linear constraints cannot be met within bounds.
#pragma once

#include <optional>
#include <span>

#include "core/proof.hpp"
#include "linalg/sparse/pattern.hpp"
#include "methods/interior_point/barrier_state.hpp"

namespace nonconvex {

/// Linear rows low <= A x + offset <= high within lower <= x <= upper.
struct FarkasRows {
  const SparsePattern& pattern;  ///< rows of A
  std::span<const double> values;
  std::span<const double> offset;  ///< empty: 0
  std::span<const double> low, high;
  std::span<const double> lower, upper;
  std::span<const double> sizes;  ///< sizes of x that count for columns without a bound
  bool rounded = true;            ///< the entries of A were rounded, by scales for example
};

/// The proof by multipliers y of the rows, if they are one, by compensated sums whose rounding is deducted. A d_j
/// within rounding of its terms towards a bound that is missing is taken for 0 for |x_j| up to 1e6 times its size, or
/// 1e6.
std::optional<Proof> farkasProof(const FarkasRows& rows, std::span<const double> y);

/// Looks for such multipliers from a point that about minimises the violation: Newton steps on what is violated and
/// what is at its bounds lead to the minimum of ||violation||^2, whose residuals are such multipliers; they are made
/// orthogonal to the columns of the variables that move. What is found counts where `farkasProof` says so, with the
/// sizes of the point.
///
/// Rows must be linear. Uses the state's workspaces and factors, not its point.
std::optional<Proof> proveInfeasible(BarrierState& state, const BarrierPoint& from);

/// Looks for a Farkas vector of a problem, from x, as the function above does.
std::optional<Proof> proveInfeasible(const Cpu& la, const NlpStart& problem, std::span<const double> x);

/// The proof by a lower bound of a variable, or a lower side where none is named, that is above the upper one by
/// `margin`.
Proof contradictionProof(int n, int m, const std::optional<int>& variable, double margin);

}  // namespace nonconvex
