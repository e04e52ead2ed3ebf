// A problem with equality constraints as a method sees it: scaled, with counts of its evaluations and their time.
#pragma once

#include <cmath>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "core/status.hpp"
#include "linalg/sparse/column_stretches.hpp"
#include "linalg/vectors.hpp"
#include "methods/nlp/start.hpp"

namespace nonconvex {

/// x and lambda with what is known there, all of the scaled problem.
struct NlpPoint {
  Vector x;
  Vector lambda;
  double f = unknown;
  Vector c;
  Vector gradientOfF;  ///< gradient of f if there are constraints; see `gradient`
  Vector jacobian;     ///< values, in the order of the pattern
  Vector g;            ///< gradient of L in x
  std::uint64_t stamp = 0;

  /// Norms of g as `ScaledNlp::updateLagrangian` has left it, kept once they were asked for.
  mutable struct {
    bool kept = false;
    double squared = unknown;
    double largest = unknown;
  } normsOfG;

  /// grad f, which is g where there are no constraints.
  Vector& gradient() { return lambda.empty() ? g : gradientOfF; }
  const Vector& gradient() const { return lambda.empty() ? g : gradientOfF; }

  double squaredC() const { return norm2Squared(c); }
  double squaredG() const {
    if (normsOfG.kept && !std::isnan(normsOfG.squared)) return normsOfG.squared;
    return normsOfG.squared = norm2Squared(g);
  }
  double largestG() const {
    if (normsOfG.kept && !std::isnan(normsOfG.largest)) return normsOfG.largest;
    return normsOfG.largest = normInf(g);
  }
  double squaredF() const { return squaredG() + squaredC(); }
};

/// The factors by which other units have changed f and each c_i.
struct UnitChange {
  double objective = 1;
  Vector constraints;
};

/// min s_f f(x) subject to s_i c_i(x) = 0, where no gradient has an entry above 100 at the start (Waechter and Biegler
/// 2006, section 3.8), nor none but tiny ones there and near by: such a function is scaled up, so that its unit does
/// not decide how accurate its solution is. `rescale` has the rule for the other end: a start far away has gradients
/// beside which all errors near a solution are small.
class ScaledNlp {
 public:
  /// Opens the problem and checks it: equality constraints only, n >= 1, m <= n, the sizes and finiteness of start and
  /// multipliers.
  ScaledNlp(const Cpu& la, const NlpStart& problem, bool scaling);
  /// Opens a problem of any bounds, which this class does not look at, and any m; for a method that takes care of them.
  /// c is scaled, but its bounds are not. Scales that the problem brings along are kept.
  struct AnyBounds {};
  ScaledNlp(const Cpu& la, const NlpStart& problem, bool scaling, AnyBounds);

  int n() const { return n_; }
  int m() const { return m_; }
  const SparsePattern& jacobianPattern() const { return *jacobianPattern_; }
  const SparsePattern& hessianPattern() const { return *hessianPattern_; }
  bool linearConstraints() const { return nlp_->facts().linearConstraints; }
  bool convexObjective() const { return nlp_->facts().convexObjective; }

  /// The problem as given with an estimate of f from a part of its data (SampledObjective), and with another objective
  /// (ReplaceableObjective); null where it has no such ability.
  std::shared_ptr<Nlp> sample(double overhead);
  std::shared_ptr<Nlp> withObjective(std::unique_ptr<Objective> objective);
  EvaluationWork work() const;
  bool approximateHessian() const { return nlp_->facts().approximateHessian; }
  bool hessianByProducts() const { return nlp_->facts().hessianByProducts; }
  /// Returns true if there are products with the Hessian, and no values of it.
  bool productsOnly() const { return hessianByProducts() && hessianPattern_->nonzeros() == 0; }
  /// The part that the problem's Hessians leave out; null if they are complete.
  const LowRankHessian* lowRankHessian() const { return nlp_->find<LowRankHessian>(); }

  const Nlp& nlp() const { return *nlp_; }
  std::span<const double> constraintScales() const { return constraintScales_; }

  /// Throws where the solve of a large problem is aborted while it is set up: a small one rather says what it knows of
  /// its start.
  void abortPoint() const;
  /// Makes a vector longer by zeros, with an abort point at each piece. For bodies of constructors of what belongs to a
  /// solve: the vectors of a large problem take tens of milliseconds.
  void resize(Vector& v, std::size_t size) const;
  /// A copy of a point in place of another, likewise.
  void copy(const NlpPoint& from, NlpPoint& to) const;

  NlpPoint makePoint() const;
  /// The point that `begin` begins at; to be changed before.
  std::span<double> beginning() { return start_; }
  /// x and, scaled, lambda of the problem as given; false where something is not finite. Sets the scaling.
  bool begin(NlpPoint& point);

  /// Takes over the scales that belong to the point, where they are larger than those of the start by a factor that
  /// matters: for f by the terms of its gradient, as these may cancel there, for c by the Jacobian. Null where nothing
  /// changes; otherwise all points that are kept are to be converted. The change is kept until the next one.
  const UnitChange* rescale(const NlpPoint& point);
  /// Brings what is known at a point to other units.
  void convert(const UnitChange& change, NlpPoint& point) const;

