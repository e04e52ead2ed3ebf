// What the phases of a simplex method share: program, basis, values, reduced costs, weights.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <functional>
#include <vector>

#include "core/numbers.hpp"
#include "methods/dual_simplex/basis_inverse.hpp"
#include "methods/dual_simplex/basis_side.hpp"
#include "methods/dual_simplex/scaled_lp.hpp"

namespace nonconvex {

/// Numbers of a slot have its number; those of an item are columns' first, then rows'.
struct SimplexState {
  struct Tuning {
    static constexpr double primal = 1e-9;  ///< rounding: how far an item may lie beyond a bound, beside 1 + its size
    static constexpr double dual = 1e-9;    ///< rounding: how wrong a reduced cost may be, the largest cost being 1
    static constexpr double noise = 4 * machineEpsilon;  ///< rounding: errors of values beside the largest value
    static constexpr double pivot = 1e-9;                ///< rounding: least pivot beside the largest entry of its row
    static constexpr double unsure = 1e-6;               ///< safeguard: pivots below this ask for a new inverse
    static constexpr int exchanges = 100;                ///< safeguard: exchanges after which the inverse is made anew
    static constexpr double residual = 1e-9;  ///< rounding: error of rows at their sides that asks for a new inverse
    static constexpr double near = 1e-6;      ///< safeguard: distances and multipliers of a given point that count as 0
    static constexpr int between = 32;        ///< safeguard: pivots between two questions whether to stop, at most
    static constexpr double operations = 1e6;  ///< safeguard: and about so many operations, less than a millisecond
  };

  explicit SimplexState(int columns);

  static std::size_t at(int i) { return static_cast<std::size_t>(i); }
  double* data(std::vector<double>& v) { return v.data(); }

  void addItem();
  void truncate(int rows);
  /// Makes the inverse anew for the basis that `side` says, and repairs both.
  void factor();
  /// Makes the inverse for the basis of a vertex near a point that has about these multipliers of all items, scaled:
  /// what has a multiplier is at its side and what is between its bounds is basic, as far as that is a basis.
  void factorNear(std::span<const double> point, std::span<const double> prices);
  bool isFresh() const { return inverse.exchanges() == 0; }
  /// Sets nonbasic items to their bounds, and the others to what follows.
  void placeValues();
  /// Brings the errors of active rows down by one step of refinement; returns the largest error before.
  double refineValues();
  /// Computes reduced costs from the costs, without shifts.
  void priceSlots();
  /// The reduced cost's error beyond what the side of its item allows; 0 where it is right.
  double dualError(int slot) const {
    const int item = inverse.itemOf(slot);
    const double d = reduced[at(slot)];
    if (lp.lower[at(item)] == lp.upper[at(item)]) return 0;
    if (side[at(item)] == BasisSide::atLower) return std::max(0.0, -d);
    return side[at(item)] == BasisSide::atUpper ? std::max(0.0, d) : std::abs(d);
  }
  bool isDualFeasible() const;
  /// Moves boxed items to the side that their reduced cost wants; returns false if none moved.
  bool flipToCosts();
  /// Violation of an item beyond its tolerance: negative below the lower bound, positive above the upper one.
  double violation(int item) const {
    const double v = value[at(item)], low = lp.lower[at(item)], high = lp.upper[at(item)];
    if (v < low - tolerance(low)) return v - low;
    if (v > high + tolerance(high)) return v - high;
    return 0;
  }
  double tolerance(double bound) const { return leastTolerance + Tuning::primal * std::abs(bound); }
  bool isPrimalFeasible() const;
  void normal(int item) { inverse.normal(lp, item, alpha.data()); }
  /// Fills `change` by the direction of a slot, rows included; nonbasic rows have exact entries.
  void directionOf(int slot);
  void rowChanges(std::vector<double>& of);
  /// Puts the item at its lower or upper bound into the slot.
  void exchange(int slot, int item, bool lower);
  bool mayStop();

  ScaledLp lp;
  BasisInverse inverse;
  std::vector<std::uint8_t> side;     ///< how an item stands in the basis
  std::vector<double> value, weight;  ///< numbers of an item; weights are those of the dual phase
  std::vector<double> reduced;        ///< reduced cost of a slot
  std::vector<double> alpha, slots;   ///< work, of slots
  std::vector<double> change;         ///< work, of items
  double leastTolerance = Tuning::primal;
  double dualTolerance = Tuning::dual;
  bool factored = false;
  bool shifted = false;  ///< reduced costs are not those of the costs
  int blocking = -1;     ///< the item whose row proves that there is no point
  double raySign = 1;
  std::int64_t pivots = 0, pivotLimit = 0, factorisations = 0;
  const std::function<bool()>* stop = nullptr;
  int unasked = 0;                   ///< pivots since `stop` was asked
  double objectiveLimit = infinity;  ///< scaled
};

enum class PhaseEnd { done, infeasible, unbounded, cutoff, limit, inaccurate };

/// Pivots until all items are within their bounds, while reduced costs keep their signs.
PhaseEnd dualPhase(SimplexState& state);
/// Pivots until all reduced costs have the signs that the sides want, while items stay within their bounds.
PhaseEnd primalPhase(SimplexState& state);
/// Moves what is at no side of its own to where something else is at one, from an optimal basis, which stays optimal.
void reachVertex(SimplexState& state);

}  // namespace nonconvex
