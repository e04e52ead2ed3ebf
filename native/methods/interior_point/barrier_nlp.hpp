// A problem with bounds and inequalities as an interior-point method sees it: scaled, with slacks, bounds relaxed.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "core/numbers.hpp"
#include "methods/nlp/scaled_nlp.hpp"

namespace nonconvex {

/// A point of the problem with slacks. v = (x, s): n variables, then one slack for each inequality.
struct BarrierPoint {
  Vector v;
  NlpPoint at;    ///< what is known at x; `at.lambda` are the multipliers y
  Vector zL, zU;  ///< multipliers of lower <= v <= upper; 0 where there is no bound
  Vector r;       ///< c_i(x) - b_i of an equality, c_i(x) - s_i of an inequality, 0 of a row without sides

  std::span<const double> y() const { return at.lambda; }
  /// ||r||_1, how far from feasible it is.
  double infeasibility() const { return norm1(r); }
};

/// Norms of the first-order conditions at a point, in the units of the scaled problem: section 3.3 of
/// docs/nlp-inequalities.md.
struct BarrierErrors {
  double dual = 0;             ///< ||grad L||_inf over x and s
  double primal = 0;           ///< ||r||_inf
  double complementarity = 0;  ///< max |slack z - mu|
  double dualScale = 1;        ///< s_d
  double complementarityScale = 1;

  /// E(mu)
  double worst() const;
};

struct BarrierSettings {
  bool scaling = true;
  bool strictBounds = false;  ///< bounds and sides are not relaxed
  double tolerance = 1e-8;
};

/// min s_f f(x) subject to s_i c_i(x) = b_i, or s_i c_i(x) - s_k = 0 for an inequality, and lower <= (x, s) <= upper.
/// Bounds and sides are relaxed by 1e-8 relative, so that a feasible set without interior has one.
///
/// Variables whose bounds are equal, or have no room between them, are fixed in their middle: they stay in the
/// matrices, no method moves them. Rows without a side are free: their multiplier and residual are 0.
class BarrierNlp {
 public:
  struct Tuning {
    /// rounding: share of a bound below which a slack has no digits.
    static constexpr double slackRounding = 8 * machineEpsilon;
    static constexpr double infinite = 1e19;  ///< safeguard: size from which a bound counts as none
    static constexpr double damping = 1e-5;   ///< published: Ipopt's kappa_d, which damps variables that have one bound
    /// rounding: excess of a lower bound over the upper one, relative to both, that is no contradiction.
    static constexpr double contradiction = 1e-8;
    static constexpr double relaxed = 1e-8;  ///< published: Ipopt's bound_relax_factor
    static constexpr double mostRelaxed =
        1e-4;  ///< safeguard: absolute amount by which given bounds are relaxed at most
    static constexpr double shareOfBox = 1e-2;  ///< safeguard: share of a box by which its bounds are moved at most
  };

  /// Opens the problem and checks sizes and finiteness. `la` must outlive this.
  BarrierNlp(const Cpu& la, const NlpStart& problem, const BarrierSettings& settings);

  int n() const { return model_.n(); }
  int m() const { return model_.m(); }
  std::size_t size() const { return lower_.size(); }  ///< length of v
  ScaledNlp& model() { return model_; }
  const ScaledNlp& model() const { return model_; }
  const BarrierSettings& settings() const { return settings_; }

  /// Bounds of v, scaled and relaxed; infinite for entries without a bound.
  std::span<const double> lower() const { return lower_; }
  std::span<const double> upper() const { return upper_; }
  /// Bounds of v, scaled, as they were given.
  std::span<const double> givenLower() const { return givenLower_; }
  std::span<const double> givenUpper() const { return givenUpper_; }
  /// The amount by which a bound of an entry of v is relaxed.
  double relaxation(std::size_t j, double bound) const;
  bool fixed(std::size_t j) const { return fixed_[j] != 0; }
  /// Place in v of a row's slack; -1 for an equality or a free row.
  int slackOf(int row) const { return slackOf_[at(row)]; }
  int rowOf(std::size_t slack) const { return rows_[slack - at(n())]; }
  bool freeRow(int row) const { return free_[at(row)] != 0; }
  int finiteSides() const { return finiteSides_; }
  int equalities() const { return equalities_; }
  /// A variable, or a row.
  struct Place {
    bool row = false;
    int index = 0;
  };
  /// The place of a lower bound or side above the upper one, because of which no point is feasible.
  const std::optional<Place>& contradiction() const { return contradiction_; }

  BarrierPoint makePoint() const;
  /// Moves the start, or x of the point where `x` is given, inside by as much as section 3.2 says or by `push`,
  /// evaluates it, sets the scaling on the first call, slacks, and all bound multipliers to 1; y is 0. False where
  /// something is not finite there and on the way to the middle of the box.
  bool begin(BarrierPoint& point, double push = 1e-2);
  /// Begins at another x, with the scaling that was set.
  bool beginAt(std::span<const double> x, BarrierPoint& point, double push = 1e-2);

  /// Takes over the scales of the point, where they are larger than those of the start (ScaledNlp::rescale), and moves
  /// the sides. Null where nothing changes; otherwise all points that are kept are to be converted.
  const UnitChange* rescale(const BarrierPoint& point);
  /// Brings what is known at a point to other units.
  void convert(const UnitChange& change, BarrierPoint& point) const;

  /// f, c and r at point.v; false when not finite.
  bool evaluateValues(BarrierPoint& point);
  /// After `evaluateValues`: gradient, J and J^T y; false when not finite.
  bool evaluateDerivatives(BarrierPoint& point);
  /// J^T y for another y at the same x.
  void updateLagrangian(BarrierPoint& point) const { model_.updateLagrangian(point.at); }

