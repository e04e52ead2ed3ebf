// A quadratic with a penalty on the blocks in use, minimised by descent along blocks and Newton steps on the support.
#pragma once

#include <memory>
#include <span>
#include <type_traits>
#include <vector>

#include "core/numbers.hpp"
#include "linalg/cpu.hpp"
#include "methods/krylov/pcg.hpp"
#include "solvers/sparse/penalties/blocks.hpp"
#include "solvers/sparse/penalties/penalty_at.hpp"
#include "solvers/sparse/quadratic/block_curvatures.hpp"
#include "solvers/sparse/quadratic/goal.hpp"
#include "solvers/sparse/quadratic/gram_metric.hpp"
#include "solvers/sparse/quadratic/gram_slots.hpp"
#include "solvers/sparse/quadratic/row_state.hpp"
#include "solvers/sparse/quadratic/support.hpp"

namespace nonconvex {

/// Whether the blocks of a penalty are single coefficients of one response.
template <class Penalty>
inline constexpr bool ofCoefficients = std::is_same_v<Penalty, PenaltyAt>;

/// Whether a step of a coefficient ends on the other side of 0, or where nothing but rounding is left.
inline bool meetsZero(double before, double after) { return before != 0 && after * before <= 1e-13 * square(before); }

/// minimise q^T d + d^T G d / 2 + sum of the penalties of blocks at b + d for the G of a form, which acts on each of K
/// responses; b + d and the gradient q + G d are kept. Entry e K + k of them is that of place e and response k.
///
/// With G: descent along blocks and Newton steps on the support, both on a copy of the part of G that has the places in
/// use now, with one look at the others when nothing is left to do there. By rows: sweeps, and conjugate gradients, for
/// as long as these take less time than G and its factor would, or there is no memory for G.
///
/// Single coefficients are blocks of one known to the compiler.
template <class Penalty>
class Quadratic {
 public:
  Quadratic(const Cpu& la, const Blocks& blocks, GramMetric& metric);
  /// A quadratic of coefficients by themselves, whose form has a row for each.
  Quadratic(const Cpu& la, const Blocks& blocks, QuadraticForm& form);

  std::vector<double> b, q;
  /// The most that the loss which the quadratic stands for can still fall by.
  double possibleDecrease = infinity;

  /// Adds blocks of columns to the working set, at 0; their gradients are still to be set.
  void add(std::span<const int> blocks);
  bool isWorking(int block) const { return working_[at(block)]; }
  /// Goes down until the goal is met; whether it was.
  bool minimize(const Penalty& penalty, const Goal& goal);
  /// Goes by Newton steps to the stationary point nearby, with the blocks alone that are not 0; whether it moved.
  bool stepOnSupport(const Penalty& penalty);
  double largestViolation(const Penalty& penalty);
  /// Blocks that would leave 0 against their slope, the first ones those that gain the most.
  std::vector<Escape> escapes(const Penalty& penalty);
  double penaltyValue(const Penalty& penalty) const;
  /// The derivative of a convex penalty along a step from b.
  double penaltySlope(const Penalty& penalty, std::span<const double> step) const;
  /// slopes := those of the penalties of blocks at the sizes of coefficients, for blocks in use.
  void slopesAt(const Penalty& penalty, std::span<const double> coefficients, std::vector<double>& slopes) const;
  /// Whether a violation, or the gap, is small enough.
  bool meets(const Penalty& penalty, const Goal& goal, double violation) const {
    return violation <= goal.violation || (penalty.convex() && gap(penalty, goal.scale) <= goal.gap);
  }
  /// The distance to the bound of the optimum on the places in use, for convex penalties, but for the share that the
  /// curvatures of the loss add to it in the second order.
  double gap(const Penalty& penalty, double scale) const;
  /// Whether the objective is strictly convex near b on the blocks that are not 0 or whose gradient is near the edge.
  bool locallyConvex(const Penalty& penalty);
  /// out := G d, by rows where G is not there.
  void applyGram(std::span<const double> d, std::span<double> out);
  /// The form has changed: factors and copies of it are of no use.
  void forgetCurvatures();
  /// X times the step of b in the last minimize(), less the shifts, by roots of weights; empty where it was not needed.
  std::span<const double> productOfSteps() const;
  /// Whether steps are taken by rows at first, for which new weights cost little.
  bool byRows() const { return metric_ && metric_->byRows(); }
  double sweeps() const { return sweeps_; }

