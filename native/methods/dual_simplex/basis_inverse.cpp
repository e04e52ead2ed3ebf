#include "methods/dual_simplex/basis_inverse.hpp"

#include <algorithm>
#include <cmath>

#include "methods/dual_simplex/simplex_kernels.hpp"

namespace nonconvex {

namespace kernels = loops::simplex;

BasisInverse::BasisInverse(int columns)
    : n_(columns),
      stride_((columns + kernels::padding - 1) / kernels::padding * kernels::padding),
      item_(at(columns)),
      place_(at(columns)),
      products_(at(columns)),
      alpha_(at(stride_)) {
  basic_.reserve(at(columns));
  reset(columns);
}

void BasisInverse::reset(int items) {
  slot_.assign(at(items), -1);
  for (int j = 0; j < n_; ++j) {
    slot_[at(j)] = item_[at(j)] = j;
    place_[at(j)] = -1;
  }
  basic_.clear();
  inverse_.clear();
  exchanges_ = 0;
}

void BasisInverse::normal(const ScaledLp& lp, int item, double* alpha) const {
  std::fill_n(alpha, stride_, 0.0);
  const auto add = [&](int column, double value) {
    const int p = slot_[at(column)];
    if (p >= 0) {
      alpha[p] += value;
    } else {
      kernels::addMultiple(stride_, value, row(place_[at(column)]), alpha);
    }
  };
  if (!lp.isRow(item)) return add(item, 1);
  const std::size_t i = at(item - n_);
  for (std::size_t k = at(lp.begin[i]); k < at(lp.begin[i + 1]); ++k) add(lp.index[k], lp.value[k]);
}

void BasisInverse::point(const double* s, double* z) const {
  kernels::multiply(static_cast<int>(basic_.size()), stride_, inverse_.data(), s, products_.data());
  for (int p = 0; p < n_; ++p)
    if (item_[at(p)] < n_) z[item_[at(p)]] = s[p];
  for (std::size_t r = 0; r < basic_.size(); ++r) z[basic_[r]] = products_[r];
}

void BasisInverse::gradient(const double* c, double* d) const {
  std::fill_n(d, stride_, 0.0);
  for (int p = 0; p < n_; ++p)
    if (item_[at(p)] < n_) d[p] = c[item_[at(p)]];
  for (std::size_t r = 0; r < basic_.size(); ++r)
    if (c[basic_[r]] != 0) kernels::addMultiple(stride_, c[basic_[r]], row(static_cast<int>(r)), d);
}

void BasisInverse::direction(int slot, double* change) const {
  std::fill_n(change, n_, 0.0);
  if (item_[at(slot)] < n_) change[item_[at(slot)]] = 1;
  for (std::size_t r = 0; r < basic_.size(); ++r) change[basic_[r]] = row(static_cast<int>(r))[slot];
}

void BasisInverse::exchange(int slot, int item, const double* alpha) {
  const double pivot = alpha[slot];
  const int old = item_[at(slot)];
  if (old < n_) {
    place_[at(old)] = static_cast<int>(basic_.size());
    basic_.push_back(old);
    inverse_.resize(basic_.size() * at(stride_));
    std::fill_n(row(place_[at(old)]), stride_, 0.0);
    row(place_[at(old)])[slot] = 1;
  }
  if (item < n_) {
    const int r = place_[at(item)];
    const int last = static_cast<int>(basic_.size()) - 1;
    if (r != last) {
      std::copy_n(row(last), stride_, row(r));
      basic_[at(r)] = basic_[at(last)];
      place_[at(basic_[at(r)])] = r;
    }
    place_[at(item)] = -1;
    basic_.pop_back();
    inverse_.resize(basic_.size() * at(stride_));
  }
  const int rows = static_cast<int>(basic_.size());
  for (int r = 0; r < rows; ++r) products_[at(r)] = row(r)[slot] / pivot;
  kernels::subtractOuter(rows, stride_, products_.data(), alpha, inverse_.data());
  for (int r = 0; r < rows; ++r) row(r)[slot] = products_[at(r)];
  slot_[at(old)] = -1;
  slot_[at(item)] = slot;
  item_[at(slot)] = item;
  ++exchanges_;
}

/// The wanted rows and columns that are not yet exchanged, and in which rows a column is.
struct BasisInverse::Order {
  Order(const ScaledLp& lp, std::span<const std::uint8_t> basic, const std::vector<int>& slot)
      : wanted(at(lp.columns())), inRows(at(lp.columns())) {
    for (int j = 0; j < lp.columns(); ++j) wanted[at(j)] = slot[at(j)] >= 0 ? basic[at(j)] : 0;
    count.resize(at(lp.rows()));
    start.resize(at(lp.columns()) + 1);
    for (int i = 0; i < lp.rows(); ++i) {
      if (basic[at(lp.columns() + i)] != 0 || slot[at(lp.columns() + i)] >= 0) continue;
      rows.push_back(i);
      forEntries(lp, i, [&](int j) {
        ++count[at(i)];
        ++inRows[at(j)];
      });
    }
    for (int j = 0; j < lp.columns(); ++j) start[at(j) + 1] = start[at(j)] + inRows[at(j)];
    rowsOf.resize(at(start.back()));
    std::vector<int> end(start.begin(), start.end() - 1);
    for (const int i : rows) forEntries(lp, i, [&](int j) { rowsOf[at(end[at(j)]++)] = i; });
  }
  template <class F>
  void forEntries(const ScaledLp& lp, int i, F&& meet) const {
    for (std::size_t k = at(lp.begin[at(i)]); k < at(lp.begin[at(i + 1)]); ++k)
      if (wanted[at(lp.index[k])] != 0) meet(lp.index[k]);
  }
  bool isOpen(int i) const { return count[at(i)] >= 0; }
  /// Takes a row out. Columns whose last row but one it was go to `ofOneRow`.
  void closeRow(const ScaledLp& lp, int i) {
    count[at(i)] = -1;
    forEntries(lp, i, [&](int j) {
      if (--inRows[at(j)] == 1) ofOneRow.push_back(j);
    });
  }
  void closeColumn(int j) {
    wanted[at(j)] = 0;
    for (int k = start[at(j)]; k < start[at(j) + 1]; ++k) {
      const int i = rowsOf[at(k)];
      if (isOpen(i) && --count[at(i)] == 1) ofOneColumn.push_back(i);
    }
  }
  int openRowOf(int j) const {
    for (int k = start[at(j)]; k < start[at(j) + 1]; ++k)
      if (isOpen(rowsOf[at(k)])) return rowsOf[at(k)];
    return -1;
  }

