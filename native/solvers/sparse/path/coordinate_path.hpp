// Models along falling lambdas where the penalty is a sum over coefficients: coordinate descent on a working set.
#pragma once

#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "solvers/sparse/data.hpp"
#include "solvers/sparse/path/engine.hpp"
#include "solvers/sparse/problem.hpp"
#include "solvers/sparse/quadratic/gram_metric.hpp"
#include "solvers/sparse/quadratic/penalized_quadratic.hpp"

namespace nonconvex {

/// Lambdas are taken some at a time. For each, what is 0 outside of the columns in use is assumed to stay so, and the
/// rest is solved: by a quadratic once for the squared loss, by several in turn for others, each with the curvatures of
/// an earlier point while these serve. Then one product with all columns gives the gradients at all of these models,
/// which say whether the assumption held, and the bounds. Where it did not, columns are taken in and it goes on from
/// there.
///
/// Working set and checks: Tibshirani and others, "Strong rules for discarding predictors in lasso-type problems",
/// Journal of the Royal Statistical Society B 74, 2012.
class CoordinatePath : public PathEngine {
 public:
  CoordinatePath(const Cpu& la, const SparseData& data, const SparseSettings& settings);

  void fitNull() override;
  void begin(std::span<const double> coefficients, std::span<const double> intercepts) override;
  std::vector<PathModel> fit(std::span<const double> lambdas) override;
  double evaluations() const override { return evaluations_; }
  double sweeps() const override { return quadratic_.sweeps(); }
  /// Predictions of the intercept and coefficients of a model, with offsets.
  void predict(const PathModel& model, std::span<double> t) const;

 private:
  static constexpr int fewHalvings = 6;  ///< of a step, before another is looked for

  /// Models of some lambdas, and what checks need of them: a column for each.
  struct Together {
    std::vector<PathModel> models;
    HostMatrix<double> slopes;       ///< derivatives of the loss times weights
    HostMatrix<double> gradients;    ///< of all columns
    HostMatrix<double> predictions;  ///< of joint losses, where slopes are their derivatives
    std::vector<bool> orthogonal;    ///< whether slopes are so to what has no penalty
  };

  /// A minimum of the squared loss on the columns in use: its coefficients, their gradients, and the objective.
  struct Minimum {
    std::vector<double> b, q;
    double objective = 0;
  };

  bool squared() const { return loss_->squared(); }
  /// Whether quadratics have the loss's Hessian though that is no diagonal matrix: with a Gram matrix alone.
  bool exact() const { return loss_->outerTerms() > 0; }
  bool allInUse() const { return metric_.size() + left_ == data_.p(); }

  void takeIn(std::span<const int> columns);
  void findCandidates(double lambda);
  void measureResponses();
  void measureGradients(const PathModel& model);
  void allowJumps(bool may);
  bool leaveJumps(const PenaltyAt& penalty);
  bool takeJumps(const PenaltyAt& penalty);
  bool settleJumps(const PenaltyAt& penalty, double tolerance, double slope);
  void followCurvatures(double stretch);
  bool takeTangentStep(const PenaltyAt& penalty, const Goal& goal);
  bool takeSupportStep(const PenaltyAt& penalty);
  void setCurvatures(double stretch, bool known = false);
  bool keepsCurvatures(const PenaltyAt& penalty, const Goal& goal, double violation, double gap) const;
  Goal goal(const PenaltyAt& penalty, double sharper) const;
  Goal innerGoal(const PenaltyAt& penalty, const Goal& goal, double violation, double gap) const;
  bool solve(const PenaltyAt& penalty, const Goal& goal);
  bool solveRows(const PenaltyAt& penalty, const Goal& goal);
  bool solveEnvelopes(const PenaltyAt& penalty, double violation);
  double lossOfEnvelope() { return loss_->envelope() ? loss_->envelope()->exact(t_) : value_; }
  double boundInUse(const PenaltyAt& penalty);
  bool makeSlopesOrthogonal(const PenaltyAt& penalty, std::span<double> slopes, std::span<double> t);
  bool descend(const PenaltyAt& penalty, std::span<const double> product = {}, int halvings = fewHalvings);
  bool takeMove(const PenaltyAt& penalty, int halvings = fewHalvings);
  void goAhead(double share);
  double interceptSlope() const;
  bool isWorseThanNull() const;
  void evaluate();
  void setGradient();
  double penaltyValue(const PenaltyAt& penalty) const;
  double penaltySlope(const PenaltyAt& penalty, std::span<const double> step) const;
  std::vector<int> freeAt(const PenaltyAt& penalty) const;
  std::vector<int> heldAt(const PenaltyAt& penalty) const;
  bool needsOrthogonal(const PenaltyAt& penalty) const;

