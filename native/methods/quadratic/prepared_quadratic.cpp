#include "methods/quadratic/prepared_quadratic.hpp"

#include "core/index.hpp"

namespace nonconvex {

PreparedQuadratic::PreparedQuadratic(const Cpu& la, ConvexQuadratic program, double tolerance)
    : la_(la),
      program_(std::move(program)),
      method_(la_, program_, tolerance),
      isSmall_(program_.variables() <= Tuning::variables && program_.rows() <= Tuning::rows) {}

PreparedQuadratic::~PreparedQuadratic() = default;

std::shared_ptr<PreparedQuadratic> PreparedQuadratic::take(const std::shared_ptr<PreparedQuadratic>& from) {
  if (from->taken_.exchange(true)) return nullptr;
  return {from.get(), [from](PreparedQuadratic* taken) { taken->taken_ = false; }};
}

void PreparedQuadratic::makeSmall() {
  const int n = program_.variables(), m = program_.rows();
  small_.emplace(Small{HostMatrix<double>(n, n), HostMatrix<double>(m, n), DualActiveSet(n, m)});
  const SparsePattern &q = program_.q.pattern, &g = program_.g.pattern;
  for (int j = 0; j < n; ++j) {
    for (std::size_t k = at(q.offsets[at(j)]); k < at(q.offsets[at(j) + 1]); ++k) {
      small_->Q(q.indices[k], j) = small_->Q(j, q.indices[k]) = program_.q.values[k];
    }
  }
  for (int i = 0; i < m; ++i) {
    for (std::size_t k = at(g.offsets[at(i)]); k < at(g.offsets[at(i) + 1]); ++k) {
      small_->G(i, g.indices[k]) = program_.g.values[k];
    }
  }
}

void PreparedQuadratic::setVectors(std::span<const double> c, std::span<const double> atLeast,
                                   std::span<const double> atMost, std::span<const double> lower,
                                   std::span<const double> upper) {
  program_.c.assign(c.begin(), c.end());
  program_.atLeast.assign(atLeast.begin(), atLeast.end());
  program_.atMost.assign(atMost.begin(), atMost.end());
  program_.lower.assign(lower.begin(), lower.end());
  program_.upper.assign(upper.begin(), upper.end());
}

bool PreparedQuadratic::solveSmall(QuadraticPoint& point, int& steps) {
  if (!isSmall_) return false;
  if (!small_) makeSmall();
  DualActiveSet& method = small_->method;
  const QuadraticEnd end = method.solveAgain({.H = small_->Q.view(),
                                              .c = program_.c,
                                              .A = small_->G.view(),
                                              .rowLower = program_.atLeast,
                                              .rowUpper = program_.atMost,
                                              .lower = program_.lower,
                                              .upper = program_.upper});
  if (end == QuadraticEnd::singular) isSmall_ = false;
  if (end != QuadraticEnd::solved) return false;
  steps = method.steps();
  point.x.assign(method.x().begin(), method.x().end());
  point.y.assign(method.multipliers().begin(), method.multipliers().end());
  point.z.assign(method.boundMultipliers().begin(), method.boundMultipliers().end());
  for (auto* multipliers : {&point.y, &point.z}) {
    for (double& value : *multipliers) value = -value;
  }
  return true;
}

}  // namespace nonconvex
