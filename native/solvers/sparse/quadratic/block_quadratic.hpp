// A quadratic with a penalty on blocks of the coefficients in use, minimised block by block and by Newton steps on the
// support.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "core/numbers.hpp"
#include "linalg/cpu.hpp"
#include "methods/acceleration/anderson.hpp"
#include "solvers/sparse/penalties/penalty_at.hpp"
#include "solvers/sparse/quadratic/goal.hpp"
#include "solvers/sparse/quadratic/gram_metric.hpp"

namespace nonconvex {

/// Whether a step of a coefficient ends on the other side of 0, or where nothing but rounding is left.
inline bool meetsZero(double before, double after) { return before != 0 && after * before <= 1e-13 * square(before); }

/// minimise <q, d> + <d, G d> / 2 + sum of the penalties at b + d for the G of a metric, which acts on each of K
/// responses; b + d and the gradient q + G d are kept. Coefficients are S x K by rows for the S places of the metric.
class BlockQuadratic {
 public:
  BlockQuadratic(const Cpu& la, const Blocks& blocks, GramMetric& metric);
  /// A quadratic of coefficients by themselves, whose form has a row for each.
  BlockQuadratic(const Cpu& la, const Blocks& blocks, QuadraticForm& form);

  std::vector<double> b, q;
  /// The most that the loss which the quadratic stands for can still fall by.
  double possibleDecrease = infinity;

  /// Gives entries := the places of the blocks of another that are not 0 or violate their conditions by more than that.
  void collectWorking(const BlockPenalties& penalty, double tolerance, std::vector<int>& entries);
  /// Takes over the blocks of another at these of its places; their gradients are still to be set.
  void takeOver(const BlockQuadratic& other, std::span<const int> entries);

  /// Adds groups to the working set, at 0; their gradients are still to be set.
  void add(std::span<const int> groups);
  bool isWorking(int group) const { return firstOf_[at(group)] >= 0; }
  int size() const { return form_.size(); }
  int responses() const { return responses_; }

  /// Goes down until the goal is met; whether it was.
  bool minimize(const BlockPenalties& penalty, const Goal& goal);
  /// Whether a violation, or the gap, is small enough.
  bool meets(const BlockPenalties& penalty, const Goal& goal, double violation) const {
    return violation <= goal.violation || (penalty.convex() && gap(penalty, goal.scale) <= goal.gap);
  }
  /// Goes by a Newton step to the stationary point nearby, with the blocks alone that are not 0; whether it moved.
  bool stepOnSupport(const BlockPenalties& penalty) { return newtonStep(penalty, infinity); }
  /// Blocks that would leave 0 against their slope, the first ones those that gain the most.
  std::vector<Escape> escapes(const BlockPenalties& penalty);
  /// The distance to the bound of the optimum on the places in use, for convex penalties, of a loss that is a quadratic
  /// from its least value on.
  double gap(const BlockPenalties& penalty, double scale) const;
  /// The derivative of a convex penalty along a step from b.
  double penaltySlope(const BlockPenalties& penalty, std::span<const double> step) const;
  /// slopes := those of the penalties of groups at the norms of coefficients, for groups in use.
  void slopesAt(const BlockPenalties& penalty, std::span<const double> coefficients, std::vector<double>& slopes) const;
  /// out := G d
  void applyGram(std::span<const double> d, std::span<double> out);
  /// Products of steps with X are not kept.
  std::span<const double> productOfSteps() const { return {}; }
  /// Whether steps are taken by rows at first, for which new weights cost little.
  bool byRows() const { return metric_ && metric_->byRows(); }
  double largestViolation(const BlockPenalties& penalty);
  double penaltyValue(const BlockPenalties& penalty) const;
  /// Whether the objective is strictly convex near b on the blocks that are not 0 or whose gradient is near the edge.
  bool locallyConvex(const BlockPenalties& penalty);
  /// The metric has changed.
  void forgetCurvatures();
  /// Brings coefficients into their bounds.
  void clip(std::span<double> coefficients) const;
  double sweeps() const { return sweeps_; }

  /// What is not 0, and the second derivatives of the penalty there.
  struct SupportBlock {
    int begin, end;        ///< of entries()
    double across, along;  ///< second derivatives across b and along it, without the ridge
    double ridge;
  };
  /// Collects the support with the right-hand side of Newton's step, the gradient of the objective with its sign
  /// turned, and returns how many entries it has.
  int collectSupport(const BlockPenalties& penalty);
  /// Places in b.
  const std::vector<int>& entries() const { return entries_; }
  std::vector<double>& step() { return step_; }
  /// out += the second derivatives of the penalty times v, both of entries.
  void addPenaltyCurvature(std::span<const double> v, std::span<double> out) const;
  /// The diagonal of G and of those second derivatives at an entry.
  double diagonalAt(int entry) const { return diagonal_[at(entry)]; }

 private:
  struct Tuning;
  /// A block of the coefficients in use.
  struct Used {
    int group, first, size;  ///< places of b
  };
  std::span<const double> of(const std::vector<double>& all, const Used& block) const {
    return std::span(all).subspan(at(block.first), at(block.size));
  }
  BlockBounds boundsOf(const Used& block) const {
    if (!blocks_.bounded()) return {};
    return {of(lower_, block), of(upper_, block)};
  }
  bool isAtBound(int entry) const {
    return blocks_.bounded() && (b[at(entry)] <= lower_[at(entry)] || b[at(entry)] >= upper_[at(entry)]);
  }
  bool isWithin(std::span<const double> before, std::span<double> after) const;
  BlockCurvature& curvature(int block);
  double violation(const BlockPenalties& penalty, int block);
  bool works(const BlockPenalties& penalty, int block, double tolerance);
  void best(const BlockPenalty& penalty, int block, std::span<const double> at_, std::span<const double> gradient,
            std::span<double> out);
  bool goesByRows() const { return byRows() && !form_.hasGram(); }
  int sweep(const BlockPenalties& penalty, double tolerance);
  double sweepGram(const BlockPenalties& penalty);
  double sweepRows(const BlockPenalties& penalty);
  double objective(const BlockPenalties& penalty, std::span<const double> state) const;
  void finishSweeps(bool rows);
  bool newtonStep(const BlockPenalties& penalty, double sweepsLeft);
  bool factor();
  bool solveSupport();
  bool takeStep(const BlockPenalties& penalty);
  void addToSupport(const BlockPenalty& penalty, const Used& block, bool edge);
  void finishSupport();

  const Cpu& la_;
  const Blocks& blocks_;
  QuadraticForm& form_;
  GramMetric* metric_;  ///< the form, where coefficients are those of its columns
  int responses_;
  std::vector<int> firstOf_;  ///< of groups: the first of used_, -1 where not in use
  std::vector<Used> used_;
  std::vector<double> lower_, upper_;  ///< of the coefficients, where there are bounds
  std::vector<std::unique_ptr<BlockCurvature>> curvatures_;
  std::vector<char> current_;  ///< whether a curvature is that of the present metric
  std::vector<int> working_;
  std::vector<double> next_, slopes_, product_, ends_, moved_, change_, column_, places_;
  HostMatrix<double> corner_;
  // Sweeps: where they began, their state and the one before, also without extrapolation.
  std::vector<double> base_, start_, state_, last_, plain_, sumsOfRows_;
  std::unique_ptr<Anderson<Cpu>> anderson_;
  // The support.
  std::vector<SupportBlock> support_;
  std::vector<int> entries_;
  std::vector<double> step_, diagonal_, atEntries_;
  HostMatrix<double> factor_;
  double sweeps_ = 0;
};

}  // namespace nonconvex