  PathModel model(const PenaltyAt& penalty, double lambda, bool reached);
  bool locallyConvex(const PenaltyAt& penalty);
  void restore(const PathModel& model);
  void slopesOf(const PathModel& model, std::span<double> slopes);
  double squaresInUse() const;
  void moveTo(const Minimum& minimum);
  void seekLower(std::span<const double> lambdas, double sharper, std::vector<PathModel>& models,
                 std::vector<Minimum>& minima);
  bool takeIfLower(const PenaltyAt& penalty, double lambda, const Goal& goal, Minimum& best);
  void setSlopes(Together& all, int k);
  void goOn(const PenaltyAt& penalty, double lambda);
  Together solveTogether(std::span<const double> lambdas, double sharper);
  std::size_t takeInCandidates(std::span<const double> lambdas);
  void takeInMissing(const Together& all, std::size_t accepted);
  void followMissing();
  void keepGradients(const Together& all, int last);
  void addMissingLater(const Together& all, std::size_t first);
  bool check(Together& all, int k, std::vector<int>& missing);
  bool leavesZero(const PenaltyAt& penalty, int column, double gradient, double loss);
  double curvatureOf(int column);
  double bound(const PathModel& model, const PenaltyAt& penalty, std::span<const double> slopes,
               std::span<const double> gradients, std::span<const double> t);

  const Cpu& la_;
  const SparseData& data_;
  const SparseSettings& settings_;
  GramMetric metric_;
  PenalizedQuadratic quadratic_;
  int left_ = 0;         ///< constant columns
  double steepest_ = 0;  ///< lambdaMax() by slopes alone: where coefficients jump from 0 the other may be far above it
  /// The gradient from which a column is taken in, as a share of the last lambda of those that are solved together.
  double candidateShare_ = 0.95;
  std::size_t together_ = 8;  ///< lambdas to solve together next
  double evaluations_ = 0;
  std::vector<double> gradients_, earlier_;  ///< of all columns at the last checked model and the one before it
  double gradientLambda_ = 0, earlierLambda_ = 0;
  std::vector<int> missing_;  ///< columns that are to be taken in
  int quadratics_ = 0;        ///< in turn, for the last model

  // The squared loss: gradients at 0, and what the loss is there with the best intercept.
  std::vector<double> correlations_;
  std::vector<double> curvatures_;  ///< of all columns, where they are known
  double meanResponse_ = 0, squaresOfResponse_ = 0;

  // Other losses: the model before the present one, and the present point.
  std::vector<double> passed_, passedT_;
  double passedIntercept_ = 0, passedLambda_ = 0, presentLambda_ = 0;
  bool curvaturesLag_ = false;  ///< the metric is that of an earlier point, as steps by rows leave it
  std::vector<double> t_, first_, second_, trial_, kept_;
  bool jumps_ = true;                          ///< see allowJumps()
  std::vector<double> tangents_;               ///< slopes of lines in place of the penalties of columns
  std::vector<double> before_, after_, move_;  ///< coefficients of a step
  double intercept_ = 0, value_ = 0;
};

}  // namespace nonconvex
