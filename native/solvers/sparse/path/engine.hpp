// What a path of models along falling lambdas is fitted by: one engine for each structure of the penalty.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <span>
#include <vector>

#include "core/error.hpp"
#include "core/numbers.hpp"
#include "solvers/sparse/losses/losses.hpp"

namespace nonconvex {

/// The model at one lambda, or of one size, in the units of the columns as they are penalised.
struct PathModel {
  double lambda = 0;               ///< 0 where it is of a size
  std::vector<double> intercepts;  ///< one for each response
  std::vector<int> columns;        ///< places of coefficients that are not 0: j + p k for column j and response k
  std::vector<double> values;
  double objective = 0;
  double loss = 0;                ///< the mean over rows
  std::vector<int> activeBounds;  ///< coefficients at such places without penalty that a bound stops
  double gap = unknown;
  double violation = 0;
  bool locallyConvex = true;
  bool reached = true;  ///< its tolerance
  // Of best subsets:
  double nodes = unknown;     ///< of branch and bound
  double bounded = infinity;  ///< the size of coefficients up to which the gap is known
  bool onCap = false;         ///< that size holds coefficients, though nobody asked for it: then there is no gap
};

/// What an objective of that size may be off by, as its sum over rows was rounded: relative, about the square root of
/// their number.
inline double roundingOfSum(int rows, double size) {
  return std::max(1e-14, std::numeric_limits<double>::epsilon() * std::sqrt(rows)) * size;
}

class PathEngine {
 public:
  struct Tuning {
    static constexpr double fullyExplained = 0.999;  ///< published: glmnet's devmax, a share that ends a path
  };

  explicit PathEngine(const SparseData& data) : loss_(makeRowsLoss(data)), perfect_(loss_->perfect()) {}
  PathEngine(const PathEngine&) = delete;
  PathEngine& operator=(const PathEngine&) = delete;
  virtual ~PathEngine() = default;

  /// Fits the model of the intercept and the columns without penalty, which gives lambdaMax() and nullLoss().
  virtual void fitNull() = 0;
  /// Begins at p coefficients for each response, in the units of x, and its intercept.
  virtual void begin(std::span<const double> coefficients, std::span<const double> intercepts) = 0;
  /// Fits the models of some lambdas, the first of those that are given: as many as it took together.
  virtual std::vector<PathModel> fit(std::span<const double> lambdas) = 0;
  /// Fits the model of at most so many columns, each larger than the one before.
  virtual PathModel fitSize(int size) {
    require(false, "sizes[0]", size, "expected none for a penalty that is not bestSubset");
    return {};
  }
  /// Whether models at larger lambdas, which lead to the first that is asked for, are no concern of the solver.
  virtual bool leadsItself() const { return false; }
  /// Evaluations of the loss, and passes over the coefficients in use.
  virtual double evaluations() const = 0;
  virtual double sweeps() const = 0;

  /// The least lambda at which all penalised coefficients are 0.
  double lambdaMax() const { return lambdaMax_; }
  /// The mean loss of the null model.
  double nullLoss() const { return nullLoss_; }
  /// The mean loss of predictions that fit perfectly.
  double perfectLoss() const { return perfect_; }
  /// The share of the null deviance that a model with this mean loss explains.
  double explained(double loss) const { return scaleOfGap() > 0 ? 1 - (loss - perfect_) / scaleOfGap() : 1; }

 protected:
  /// What gaps are relative to.
  double scaleOfGap() const { return nullLoss_ - perfect_; }

  std::unique_ptr<RowsLoss> loss_;
  double perfect_;
  double lambdaMax_ = 0, nullLoss_ = 0;
  PathModel null_;  ///< where a start that is worse is left for it
};

}  // namespace nonconvex
