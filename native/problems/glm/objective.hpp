// The objective of generalised linear models, by fused passes over the rows of the data.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "data/matrix_input.hpp"
#include "linalg/cpu.hpp"
#include "problems/glm/data.hpp"
#include "problems/objective.hpp"

namespace nonconvex {

/// One pass over the data gives f, what the gradient is a sum of, and the weights of the Hessian at a point; they are
/// kept for it.
class GlmObjective final : public Objective,
                           public LaggedHessian,
                           public HessianLowerBound,
                           public GramHessian,
                           public SampledObjective,
                           public TypicalGradient,
                           public KnownWork,
                           public ThreadedEvaluation {
 public:
  /// `dense`, row-major, stays with its owner; not looked at where the data are sparse.
  explicit GlmObjective(std::shared_ptr<const GlmData> data, const MatrixInput& dense = {});

  const std::shared_ptr<const GlmData>& data() const { return data_; }
  const MatrixInput& dense() const { return dense_; }

  int variables() const override { return data_->columns(); }
  const SparsePattern& hessianPattern() const override { return analysis().hessian; }
  bool convex() const override { return true; }  // weights and ridge are not negative
  void runOn(const Cpu& la) override { la_ = la; }
  void moveTo(std::span<const double> x) override;
  double value() override;
  void gradient(std::span<double> g) override;
  double typicalGradient() override;
  void hessian(double sigma, std::span<double> values) override;
  bool useLaggedHessian(double accuracy) override;
  bool useHessianLowerBound() override;
  void hessianProduct(double sigma, std::span<const double> v, std::span<double> out) override;
  EvaluationWork work() const override { return analysis().work; }
  std::unique_ptr<Objective> sample(double overhead) const override;
  std::optional<GramFactor> gramFactor(double sigma, std::span<const double> lambda, std::span<double> rest) override;

 private:
  struct Piece {
    int begin, end;
  };

  const GlmData::Analysis& analysis() const;
  void prepare();
  void normaliseWeights();
  void together(std::span<double> values) const;
  double meanResponse() const;
  void evaluate();
  void evaluateGradient();
  template <class PerRow>
  void pass(std::span<const double> x, PerRow&& perRow);
  void sumTransposed(std::span<double> out);
  void transposedByColumns(std::span<double> out) const;
  const double* denseRows(Piece piece, double* buffer) const;
  void predict(Piece piece, std::span<const double> x, const double* rows, double* t) const;
  void addTransposed(Piece piece, const double* r, const double* rows, double* out) const;

  void writeKept(double sigma, double factor, std::span<double> values) const;
  void fillSquares();
  void addRows(Piece piece, double* square) const;
  void writeScaled(Piece piece, double* buffer) const;
  void sumSquares(std::span<double> values) const;
  void sumByColumns(std::span<double> values);

  std::shared_ptr<const GlmData> data_;
  MatrixInput dense_;
  std::vector<double> ownRows_;     // the rows of a sample of dense data
  std::vector<double> ownWeights_;  // the weights, if they are normalised over ranks
  std::span<const double> weights_;
  Cpu la_;
  mutable std::shared_ptr<const GlmData::Analysis> analysis_;  // null until it is needed
  int blockRows_;
  std::vector<Piece> pieces_;  // pieces of the rows, one a task; they depend on sizes alone
  std::vector<Piece> shares_;  // shares of the rows, one a square
  std::optional<RowTree::Work> tree_;
  std::vector<double> x_;
  bool evaluated_ = false;
  bool gradientKnown_ = false;  // gradient_ is the one at x
  bool isKept_ = false;
  bool keptHere_ = false;
  std::optional<double> multiple_;  // the next Hessian is this multiple of kept_
  double value_ = 0;
  std::vector<double> gradient_;
  std::vector<double> curvatures_;      // w_i loss''_i
  HostBuffer<double> kept_;             // A^T W A of the last Hessian
  std::vector<double> keptCurvatures_;  // W of the last Hessian
  std::vector<double> t_;               // predictors of the last pass, then the r of A^T r
  std::vector<double> sums_;            // the part of f that each piece of rows gives
  std::vector<double> partial_;         // A^T r, by piece
  HostBuffer<double> widened_;          // rows of single precision, by piece
  HostBuffer<double> squares_;          // n x n, by share; of Gram::columns a column for each task
  HostBuffer<double> blocks_;           // rows written out, by share
};

}  // namespace nonconvex
