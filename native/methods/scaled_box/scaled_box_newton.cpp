#include "methods/scaled_box/scaled_box_newton.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"

namespace nonconvex {

struct ScaledBoxNewton::Tuning {
  static constexpr int mostSteps = 60;         ///< safeguard: steps of Newton's method
  static constexpr int mostHalvings = 30;      ///< safeguard: trials of a step
  static constexpr double decrease = 1e-4;     ///< safeguard: share of the slope that a step has to gain
  static constexpr double ridge = 1e-12;       ///< rounding: what the diagonal of a model has more, relative
  static constexpr double leastRidge = 1e-15;  ///< rounding: the same, absolute
  static constexpr double release = 1e-13;     ///< rounding: slopes that count as 0
  static constexpr double off = 1e-13;         ///< rounding: how far from a side counts as on it, relative
  static constexpr double noise = 1e-15;       ///< rounding: of a value, relative
  static constexpr double leastScale = 1e-9;   ///< safeguard: the least t that is tried, as a share of the largest
};

ScaledBoxNewton::ScaledBoxNewton(int most) {
  const std::size_t d = at(most);
  for (auto* each : {&z_, &gradient_, &model_, &slope_, &moving_, &tied_, &trial_, &trialGradient_}) each->resize(d);
  for (auto* each : {&hessian_, &trialHessian_}) each->resize(d * d);
  factor_.resize((d + 1) * (d + 1));
  face_.resize(d + 1);
  sides_.resize(d);
  free_.reserve(d);
}

/// Takes the nearest point of the box, and finds the sides that it lies on.
void ScaledBoxNewton::enter() {
  const double least = std::max(box_->leastScale, Tuning::leastScale * box_->mostScale);
  t_ = std::clamp(t_, least, box_->mostScale);
  sideOfT_ = least >= box_->mostScale ? Side::both
             : t_ >= box_->mostScale  ? Side::upper
             : t_ <= least            ? Side::lower
                                      : Side::free;
  for (std::size_t j = 0; j < d_; ++j) {
    const double low = box_->lower[j] * tau(j, t_), high = box_->upper[j] * tau(j, t_);
    z_[j] = std::clamp(z_[j], low, high);
    sides_[j] = box_->lower[j] == box_->upper[j] ? Side::both
                : z_[j] <= low                   ? Side::lower
                : z_[j] >= high                  ? Side::upper
                                                 : Side::free;
  }
}

double ScaledBoxNewton::lowerBound(double value) const {
  double bound = value, h = 0;
  for (std::size_t j = 0; j < d_; ++j) {
    const double g = gradient_[j];
    const double least = std::min(g * box_->lower[j], g * box_->upper[j]);
    if (j < scaled_) {
      bound -= g * z_[j];
      h += least;
    } else {
      bound += std::min(g * (box_->lower[j] - z_[j]), g * (box_->upper[j] - z_[j]));
    }
  }
  return bound + std::min(box_->leastScale * h, box_->mostScale * h);
}

ScaledBoxNewton::Result ScaledBoxNewton::minimize(ConvexFunction& f, const ScaledBox& box, const Ends& ends) {
  box_ = &box;
  scaled_ = at(box.scaled);
  enter();
  Result result;
  result.value = f.evaluate({z_.data(), d_}, {gradient_.data(), d_}, {hessian_.data(), d_ * d_});
  for (int step = 0; step < Tuning::mostSteps; ++step) {
    result.bound = std::max(result.bound, lowerBound(result.value));
    const double gap = result.value - result.bound;
    if (result.bound >= ends.goal || result.value <= ends.enough || gap <= ends.gap) break;
    if (gap <= ends.share * (ends.goal - result.value)) break;
    minimizeModel(f);
    if (!advance(f, result.value)) break;
  }
  return result;
}

/// model := the minimiser of g^T (model - z) + (model - z)^T H (model - z) / 2 in the box.
void ScaledBoxNewton::minimizeModel(const ConvexFunction& f) {
  std::copy_n(z_.begin(), d_, model_.begin());
  modelT_ = t_;
  loosen();
  for (std::size_t pass = 0; pass < 4 * (d_ + 4); ++pass) {
    f.checkpoint();
    setSlope();
    if (faceStep()) continue;
    if (!release()) return;
  }
}

/// Frees what does not lie on its side, as after a part of a step.
void ScaledBoxNewton::loosen() {
  const auto away = [](double value, double side) {
    return std::abs(value - side) > Tuning::off * (1 + std::abs(side));
  };
  for (std::size_t j = 0; j < d_; ++j) {
    const bool one = sides_[j] == Side::lower || sides_[j] == Side::upper;
    if (one && away(z_[j], side(j) * tau(j, t_))) sides_[j] = Side::free;
  }
  const double least = std::max(box_->leastScale, Tuning::leastScale * box_->mostScale);
  if (sideOfT_ == Side::lower && away(t_, least)) sideOfT_ = Side::free;
  if (sideOfT_ == Side::upper && away(t_, box_->mostScale)) sideOfT_ = Side::free;
}

/// slope := the gradient of the model at its point.
void ScaledBoxNewton::setSlope() {
  for (std::size_t j = 0; j < d_; ++j) face_[j] = model_[j] - z_[j];
  for (std::size_t j = 0; j < d_; ++j) {
    double change = 0;
    for (std::size_t l = 0; l <= j; ++l) change += hessian_[l * d_ + j] * face_[l];
    for (std::size_t l = j + 1; l < d_; ++l) change += hessian_[j * d_ + l] * face_[l];
    slope_[j] = gradient_[j] + change;
  }
}

/// Moves the point of the model in its face. Returns true if it has met a side, which it then lies on.
bool ScaledBoxNewton::faceStep() {
  free_.clear();
  tMoves_ = false;
  for (std::size_t j = 0; j < d_; ++j) {
    tied_[j] = 0;
    if (sides_[j] == Side::free)
      free_.push_back(j);
    else if (j < scaled_)
      tied_[j] = side(j);
    tMoves_ = tMoves_ || tied_[j] != 0;
  }
  tMoves_ = tMoves_ && sideOfT_ == Side::free;
  if (free_.empty() && !tMoves_) return false;
  double ridge = Tuning::ridge;
  fillFace(ridge);
  while (!factorFace() && ridge < 1) fillFace(ridge *= 100);
  solveFace();
  expandFace();
  std::size_t blocking = d_ + 1;
  Side by = Side::free;
  const double length = blockedAt(blocking, by);
  for (std::size_t j = 0; j < d_; ++j) model_[j] += length * moving_[j];
  modelT_ += length * movingT_;
  if (blocking > d_) return false;
  if (blocking == d_) {
    sideOfT_ = by;
    modelT_ = by == Side::upper ? box_->mostScale : std::max(box_->leastScale, Tuning::leastScale * box_->mostScale);
  } else {
    sides_[blocking] = by;
  }
  for (std::size_t j = 0; j < d_; ++j) {
    if (sides_[j] != Side::free) model_[j] = side(j) * tau(j, modelT_);
  }
  return true;
}

/// The Hessian and the negative slope in the face: its free entries, then t with the entries that are tied to it.
void ScaledBoxNewton::fillFace(double ridge) {
  const std::size_t m = free_.size() + (tMoves_ ? 1 : 0);
  const auto hessian = [&](std::size_t i, std::size_t j) {
    return i >= j ? hessian_[j * d_ + i] : hessian_[i * d_ + j];
  };
  for (std::size_t b = 0; b < free_.size(); ++b) {
    for (std::size_t a = b; a < free_.size(); ++a) factor_[b * m + a] = hessian(free_[a], free_[b]);
    face_[b] = -slope_[free_[b]];
  }
  if (tMoves_) {
    double curvature = 0, slope = 0;
    for (std::size_t b = 0; b < free_.size(); ++b) factor_[b * m + m - 1] = 0;
    for (std::size_t j = 0; j < scaled_; ++j) {
      if (tied_[j] == 0) continue;
      slope += tied_[j] * slope_[j];
      for (std::size_t b = 0; b < free_.size(); ++b) factor_[b * m + m - 1] += tied_[j] * hessian(j, free_[b]);
      for (std::size_t i = 0; i < scaled_; ++i) curvature += tied_[i] * tied_[j] * hessian(i, j);
    }
    factor_[m * m - 1] = curvature;
    face_[m - 1] = -slope;
  }
  double largest = 0;
  for (std::size_t b = 0; b < m; ++b) largest = std::max(largest, factor_[b * m + b]);
  for (std::size_t b = 0; b < m; ++b) {
    factor_[b * m + b] += ridge * factor_[b * m + b] + 1e-4 * ridge * largest + Tuning::leastRidge;
  }
}

/// Cholesky's factor of the face's Hessian; false where it has none.
bool ScaledBoxNewton::factorFace() {
  const std::size_t m = free_.size() + (tMoves_ ? 1 : 0);
  for (std::size_t j = 0; j < m; ++j) {
    double* column = factor_.data() + j * m;
    if (!(column[j] > 0)) return false;
    const double root = std::sqrt(column[j]);
    for (std::size_t i = j; i < m; ++i) column[i] /= root;
    for (std::size_t k = j + 1; k < m; ++k) {
      double* other = factor_.data() + k * m;
      for (std::size_t i = k; i < m; ++i) other[i] -= column[i] * column[k];
    }
  }
  return true;
}

void ScaledBoxNewton::solveFace() {
  const std::size_t m = free_.size() + (tMoves_ ? 1 : 0);
  for (std::size_t j = 0; j < m; ++j) {
    face_[j] /= factor_[j * m + j];
    for (std::size_t i = j + 1; i < m; ++i) face_[i] -= factor_[j * m + i] * face_[j];
  }
  for (std::size_t j = m; j-- > 0;) {
    for (std::size_t i = j + 1; i < m; ++i) face_[j] -= factor_[j * m + i] * face_[i];
    face_[j] /= factor_[j * m + j];
  }
}

/// The step of all entries and of t.
void ScaledBoxNewton::expandFace() {
  movingT_ = tMoves_ ? face_[free_.size()] : 0;
  for (std::size_t j = 0; j < d_; ++j) moving_[j] = tied_[j] * movingT_;
  for (std::size_t b = 0; b < free_.size(); ++b) moving_[free_[b]] = face_[b];
}

/// The share of the step, at most 1, up to the first side that it meets.
double ScaledBoxNewton::blockedAt(std::size_t& blocking, Side& blockedBy) const {
  double length = 1;
  const auto look = [&](double room, double rate, std::size_t which, Side by) {
    if (rate >= 0 || room > -rate * length) return;
    length = std::max(0.0, room / -rate);
    blocking = which;
    blockedBy = by;
  };
  for (const std::size_t j : free_) {
    const double t = tau(j, modelT_), rate = j < scaled_ ? movingT_ : 0;
    look(model_[j] - box_->lower[j] * t, moving_[j] - box_->lower[j] * rate, j, Side::lower);
    look(box_->upper[j] * t - model_[j], box_->upper[j] * rate - moving_[j], j, Side::upper);
  }
  if (tMoves_) {
    const double least = std::max(box_->leastScale, Tuning::leastScale * box_->mostScale);
    look(modelT_ - least, movingT_, d_, Side::lower);
    look(box_->mostScale - modelT_, -movingT_, d_, Side::upper);
  }
  return length;
}

/// Lets the entry go whose side holds back the most; false if none does.
bool ScaledBoxNewton::release() {
  setSlope();
  double most = Tuning::release, along = 0;
  std::size_t which = d_ + 1;
  for (std::size_t j = 0; j < d_; ++j) {
    const Side side = sides_[j];
    if (j < scaled_ && side != Side::free) along += slope_[j] * this->side(j);
    const double held = side == Side::lower ? -slope_[j] : side == Side::upper ? slope_[j] : 0;
    if (held > most) {
      most = held;
      which = j;
    }
  }
  if (sideOfT_ == Side::lower || sideOfT_ == Side::upper) {
    const double held = sideOfT_ == Side::lower ? -along : along;
    if (held > most) which = d_;
  }
  if (which > d_) return false;
  if (which == d_)
    sideOfT_ = Side::free;
  else
    sides_[which] = Side::free;
  return true;
}

/// Goes towards the model's minimiser as far as f falls; false where it does not.
bool ScaledBoxNewton::advance(ConvexFunction& f, double& value) {
  double slope = 0;
  for (std::size_t j = 0; j < d_; ++j) slope += gradient_[j] * (model_[j] - z_[j]);
  if (!(slope < 0)) return false;
  double length = 1;
  for (int trial = 0; trial < Tuning::mostHalvings; ++trial, length /= 2) {
    for (std::size_t j = 0; j < d_; ++j) trial_[j] = length == 1 ? model_[j] : z_[j] + length * (model_[j] - z_[j]);
    const double there = f.evaluate({trial_.data(), d_}, {trialGradient_.data(), d_}, {trialHessian_.data(), d_ * d_});
    if (there <= value + Tuning::decrease * length * slope || (length == 1 && slope > -Tuning::noise * (1 + value))) {
      const bool fell = there < value;
      z_.swap(trial_);
      gradient_.swap(trialGradient_);
      hessian_.swap(trialHessian_);
      t_ = length == 1 ? modelT_ : t_ + length * (modelT_ - t_);
      value = there;
      return fell || -slope > Tuning::noise * (1 + value) || trial == 0;
    }
  }
  return false;
}

}  // namespace nonconvex
