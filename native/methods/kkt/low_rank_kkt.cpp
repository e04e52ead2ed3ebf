#include "methods/kkt/low_rank_kkt.hpp"

#include <algorithm>
#include <utility>

#include "core/error.hpp"
#include "core/index.hpp"
#include "linalg/vectors.hpp"

namespace nonconvex {

LowRankKkt::LowRankKkt(std::unique_ptr<KktSolver> factored, const LowRankHessian& terms, int n, int m, int most)
    : factored_(std::move(factored)),
      terms_(terms),
      n_(at(n)),
      order_(at(n + m)),
      Z_(at(most) * order_),
      right_(order_),
      small_(at(most)),
      inner_(most) {
  U_.reserve(at(most));
}

void LowRankKkt::load(std::span<const double> H, std::span<const double> J) {
  present_ = std::any_of(H.begin(), H.end(), [](double value) { return value != 0; });
  factored_->load(H, J);
}

Inertia LowRankKkt::factor(const KktShift& shift) {
  constexpr double digits = 1e-12;
  const Inertia inertia = factored_->factor(shift);
  U_.clear();
  if (present_) U_.assign(terms_.lowRankTerms().begin(), terms_.lowRankTerms().end());
  require(U_.size() <= small_.size(), "terms", U_.size(), "expected at most " + show(small_.size()));
  if (U_.empty() || inertia.undefined > 0) return inertia;
  const auto S = inner_.matrix();
  for (int j = 0; j < S.cols; ++j) {
    for (int i = 0; i < S.rows; ++i) S(i, j) = i == j ? 1 : 0;
  }
  for (std::size_t k = 0; k < U_.size(); ++k) {
    std::copy(U_[k].u.begin(), U_[k].u.end(), right_.begin());
    std::fill(right_.begin() + static_cast<std::ptrdiff_t>(n_), right_.end(), 0.0);
    factored_->solve(right_, digits * std::sqrt(norm2Squared(right_)), column(k));
    for (std::size_t i = 0; i < U_.size(); ++i) {
      S(static_cast<int>(i), static_cast<int>(k)) = dot(U_[i].u, column(k).first(n_)) + (i == k ? 1 / U_[k].factor : 0);
    }
  }
  if (inner_.factor()) return inertia;
  return {.undefined = 1};
}

void LowRankKkt::correct(std::span<double> z) {
  if (U_.empty()) return;
  std::fill(small_.begin(), small_.end(), 0.0);
  for (std::size_t k = 0; k < U_.size(); ++k) small_[k] = dot(U_[k].u, z.first(n_));
  inner_.solve(small_);
  for (std::size_t k = 0; k < U_.size(); ++k) axpy(-small_[k], column(k), z);
}

void LowRankKkt::solve(std::span<double> b) {
  factored_->solve(b);
  correct(b);
}

double LowRankKkt::solve(std::span<const double> b, double target, std::span<double> z) {
  const double left = factored_->solve(b, target, z);
  correct(z);
  return left;
}

}  // namespace nonconvex