  // Of classes:
  /// Gives entries := those of the blocks that are not 0 or violate their conditions by more than that.
  void collectWorking(const Penalty& penalty, double tolerance, std::vector<int>& entries);
  /// Takes over the blocks of another at these of its entries; their gradients are still to be set.
  void takeOver(const Quadratic& other, std::span<const int> entries);
  /// Collects the support for a Newton step from b.
  Support& collectSupport(const Penalty& penalty);
  /// Brings coefficients into their bounds.
  void clip(std::span<double> coefficients) const;
  int responses() const { return responses_; }

 private:
  struct Tuning {
    static constexpr int mostRounds = 500;            ///< safeguard: looks at all conditions
    static constexpr int mostCycles = 12;             ///< safeguard: Newton steps and sweeps between such looks
    static constexpr int sweepsByRows = 20;           ///< measured: sweeps between looks at all conditions
    static constexpr int sweepsByNewton = 2;          ///< measured: sweeps between Newton steps
    static constexpr int sweepsAlone = 10;            ///< measured: sweeps where no Newton step can be taken
    static constexpr int sweepsOnly = 30;             ///< measured: sweeps where none is to be taken
    static constexpr double sweepsOfProducts = 8;     ///< measured: sweeps that conjugate gradients cost by rows
    static constexpr int mostProducts = 60;           ///< safeguard: conjugate gradients of one Newton step
    static constexpr double productAccuracy = 0.03;   ///< measured: residual of such a step beside the first one
    static constexpr double leastScaling = 1e-3;      ///< safeguard: diagonal of a concave penalty beside that of G
    static constexpr double blockedOperations = 12;   ///< measured: operations of a factorisation in one of a sweep
    static constexpr int mostBetween = 100;           ///< safeguard: sweeps of blocks between Newton steps
    static constexpr double entriesOfGram = 4;        ///< measured: reads in the time of an entry of G and its copies
    static constexpr double entriesOfFactor = 0.04;   ///< measured: reads in that of a cubed place of a factor
    static constexpr double shareOnceHard = 0.25;     ///< measured: time by rows beside that of G, once G was needed
    static constexpr double nearEdge = 0.01;          ///< safeguard: share of l that counts as at the edge
    static constexpr double besideZero = 1e-3;        ///< safeguard: size beside l that stands for one just above 0
    static constexpr int mostShortSteps = 4;          ///< measured: Newton steps in a row that end at a break
    static constexpr int mostShares = 5;              ///< safeguard: halvings of a Newton step of blocks
    static constexpr double mostSweeps = 1000;        ///< safeguard: sweeps that a Newton step may spare
    static constexpr double negligible = 0.1;         ///< measured: share of the violation at the goal
    static constexpr double roundingOfSlope = 1e-13;  ///< rounding: minimiser along a block beside its slope
    static constexpr std::size_t manyApart = 4;       ///< measured: inverse share of a support that moves otherwise
  };

  /// A block in use with its entries.
  struct Line {
    int block, first, size;
  };
  /// A single coefficient that sweeps go through.
  struct ColumnTask {
    int line, first, block;
    double curvature, l1, l2;
  };
  /// A block that sweeps go through.
  struct BlockTask {
    int line, first, block;
    double curvature;
    BlockPenalty penalty;
  };
  using Task = std::conditional_t<ofCoefficients<Penalty>, ColumnTask, BlockTask>;

