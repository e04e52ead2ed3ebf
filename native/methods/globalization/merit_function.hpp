// The exact augmented Lagrangian (Di Pillo and Grippo 1979)
//   M(x, lambda) = f + lambda^T c + eta1/2 ||c||^2 + eta2/2 ||g||^2,  g = grad f + J^T lambda,
// whose stationary points, for eta1 large and eta2 small enough, are those of the problem.
#pragma once

#include <optional>

#include "methods/nlp/scaled_nlp.hpp"

namespace nonconvex {

/// Derivative of M along a direction: base + eta1 byEta1 + eta2 byEta2.
struct MeritSlope {
  double base = 0;
  double byEta1 = 0;
  double byEta2 = 0;
  double curvature = 0;  ///< dx^T B dx, as the exact direction has it
};

struct MeritSettings {
  double constraintPenalty = 1;  ///< first eta1
  double gradientPenalty = 0.1;  ///< first eta2
  double penaltyFactor = 1.5;    ///< nu, by which the penalties change
};

/// M with penalties that adapt to the directions it is asked about.
class MeritFunction {
 public:
  MeritFunction(const ScaledNlp& model, const MeritSettings& settings);

  double eta1() const { return eta1_; }
  double eta2() const { return eta2_; }

  double value(const NlpPoint& point) const;
  /// A lower bound of the value that needs no derivatives.
  double valueWithoutGradient(const NlpPoint& point) const;
  /// How far rounding may be off in the value.
  double noise(const NlpPoint& point) const;

  /// Slope of M along dz = (dx, dlambda), H the Hessian of L. `byEta2`: g^T (H dx + J^T dlambda), where that is known.
  MeritSlope slope(const NlpPoint& point, std::span<const double> H, std::span<const double> dz,
                   std::optional<double> byEta2 = std::nullopt);
  double at(const MeritSlope& s) const { return s.base + eta1_ * s.byEta1 + eta2_ * s.byEta2; }
  /// grad M^T dz <= -eta2/2 ||F||^2
  bool descends(const MeritSlope& s, double squaredF) const { return at(s) <= -0.5 * eta2_ * squaredF; }

  /// Changes the penalties so that the step descends; false where that takes more than they may be.
  bool adapt(const MeritSlope& slope, const NlpPoint& point);
  /// eta1 <- nu^2 eta1, eta2 <- eta2 / nu; false at the limits.
  bool harden();
  /// Takes the penalties a step back towards where they began, if ||F|| has halved.
  void relax(double normF);
  /// Lowers eta1 where this direction would descend with far less; returns true if it did.
  bool soften(const MeritSlope& slope, const NlpPoint& point);
  /// Lets eta2 be no more than this from now on.
  void limitEta2(double most);
  /// Takes the first penalties again.
  void reset();

 private:
  struct Tuning;
  double leastEta1(const MeritSlope& slope, double squaredF) const;

  const ScaledNlp& model_;
  const double firstEta1_;
  double firstEta2_;
  const double nu_;
  double eta1_;
  double eta2_;
  double reference_;  // ||F|| when the penalties last changed for it
  Vector Hg_;
  Vector Jv_;
};

}  // namespace nonconvex
