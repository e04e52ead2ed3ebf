// Models along falling lambdas where the penalty is a sum over coefficients or over blocks of them: groups of columns,
// several responses, classes.
#pragma once

#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "solvers/sparse/data.hpp"
#include "solvers/sparse/path/engine.hpp"
#include "solvers/sparse/path/working_set.hpp"
#include "solvers/sparse/path/working_set_solver.hpp"

namespace nonconvex {

/// Lambdas are taken some at a time. For each, blocks outside of the working set are assumed to stay 0, and the rest is
/// solved. Then one product with all columns gives the gradients at all of these models, which say whether the
/// assumption held, and the bounds. Where it did not, blocks are added to the working set and it goes on from there.
///
/// Working set and checks: Tibshirani and others, "Strong rules for discarding predictors in lasso-type problems",
/// Journal of the Royal Statistical Society B 74, 2012.
class WorkingSetPath : public PathEngine {
 public:
  /// Throws where there are bounds with a penalty of groups that is not convex.
  WorkingSetPath(const Cpu& la, const SparseData& data, const SparseSettings& settings);

  void fitNull() override;
  void begin(std::span<const double> coefficients, std::span<const double> intercepts) override;
  std::vector<PathModel> fit(std::span<const double> lambdas) override;
  double evaluations() const override { return set_.loss().evaluations(); }
  double sweeps() const override { return set_.sweeps(); }

 private:
  struct Tuning {
    static constexpr int mostLambdas = 8;   ///< measured: lambdas of a batch
    static constexpr int mostOfWide = 3;    ///< measured: the same with more columns than rows, as each adds candidates
    static constexpr int mostColumns = 32;  ///< safeguard: columns of slopes of a batch of several responses
    static constexpr double share = 0.95;   ///< measured: share of lambda that makes candidates of larger gradients
    static constexpr int mostAttempts = 12;          ///< safeguard: attempts at one lambda
    static constexpr int fewAttempts = 2;            ///< safeguard: the same once no block is missing any more
    static constexpr int columnsToWarmStart = 100;   ///< measured: with fewer a warm start costs more than it spares
    static constexpr double leastAlpha = 1e-3;       ///< safeguard: lambdaMax of a penalty that is nearly squares alone
    static constexpr double accuracyOfNull = 1e-12;  ///< rounding: violation of the null model beside its slopes
    static constexpr double leastViolation = 1e-9;   ///< rounding: violation beside lambda that adds no block
    static constexpr double lookingAhead[] = {0.7, 0.4};  ///< measured: shares of lambda from where minima are sought
  };

  using Minimum = typename WorkingSetSolver::Minimum;

  /// Models of some lambdas, and the numbers that checks need: K columns for each.
  struct Batch {
    std::vector<PathModel> models;
    Mat<double> slopes;              ///< derivatives of the loss times weights
    HostMatrix<double> gradients;    ///< gradients of all columns
    HostMatrix<double> predictions;  ///< predictions of joint losses, whose derivatives slopes are
    std::vector<bool> orthogonal;    ///< whether slopes are so to what has no penalty
  };

  int responses() const { return data_.responses(); }
  bool isConvex() const { return nonconvex::isConvex(settings_.penalty); }
  bool isOutside(int block) const;
  bool isWorseThanNull() const;
  std::size_t mostInBatch() const;
  void findLargestLambda(const PenaltyAt& penalty);
  void measureGradients(const PathModel& model);
  void multiply(Mat<const double> slopes, Mat<double> gradients);
  std::vector<int> candidates(double lambda) const;
  std::size_t addCandidates(std::span<const double> lambdas);
  void addMissing(const Batch& batch, std::size_t accepted, std::vector<int>& missing);
  void addMissingLater(const Batch& batch, std::size_t first, std::vector<int>& missing) const;
  Batch solveBatch(std::span<const double> lambdas, double sharper);
  void setSlopes(Batch& batch, int k);
  void seekLower(std::span<const double> lambdas, double sharper, Batch& batch, std::vector<Minimum>& minima);
  bool check(Batch& batch, int k, std::vector<int>& missing);
  void restore(const PathModel& model);
  void keepGradients(const Batch& batch, int last);

  const Cpu& la_;
  const SparseData& data_;
  const SparseSettings& settings_;
  WorkingSet set_;
  WorkingSetSolver solver_;
  double steepest_ = 0;  ///< lambdaMax() by slopes alone: where blocks escape from 0 the other may be far above it
  std::size_t batchSize_ = 8;               ///< lambdas of the next batch
  HostMatrix<double> gradients_, earlier_;  ///< gradients of all columns at the last checked model and the one before
  double gradientLambda_ = 0, earlierLambda_ = 0;
  HostMatrix<double> slopes_;  ///< slopes of a batch
};

}  // namespace nonconvex
