#include "methods/lagrangian_bound/lagrangian_bound.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/index.hpp"

namespace nonconvex {

using namespace outward;

namespace {

double middleOf(Interval a) { return a.low / 2 + a.high / 2; }
double sizeOf(Interval a) { return std::max(std::abs(a.low), std::abs(a.high)); }

}  // namespace

LagrangianBound::LagrangianBound(const LiftedProgram& program)
    : program_(program), n_(program.variables), derivatives_(program) {
  for (const int i : program.constraints) {
    const LiftedRow& each = program.rows[at(i)];
    if (each.lower == each.upper && each.count > 0) equations_.push_back({&each, {}, {}, 0});
  }
}

void LagrangianBound::setPoint(std::shared_ptr<const StationaryPoint> point) {
  if (point == point_) return;
  point_ = std::move(point);
  weights_.assign(at(program_.count()), {0, 0});
  const auto addRow = [&](const LiftedRow& row, double factor) {
    for (int k = 0; k < row.count; ++k) {
      Interval& weight = weights_[at(program_.indexOf(row)[at(k)])];
      weight = add(weight, multiply(factor, program_.coefficient(row, k)));
    }
  };
  addRow(program_.objectiveRow, 1);
  for (std::size_t i = 0; i < program_.constraints.size(); ++i) {
    const LiftedRow& row = program_.rows[at(program_.constraints[i])];
    const double y = point_->multipliers[i];
    if (!std::isinf(y > 0 ? row.lower : row.upper)) addRow(row, -y);
  }
  place_.clear();
  for (const double x : point_->x) place_.push_back(outward::point(x));
  usable_ = expand(place_);
  if (usable_) setModel();
}

/// Sets the slopes and the Hessian matrix of L over a box.
bool LagrangianBound::expand(std::span<const Interval> box) {
  if (!derivatives_.evaluate(box)) return false;
  derivatives_.differentiate();
  adjoint_ = weights_;
  derivatives_.backward(adjoint_);
  H_.assign(at(n_ * n_), {0, 0});
  derivatives_.addHessian(adjoint_, H_);
  return true;
}

/// Takes gradients and gaps of equations from the derivatives.
void LagrangianBound::takeGradients() {
  for (Equation& each : equations_) {
    each.gradient.clear();
    for (const auto& [j, slope] : derivatives_.gradientOf(*each.row)) each.gradient.emplace_back(j, middleOf(slope));
    each.gap = subtract(derivatives_.valueOf(*each.row), point(each.row->lower));
  }
}

void LagrangianBound::setModel() {
  largest_ = 0;
  slope_.clear();
  model_.resize(H_.size());
  for (int i = 0; i < n_; ++i) {
    slope_.push_back(middleOf(adjoint_[at(i)]));
    for (int j = i; j < n_; ++j) row(model_, i)[at(j)] = row(model_, j)[at(i)] = middleOf(H_[at(i * n_ + j)]);
    largest_ = std::max(largest_, std::abs(row(model_, i)[at(i)]));
  }
  takeGradients();
  for (const Equation& each : equations_) {
    double length = 0;
    for (const auto& entry : each.gradient) length += entry.second * entry.second;
    const double penalty = length > 0 ? Tuning::penalty * largest_ / length : 0;
    for (const auto& [i, a] : each.gradient) {
      for (const auto& [j, b] : each.gradient) row(model_, i)[at(j)] += penalty * a * b;
    }
  }
}

/// Chooses p: where the quadratic model at the point is about least within the box, by coordinate descent.
void LagrangianBound::choosePlace(std::span<const Interval> box) {
  std::vector<double> step(at(n_)), slope = slope_;
  const auto room = [&](int j) {
    const double x = point_->x[at(j)];
    return Interval{box[at(j)].low - x, box[at(j)].high - x};
  };
  const auto move = [&](int j, double to) {
    const double by = std::clamp(to, room(j).low, room(j).high) - step[at(j)];
    if (by == 0) return;
    for (int i = 0; i < n_; ++i) slope[at(i)] += by * row(model_, j)[at(i)];
    step[at(j)] += by;
  };
  for (int j = 0; j < n_; ++j) move(j, 0);
  for (int sweep = 0; sweep < Tuning::sweeps; ++sweep) {
    for (int j = 0; j < n_; ++j) {
      const double bend = row(model_, j)[at(j)], s = slope[at(j)];
      move(j, bend > 0 ? step[at(j)] - s / bend : s > 0 ? room(j).low : room(j).high);
    }
  }
  for (int j = 0; j < n_; ++j) {
    const double to = step[at(j)];
    const Interval within = box[at(j)];
    place_[at(j)] = point(to <= room(j).low    ? within.low
                          : to >= room(j).high ? within.high
                                               : std::clamp(point_->x[at(j)] + to, within.low, within.high));
  }
}

/// L(p).
Interval LagrangianBound::valueAtPlace() const {
  Interval sum = add(derivatives_.valueOf(program_.objectiveRow), program_.objective.constant);
  for (std::size_t i = 0; i < program_.constraints.size(); ++i) {
    const LiftedRow& constraint = program_.rows[at(program_.constraints[i])];
    const double y = point_->multipliers[i], side = y > 0 ? constraint.lower : constraint.upper;
    if (y != 0 && !std::isinf(side)) {
      sum = subtract(sum, multiply(y, subtract(derivatives_.valueOf(constraint), point(side))));
    }
  }
  return sum;
}

/// A bound of L'(p) d without the growths, which are set: slopes away from ends of the box.
Interval LagrangianBound::boundOfSlopes(std::span<const Interval> box) {
  Interval sum = {0, 0};
  growth_.assign(at(n_), 0);
  for (const int j : free_) {
    const Interval slope = adjoint_[at(j)];
    const double x = place_[at(j)].low;
    if (x == box[at(j)].low && slope.low > 0) {
      growth_[at(j)] = slope.low;
    } else if (x == box[at(j)].high && slope.high < 0) {
      growth_[at(j)] = -slope.high;
    } else {
      sum = add(sum, multiply(slope, subtract(box[at(j)], place_[at(j)])));
    }
  }
  return sum;
}

/// Chooses the penalties, and returns what e^2 takes of the room. Slopes get their part of the squares s^2.
double LagrangianBound::payForPenalties(std::span<const Interval> box, double room) {
  double paid = 0;
  for (Equation& each : equations_) {
    double change = 0, length = 0;  // e, |g|^2
    const auto over = derivatives_.gradientOf(*each.row);
    for (std::size_t k = 0; k < over.size(); ++k) {
      const auto [j, g] = each.gradient[k];
      const Interval away = subtract(over[k].second, point(g));
      change = sumAbove(change, productAbove(sizeOf(away), sizeOf(subtract(box[at(j)], place_[at(j)]))));
      length += g * g;
    }
    const double most = Tuning::most * largest_ / length;
    each.penalty = std::min(most, 2 * Tuning::paid * room / (static_cast<double>(equations_.size()) * change * change));
    if (!(length > 0) || !std::isfinite(each.penalty)) each.penalty = 0;
    if (each.penalty == 0) continue;
    const Interval squares = subtract(square(each.gap), square(point(change)));
    paid = sumAbove(paid, -multiply(each.penalty / 2, squares).low);
    for (const auto& [j, g] : each.gradient) {
      Interval& slope = adjoint_[at(j)];
      slope = add(slope, multiply(multiply(each.penalty, each.gap), point(g)));
    }
  }
  return paid;
}

/// Sets the middle of H and the penalties in units of the widths, and the sizes of terms that rounding depends on.
bool LagrangianBound::addMatrix(std::vector<double>& sizes) {
  const std::size_t size = free_.size();
  std::vector<int> placeOf(at(n_), -1);
  for (std::size_t a = 0; a < size; ++a) placeOf[at(free_[a])] = static_cast<int>(a);
  matrix_.assign(size * size, 0);
  sizes.assign(size * size, 0);
  for (std::size_t a = 0; a < size; ++a) {
    for (std::size_t b = a; b < size; ++b) {
      const double scale = width_[a] * width_[b];
      const Interval entry = H_[at(free_[a] * n_ + free_[b])];
      const double middle = middleOf(entry);
      matrix_[a * size + b] = scale * middle;
      sizes[a * size + b] =
          scale * (entry.high - middle + Tuning::rounding * std::abs(middle)) * (1 + Tuning::rounding);
      if (!std::isfinite(sizes[a * size + b])) return false;
    }
  }
  for (const Equation& each : equations_) {
    if (each.penalty == 0) continue;
    for (const auto& [i, p] : each.gradient) {
      for (const auto& [j, q] : each.gradient) {
        const int a = placeOf[at(i)], b = placeOf[at(j)];
        if (a < 0 || b < a) continue;
        const double term = each.penalty * (width_[at(a)] * p) * (width_[at(b)] * q);
        matrix_[at(a) * size + at(b)] += term;
        sizes[at(a) * size + at(b)] += Tuning::rounding * (std::abs(term) + std::abs(matrix_[at(a) * size + at(b)]));
      }
    }
  }
  return true;
}

/// Returns true if the terms of second order are at least -room, for all matrices of H.
bool LagrangianBound::isConvexEnough(double room) {
  const std::size_t size = free_.size();
  const double n = static_cast<double>(size), t = Tuning::spent * 2 * room / n;
  std::vector<double> away;
  if (!addMatrix(away)) return false;
  std::vector<double> scale(size);  // units of variables in which all have about the same curvature
  for (std::size_t a = 0; a < size; ++a) {
    const double more = 2 * growth_[at(free_[a])] * width_[a];
    double& entry = matrix_[a * size + a];
    away[a * size + a] += Tuning::rounding * (std::abs(entry) + more + t);
    entry += more + t;
    scale[a] = std::sqrt(std::max(entry, t));
  }
  radius_.assign(size, 0);
  for (std::size_t a = 0; a < size; ++a) {
    radius_[a] += away[a * size + a];
    for (std::size_t b = a + 1; b < size; ++b) {
      const double ratio = scale[a] / scale[b];
      radius_[a] += away[a * size + b] * ratio;
      radius_[b] += away[a * size + b] / ratio * (1 + Tuning::rounding);
    }
  }
  for (std::size_t a = 0; a < size; ++a) {
    double& entry = matrix_[a * size + a];
    entry -= radius_[a] * (1 + n * Tuning::rounding) + Tuning::rounding * std::abs(entry);
  }
  if (!factor_.factor(static_cast<int>(size), matrix_)) return false;
  return (t + factor_.margin()) * n * (1 + Tuning::rounding) <= 2 * room;
}

bool LagrangianBound::findFree(std::span<const Interval> box) {
  free_.clear();
  width_.clear();
  for (int j = 0; j < n_; ++j) {
    const double width = box[at(j)].high - box[at(j)].low;
    if (!std::isfinite(width)) return false;
    if (width == 0) continue;
    free_.push_back(j);
    width_.push_back(above(width));
  }
  return true;
}

bool LagrangianBound::reaches(std::span<const Interval> box, double goal) {
  if (!usable_ || std::isinf(goal) || !findFree(box)) return false;
  choosePlace(box);
  if (!derivatives_.evaluate(place_)) return false;
  derivatives_.differentiate();
  adjoint_ = weights_;
  derivatives_.backward(adjoint_);
  takeGradients();
  const double value = sumBelow(valueAtPlace().low, -goal);
  double room = sumBelow(value, boundOfSlopes(box).low);
  if (!(room > 0) || std::isinf(room)) return false;
  if (free_.empty()) return true;
  const std::vector<Interval> slopes = adjoint_;
  if (!expand(box.first(at(n_)))) return false;
  adjoint_ = slopes;
  const double paid = payForPenalties(box, room);
  room = sumBelow(sumBelow(value, boundOfSlopes(box).low), -paid);
  return room > 0 && isConvexEnough(room);
}

}  // namespace nonconvex
