#include "methods/quadratic/quadratic_system.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"

namespace nonconvex {

QuadraticSystem::QuadraticSystem(const Cpu& la, const ConvexQuadratic& program) : program_(program) {
  makePattern();
  // Diagonals that dominate: no variable needs a partner.
  const auto n = at(program.variables());
  std::vector<double> sample(values_), sums(diagonal_.size(), 1.0);
  for (std::size_t j = 0; j < n; ++j) {
    for (std::size_t k = at(pattern_.offsets[j]); k < at(pattern_.offsets[j + 1]); ++k) {
      sums[j] += std::abs(values_[k]);
      sums[at(pattern_.indices[k])] += std::abs(values_[k]);
    }
  }
  for (std::size_t j = 0; j < sums.size(); ++j) sample[diagonal_[j]] = j < n ? sums[j] : -sums[j];
  ldl_ = std::make_unique<SparseLdl>(pattern_, sample, la, OrderSearch::thorough);
}

/// The lower triangle by columns: a variable has its diagonal, its entries of Q and those of G, a row its diagonal.
void QuadraticSystem::makePattern() {
  const auto n = at(program_.variables()), m = at(program_.rows());
  const SparsePattern &q = program_.q.pattern, &g = program_.g.pattern;
  std::vector<std::vector<std::size_t>> ofColumn(n);  // entries of G
  for (std::size_t k = 0; k < g.indices.size(); ++k) ofColumn[at(g.indices[k])].push_back(k);
  std::vector<int> rowOf(g.indices.size());
  for (std::size_t i = 0; i < m; ++i) {
    for (std::size_t k = at(g.offsets[i]); k < at(g.offsets[i + 1]); ++k) rowOf[k] = static_cast<int>(n + i);
  }
  pattern_.lines = pattern_.width = static_cast<int>(n + m);
  ofHessian_.assign(n, 0.0);
  const auto add = [&](int row, double value) {
    pattern_.indices.push_back(row);
    values_.push_back(value);
  };
  for (std::size_t j = 0; j < n + m; ++j) {
    diagonal_.push_back(values_.size());
    add(static_cast<int>(j), 0);
    if (j < n) {
      for (std::size_t k = at(q.offsets[j]); k < at(q.offsets[j + 1]); ++k) {
        if (at(q.indices[k]) == j)
          ofHessian_[j] = program_.q.values[k];
        else
          add(q.indices[k], program_.q.values[k]);
      }
      for (const std::size_t k : ofColumn[j]) add(rowOf[k], program_.g.values[k]);
    }
    pattern_.offsets.push_back(static_cast<int>(values_.size()));
  }
}

bool QuadraticSystem::factor(std::span<const double> d, std::span<const double> e, PivotChoice choice) {
  for (std::size_t j = 0; j < d.size(); ++j) values_[diagonal_[j]] = ofHessian_[j] + d[j];
  for (std::size_t i = 0; i < e.size(); ++i) {
    values_[diagonal_[d.size() + i]] = std::isfinite(e[i]) ? -e[i] : -Tuning::absent;
  }
  ++factorizations_;
  inertia_ = choice == PivotChoice::careful ? ldl_->factor(values_, Tuning::threshold)
                                            : ldl_->factor(values_, threshold_, PivotEffort::regular);
  return inertia_.undefined == 0;
}

double QuadraticSystem::solve(std::span<const double> right, std::span<double> solution, double enough) const {
  return ldl_->solve(values_, right, solution, Tuning::refinements, enough).backwardError;
}

bool QuadraticSystem::raisePivots() {
  if (threshold_ >= Tuning::threshold) return false;
  threshold_ = std::min(Tuning::threshold, Tuning::raise * threshold_);
  return true;
}

}  // namespace nonconvex
