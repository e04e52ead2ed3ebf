#include "solvers/relu/robust/cone.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "linalg/blas.hpp"

namespace nonconvex {

struct RobustCone::Tuning {
  /// rounding: The accuracy of a projection, relative to ||b|| ||x_k||.
  static constexpr double accuracy = 1e-11;
  /// safeguard: The share of it by which half-spaces that are there already may be violated: so their rows count as
  /// met.
  static constexpr double allowed = 0.1;
  /// rounding: The length of an interior point, in units of 1 / ||x_k||, from which the cone counts as empty.
  static constexpr double longest = 1e4;
  /// rounding: Added to Gram matrices of unit normals, which may be dependent.
  static constexpr double regularization = 1e-13;
  /// safeguard: Rounds of adding half-spaces.
  static constexpr int mostRounds = 200;
  /// measured: Rows whose half-spaces a round adds at most.
  static constexpr int together = 6;
};

RobustCone::RobustCone(Mat<const double> xt, const double* pattern, const char* constrained,
                       const ReluAdversary& adversary, int inputs)
    : xt_(xt),
      pattern_(pattern),
      constrained_(constrained),
      adversary_(adversary),
      inputs_(inputs),
      d_(xt.rows),
      n_(xt.cols),
      most_(xt.rows + 64),
      normals_(xt.rows, most_),
      gram_(most_, most_),
      dual_(most_),
      slack_(at(xt.cols)),
      zeros_(at(most_), 0.0),
      infinities_(at(most_), infinity) {
  for (std::vector<int>* list : {&rows_, &violated_}) list->reserve(at(most_));
  for (std::vector<double>* list : {&wanted_, &mu_, &missing_}) list->reserve(at(most_));
  for (int k = 0; k < n_; ++k) largestRow_ = std::max(largestRow_, blas::nrm2(d_, xt_.column(k)));
}

void RobustCone::project(const double* b, double* p) {
  const double size = blas::nrm2(d_, b);
  approach({.b = b, .wanted = 0, .sufficient = -Tuning::accuracy * size * largestRow_, .longest = infinity}, p);
}

bool RobustCone::findInterior(double* v) {
  rows_.clear(), wanted_.clear(), mu_.clear();
  if (!(largestRow_ > 0)) return false;
  const bool found =
      approach({.b = nullptr, .wanted = 1, .sufficient = 0.5, .longest = Tuning::longest / largestRow_}, v);
  rows_.clear(), wanted_.clear(), mu_.clear();
  return found;
}

double RobustCone::leastSlack(const double* v) {
  blas::gemv('T', d_, n_, 1.0, xt_.data, xt_.stride, v, 0.0, slack_.data());
  double least = infinity;
  for (int k = 0; k < n_; ++k) {
    if (isConstrained(k)) least = std::min(least, (2 * pattern_[k] - 1) * slack_[at(k)]);
  }
  return least - adversary_.radius * adversary_.dualNorm(inputs_, v);
}

/// Adds half-spaces until none is violated by more than is allowed; whether it came to that.
bool RobustCone::approach(const Target& target, double* p) {
  solve(target, p);
  for (int round = 0; round < Tuning::mostRounds; ++round) {
    if (addViolated(target, p) == 0) return leastSlack(p) >= target.sufficient;
    solve(target, p);
    if (blas::nrm2(d_, p) > target.longest) return false;
  }
  return leastSlack(p) >= target.sufficient;
}

/// The half-spaces of the rows that p violates most; returns how many.
int RobustCone::addViolated(const Target& target, const double* p) {
  if (!(leastSlack(p) < target.sufficient)) return 0;
  const double reach = adversary_.radius * adversary_.dualNorm(inputs_, p);
  const auto slack = [&](int k) { return (2 * pattern_[k] - 1) * slack_[at(k)] - reach; };
  violated_.clear();
  for (int k = 0; k < n_; ++k) {
    if (!isConstrained(k) || !(slack(k) < target.sufficient)) continue;
    // The worst in order, at most `together` of them.
    if (static_cast<int>(violated_.size()) == Tuning::together && slack(k) >= slack(violated_.back())) continue;
    if (static_cast<int>(violated_.size()) == Tuning::together) violated_.pop_back();
    violated_.push_back(k);
    for (std::size_t j = violated_.size() - 1; j > 0 && slack(violated_[j]) < slack(violated_[j - 1]); --j) {
      std::swap(violated_[j], violated_[j - 1]);
    }
  }
  int added = 0;
  for (const int k : violated_) added += add(k, p, target.wanted) ? 1 : 0;
  return added;
}

/// Adds the half-space of a row that cuts off p most.
bool RobustCone::add(int row, const double* p, double wanted) {
  if (count() == most_) forgetIdle();
  if (count() == most_) return false;
  const int j = count();
  double* a = normals_.column(j);
  const double sign = 2 * pattern_[row] - 1;
  for (int i = 0; i < d_; ++i) a[i] = sign * xt_(i, row);
  const double norm = adversary_.norm == AdversaryNorm::two ? adversary_.dualNorm(inputs_, p) : 1;
  for (int i = 0; i < inputs_ && norm > 0; ++i) {
    const double w = adversary_.norm == AdversaryNorm::two ? p[i] / norm : p[i] > 0 ? 1 : p[i] < 0 ? -1 : 0;
    a[i] -= adversary_.radius * w;
  }
  const double length = blas::nrm2(d_, a);
  if (!(length > 0)) return false;
  for (int i = 0; i < d_; ++i) a[i] /= length;
  for (int k = 0; k <= j; ++k) gram_(j, k) = gram_(k, j) = blas::dot(d_, a, normals_.column(k));
  rows_.push_back(row);
  wanted_.push_back(wanted / length);
  mu_.push_back(0);
  return true;
}

/// p := b + sum_j mu_j a_j of least length, with mu >= 0: the dual of the projection on the half-spaces that there are.
void RobustCone::solve(const Target& target, double* p) {
  forgetIdle();
  missing_.clear();
  for (int j = 0; j < count(); ++j) {
    const double there = target.b != nullptr ? blas::dot(d_, normals_.column(j), target.b) : 0;
    missing_.push_back(wanted_[at(j)] - there);
  }
  const double allowed =
      target.b != nullptr ? Tuning::allowed * Tuning::accuracy * blas::nrm2(d_, target.b) : 1e-9 / largestRow_;
  dual_.solve({.G = gram_.view().block(0, 0, count(), count()),
               .r = missing_,
               .lower = In(zeros_).first(mu_.size()),
               .upper = In(infinities_).first(mu_.size()),
               .ridge = Tuning::regularization,
               .accuracy = allowed},
              mu_);
  writePoint(target, p);
}

void RobustCone::writePoint(const Target& target, double* p) const {
  for (int i = 0; i < d_; ++i) p[i] = target.b != nullptr ? target.b[i] : 0;
  for (int j = 0; j < count(); ++j) {
    if (mu_[at(j)] > 0) blas::axpy(d_, mu_[at(j)], normals_.column(j), p);
  }
}

/// Leaves out the half-spaces without a multiplier.
void RobustCone::forgetIdle() {
  if (count() < most_ - Tuning::together - 1) return;
  int kept = 0;
  for (int j = 0; j < count(); ++j) {
    if (!(mu_[at(j)] > 0)) continue;
    if (kept < j) {
      std::copy(normals_.column(j), normals_.column(j) + d_, normals_.column(kept));
      rows_[at(kept)] = rows_[at(j)];
      wanted_[at(kept)] = wanted_[at(j)];
      mu_[at(kept)] = mu_[at(j)];
    }
    ++kept;
  }
  rows_.resize(at(kept)), wanted_.resize(at(kept)), mu_.resize(at(kept));
  for (int j = 0; j < kept; ++j) {
    for (int k = 0; k <= j; ++k) gram_(j, k) = gram_(k, j) = blas::dot(d_, normals_.column(j), normals_.column(k));
  }
}

}  // namespace nonconvex
