#include "solvers/sparse/subsets/subset_gram.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "core/require_memory.hpp"

namespace nonconvex {

SubsetGram::SubsetGram(const Cpu& la, const SparseData& data, bool intercept)
    : la_(la),
      data_(data),
      correlations_(at(data.p())),
      diagonal_(at(data.p())),
      means_(at(data.p())),
      columns_(at(data.p())),
      usable_(at(data.p())) {
  const int n = data.n(), p = data.p();
  const auto response = [&](std::size_t i) { return data.y[i] - (data.offset.empty() ? 0 : data.offset[i]); };
  std::vector<double> rows(at(n));
  for (std::size_t i = 0; i < rows.size() && intercept; ++i) meanResponse_ += data.weights[i] * response(i);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const double r = response(i) - meanResponse_;
    rows[i] = data.weights[i] * r;
    squares_ += rows[i] * r;
  }
  const double sum = std::accumulate(rows.begin(), rows.end(), 0.0);
  data.multiplyTransposed(la, {rows.data(), n, 1, n}, &sum, {correlations_.data(), p, 1, p});
  for (int j = 0; j < p; ++j) {
    const bool out = data.lower[at(j)] == 0 && data.upper[at(j)] == 0;
    usable_[at(j)] = !data.constant[at(j)] && !out;
    if (!usable(j)) {
      correlations_[at(j)] = 0;
      continue;
    }
    if (intercept) means_[at(j)] = data.dot(j, data.weights.data(), 1);
    const double centre = data.shift[at(j)] + means_[at(j)] * data.scale[at(j)];
    double covered = 0;
    data.x().forEntries(j, [&](int i, double v) {
      const double w = data.weights[at(i)];
      diagonal_[at(j)] += w * square((v - centre) / data.scale[at(j)]);
      covered += w;
    });
    diagonal_[at(j)] += std::max(0.0, 1 - covered) * square(centre / data.scale[at(j)]);
  }
  takeOutFree();
}

void SubsetGram::takeOutFree() {
  // Of its squares, that is left of a column: with less it may not be chosen, as products of columns do not say much
  // more; what is above rounding may explain something all the same.
  constexpr double independent = 1e-9, rounding = 1e-13;
  const std::vector<double> whole = diagonal_;
  for (const int f : data_.free) {
    if (!usable(f)) continue;
    usable_[at(f)] = 0;
    if (diagonal_[at(f)] <= independent * whole[at(f)]) continue;
    const double root = std::sqrt(diagonal_[at(f)]), share = correlations_[at(f)] / root;
    std::vector<double> row(column(f), column(f) + size());
    for (std::size_t j = 0; j < row.size(); ++j) {
      row[j] /= root;
      correlations_[j] -= share * row[j];
      diagonal_[j] -= square(row[j]);
    }
    squares_ -= square(share);
    free_.push_back(f);
    freeRows_.push_back(std::move(row));
    freeShares_.push_back(share);
  }
  for (std::size_t j = 0; j < usable_.size() && !free_.empty(); ++j) {
    if (diagonal_[j] <= independent * whole[j]) {
      leavesOutNearly_ = leavesOutNearly_ || (usable_[j] && diagonal_[j] > rounding * whole[j]);
      usable_[j] = 0;
    }
    if (!usable_[j]) correlations_[j] = 0;
  }
}

void SubsetGram::addFree(std::vector<int>& columns, std::vector<double>& values) const {
  const std::size_t chosen = columns.size();
  for (std::size_t f = free_.size(); f-- > 0;) {
    double value = freeShares_[f];
    for (std::size_t k = 0; k < columns.size(); ++k) value -= freeRows_[f][at(columns[k])] * values[k];
    columns.push_back(free_[f]);
    values.push_back(value / freeRows_[f][at(free_[f])]);
  }
  std::reverse(columns.begin() + static_cast<std::ptrdiff_t>(chosen), columns.end());
  std::reverse(values.begin() + static_cast<std::ptrdiff_t>(chosen), values.end());
}

void SubsetGram::need(std::span<const int> columns) {
  constexpr std::size_t block = 64;  // columns at once, with rows of their own
  std::vector<int> missing;
  for (const int j : columns) {
    if (!has(j)) missing.push_back(j);
  }
  if (missing.empty()) return;
  requireMemory(
      2 * sizeof(double) * size() * static_cast<double>(missing.size()),
      "the columns that were tried so far, " + show(computed_ + static_cast<double>(missing.size())) + ", need");
  for (std::size_t k = 0; k < missing.size(); k += block) {
    la_.abortPoint();
    fill(std::span<const int>(missing).subspan(k, std::min(block, missing.size() - k)));
  }
}

void SubsetGram::fill(std::span<const int> columns) {
  const int n = data_.n(), count = static_cast<int>(columns.size());
  HostMatrix<double> rows(n, count, Uninitialized{}), products(size(), count, Uninitialized{});
  std::vector<double> sums(columns.size());
  for (int k = 0; k < count; ++k) {
    const int j = columns[at(k)];
    const double by = 1 / data_.scale[at(j)];
    double* to = rows.column(k);
    std::fill(to, to + n, -data_.shift[at(j)] * by - means_[at(j)]);
    data_.x().forEntries(j, [&](int i, double v) { to[i] += v * by; });
    for (int i = 0; i < n; ++i) to[i] *= data_.weights[at(i)];
    sums[at(k)] = std::accumulate(to, to + n, 0.0);
  }
  data_.multiplyTransposed(la_, rows, sums.data(), products);
  for (int k = 0; k < count; ++k) {
    std::vector<double>& column = columns_[at(columns[at(k)])];
    column.assign(products.column(k), products.column(k) + size());
    for (const std::vector<double>& row : freeRows_) {
      const double by = row[at(columns[at(k)])];
      for (std::size_t i = 0; i < column.size(); ++i) column[i] -= by * row[i];
    }
  }
  computed_ += count;
}

}  // namespace nonconvex