  std::vector<std::uint8_t> wanted;  ///< columns that are to be basic and still sit in a slot
  std::vector<int> rows, count;      ///< wanted rows, and how many wanted columns a row has; -1 where it is done
  std::vector<int> inRows, start, rowsOf;
  std::vector<int> ofOneColumn, ofOneRow;
};

void BasisInverse::watch() {
  unwatched_ += work();
  if (watch_ == nullptr || unwatched_ < Tuning::operations) return;
  unwatched_ = 0;
  (*watch_)();
}

/// Exchanges the row for the column that is named, where its pivot is large enough, or for that of the largest pivot.
void BasisInverse::bringIn(const ScaledLp& lp, Order& order, int row, int wantedColumn) {
  watch();
  normal(lp, n_ + row, alpha_.data());
  int best = -1;
  double most = Tuning::dependent;
  for (int p = 0; p < n_; ++p) {
    if (std::abs(alpha_[at(p)]) <= most || item_[at(p)] >= n_ || order.wanted[at(item_[at(p)])] == 0) continue;
    most = std::abs(alpha_[at(p)]);
    best = p;
  }
  if (best < 0) return;
  if (wantedColumn >= 0 && order.wanted[at(wantedColumn)] != 0) {
    const int p = slot_[at(wantedColumn)];
    if (std::abs(alpha_[at(p)]) >= Tuning::threshold * most) best = p;
  }
  order.closeColumn(item_[at(best)]);
  exchange(best, n_ + row, alpha_.data());
}

void BasisInverse::factor(const ScaledLp& lp, std::span<const std::uint8_t> basic) {
  reset(lp.items());
  extend(lp, basic);
}

void BasisInverse::extend(const ScaledLp& lp, std::span<const std::uint8_t> basic) {
  Order order(lp, basic, slot_);
  for (const int i : order.rows)
    if (order.count[at(i)] == 1) order.ofOneColumn.push_back(i);
  const auto pullSingletons = [&] {
    while (!order.ofOneColumn.empty()) {
      const int i = order.ofOneColumn.back();
      order.ofOneColumn.pop_back();
      if (!order.isOpen(i)) continue;
      order.closeRow(lp, i);
      bringIn(lp, order, i, -1);
    }
  };
  pullSingletons();
  // Columns of one row each come last: their rows are dense by then, but nothing reads them.
  std::vector<std::pair<int, int>> last;
  order.ofOneRow.clear();
  for (int j = 0; j < n_; ++j)
    if (order.wanted[at(j)] != 0 && order.inRows[at(j)] == 1) order.ofOneRow.push_back(j);
  while (!order.ofOneRow.empty()) {
    const int j = order.ofOneRow.back();
    order.ofOneRow.pop_back();
    const int i = order.openRowOf(j);
    if (order.wanted[at(j)] == 0 || i < 0) continue;
    last.emplace_back(i, j);
    order.closeRow(lp, i);
  }
  for (;;) {
    int sparsest = -1;
    for (const int i : order.rows)
      if (order.isOpen(i) && (sparsest < 0 || order.count[at(i)] < order.count[at(sparsest)])) sparsest = i;
    if (sparsest < 0) break;
    order.closeRow(lp, sparsest);
    bringIn(lp, order, sparsest, -1);
  }
  for (auto pair = last.rbegin(); pair != last.rend(); ++pair) bringIn(lp, order, pair->first, pair->second);
  exchanges_ = 0;
}

}  // namespace nonconvex
