// A quadratic with a penalty on the columns in use, minimised by coordinate descent and Newton steps on the support.
#pragma once

#include <cmath>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "core/numbers.hpp"
#include "linalg/cpu.hpp"
#include "linalg/growing_factor.hpp"
#include "methods/acceleration/anderson.hpp"
#include "solvers/sparse/penalties/penalty_at.hpp"
#include "solvers/sparse/quadratic/goal.hpp"
#include "solvers/sparse/quadratic/gram_metric.hpp"

namespace nonconvex {

/// minimise q^T d + d^T G d / 2 + sum_j P_j(b_j + d_j) for the G of a metric, of which b + d and the gradient q + G d
/// are kept.
///
/// With G: coordinate descent and Newton steps on the support, both on a copy of the part of G that has the places in
/// use now, with one look at the others when nothing is left to do there. By rows: sweeps, for as long
/// as these take less time than G and its factor would, or there is no memory for G.
class PenalizedQuadratic {
 public:
  PenalizedQuadratic(const Cpu& la, const Blocks& blocks, GramMetric& metric)
      : la_(la), data_(blocks.data()), metric_(metric), factor_(la), convexity_(la) {}

  std::vector<double> b;  ///< one for each place of the metric
  std::vector<double> q;
  /// The most that the loss which the quadratic stands for can still fall by.
  double possibleDecrease = infinity;

  /// Adds columns to the working set, at 0; their gradients are still to be set.
  void add(std::span<const int> columns);
  bool isWorking(int column) const { return metric_.place(column) >= 0; }
  /// Goes down until the goal is met; whether it was.
  bool minimize(const CoefficientPenalties& penalty, const Goal& goal);
  /// Goes by Newton steps to the stationary point nearby, with the places alone that are not 0; whether it went
  /// anywhere.
  bool stepOnSupport(const CoefficientPenalties& penalty);
  double largestViolation(const CoefficientPenalties& penalty) const;
  /// Places that would leave 0 against their slope, the first ones those that gain the most.
  std::vector<Escape> escapes(const CoefficientPenalties& penalty) const;
  double penaltyValue(const CoefficientPenalties& penalty) const;
  /// The derivative of a convex penalty along a step from b.
  double penaltySlope(const CoefficientPenalties& penalty, std::span<const double> step) const;
  /// slopes := those of the penalties of columns at the sizes of coefficients, for columns in use.
  void slopesAt(const CoefficientPenalties& penalty, std::span<const double> coefficients, std::vector<double>& slopes) const;
  /// Whether a violation, or the gap, is small enough.
  bool meets(const CoefficientPenalties& penalty, const Goal& goal, double violation) const {
    return violation <= goal.violation || (penalty.convex() && gap(penalty, goal.scale) <= goal.gap);
  }
  /// The distance to the bound of the optimum on the columns in use, for convex penalties, but for what the curvatures
  /// of the loss add to it in the second order.
  double gap(const CoefficientPenalties& penalty, double scale) const;
  /// Whether the objective is strictly convex near b on the places that are not 0 or whose gradient is near the edge.
  bool locallyConvex(const CoefficientPenalties& penalty);
  /// out := G d, by rows where G is not there.
  void applyGram(std::span<const double> d, std::span<double> out);
  /// The metric has changed: factors and copies of it are of no use.
  void forgetCurvatures();
  /// X times what the last minimize() has added to b, less the shifts; empty where that was not needed.
  std::span<const double> productOfSteps() const;
  /// Whether steps are taken by rows at first, for which new weights cost little.
  bool byRows() const { return metric_.byRows(); }
  double sweeps() const { return sweeps_; }

 private:
  struct Tuning;
  BlockBounds bounds(int column) const {
    if (!data_.bounded) return {};
    return {{&data_.lower[at(column)], 1}, {&data_.upper[at(column)], 1}};
  }
  double fromZero(const CoefficientPenalty& along, int place, double gradient) const;
  /// A factor of G and a diagonal on some places, in its own order.
  struct Factored {
    explicit Factored(const Cpu& la) : factor(la) {}
    GrowingFactor factor;
    std::vector<int> places;
    std::vector<double> diagonal;
    void clear();
  };

  /// A place that sweeps go through, and its quadratic and penalty.
  struct Line {
    int place, column;
    double curvature, l1, l2;
    /// The change of the slope along a step, that of the squares in the penalty with it: these may be all of it.
    double sizeOf(double step) const { return std::abs(step) * (curvature + l2); }
  };

  template <class Penalty>
  double best(const CoefficientPenalties& penalty, const Line& line, double value, double gradient) const;
  void setLines(const CoefficientPenalties& penalty);
  template <class Penalty>
  bool minimizeByGram(const CoefficientPenalties& penalty, const Goal& goal);
  template <class Penalty>
  bool minimizeByRows(const CoefficientPenalties& penalty, const Goal& goal);
  double workOfSweep() const;
  double workOfGram();
  template <class Penalty>
  void descend(const CoefficientPenalties& penalty, const Goal& goal);
  template <class Penalty>
  double sweep(const CoefficientPenalties& penalty, double tolerance);
  template <class Penalty>
  double sweepByRows(const CoefficientPenalties& penalty, double tolerance);
  template <class Penalty>
  double sweepRows(const CoefficientPenalties& penalty);
  template <class Penalty>
  double objectiveOf(std::span<const double> state) const;
  void reserveState();
  void finishSweepsByRows();
  template <class Penalty>
  bool prepareNewton(const CoefficientPenalties& penalty);
  template <class Penalty>
  bool newtonSteps(const CoefficientPenalties& penalty);
  template <class Penalty>
  bool takeStep(const CoefficientPenalties& penalty);
  bool tryEnds(const CoefficientPenalties& penalty);
  double shareToBreak(int column, double value, double d, double l, double gamma) const;
  double violation(const CoefficientPenalties& penalty, int place, double gradient) const;
  void collect(const CoefficientPenalties& penalty, double tolerance);
  void gather();
  void giveUpSlots();
  void addSlots(int first);
  void applySteps();
  bool solveSupport();
  bool factor(Factored& of, const std::vector<int>& places, const std::vector<double>& diagonal);
  bool addTo(Factored& of, const std::vector<int>& places, const std::vector<double>& diagonal);
  bool change(Factored& of, const std::vector<int>& places, const std::vector<double>& diagonal);

  const Cpu& la_;
  const SparseData& data_;
  GramMetric& metric_;
  std::vector<int> working_, support_;
  std::vector<Line> lines_;  ///< of working_
  std::vector<double> diagonal_, step_, change_, ends_, taken_, moved_;
  std::vector<char> wanted_;  ///< places that are to have a slot
  Factored factor_, convexity_;
  std::vector<int> rank_, gone_, come_;  ///< of places in a list; of the changes of a factor
  std::vector<double> ordered_;
  // A copy of G with the places in use: those of slots_, with their gradients, and the slot of each place, or -1.
  HostMatrix<double> slotGram_;
  std::vector<int> slots_, slotOf_;
  std::vector<double> slotGradient_;
  std::vector<double> base_, start_;  ///< of sweeps by rows: gradients and coefficients at their start
  std::vector<double> state_, last_;
  std::size_t head_ = 0;  ///< capacity for coefficients in a state
  std::unique_ptr<Anderson<Cpu>> anderson_;
  bool onlySweeps_ = false;   ///< the last minimize() was these sweeps and nothing else
  double worked_ = 0;         ///< entries that were read by rows, for the present quadratic
  std::vector<double> rows_;  ///< H X d
  double sweeps_ = 0;
};

}  // namespace nonconvex