  /// phi = f - mu sum log(slacks) + kappa_d mu (sum of slacks that have one side only); infinite outside of the bounds.
  double barrier(const BarrierPoint& point, double mu) const;
  /// phi without f, which needs v alone.
  double barrierTerms(std::span<const double> v, double mu) const;
  /// out += the gradient of `barrierTerms` over v.
  void addBarrierGradient(std::span<const double> v, double mu, std::span<double> out) const;
  /// grad phi over v.
  void barrierGradient(const BarrierPoint& point, double mu, std::span<double> out) const;
  /// grad phi + (J^T y, -y_I) over v, 0 for fixed variables.
  void barrierLagrangian(const BarrierPoint& point, double mu, std::span<double> out) const;
  /// grad L over v, with -zL + zU; 0 for fixed variables.
  void lagrangianGradient(const BarrierPoint& point, std::span<double> out) const;
  /// (J dx)_i for an equality, (J dx)_i - ds for an inequality, 0 for a free row.
  void linearizedRows(const BarrierPoint& point, std::span<const double> dv, std::span<double> out) const;
  /// Sigma = zL / (v - lower) + zU / (upper - v).
  void sigma(const BarrierPoint& point, std::span<double> out) const;

  BarrierErrors errors(const BarrierPoint& point, double mu) const;
  /// E(0) of the problem with bounds and sides as they were given.
  BarrierErrors givenErrors(const BarrierPoint& point) const;
  /// Returns true if the point solves the problem: E(0) <= tolerance, and the tests in the user's units of section 3.3.
  bool solved(const BarrierPoint& point) const;
  /// Returns true if the point solves the problem with bounds and sides as they were given.
  bool solvedAsGiven(const BarrierPoint& point) const;
  /// Returns true if sides, in the user's units, are missed by no more than a solution's may be: section 3.3.
  bool holdsAsGiven(const BarrierPoint& point) const;
  /// Returns true if bounds and sides, in the user's units, are missed by 1e-4 at most.
  bool nearlyFeasible(const BarrierPoint& point) const;

  /// The largest alpha <= 1 with slack + alpha d >= (1 - tau) slack.
  double largestStep(std::span<const double> v, std::span<const double> dv, double tau) const;
  /// The largest alpha <= 1 with z + alpha dz >= (1 - tau) z for the multipliers of bounds.
  double largestDualStep(const BarrierPoint& point, std::span<const double> dzL, std::span<const double> dzU,
                         double tau) const;
  /// dz = mu / slack - z - z d / slack, signed as section 2 says.
  void dualDirections(const BarrierPoint& point, double mu, std::span<const double> dv, std::span<double> dzL,
                      std::span<double> dzU) const;
  /// Cuts each z to [mu / (k slack), k mu / slack], k = 1e10 after a step, 10 for a warm start.
  void cutMultipliers(BarrierPoint& point, double mu, double k = 1e10) const;
  /// Moves bounds that v has come too near to for floating point.
  void makeRoom(const BarrierPoint& point, double mu);
  /// A copy of a point in place of another, with an abort point at each piece of a large one, which is a part of it
  /// then.
  void copy(const BarrierPoint& from, BarrierPoint& to) const;
  /// Sets v inside the bounds, at least `push` away, relative to bound and box.
  void moveInside(std::span<double> v, double push) const;

  /// Figures for reports, unscaled; the second with bounds and sides as they were given.
  double unscaledComplementarity(const BarrierPoint& point) const;
  double givenComplementarity(const BarrierPoint& point) const;
  double unscaledDual(const BarrierPoint& point) const;
  /// Largest violation of bounds and sides as they were given, and where it is.
  double violation(const BarrierPoint& point) const { return violationOf(point, worstPlace(point)); }
  Place worstPlace(const BarrierPoint& point) const;
  /// The amount by which a variable or row is outside of what was given for it; 0 if it is not.
  double violationOf(const BarrierPoint& point, const Place& place) const;
  /// x_j or c_i(x), and the bounds or sides of it, as they were given.
  double valueOf(const BarrierPoint& point, const Place& place) const;
  double lowerOf(const Place& place) const;
  double upperOf(const Place& place) const;
  double unscaledObjective(const BarrierPoint& point) const { return model_.unscaledObjective(point.at); }

 private:
  void placeRows();
  void setSides();
  void relax();
  void computeResidual(BarrierPoint& point) const;
  /// Calls f(j) for entries of v, or others as many as that, with abort points.
  template <class F>
  void forEach(std::size_t size, F&& f) const;
  bool within(const BarrierErrors& errors, const BarrierPoint& point) const;
  BarrierErrors errorsWithin(const BarrierPoint& point, double mu, std::span<const double> lower,
                             std::span<const double> upper) const;
  bool lowerBounded(std::size_t j) const { return lower_[j] > -Tuning::infinite; }
  bool upperBounded(std::size_t j) const { return upper_[j] < Tuning::infinite; }

  BarrierSettings settings_;
  ScaledNlp model_;
  std::vector<int> slackOf_;  // slack of each row
  std::vector<int> rows_;     // row of each slack
  std::vector<char> free_;    // free rows
  std::vector<char> fixed_;   // fixed entries of v
  Vector side_;               // b of an equality, scaled
  Vector lower_, upper_;
  Vector givenLower_, givenUpper_;
  mutable Vector work_;  // workspace of the length of v
  int finiteSides_ = 0;
  int equalities_ = 0;
  std::optional<Place> contradiction_;
};

}  // namespace nonconvex
