#include "methods/globalization/best_point.hpp"

#include <algorithm>

namespace nonconvex {
namespace {

void copyPoint(const NlpPoint& from, NlpPoint& to) {
  std::copy(from.x.begin(), from.x.end(), to.x.begin());
  std::copy(from.lambda.begin(), from.lambda.end(), to.lambda.begin());
  std::copy(from.c.begin(), from.c.end(), to.c.begin());
  std::copy(from.g.begin(), from.g.end(), to.g.begin());
  to.normsOfG = from.normsOfG;
  to.f = from.f;
}

}  // namespace

BestPoint::BestPoint(const ScaledNlp& model, double tolerance)
    : model_(model), tolerance_(tolerance), point_(model.makePoint()), leastInfeasible_(model.makePoint()) {}

void BestPoint::record(const NlpPoint& point) {
  const double residual = model_.residual(point);
  const bool nearer = !(residual >= residual_);
  const bool lower = point.f < point_.f && normInf(point.c) <= std::max(normInf(point_.c), tolerance_);
  if (nearer || lower || refused_) take(point, residual);
}

void BestPoint::take(const NlpPoint& point) { take(point, model_.residual(point)); }

void BestPoint::take(const NlpPoint& point, double residual) {
  copyPoint(point, point_);
  residual_ = residual;
  refused_ = false;
  inertia_ = {};
}

void BestPoint::refuse(const NlpPoint& point, const ReducedInertia& inertia) {
  take(point);
  refused_ = true;
  inertia_ = inertia;
}

void BestPoint::recordInfeasible(const NlpPoint& point) {
  const double size = normInf(point.c);
  if (!(size < leastInfeasibility_)) return;
  leastInfeasibility_ = size;
  copyPoint(point, leastInfeasible_);
}

}  // namespace nonconvex
