#include "solvers/sparse/quadratic/class_metric.hpp"

#include <algorithm>
#include <numeric>

#include "core/numbers.hpp"

namespace nonconvex {

struct ClassMetric::Tuning {
  static constexpr int rowsAtATime = 2048;  ///< safeguard: rows multiplied at a time, which limit its memory
};

ClassMetric::ClassMetric(const Cpu& la, const GramMetric& columns, int responses, bool intercept)
    : la_(la),
      columns_(columns),
      responses_(responses),
      intercept_(intercept),
      corner_(responses, responses),
      small_(responses, 1),
      weights_(at(columns.rows())) {}

double ClassMetric::numbersFor(double entries) const {
  const double all = entries + responses_;
  return all * (2 * all + columns_.rows());
}

bool ClassMetric::set(std::span<const int> entries, std::span<const int> free, double share, const RowsLoss& loss,
                      std::span<const double> first, std::span<const double> second, double stretch) {
  entries_.assign(entries.begin(), entries.end());
  collectPanels();
  fill(loss, first, second, stretch);
  if (!eliminate()) return false;
  for (const int place : free) {
    const auto begin = std::lower_bound(entries_.begin(), entries_.end(), place * responses_);
    const auto end = std::lower_bound(begin, entries_.end(), (place + 1) * responses_);
    if (end - begin != responses_) continue;
    const int e = static_cast<int>(begin - entries_.begin());
    const double most = (gram_(e, e) > 0 ? gram_(e, e) : 1) * share;
    for (int k = 0; k < responses_; ++k) {
      for (int l = 0; l < responses_; ++l) gram_(e + k, e + l) += most;
    }
  }
  return true;
}

/// Copies the columns of the entries, one response after the other, behind a column of ones for its intercept.
void ClassMetric::collectPanels() {
  const int total = size() + (intercept_ ? responses_ : 0);
  if (panel_.cols() < total) panel_ = HostMatrix<double>(columns_.rows(), total + total / 4, Uninitialized{});
  order_.clear();
  begins_.assign(1, 0);
  for (int k = 0; k < responses_; ++k) {
    la_.checkpoint();
    if (intercept_) {
      std::fill_n(panel_.column(static_cast<int>(order_.size())), columns_.rows(), 1.0);
      order_.push_back(-1);
    }
    for (int e = 0; e < size(); ++e) {
      if (entries_[at(e)] % responses_ != k) continue;
      la_.checkpoint();
      columns_.copy(entries_[at(e)] / responses_,
                    {panel_.column(static_cast<int>(order_.size())), at(columns_.rows())});
      order_.push_back(e);
    }
    begins_.push_back(static_cast<int>(order_.size()));
  }
}

/// The lower triangle of the Hessian, blocks of two responses at a time.
void ClassMetric::fill(const RowsLoss& loss, std::span<const double> first, std::span<const double> second,
                       double stretch) {
  const int total = begins_.back(), rows = columns_.rows();
  if (whole_.cols() < total) whole_ = HostMatrix<double>(total + total / 4, total + total / 4, Uninitialized{});
  int widest = 0;
  for (int k = 0; k < responses_; ++k) widest = std::max(widest, count(k));
  const int height = std::min(rows, Tuning::rowsAtATime);
  if (block_.cols() < widest) block_ = HostMatrix<double>(height, widest + widest / 4, Uninitialized{});
  for (int k = 0; k < responses_; ++k) {
    for (int l = 0; l <= k; ++l) {
      if (count(k) == 0 || count(l) == 0) continue;
      loss.secondDerivatives(first, second, k, l, weights_);
      const Mat<double> out = whole_.view().block(begin(k), begin(l), count(k), count(l));
      for (int from = 0; from < rows; from += height) {
        const int some = std::min(height, rows - from);
        for (int e = 0; e < count(k); ++e) {
          const double* column = panel_.column(begin(k) + e) + from;
          for (int i = 0; i < some; ++i) block_(i, e) = stretch * weights_[at(from + i)] * column[i];
        }
        la_.gemm(Transpose::yes, Transpose::no, 1.0, block_.view().block(0, 0, some, count(k)),
                 panel_.view().block(from, begin(l), some, count(l)), from == 0 ? 0.0 : 1.0, out);
      }
      la_.checkpoint();
    }
  }
}

/// Brings the Hessian to the order of the entries, and takes the intercepts out. What these have in common changes
/// nothing and is held.
bool ClassMetric::eliminate() {
  const int total = begins_.back(), count = size();
  if (gram_.cols() < count) gram_ = HostMatrix<double>(count + count / 4, count + count / 4, Uninitialized{});
  for (int j = 0; j < total; ++j) {
    for (int i = j; i < total; ++i) {
      const int e = order_[at(i)], f = order_[at(j)];
      if (e >= 0 && f >= 0) gram_(e, f) = gram_(f, e) = whole_(i, j);
    }
  }
  if (!intercept_) return true;
  double trace = 0;
  for (int k = 0; k < responses_; ++k) trace += whole_(begin(k), begin(k));
  for (int k = 0; k < responses_; ++k) {
    for (int l = 0; l <= k; ++l) {
      corner_(k, l) = corner_(l, k) = whole_(begin(k), begin(l)) + trace / responses_;
    }
  }
  if (mixed_.cols() < count) {
    mixed_ = HostMatrix<double>(responses_, count + count / 4, Uninitialized{});
    solved_ = HostMatrix<double>(responses_, count + count / 4, Uninitialized{});
  }
  for (int i = 0; i < total; ++i) {
    if (order_[at(i)] < 0) continue;
    for (int k = 0; k < responses_; ++k) {
      mixed_(k, order_[at(i)]) = i > begin(k) ? whole_(i, begin(k)) : whole_(begin(k), i);
    }
  }
  if (count == 0) return la_.cholesky(corner_);
  for (int e = 0; e < count; ++e) std::copy_n(mixed_.column(e), responses_, solved_.column(e));
  if (!la_.cholesky(corner_)) return false;
  la_.choleskySolve(corner_, solved_.columns(0, count));
  la_.gemm(Transpose::yes, Transpose::no, -1.0, mixed_.columns(0, count), solved_.columns(0, count), 1.0,
           gram_.view().block(0, 0, count, count));
  return true;
}

void ClassMetric::reduce(std::span<const double> sums, std::span<double> gradients) const {
  if (!intercept_) return;
  for (std::size_t e = 0; e < gradients.size(); ++e) {
    gradients[e] -= blas::dot(responses_, solved_.column(static_cast<int>(e)), sums.data());
  }
}

void ClassMetric::intercepts(std::span<const double> sums, std::span<const double> step,
                             std::span<double> moves) const {
  std::fill(moves.begin(), moves.end(), 0.0);
  if (!intercept_) return;
  for (int k = 0; k < responses_; ++k) small_(k, 0) = -sums[at(k)];
  la_.choleskySolve(corner_, small_);
  for (int k = 0; k < responses_; ++k) moves[at(k)] = small_(k, 0);
  for (std::size_t e = 0; e < step.size(); ++e) {
    if (step[e] != 0) blas::axpy(responses_, -step[e], solved_.column(static_cast<int>(e)), moves.data());
  }
}

}  // namespace nonconvex
