// The columns in use, the point on them, and steps of it.
#pragma once

#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "solvers/sparse/data.hpp"
#include "solvers/sparse/path/engine.hpp"
#include "solvers/sparse/path/working_loss.hpp"
#include "solvers/sparse/penalties/blocks.hpp"
#include "solvers/sparse/penalties/penalty_at.hpp"
#include "solvers/sparse/quadratic/gram_metric.hpp"
#include "solvers/sparse/quadratic/quadratic.hpp"

namespace nonconvex {

/// A working set of blocks, which only grows, with a point whose other coefficients are 0, the loss there, and the
/// quadratic that replaces the loss.
class WorkingSet {
 public:
  struct Tuning {
    static constexpr int fewHalvings = 6;        ///< safeguard: halvings of a step before another one is tried
    static constexpr int mostBisections = 16;    ///< safeguard: halvings of the interval where a convex function falls
    static constexpr int halvingsOfLambda = 30;  ///< safeguard: halvings of the interval of the largest lambda
    static constexpr double besideTie =
        1 + 1e-9;                              ///< rounding: least factor of it, as two points are equally good there
    static constexpr double ofViolation = 10;  ///< rounding: slope at an active bound beside the largest violation
  };

  WorkingSet(const Cpu& la, const SparseData& data, const SparseSettings& settings, RowsLoss& loss);

  const Blocks& blocks() const { return blocks_; }
  const GramMetric& metric() const { return metric_; }
  GramMetric& metric() { return metric_; }
  Quadratic& quadratic() { return quadratic_; }
  WorkingLoss& loss() { return loss_; }
  const WorkingLoss& loss() const { return loss_; }
  PenaltyAt penaltyAt(double lambda) const { return {blocks_, settings_, lambda}; }
  bool isWorking(int block) const { return quadratic_.isWorking(block); }
  /// Whether all columns that are not constant are in use.
  bool isWhole() const { return metric_.size() == blocks_.size(); }
  /// Whether steps are taken by rows at first, for which new weights cost little.
  bool byRows() const { return quadratic_.byRows(); }
  double sweeps() const { return quadratic_.sweeps(); }
  std::vector<int> columnsOf(std::span<const int> blocks) const;
  bool hasRoomFor(std::span<const int> blocks) const { return metric_.hasRoomFor(columnsOf(blocks)); }

  /// Starts without coefficients.
  void start();
  /// The null model's loss less that of a perfect fit, beside which gaps are measured.
  void setScale(double scale) { scale_ = scale; }
  double scale() const { return scale_; }
  /// Adds blocks, at 0.
  void add(std::span<const int> blocks);
  /// Lets coefficients leave 0 against their slope where the quadratic has a lower minimum far away, or not.
  void allowEscapes(bool may);
  bool escapes() const { return escapes_; }

  double penaltyValue(const PenaltyAt& penalty) const { return quadratic_.penaltyValue(penalty); }
  double objective(const PenaltyAt& penalty) const { return loss_.value() + penaltyValue(penalty); }
  /// The objective of the loss itself where it is squared.
  double exactObjective(const PenaltyAt& penalty) const;
  /// The violation of the optimality conditions on the working set, and the gap there of a convex penalty.
  double violation(const PenaltyAt& penalty);
  double gap(const PenaltyAt& penalty) const;

  void evaluate();
  void setGradient();
  /// Gives the quadratic the present curvatures of the loss, times a number, and the gradient.
  void setCurvatures(double stretch);

  /// Remembers the coefficients, from which descend() goes to those that the quadratic has then.
  void rememberCoefficients() { before_ = quadratic_.b; }
  const std::vector<double>& remembered() const { return before_; }
  /// Moves the predictions to the quadratic's coefficients, or to a share of the way there with which the objective
  /// falls. `moves` are those of the intercepts if they are not to be the best ones of the quadratic. False where no
  /// share does; then all stays where it was remembered.
  bool descend(const PenaltyAt& penalty, int halvings = Tuning::fewHalvings, std::span<const double> moves = {});
  /// Moves as descend() does where the loss has the product of the step.
  bool descendWithProduct(const PenaltyAt& penalty, int halvings = Tuning::fewHalvings,
                          std::span<const double> moves = {});

  PathModel model(const PenaltyAt& penalty, double lambda, bool reached);
  void restore(const PathModel& model);
  /// Whether the objective is strictly convex near the present point, by curvatures of it where those of the quadratics
  /// are no bounds of the loss's.
  bool locallyConvex(const PenaltyAt& penalty);
  /// Whether a block outside, which is 0 by its gradient, has a lower minimum far from there, as penalties that are not
  /// convex may have where the curvature is small.
  bool leavesZero(const PenaltyAt& penalty, int block, std::span<const double> gradient, const BlockBounds& bounds,
                  double loss);
  double curvatureOf(int column);
  /// The least lambda from `least` on at which the quadratic of a block of several coefficients that is 0 is least
  /// there.
  double lambdaOfZero(int block, std::span<const double> gradient, double leastAlpha, double least);

  /// Coefficients without penalty, at places j + p k, that a bound stops.
  std::vector<int> activeBounds(const PenaltyAt& penalty);
  /// slopes := derivatives of the loss at a model, which unless it is squared is the present one, made orthogonal to
  /// what has no penalty where a bound needs that. False where such a bound is not to be had. `t` are the predictions
  /// of a joint loss.
  bool slopesOf(const PathModel& model, const PenaltyAt& penalty, std::span<double> slopes, std::span<double> t);
  /// A lower bound of the optimum over all columns by slopes and their products with x, which are p x K.
  double bound(const PathModel& model, const PenaltyAt& penalty, std::span<const double> slopes,
               Mat<const double> gradients, std::span<const double> t) const;
  /// A lower bound of the optimum over the working set, with lines instead of a penalty over coefficients no larger
  /// than the present ones.
  double boundOfWorkingSet(const PenaltyAt& penalty);

 private:
  BlockCurvature curvatureOfBlock(int block) const;
  void setPossibleDecrease();
  bool needsOrthogonal(const PenaltyAt& penalty) const;
  std::vector<std::vector<int>> unpenalised(const PenaltyAt& penalty);

  const Cpu& la_;
  const SparseData& data_;
  const SparseSettings& settings_;
  Blocks blocks_;
  GramMetric metric_;
  Quadratic quadratic_;
  WorkingLoss loss_;
  double scale_;
  bool escapes_ = true;
  std::vector<double> before_, after_, move_;  ///< coefficients of a step
  std::vector<double> curvatures_;             ///< those of all columns of the squared loss, where they are known
};

}  // namespace nonconvex
