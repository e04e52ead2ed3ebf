#include "methods/globalization/best_point.hpp"

#include <algorithm>
#include <utility>

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

void exchangePoint(NlpPoint& a, NlpPoint& b) {
  a.x.swap(b.x);
  a.lambda.swap(b.lambda);
  a.c.swap(b.c);
  a.g.swap(b.g);
  std::swap(a.normsOfG, b.normsOfG);
  std::swap(a.f, b.f);
}

}  // namespace

BestPoint::BestPoint(const ScaledNlp& model, double tolerance)
    : model_(model), tolerance_(tolerance), point_(model.makePoint()), leastInfeasible_(model.makePoint()) {}

void BestPoint::record(const NlpPoint& point) {
  const double residual = model_.residual(point);
  if (isBest(this->point(), point, residual)) take(point, residual);
}

void BestPoint::recordStep(const NlpPoint& point, NlpPoint& left) {
  const double residual = model_.residual(point);
  // The former point is in `left` now.
  const NlpPoint& before = elsewhere_ != nullptr ? left : point_;
  if (isBest(before, point, residual)) {
    elsewhere_ = &point;
    note(residual);
  } else if (elsewhere_ != nullptr) {
    exchangePoint(left, point_);
    elsewhere_ = nullptr;
  }
}

void BestPoint::settle() {
  if (elsewhere_ != nullptr) copyPoint(*elsewhere_, point_);
  elsewhere_ = nullptr;
}

/// Returns true if the point is to be kept instead of the best one before.
bool BestPoint::isBest(const NlpPoint& before, const NlpPoint& point, double residual) const {
  const bool nearer = !(residual >= residual_);
  const bool lower = point.f < before.f && normInf(point.c) <= std::max(normInf(before.c), tolerance_);
  return nearer || lower || refused_;
}

void BestPoint::take(const NlpPoint& point) { take(point, model_.residual(point)); }

void BestPoint::beginAgain(const NlpPoint& point) {
  take(point);
  leastInfeasibility_ = std::numeric_limits<double>::infinity();
}

void BestPoint::take(const NlpPoint& point, double residual) {
  copyPoint(point, point_);
  elsewhere_ = nullptr;
  note(residual);
}

void BestPoint::note(double residual) {
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
