// A quadratic with a penalty of blocks of the coefficients in use, minimised block by block and by Newton steps on the
// support.
#pragma once

#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "core/numbers.hpp"
#include "linalg/cpu.hpp"
#include "methods/acceleration/anderson.hpp"
#include "solvers/sparse/penalties/penalty_at.hpp"
#include "solvers/sparse/quadratic/goal.hpp"
#include "solvers/sparse/quadratic/gram_metric.hpp"
#include "solvers/sparse/quadratic/support.hpp"
#include "solvers/sparse/quadratic/working_gram.hpp"

namespace nonconvex {

/// Whether a step of a coefficient ends on the other side of 0, or where nothing but rounding is left.
inline bool meetsZero(double before, double after) { return before != 0 && after * before <= 1e-13 * square(before); }

/// minimise <q, d> + <d, G d> / 2 + sum of the penalties at b + d for the G of a form, which acts on each of K
/// responses; b + d and the gradient q + G d are kept. Coefficients are S x K by rows for the S places of the form.
///
/// With G: coordinate descent over blocks and Newton steps on the support, both on a copy of the part of G that has the
/// places in use now, with one look at the others when nothing is left to do there. By rows: sweeps, for as long
/// as these take less time than G and its factor would, or there is no memory for G.
class Quadratic {
 public:
  Quadratic(const Cpu& la, const Blocks& blocks, GramMetric& metric)
      : Quadratic(la, blocks, metric, &metric, blocks.responses()) {}
  /// A quadratic of coefficients by themselves, whose form has a row for each.
  Quadratic(const Cpu& la, const Blocks& blocks, QuadraticForm& form) : Quadratic(la, blocks, form, nullptr, 1) {}

  std::vector<double> b, q;
  /// The most that the loss which the quadratic stands for can still fall by.
  double possibleDecrease = infinity;

  /// Adds groups to the working set, at 0; their gradients are still to be set.
  void add(std::span<const int> groups);
  bool isWorking(int group) const { return working_[at(group)]; }
  /// Gives entries := the places of the blocks of another that are not 0 or violate their conditions by more than that.
  void collectWorking(const PenaltyAt& penalty, double tolerance, std::vector<int>& entries);
  /// Takes over the blocks of another at these of its places; their gradients are still to be set.
  void takeOver(const Quadratic& other, std::span<const int> entries);

  /// Goes down until the goal is met; whether it was.
  bool minimize(const PenaltyAt& penalty, const Goal& goal);
  /// Goes by Newton steps to the stationary point nearby, with the blocks alone that are not 0; whether it moved.
  bool stepOnSupport(const PenaltyAt& penalty);
  double largestViolation(const PenaltyAt& penalty);
  /// Blocks that would leave 0 against their slope, the first ones those that gain the most.
  std::vector<Escape> escapes(const PenaltyAt& penalty);
  double penaltyValue(const PenaltyAt& penalty) const;
  /// The derivative of a convex penalty along a step from b.
  double penaltySlope(const PenaltyAt& penalty, std::span<const double> step) const;
  /// slopes := those of the penalties of groups at the norms of coefficients, for groups in use.
  void slopesAt(const PenaltyAt& penalty, std::span<const double> coefficients, std::vector<double>& slopes) const;
  /// Whether a violation, or the gap, is small enough.
  bool meets(const PenaltyAt& penalty, const Goal& goal, double violation) const {
    return violation <= goal.violation || (penalty.convex() && gap(penalty, goal.scale) <= goal.gap);
  }
  /// The distance to the bound of the optimum on the places in use, for convex penalties, but for what the curvatures
  /// of the loss add to it in the second order.
  double gap(const PenaltyAt& penalty, double scale) const;
  /// Whether the objective is strictly convex near b on the blocks that are not 0 or whose gradient is near the edge.
  bool locallyConvex(const PenaltyAt& penalty);
  /// out := G d, by rows where G is not there.
  void applyGram(std::span<const double> d, std::span<double> out);
  /// The form has changed: factors and copies of it are of no use.
  void forgetCurvatures();
  /// Brings coefficients into their bounds.
  void clip(std::span<double> coefficients) const;
  /// Whether steps are taken by rows at first, for which new weights cost little.
  bool byRows() const { return metric_ && metric_->byRows(); }
  double sweeps() const { return sweeps_; }

  /// Collects the support with the right-hand side of Newton's step.
  Support& collectSupport(const PenaltyAt& penalty);
  /// The diagonal of G and of the penalty's second derivatives at a place in that support.
  double diagonalAt(std::size_t k) const {
    return form_.curvature(support_.entries()[k] / responses_) + support_.curvature(k);
  }

