#include "solvers/sparse/quadratic/support.hpp"

#include <algorithm>
#include <cmath>

#include "core/numbers.hpp"
#include "linalg/vectors.hpp"

namespace nonconvex {
void Support::clear() {
  parts_.clear();
  entries_.clear();
  step_.clear();
  diagonal_.clear();
  directions_.clear();
}

void Support::begin(const BlockPenalty& penalty, int block, std::span<const double> b) {
  norm_ = normOf(b);
  // Beside 0 the least curvature is that of the branch which a block enters.
  const double curvature = penalty.curvature(norm_ > 0 ? norm_ : penalty.l * Tuning::nearZero);
  const double across = norm_ > 0 ? penalty.slope(norm_) / norm_ : curvature;
  const int count = static_cast<int>(entries_.size());
  parts_.push_back({block, count, count, across, curvature, penalty.ridge});
}

void Support::add(const BlockPenalty& penalty, int entry, double b, double gradient) {
  Part& part = parts_.back();
  entries_.push_back(entry);
  part.end = static_cast<int>(entries_.size());
  if (single_) {
    diagonal_.push_back(part.ridge + part.along);
    step_.push_back(-(gradient + part.ridge * b + std::copysign(penalty.slope(norm_), b)));
  } else {
    const double direction = norm_ > 0 ? b / norm_ : 0, along = square(direction);
    directions_.push_back(direction);
    diagonal_.push_back(part.ridge + part.across * (1 - along) + part.along * along);
    const double slope = norm_ > 0 ? part.across : 0;
    step_.push_back(-(gradient + (slope + part.ridge) * b) - (b != 0 ? std::copysign(penalty.l1, b) : 0));
  }
}

void Support::addCurvature(std::span<const double> v, std::span<double> out) const {
  for (const Part& each : parts_) {
    double along = 0;
    for (int k = each.begin; k < each.end; ++k) along += directions_[at(k)] * v[at(k)];
    along *= each.along - each.across;
    for (int k = each.begin; k < each.end; ++k) {
      out[at(k)] += (each.across + each.ridge) * v[at(k)] + along * directions_[at(k)];
    }
  }
}

bool Support::factor(const QuadraticForm& form, int responses, double shift) {
  if (single_) return kept_.set(form, entries_, diagonal_);
  const int count = static_cast<int>(entries_.size());
  if (factor_.rows() < count) factor_ = HostMatrix<double>(count + count / 2, count + count / 2, Uninitialized{});
  const Mat<double> a = factor_.view().block(0, 0, count, count);
  double most = 0;
  for (int j = 0; j < count; ++j) {
    const double* column = form.gram(entries_[at(j)] / responses);
    if (responses == 1) {
      for (int i = j; i < count; ++i) a(i, j) = column[entries_[at(i)]];
    } else {
      const int response = entries_[at(j)] % responses;
      for (int i = j; i < count; ++i) {
        const int entry = entries_[at(i)];
        a(i, j) = entry % responses == response ? column[entry / responses] : 0;
      }
    }
    most = std::max(most, a(j, j));
  }
  for (const Part& each : parts_) {
    for (int j = each.begin; j < each.end; ++j) {
      const double along = (each.along - each.across) * directions_[at(j)];
      for (int i = j; i < each.end; ++i) a(i, j) += along * directions_[at(i)];
      a(j, j) += each.across + each.ridge;
    }
  }
  for (int j = 0; j < count; ++j) a(j, j) += shift * most;
  if (!la_.cholesky(a)) return false;
  // A pivot that is rounding of its column says that columns depend on each other.
  for (int j = 0; j < count; ++j) {
    if (square(a(j, j)) < Tuning::leastPivot * most) return false;
  }
  return true;
}

void Support::solve() {
  if (single_) return kept_.solve(entries_, step_);
  const int count = static_cast<int>(entries_.size());
  la_.choleskySolve(factor_.view().block(0, 0, count, count), Mat<double>{step_.data(), count, 1, count});
}

}  // namespace nonconvex
