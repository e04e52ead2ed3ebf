// The minimum of a loss and its penalty on a working set.
#pragma once

#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "solvers/sparse/data.hpp"
#include "solvers/sparse/path/class_steps.hpp"
#include "solvers/sparse/path/working_set.hpp"

namespace nonconvex {

/// Solves for one lambda on a working set: by one quadratic for the squared loss, by several in turn for others, each
/// with the curvatures of an earlier point while these serve, and for a loss that is not smooth by its envelopes.
class WorkingSetSolver {
 public:
  WorkingSetSolver(const Cpu& la, const SparseData& data, const SparseSettings& settings, WorkingSet& set);

  /// The accuracy on the working set that a model asks for, `sharper` times the usual one. `steepest` is the lambda of
  /// the steepest slope of the null model.
  Goal goal(const PenaltyAt& penalty, double sharper, double steepest) const;
  /// Minimises; whether the goal was met.
  bool solve(const PenaltyAt& penalty, const Goal& goal);
  /// Starts for the next lambda at a point extrapolated from the last two models, where the objective falls there:
  /// along lambda coefficients move on lines as long as none of them leaves or becomes 0, but for the change of the
  /// loss's curvature.
  void warmStartNext(const PenaltyAt& penalty, double lambda);
  /// The present point becomes that of a lambda, from which nothing is extrapolated.
  void forgetPassed(double lambda);

  /// A minimum of the squared loss on the working set.
  struct Minimum {
    std::vector<double> b, q;
    double objective = 0;
  };
  Minimum minimum(double objective) const { return {set_.quadratic().b, set_.quadratic().q, objective}; }
  void moveTo(const Minimum& minimum);
  /// Goes roughly to the minimum for a smaller lambda.
  void lookAhead(double lambda);
  /// Goes down from the present point, all the way where it may end below the best minimum so far. Whether it did; then
  /// `best` is the present point.
  bool takeIfLower(const PenaltyAt& penalty, double lambda, const Goal& goal, Minimum& best);

 private:
  struct Tuning {
    static constexpr int mostQuadratics = 100;       ///< safeguard: quadratics in turn for one model
    static constexpr int mostOfClasses = 300;        ///< safeguard: the same for a loss of classes
    static constexpr int mostInVain = 50;            ///< safeguard: the same once such a model was not reached
    static constexpr int patience = 8;               ///< safeguard: rounds of a quadratic that may have no minimum
    static constexpr int mostLoose = 10;             ///< measured: quadratics that a small step may end
    static constexpr double slow = 0.1;              ///< measured: a larger share of the last violation is slow
    static constexpr double slowest = 0.8;           ///< measured: a larger share asks for new curvatures
    static constexpr double columnsOfStep = 32;      ///< measured: columns whose Gram matrix takes as long as a step
    static constexpr double stretching = 4;          ///< safeguard: factor of curvatures where the objective rises
    static constexpr double mostStretched = 1e6;     ///< safeguard: largest such factor
    static constexpr int manyHalvings = 20;          ///< safeguard: halvings of a step that surely falls at first
    static constexpr int halvingsOfClasses = 8;      ///< safeguard: halvings of a step of classes
    static constexpr int mostEscapesInVain = 10;     ///< safeguard: escapes from 0 in a row that lower nothing
    static constexpr double leastFall = 1e-10;       ///< rounding: a fall beside the null model's loss
    static constexpr double innerShare = 0.1;        ///< measured: share of the violation left by a quadratic
    static constexpr double innerOfGoal = 0.3;       ///< measured: share of the goal left by a quadratic
    static constexpr double shareOfGap = 0.03;       ///< measured: share of the tolerance for the working set
    static constexpr double shareOfBlocks = 0.3;     ///< measured: the same for blocks, whose steps cost more
    static constexpr double shareWithRidge = 1e-3;   ///< measured: the same where the gap is of the second order
    static constexpr int mostEnvelopes = 60;         ///< safeguard: envelopes in turn for one model
    static constexpr int mostMajorants = 100;        ///< safeguard: lines that replace a penalty, in turn
    static constexpr double narrowing = 0.25;        ///< measured: width of an envelope beside the last one
    static constexpr int hardEnvelope = 10;          ///< measured: quadratics after which the next one is wider
    static constexpr double shareOfEnvelopes = 0.3;  ///< measured: share of the tolerance for the working set
    static constexpr double accuracyOfNull = 1e-9;   ///< rounding: accuracy of the null model's loss
    static constexpr double roughly = 3e-3;          ///< measured: violation beside lambda of a first look
    static constexpr double farthest = 2;            ///< measured: extrapolation beside the last step in lambda
  };

  Goal innerGoal(const PenaltyAt& penalty, const Goal& goal, double violation, double gap) const;
  int mostQuadratics() const;
  bool solveQuadratics(const PenaltyAt& penalty, const Goal& goal);
  bool solveEnvelopes(const PenaltyAt& penalty, double violation);
  bool solveMajorants(const PenaltyAt& penalty, double violation);
  bool stepByClasses(const PenaltyAt& penalty, const Goal& goal, const Goal& inner, double violation, double& stretch);
  bool keepsCurvatures(const PenaltyAt& penalty, const Goal& goal, double violation, double gap);
  bool settleEscapes(const PenaltyAt& penalty, double tolerance);
  bool takeEscapes(const PenaltyAt& penalty);
  bool takeTangentStep(const PenaltyAt& penalty, const Goal& goal);
  bool takeSupportStep(const PenaltyAt& penalty);
  void takeNewtonStep(const PenaltyAt& penalty);
  void extrapolate(double share);
  bool fell(const PenaltyAt& penalty, double before) const;

  const Cpu& la_;
  const SparseData& data_;
  const SparseSettings& settings_;
  WorkingSet& set_;
  ClassSteps classes_;
  int quadratics_ = 0;            ///< quadratics in turn, for the last model
  bool inVain_ = false;           ///< a model of a penalty that is not convex was not reached
  std::vector<double> tangents_;  ///< slopes of lines that replace the penalties of blocks
  std::vector<double> step_;
  // The model before the present one.
  std::vector<double> passed_, passedT_, passedIntercepts_;
  double passedLambda_ = 0, presentLambda_ = 0;
};

}  // namespace nonconvex