 private:
  struct Tuning;
  enum class Step { none, part, whole };  ///< what was taken of a Newton step
  /// A block of the coefficients in use.
  struct Block {
    int group, first, size;  ///< places of b
  };
  /// A block that sweeps go through, its penalty, and the largest curvature along it.
  struct Line {
    int block;
    BlockPenalty along;
    double curvature;
    /// The change of the slope along a step, that of the squares in the penalty with it: these may be all of it.
    double sizeOf(double step) const { return step * (curvature + along.ridge); }
  };
  /// Sweeps with extrapolation: gradients and coefficients at their start, the state and the one before. Coefficients
  /// are the head of a state.
  struct Sweeps {
    std::vector<double> base, start, state, last;
    std::size_t head = 0;
    std::unique_ptr<Anderson<Cpu>> anderson;
  };

  Quadratic(const Cpu& la, const Blocks& blocks, QuadraticForm& form, GramMetric* metric, int responses);
  template <class Vector>
  auto of(Vector&& all, const Block& block) const {
    return std::span(all).subspan(at(block.first), at(block.size));
  }
  BlockBounds boundsOf(const Block& block) const {
    if (!blocks_.bounded()) return {};
    return {of(lower_, block), of(upper_, block)};
  }
  double firstCurvature(const Block& block) const {
    const int place = placeOf(block.first);
    return metric_ ? metric_->curvature(place) : form_.curvature(place);
  }
  int placeOf(int entry) const { return responses_ == 1 ? entry : entry / responses_; }
  int responseOf(int entry) const { return responses_ == 1 ? 0 : entry % responses_; }
  bool isZero(const Block& block) const;
  BlockCurvature& curvature(int block);
  double largestCurvature(int block);
  std::span<const double> best(const BlockPenalty& along, int block, std::span<const double> from,
                               std::span<const double> gradient);
  std::span<const double> fromZero(const BlockPenalty& along, int block, std::span<const double> gradient);
  double violation(const BlockPenalty& along, int block, std::span<const double> gradient);
  void collect(const PenaltyAt& penalty, double tolerance);
  template <class F>
  void visitKind(F&& f);
  template <class P, class Apply>
  double moveBlock(const Line& line, std::span<double> values, std::span<const double> gradient, double least,
                   Apply&& apply);
  bool minimizeByGram(const PenaltyAt& penalty, const Goal& goal);
  bool minimizeByRows(const PenaltyAt& penalty, const Goal& goal);
  double workOfGram();
  void descend(const PenaltyAt& penalty, const Goal& goal);
  void descendByBlocks(const PenaltyAt& penalty, const Goal& goal);
  int sweepInTurn(double tolerance);
  double objectiveInUse();
  bool isWithin(std::span<const double> coefficients) const;
  bool keepsBranches(std::span<const double> before) const;
  double violationInUse();
  double sweep(double least);
  double sweepByRows(const PenaltyAt& penalty, double tolerance);
  double sweepRows();
  double objectiveOf(std::span<const double> state) const;
  void reserveState();
  void finishSweepsByRows();
  void gather();
  std::span<const double> gradientInUse(const Block& block);
  void addColumn(int entry, double step, std::span<double> gradients) const;
  void applySteps();
  void addToSupport(Support& to, const BlockPenalty& along, int block, std::span<const double> gradient,
                    bool whole) const;
  bool newtonSteps(const PenaltyAt& penalty, double sweepsLeft);
  Step takeStep(const PenaltyAt& penalty);
  Step stepToZero(const PenaltyAt& penalty);
  void setEnds(const PenaltyAt& penalty);
  bool tryEnds(const PenaltyAt& penalty);
  double shareToBreak(const BlockPenalty& along, const Block& block, int entry, double d, bool convex) const;
  /// Whether the penalty has a kink where a coefficient of a block that is not 0 is.
  bool stopsAtZero(const BlockPenalty& along, const Block& block) const { return block.size == 1 || along.l1 > 0; }

  const Cpu& la_;
  const Blocks& blocks_;
  QuadraticForm& form_;
  GramMetric* metric_;  ///< the form, where coefficients are those of its columns
  int responses_;
  bool single_;                ///< blocks are coefficients of columns: these have Newton steps and no extrapolation
  std::vector<char> working_;  ///< whether a group is in use
  std::vector<Block> used_;
  std::vector<double> lower_, upper_;  ///< of the coefficients, where there are bounds
  std::vector<std::unique_ptr<BlockCurvature>> curvatures_;
  std::vector<char> current_;  ///< whether a curvature is that of the present form
  std::vector<Line> lines_;    ///< those that sweeps go through
  WorkingGram gram_;
  std::vector<double> gradient_;  ///< the gradients at the places of gram_
  std::vector<double> moved_, change_, ends_, next_, slopes_, product_;
  std::vector<double> column_, places_;  ///< numbers of rows and of places
  Support support_, edge_;               ///< the latter with blocks near the edge
  Sweeps rows_;                          ///< behind the coefficients, with room for more, X times their change
  Sweeps inUse_;                         ///< behind the coefficients the gradients in use
  std::vector<double> sums_;             ///< sums of X times the change
  double worked_ = 0;                    ///< entries that were read by rows, for the present quadratic
  double sweeps_ = 0;
};

}  // namespace nonconvex