  int place(int entry) const { return ofCoefficients<Penalty> ? entry : entry / responses_; }
  int response(int entry) const { return ofCoefficients<Penalty> ? 0 : entry % responses_; }
  int countOfLines() const { return static_cast<int>(lines_.size()); }
  std::span<const double> of(std::span<const double> all, const Line& line) const {
    return all.subspan(at(line.first), at(line.size));
  }
  BlockBounds boundsOf(const Line& line) const;
  std::size_t slotEntry(int entry) const { return at(response(entry) * slots_.count() + slots_.slotOf(place(entry))); }
  std::span<const double> gradientOf(const Line& line);
  double violation(const Penalty& penalty, int line, std::span<const double> gradient);
  bool isWorkingAt(const Penalty& penalty, int line, double tolerance);
  double valueOf(const Penalty& penalty, const Line& line, std::span<const double> values) const;
  double feasibleShareInUse(const Penalty& penalty) const;
  void collect(const Penalty& penalty, double tolerance);
  void gather();
  void setTasks(const Penalty& penalty);
  template <class Along>
  bool minimizeByGram(const Penalty& penalty, const Goal& goal);
  template <class Along>
  bool minimizeByRows(const Penalty& penalty, const Goal& goal);
  template <class Along>
  void descend(const Penalty& penalty, const Goal& goal);
  template <class Along>
  double best(const Penalty& penalty, const Task& task, double value, double gradient) const;
  void bestOf(const BlockPenalty& penalty, int line, std::span<const double> values, std::span<const double> gradient);
  template <class Along>
  double sweep(const Penalty& penalty, double least);
  double sweepBlock(const Task& task, double least) requires(!ofCoefficients<Penalty>);
  template <class Along>
  double sweepRows(const Penalty& penalty);
  double sweepRowsOfBlocks() requires(!ofCoefficients<Penalty>);
  template <class Along>
  std::pair<int, double> sweepByRows(const Penalty& penalty, double tolerance);
  template <class Along>
  double objectiveOf(const Penalty& penalty, std::span<const double> state) const;
  void finishSweepsByRows();
  int sweepsBetween() const;
  double workOf(std::span<const int> entries) const;
  double workOfGram();
  void applySteps();
  template <class Along>
  bool newtonSteps(const Penalty& penalty);
  template <class Along>
  bool prepareNewton(const Penalty& penalty);
  void addBlock(const BlockPenalty& penalty, const Line& line, std::span<const double> gradient, bool edge);
  bool solveSupport();
  bool solveByProducts();
  bool takeStep(const Penalty& penalty);
  bool takeShares(const Penalty& penalty);
  bool tryEnds(const Penalty& penalty, double share);
  double shareToBreak(int column, double value, double d, double l, double gamma) const;
  void applyToSupport(double share, std::span<double> out);
  void applyToSlots(double share, std::span<double> out);

  const Cpu& la_;
  const Blocks& blocks_;
  QuadraticForm& form_;
  GramMetric* metric_;  ///< the form where coefficients are those of its columns, else null
  int responses_;
  std::vector<Line> lines_;
  std::vector<char> working_;  ///< whether blocks are in use
  struct {
    std::vector<double> lower, upper;
  } bounds_;  ///< bounds of entries of blocks, where there are any
  BlockCurvatures curvatures_;
  std::vector<int> chosen_;  ///< lines that descent goes through
  std::vector<Task> tasks_;
  GramSlots slots_;
  std::vector<double> slotGradient_;  ///< gradients of slots, one response behind the other
  std::vector<double> moved_, change_;
  Support support_;
  SupportFactor factor_, convexity_;
  /// A step of the support: where it ends, its way, and G times Newton's step.
  struct {
    std::vector<double> ends, taken, known, spread;
    std::vector<int> apart;
    std::vector<char> wanted;
  } step_;
  RowState state_;
  /// How steps go by rows.
  struct {
    bool onlySweeps = false;  ///< the last minimize() was sweeps by rows and nothing else
    bool now = false;         ///< steps are taken by rows now
    bool hard = false;        ///< the last quadratic that was begun by rows took as long as G would have taken
    double worked = 0;        ///< entries that were read by rows, for the present quadratic
  } byRows_;
  struct {
    std::vector<double> next, slopes, rows;
  } buffers_;
  Pcg conjugateGradients_;
  double sweeps_ = 0;
};

}  // namespace nonconvex