  /// f and c at point.x; false when not finite.
  bool evaluateValues(NlpPoint& point);
  /// c alone.
  bool evaluateConstraints(NlpPoint& point);
  /// After `evaluateValues`: the gradient, J and g; false when not finite.
  bool evaluateDerivatives(NlpPoint& point);
  /// g for another lambda at the same x.
  void updateLagrangian(NlpPoint& point) const;
  /// How many values a Hessian has as it is handed around; none where a device keeps it.
  std::size_t hessianValues() const { return device_ == nullptr ? hessianPattern_->nonzeros() : 0; }
  KktDevice* device() const { return device_; }

  /// Values of sigma Hess f + sum_i weights_i Hess c_i; false when not finite.
  bool hessian(const NlpPoint& point, double sigma, std::span<const double> weights, std::span<double> values);

  /// Values of Hess f of an earlier point (LaggedHessian) + sum_i weights_i Hess c_i; false where the problem knows
  /// none.
  bool laggedHessian(const NlpPoint& point, double accuracy, std::span<const double> weights, std::span<double> values);
  /// Values of the Hessian of L with a lower bound instead of that of f (HessianLowerBound); false where the problem
  /// knows none.
  bool hessianLowerBound(const NlpPoint& point, std::span<double> values);

  /// max |H_ij| of the Hessian that was evaluated last.
  double sizeH() const { return sizeH_; }

  /// Lets an empty H stand for the Hessian of L at this point from now on; on a device, until `hessian` is evaluated.
  void linearize(const NlpPoint& point);
  /// The Hessian of L at that point as a Gram matrix, to be multiplied by `objectiveScale`, and the diagonal of the
  /// rest (GramHessian); none where the problem has no such form.
  std::optional<GramFactor> gramFactor(std::span<double> rest) const;
  /// Calls f(sigma, weights) with the nlp at that point: the Hessian is sigma Hess f + sum_i weights_i Hess c_i.
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
  double residual(const NlpPoint& point) const;
  /// Factor by which g has to be smaller than it would from other starts, for the same residual.
  double gradientScale() const { return gradientScale_; }
  void rescaleByStart() { gradientScale_ = 1; }
  double unscaledResidual(const NlpPoint& point) const;
  double unscaledFeasibility(const NlpPoint& point) const;
  /// max |J_ij x_j| of a row, by which rounding of its terms is judged.
  double largestTerm(const NlpPoint& point, int row) const;
  /// Returns true if no equation c_i(x) = 0 as given is missed by more than 1e-4, Ipopt's constr_viol_tol, or what
  /// rounding makes of the row's terms.
  bool nearlyFeasible(const NlpPoint& point) const;
  double unscaledObjective(const NlpPoint& point) const { return point.f / objectiveScale_; }
  Vector unscaledConstraints(const NlpPoint& point) const;
  Vector unscaledMultipliers(const NlpPoint& point) const;
  void setMultipliers(std::span<const double> unscaled, NlpPoint& point) const;

  const EvaluationCounts& counts() const { return counts_; }
  double seconds() const { return seconds_; }

 private:
  ScaledNlp(const Cpu& la, const NlpStart& problem, bool scaling, std::shared_ptr<Nlp> nlp);

  void moveBeside(double share, std::span<double> x) const;
  std::optional<NlpPoint> besideTiny(NlpPoint& point);
  void scaleBy(NlpPoint& point);
  void prepareRescaling();
  double objectiveScaleAt(const NlpPoint& point);
  double gradientTerms(const NlpPoint& point);
  void moveByShare(double share, const NlpPoint& point, std::span<double> x) const;
  /// Returns true if f is huge at the start, beside its value at the other point.
  bool hugeAtStart(NlpPoint& point);
  void moveTo(std::span<const double> x, std::uint64_t stamp) const;
  bool writeHessian(double sigma, std::span<const double> weights, std::span<double> values);
  bool readConstraints(NlpPoint& point);

  const Cpu& la_;
  std::shared_ptr<Nlp> nlp_;
  KktDevice* device_;
  Vector start_;
  const Vector fallbackStart_;
  const Vector multipliers_;
  bool scaling_;
  int n_;
  int m_;
  const SparsePattern* jacobianPattern_;
  const SparsePattern* hessianPattern_;
  ColumnStretches hessianStretches_;
  double objectiveScale_ = 1;
  UnitChange change_;               // the last one
  Vector beside_, gradientBeside_;  // workspace of `gradientTerms`, empty where f is not scaled down
  double gradientScale_ = 1;        // factor by which the gradient at the start exceeds the usual one
  Vector constraintScales_;
  double givenObjectiveScale_ = 0;  // 0: chosen by the gradient
  Vector givenConstraintScales_;    // empty: chosen by the gradients
  Vector weights_;                  // weights of the Hessian
  std::uint64_t stamps_ = 0;
  mutable std::uint64_t at_ = 0;  // stamp of the point where the nlp is
  struct {
    Vector x;
    Vector weights;
    std::uint64_t stamp = 0;
  } linearized_;
  EvaluationCounts counts_;
  double sizeH_ = 0;
  bool evaluated_ = false;  // the device has evaluated the Hessian since it was linearised
  mutable double seconds_ = 0;
};

}  // namespace nonconvex
