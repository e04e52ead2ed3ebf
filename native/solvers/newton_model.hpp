// A problem as the Newton solver sees it: scaled, with counts and the time its derivatives took.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "core/status.hpp"
#include "solvers/newton_problem.hpp"
#include "solvers/newton_vectors.hpp"

namespace nonconvex {

/// x and lambda with what is known there, all of the scaled problem.
struct NewtonPoint {
  Vector x;
  Vector lambda;
  double f = unknown;
  Vector c;
  Vector gradient;  ///< of f
  Vector jacobian;  ///< values, in the order of the pattern
  Vector g;         ///< gradient of L in x
  std::uint64_t stamp = 0;

  double squaredC() const { return norm2Squared(c); }
  double squaredF() const { return norm2Squared(g) + norm2Squared(c); }
};

/// min s_f f(x) subject to s_i c_i(x) = 0, where no gradient has an entry above 100 at the start (Waechter and Biegler
/// 2006, section 3.8).
class NewtonModel {
 public:
  /// Checks the problem: n >= 1, m <= n, the sizes and finiteness of start and multipliers.
  NewtonModel(const Cpu& la, const NewtonProblem& problem, bool scaling);

  int n() const { return n_; }
  int m() const { return m_; }
  const SparsePattern& jacobianPattern() const { return *jacobianPattern_; }
  const SparsePattern& hessianPattern() const { return *hessianPattern_; }
  bool linearConstraints() const { return oracle_->linearConstraints(); }
  bool convexObjective() const { return oracle_->convexObjective(); }

  /// As the oracle has them; this moves there and back.
  std::shared_ptr<Oracle> sample(double overhead);
  std::shared_ptr<Oracle> withObjective(std::unique_ptr<Objective> objective);
  EvaluationWork work() const { return oracle_->work(); }

  NewtonPoint makePoint() const;
  /// x and, scaled, lambda of the problem as given; false where something is not finite. Sets the scaling.
  bool begin(NewtonPoint& point);

  /// f and c at point.x; false when not finite.
  bool evaluateValues(NewtonPoint& point);
  /// c alone.
  bool evaluateConstraints(NewtonPoint& point);
  /// After `evaluateValues`: the gradient, J and g; false when not finite.
  bool evaluateDerivatives(NewtonPoint& point);
  /// g for another lambda at the same x.
  void updateLagrangian(NewtonPoint& point) const;
  /// Of Hessians as they are handed around; none where a device keeps them.
  std::size_t hessianValues() const { return device_ == nullptr ? hessianPattern_->nonzeros() : 0; }
  NewtonDevice* device() const { return device_; }

  /// Values of sigma Hess f + sum_i weights_i Hess c_i; false when not finite.
  bool hessian(const NewtonPoint& point, double sigma, std::span<const double> weights, std::span<double> values);

  /// The same with the Hessian of f from an earlier point, and with a lower bound of it that of L, as the oracle has
  /// them.
  bool earlierHessian(const NewtonPoint& point, double accuracy, std::span<const double> weights,
                      std::span<double> values);
  bool hessianBound(const NewtonPoint& point, std::span<double> values);

  /// max |H_ij| of the Hessian that was evaluated last.
  double sizeH() const { return sizeH_; }

  /// From now on an empty H stands for the Hessian of L at this point; on a device, until `hessian` is evaluated.
  void linearize(const NewtonPoint& point);
  /// That Hessian as a Gram matrix and the diagonal of the rest, where the oracle has it so; the Gram matrix is to be
  /// multiplied by `objectiveScale`.
  std::optional<WeightedRows> gram(std::span<double> rest) const;
  /// Calls f(sigma, weights) with the oracle at that point: the Hessian is sigma Hess f + sum_i weights_i Hess c_i.
  template <class F>
  void atLinearized(F&& f) const {
    moveTo(linearized_.x, linearized_.stamp);
    f(objectiveScale_, std::span<const double>(linearized_.weights));
  }
  double objectiveScale() const { return objectiveScale_; }

  void hessianProduct(std::span<const double> H, std::span<const double> v, std::span<double> out) const;
  void jacobianProduct(std::span<const double> J, std::span<const double> v, std::span<double> out) const;
  void addJacobianTransposedProduct(std::span<const double> J, std::span<const double> v, std::span<double> out) const;

  /// max(||g||_inf / s_d, ||c||_inf), s_d = max(100, mean |lambda_i|) / 100, but 1e8 at most.
  double residual(const NewtonPoint& point) const;
  /// By how much smaller than at other starts g has to be for the same residual.
  double usual() const { return usual_; }
  void takeStartForUsual() { usual_ = 1; }
  double unscaledResidual(const NewtonPoint& point) const;
  double unscaledFeasibility(const NewtonPoint& point) const;
  double unscaledObjective(const NewtonPoint& point) const { return point.f / objectiveScale_; }
  Vector unscaledMultipliers(const NewtonPoint& point) const;
  void setMultipliers(std::span<const double> unscaled, NewtonPoint& point) const;

  const NewtonSolution::Counts& counts() const { return counts_; }
  double seconds() const { return seconds_; }

 private:
  /// Whether f is, beside its value at the other one.
  bool hugeAtStart(NewtonPoint& point);
  void moveTo(std::span<const double> x, std::uint64_t stamp) const;
  template <class Ask, class AskDevice>
  bool otherHessian(const NewtonPoint& point, std::span<const double> weights, std::span<double> values, Ask&& ask,
                    AskDevice&& askDevice);
  bool readConstraints(NewtonPoint& point);

  std::shared_ptr<Oracle> oracle_;
  NewtonDevice* device_;
  Vector start_;
  const Vector otherStart_;
  const Vector multipliers_;
  bool scaling_;
  int n_;
  int m_;
  const SparsePattern* jacobianPattern_;
  const SparsePattern* hessianPattern_;
  double objectiveScale_ = 1;
  double usual_ = 1;  // by how much the gradient at the start is above the usual
  Vector constraintScales_;
  Vector weights_;  // of hessian
  std::uint64_t stamps_ = 0;
  mutable std::uint64_t at_ = 0;  // where the oracle is
  struct {
    Vector x;
    Vector weights;
    std::uint64_t stamp = 0;
  } linearized_;
  NewtonSolution::Counts counts_;
  double sizeH_ = 0;
  bool evaluated_ = false;  // on the device, after it was linearised
  mutable double seconds_ = 0;
};

}  // namespace nonconvex
