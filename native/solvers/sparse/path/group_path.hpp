// Models along falling lambdas where the penalty is a sum over blocks of coefficients: groups of columns, several
// responses, classes.
#pragma once

#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "methods/krylov/pcg.hpp"
#include "solvers/sparse/data.hpp"
#include "solvers/sparse/path/engine.hpp"
#include "solvers/sparse/penalties/blocks.hpp"
#include "solvers/sparse/problem.hpp"
#include "solvers/sparse/quadratic/block_quadratic.hpp"
#include "solvers/sparse/quadratic/class_metric.hpp"
#include "solvers/sparse/quadratic/gram_metric.hpp"

namespace nonconvex {

/// Lambdas are taken some at a time, as CoordinatePath does, with groups in place of columns: what is 0 outside of the
/// groups in use is assumed to stay so, the rest is solved, and one product with all columns for all of these models
/// says whether that held, and the bounds.
///
/// A loss is replaced by quadratics in turn. Those of classes have all second derivatives, by the coefficients that are
/// not 0 or not to stay there. Where these are too many, and for others, curvatures of rows are the same for all
/// responses: the loss's own for one response, a bound of them for classes, where Newton steps on the support follow.
class GroupPath : public PathEngine {
 public:
  /// Throws where there are bounds with a penalty of groups that is not convex.
  GroupPath(const Cpu& la, const SparseData& data, const SparseSettings& settings);

  void fitNull() override;
  void begin(std::span<const double> coefficients, std::span<const double> intercepts) override;
  std::vector<PathModel> fit(std::span<const double> lambdas) override;
  double evaluations() const override { return evaluations_; }
  double sweeps() const override { return quadratic_.sweeps(); }

 private:
  /// Models of some lambdas, and what checks need of them: K columns for each.
  struct Together {
    std::vector<PathModel> models;
    Mat<double> slopes;              ///< derivatives of the loss times weights
    HostMatrix<double> gradients;    ///< of all columns
    std::vector<bool> orthogonal;    ///< whether slopes are so to what has no penalty
    HostMatrix<double> predictions;  ///< at which a joint loss has these slopes
  };

  bool squared() const { return loss_->squared(); }
  bool exact() const { return loss_->outerTerms() > 0; }
  std::span<double> column(std::vector<double>& matrix, int k) const {
    return std::span(matrix).subspan(at(k) * at(data_.n()), at(data_.n()));
  }

  std::vector<int> columnsOf(std::span<const int> groups) const;
  void takeIn(std::span<const int> groups);
  std::vector<int> candidates(const BlockPenaltyAt& penalty) const;
  void evaluate();
  void setGradient();
  double violationOfIntercepts() const;
  void setCurvatures(double stretch);
  bool solve(const BlockPenaltyAt& penalty, double tolerance, double gap);
  bool moveTo(const BlockPenaltyAt& penalty, std::span<const double> after, bool ofQuadratic);
  void rowsOfStep(std::span<const double> step);
  bool rowStep(const BlockPenaltyAt& penalty, const BlockQuadratic::Goal& goal);
  bool takesClasses(const BlockPenaltyAt& penalty, double tolerance);
  bool classStep(const BlockPenaltyAt& penalty, const BlockQuadratic::Goal& goal, double stretch);
  void freePlaces(const BlockPenaltyAt& penalty);
  bool newtonStep(const BlockPenaltyAt& penalty);
  bool solveOnRows();
  void multiplyByCurvature(std::span<const double> v, std::span<double> out);
  void clip(const BlockPenaltyAt& penalty, std::span<const double> before, std::span<double> after) const;
  double tolerance(const BlockPenaltyAt& penalty) const;

  PathModel model(const BlockPenaltyAt& penalty, double lambda, bool reached);
  bool locallyConvex(const BlockPenaltyAt& penalty);
  bool makeSlopesOrthogonal(const BlockPenaltyAt& penalty, std::span<double> slopes, std::span<double> t);
  void centre(PathModel& model) const;
  void centre(int column, std::span<double> coefficients) const;
  void restore(const PathModel& model);
  Together solveTogether(std::span<const double> lambdas, double sharper);
  std::vector<std::vector<int>> freeAt(const BlockPenaltyAt& penalty);
  std::vector<int> heldAt(const BlockPenaltyAt& penalty);
  bool check(Together& all, int k, std::vector<int>& missing);
  HostMatrix<double> gramOf(std::span<const int> columns) const;
  bool leavesZero(const BlockPenalty& penalty, int group, std::span<const double> gradient, const BlockBounds& bounds,
                  double loss);
  double bound(const PathModel& model, const BlockPenaltyAt& penalty, std::span<const double> slopes,
               Mat<const double> gradients, std::span<const double> t) const;
  double largestLambda(int group, std::span<const double> gradient, const BlockBounds& bounds) const;

  /// f(gradient, bounds) for the blocks of a group, from the p x K gradients of all columns.
  template <class F>
  void forBlocks(int group, Mat<const double> gradients, F&& f) const;

  const Cpu& la_;
  const SparseData& data_;
  const SparseSettings& settings_;
  int responses_;
  Blocks blocks_;
  GramMetric metric_;
  BlockQuadratic quadratic_;
  // Of classes: all second derivatives on some entries, and the quadratic with them.
  ClassMetric classes_;
  BlockQuadratic model_;
  bool classesServe_ = false;  ///< whether those derivatives, of an earlier point, do
  std::vector<int> working_, freePlaces_;
  std::vector<double> sums_;
  bool inVain_ = false;  ///< whether a model of a penalty that is not convex was not reached
  double evaluations_ = 0;
  HostMatrix<double> gradients_;  ///< of all columns at the last checked model

  // The present point: predictions and derivatives of the loss, n x K.
  std::vector<double> t_, first_, second_, h_;
  HostMatrix<double> slopes_;  ///< of models that are solved together
  std::vector<double> intercepts_;
  double value_ = 0;  ///< of the loss
  // Of steps.
  std::vector<double> before_, ends_, start_, rows_, places_, moves_;
  std::vector<double> direction_, image_, diagonal_;
  Pcg conjugateGradients_;
  mutable std::vector<double> block_, lower_, upper_, column_;
};

}  // namespace nonconvex
