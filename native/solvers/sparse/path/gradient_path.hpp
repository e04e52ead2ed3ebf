// Models along falling lambdas by methods that ask for products with x alone.
#pragma once

#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "problems/functions.hpp"
#include "solvers/sparse/data.hpp"
#include "solvers/sparse/path/engine.hpp"
#include "solvers/sparse/penalties/penalty_at.hpp"
#include "solvers/sparse/problem.hpp"

namespace nonconvex {

/// The penalty is l |b| and a rest r that is smooth: zero for the lasso, concave for MCP and SCAD, with the squares of
/// the elastic net. Loss and r are stepped down by their gradient, l |b| by its proximal step.
///
/// acceleratedGradient: K. Yang, M. Asgharian, S. Bhatnagar, "Accelerated gradient methods for sparse statistical
/// learning with nonconvex penalties", Statistics and Computing 34, 2024, begun anew where the momentum points up.
/// conjugateGradients: directions of Polak and Ribiere from proximal gradients, with backtracking; entries that would
/// change sign stop at 0, and where the search fails a proximal step is taken.
class GradientPath : public PathEngine {
 public:
  GradientPath(const Cpu& la, const SparseData& data, const SparseSettings& settings);

  void fitNull() override;
  void begin(std::span<const double> coefficients, std::span<const double> intercepts) override;
  std::vector<PathModel> fit(std::span<const double> lambdas) override;
  /// Gradients, each with a product with x and one with its transpose, and values, each with one product.
  double evaluations() const override { return evaluations_; }
  double sweeps() const override { return steps_; }

 private:
  struct Tuning;
  /// Coefficients, with the intercept behind them.
  using Point = std::vector<double>;

  void predict(In point, bool withOffset);
  void pullBack(In rows, Out to);
  double value(const Point& at);
  double gradient(const Point& at, Point& to);
  void estimateLipschitz();
  double restSlope(const PenaltyAt& penalty, int j, double b) const;
  double objective(const PenaltyAt& penalty, const Point& at);
  double smooth(const PenaltyAt& penalty, const Point& at, Point& g);
  double curvatureOfRest(const PenaltyAt& penalty) const;
  void proximal(const PenaltyAt& penalty, const Point& at, const Point& g, double step, Point& to) const;
  bool accelerate(const PenaltyAt& penalty, double tolerance);
  bool conjugate(const PenaltyAt& penalty, double tolerance);
  bool search(const PenaltyAt& penalty, double slope);
  bool solve(const PenaltyAt& penalty, double tolerance);
  PathModel model(const PenaltyAt& penalty, double lambda);

  const Cpu& la_;
  const SparseData& data_;
  const SparseSettings& settings_;
  Blocks blocks_;
  double lipschitz_ = 1;  ///< of the gradient of the loss
  double step_ = 0;       ///< of the last search
  double objective_ = 0;
  double evaluations_ = 0, steps_ = 0;
  Point b_, z_, middle_, next_, g_, direction_, mapped_, before_, trial_;
  std::vector<double> t_, first_, second_;
};

}  // namespace nonconvex
