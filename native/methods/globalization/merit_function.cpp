#include "methods/globalization/merit_function.hpp"

#include <limits>

namespace nonconvex {

struct MeritFunction::Tuning {
  static constexpr double largestEta1 = 1e8;  ///< safeguard: largest weight of ||c||^2, above which a step has no merit
  static constexpr double smallestEta2 = 1e-8;  ///< safeguard: smallest weight of the Lagrangian gradient
};

MeritFunction::MeritFunction(const ScaledNlp& model, const MeritSettings& settings)
    : model_(model),
      firstEta1_(settings.constraintPenalty),
      firstEta2_(settings.gradientPenalty),
      nu_(settings.penaltyFactor) {
  model.resize(Hg_, static_cast<std::size_t>(model.n()));
  model.resize(Jv_, static_cast<std::size_t>(model.m()));
  reset();
}

void MeritFunction::reset() {
  eta1_ = firstEta1_;
  eta2_ = firstEta2_;
  reference_ = std::numeric_limits<double>::infinity();
}

double MeritFunction::valueWithoutGradient(const NlpPoint& point) const {
  return point.f + dot(point.lambda, point.c) + 0.5 * eta1_ * point.squaredC();
}

double MeritFunction::value(const NlpPoint& point) const {
  return valueWithoutGradient(point) + 0.5 * eta2_ * point.squaredG();
}

double MeritFunction::noise(const NlpPoint& point) const {
  constexpr double ulps = 10 * std::numeric_limits<double>::epsilon();
  double terms = 0;
  for (std::size_t i = 0; i < point.c.size(); ++i) terms += std::abs(point.lambda[i] * point.c[i]);
  return ulps * (std::abs(point.f) + terms + std::abs(value(point)));
}

MeritSlope MeritFunction::slope(const NlpPoint& point, std::span<const double> H, std::span<const double> dz,
                                std::optional<double> byEta2) {
  const auto n = static_cast<std::size_t>(model_.n());
  const auto dx = dz.first(n);
  const auto dlambda = dz.subspan(n);
  MeritSlope s;
  const double cdlambda = dot(point.c, dlambda);
  s.base = dot(point.g, dx) + cdlambda;
  s.curvature = 2 * cdlambda - s.base;
  if (byEta2) {
    s.byEta2 = *byEta2;
  } else {
    model_.hessianProduct(H, point.g, Hg_);
    s.byEta2 = dot(Hg_, dx);
  }
  if (dlambda.empty()) return s;
  model_.jacobianProduct(point.jacobian, dx, Jv_);
  s.byEta1 = dot(point.c, Jv_);
  if (byEta2) return s;
  model_.jacobianProduct(point.jacobian, point.g, Jv_);
  s.byEta2 += dot(Jv_, dlambda);
  return s;
}

bool MeritFunction::harden() {
  if (eta1_ * nu_ * nu_ > Tuning::largestEta1 || eta2_ / nu_ < Tuning::smallestEta2) return false;
  eta1_ *= nu_ * nu_;
  eta2_ /= nu_;
  return true;
}

bool MeritFunction::adapt(const MeritSlope& slope, const NlpPoint& point) {
  const double squaredF = point.squaredF();
  // The cost of the shift t is -eta2 t g^T dx: no more than half of dx^T B dx.
  const double shiftCost = slope.byEta2 + point.squaredG();
  if (slope.curvature > 0 && eta2_ * shiftCost > 0.5 * slope.curvature) {
    eta2_ = std::max(Tuning::smallestEta2, 0.5 * slope.curvature / shiftCost);
  }
  if (descends(slope, squaredF)) return true;
  // eta1 ||c||^2 pays for 2 c^T dlambda.
  if (slope.byEta1 < 0) {
    const double needed = leastEta1(slope, squaredF);
    if (needed > eta1_ && needed <= Tuning::largestEta1) eta1_ = needed;
  }
  while (!descends(slope, squaredF)) {
    if (!harden()) return at(slope) < 0;
  }
  return true;
}

double MeritFunction::leastEta1(const MeritSlope& slope, double squaredF) const {
  constexpr double margin = 1.1;
  const double cost = slope.base + eta2_ * (slope.byEta2 + 0.5 * squaredF);
  return slope.byEta1 < 0 ? margin * cost / -slope.byEta1 : 0;
}

bool MeritFunction::soften(const MeritSlope& slope, const NlpPoint& point) {
  // Times what is needed: so eta1 falls by ten at least, and need not rise again at once.
  constexpr double far = 100;
  constexpr double margin = 10;
  const double needed = std::max(firstEta1_, leastEta1(slope, point.squaredF()));
  if (!(eta1_ > far * needed)) return false;
  eta1_ = margin * needed;
  return true;
}

void MeritFunction::relax(double normF) {
  if (normF > 0.5 * reference_ && std::isfinite(reference_)) return;
  if (std::isfinite(reference_)) {
    eta1_ = std::max(std::min(eta1_, firstEta1_), eta1_ / (nu_ * nu_));
    eta2_ = std::min(std::max(eta2_, firstEta2_), eta2_ * nu_);
  }
  reference_ = normF;
}

void MeritFunction::limitEta2(double most) {
  firstEta2_ = std::min(firstEta2_, most);
  eta2_ = std::min(eta2_, most);
}

}  // namespace nonconvex
