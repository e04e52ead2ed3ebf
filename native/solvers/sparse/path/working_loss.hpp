// The loss at the present point of an engine that works on some columns.
#pragma once

#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "solvers/sparse/data.hpp"
#include "solvers/sparse/losses/loss.hpp"
#include "solvers/sparse/path/engine.hpp"
#include "solvers/sparse/quadratic/gram_metric.hpp"

namespace nonconvex {

/// The loss at the present point: predictions of K responses, which are n x K, the derivatives there, and intercepts.
/// Coefficients b and their gradients q are S x K by rows for the S places of a metric.
///
/// The squared loss needs no predictions: its gradient is G b and the gradient at 0, with the best intercepts.
class WorkingLoss {
 public:
  WorkingLoss(const Cpu& la, const SparseData& data, bool intercept, GramMetric& metric, RowsLoss& loss);

  RowsLoss& rows() const { return loss_; }
  bool squared() const { return loss_.squared(); }
  /// Whether quadratics have the loss's Hessian though that is no diagonal matrix: with a Gram matrix alone.
  bool exact() const { return loss_.outerTerms() > 0; }
  int responses() const { return responses_; }

  /// Sets the point without coefficients, which stand at 0: predictions are the offsets.
  void start();
  /// Computes value and derivatives at the present predictions.
  void evaluate();
  double evaluations() const { return evaluations_; }
  double perfect() const { return perfect_; }
  /// The loss, or its present envelope, at the present predictions.
  double value() const { return value_; }
  /// The loss itself at coefficients with these gradients.
  double valueOf(std::span<const double> b, std::span<const double> q) const;
  std::span<const double> first() const { return first_; }
  std::span<const double> predictions() const { return t_; }
  std::span<const double> second() const { return second_; }
  /// Slopes of the first derivatives along the intercept of a response.
  double interceptSlope(int k) const;
  /// The largest of these slopes, and sum_k slope_k^2 over twice the weight of the metric.
  double violationOfIntercepts() const;
  double gapOfIntercepts() const;
  /// q := the gradient by the coefficients, for the best intercepts in a quadratic model. `product` is G b of the
  /// squared loss.
  void gradient(std::span<double> q) const;
  void addCorrelations(std::span<double> q) const;

  /// Gives the metric the curvatures at the present point, times a number.
  void setCurvatures(double stretch);
  /// Gives the metric the least curvatures near the present point; false where all are 0.
  bool setLeastCurvatures();

  /// Sets the product of x with a step of the coefficients.
  void setProduct(std::span<const double> step);
  std::span<double> product() { return trial_; }
  /// Sets the product to a share of the move of the predictions since earlier ones, but for that of the intercepts, and
  /// X times a step.
  void extrapolateProduct(std::span<const double> earlier, std::span<const double> earlierIntercepts, double share,
                          std::span<const double> step);
  /// Prepares a move of the predictions along a step whose product is set. The intercepts go to the best ones of the
  /// quadratic, or by `moves`.
  void prepareMove(std::span<const double> step, std::span<const double> moves);
  /// Goes to a share of the move.
  void moveTo(double share);
  void moveBack();
  /// The derivative of the loss along the move, at the present point.
  double slopeOfMove() const;

  /// Sets intercepts of a model, with its loss.
  void describe(PathModel& model, std::span<const double> b, std::span<const double> q) const;
  void restore(const PathModel& model);
  /// Derivatives of the loss at a model times weights; unless the loss is squared the model is the present point.
  void slopesOf(const PathModel& model, std::span<double> slopes) const;
  /// Makes derivatives of the loss orthogonal to the intercepts and, those of each response, to its columns of `free`.
  /// Those of a joint loss stay its derivatives: at t.
  bool makeOrthogonal(std::span<const std::vector<int>> free, std::span<double> slopes, std::span<double> t);
  const std::vector<double>& intercepts() const { return intercepts_; }
  /// Twice the squared loss without coefficients.
  double squaresOfResponses() const { return squaresOfResponses_; }

 private:
  struct Tuning {
    static constexpr double mostRounding = 1e-9;  ///< rounding: share of a squared loss by G that may be rounding
  };

  void addProduct(std::span<const double> step);
  std::size_t n() const { return at(data_.n()); }
  void predict(const PathModel& model, std::span<double> t) const;
  void startSquared();

  const Cpu& la_;
  const SparseData& data_;
  GramMetric& metric_;
  RowsLoss& loss_;
  double perfect_;
  int responses_;
  bool intercept_;
  std::vector<double> t_, first_, second_, trial_, kept_;
  std::vector<double> intercepts_, from_, moves_;
  mutable std::vector<double> places_;
  double value_ = 0, evaluations_ = 0;
  // The squared loss: gradients at 0, p x K, and the loss there with the best intercepts.
  std::vector<double> correlations_, meanResponses_;
  double squaresOfResponses_ = 0;
};

}  // namespace nonconvex
