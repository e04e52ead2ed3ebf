#include "linalg/columns.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <string>

#include "linalg/blas.hpp"
#include "linalg/loops.hpp"

namespace nonconvex {
namespace {

void requireFinite(double value, std::string_view name, int i, int j) {
  if (std::isfinite(value)) return;
  require(false, std::string(name) + "[" + show(i) + ", " + show(j) + "]", value, "expected a finite number");
}

/// Below this many rows a call of BLAS costs more than the loop.
constexpr int fewRows = 24;

}  // namespace

Columns::Columns(const MatrixInput& input, std::string_view name, const Cpu& la)
    : rows_(input.rows), cols_(input.columns), stride_((input.rows + 7) / 8 * 8) {
  const auto stride = static_cast<std::size_t>(stride_);
  values_ = HostBuffer<double>(stride * static_cast<std::size_t>(cols_), Uninitialized{});
  constexpr int block = 64;  // columns, so that a row's part is a few cache lines
  std::atomic<bool> finite = true;
  la.tasks((cols_ + block - 1) / block,
           [&](int task) {
             const int first = task * block;
             const int count = std::min(block, cols_ - first);
             double* out = values_.data() + static_cast<std::size_t>(first) * stride;
             const auto columns = static_cast<std::size_t>(cols_);
             const bool ok = input.f64 != nullptr
                                 ? loops::transpose(rows_, count, input.f64 + first, columns, out, stride)
                                 : loops::transpose(rows_, count, input.f32 + first, columns, out, stride);
             if (!ok) finite = false;
             for (int j = 0; j < count; ++j) {
               double* column = out + static_cast<std::size_t>(j) * stride;
               std::fill(column + rows_, column + stride_, 0.0);
             }
           },
           1.0 * rows_ * cols_);
  if (finite) return;
  for (int i = 0; i < rows_; ++i) {
    for (int j = 0; j < cols_; ++j) requireFinite(input(i, j), name, i, j);
  }
}

Columns::Columns(const SparseInput& input, std::string_view name)
    : sparse_(true), rows_(input.rows), cols_(input.columns) {
  // Counting sort by column, in which the entries of a column keep their order by row if they come by row.
  const int outer = input.byColumn ? cols_ : rows_;
  offsets_.assign(static_cast<std::size_t>(cols_) + 1, 0);
  const auto forAll = [&](auto&& f) {
    for (int o = 0; o < outer; ++o) {
      for (std::int32_t k = input.offsets[static_cast<std::size_t>(o)];
           k < input.offsets[static_cast<std::size_t>(o) + 1]; ++k) {
        const std::int32_t index = input.indices[static_cast<std::size_t>(k)];
        f(input.byColumn ? index : o, input.byColumn ? o : index, input.values[static_cast<std::size_t>(k)]);
      }
    }
  };
  forAll([&](int, int j, double) { ++offsets_[static_cast<std::size_t>(j) + 1]; });
  for (std::size_t j = 0; j < static_cast<std::size_t>(cols_); ++j) offsets_[j + 1] += offsets_[j];
  struct Entry {
    std::int32_t row;
    double value;
  };
  std::vector<Entry> entries(input.values.size());
  std::vector<std::int32_t> next(offsets_.begin(), offsets_.end() - 1);
  forAll([&](int i, int j, double value) {
    requireFinite(value, name, i, j);
    entries[static_cast<std::size_t>(next[static_cast<std::size_t>(j)]++)] = {i, value};
  });
  std::size_t kept = 0;
  std::int32_t begin = 0;
  for (std::size_t j = 0; j < static_cast<std::size_t>(cols_); ++j) {
    const std::int32_t end = offsets_[j + 1];
    const auto byRow = [](const Entry& a, const Entry& b) { return a.row < b.row; };
    if (!std::is_sorted(entries.begin() + begin, entries.begin() + end, byRow)) {
      std::stable_sort(entries.begin() + begin, entries.begin() + end, byRow);
    }
    const std::size_t first = kept;
    for (std::int32_t k = begin; k < end; ++k) {
      const Entry& entry = entries[static_cast<std::size_t>(k)];
      if (kept > first && entries[kept - 1].row == entry.row) {
        entries[kept - 1].value += entry.value;
      } else {
        entries[kept++] = entry;
      }
    }
    begin = end;
    offsets_[j + 1] = static_cast<std::int32_t>(kept);
  }
  values_ = HostBuffer<double>(kept);
  indices_.resize(kept);
  for (std::size_t k = 0; k < kept; ++k) {
    values_[k] = entries[k].value;
    indices_[k] = entries[k].row;
  }
}

double Columns::dot(int j, const double* r) const {
  const double* a = begin(j);
  const int count = size(j);
  if (sparse_) return loops::sparseDot(count, a, indices_.data() + offsets_[static_cast<std::size_t>(j)], r);
  if (count >= fewRows) return blas::dot(count, a, r);
  double sum = 0;
  for (int k = 0; k < count; ++k) sum += a[k] * r[k];
  return sum;
}

void Columns::axpy(int j, double t, double* r) const {
  const double* a = begin(j);
  const int count = size(j);
  if (sparse_) {
    loops::sparseAxpy(count, t, a, indices_.data() + offsets_[static_cast<std::size_t>(j)], r);
  } else if (count >= fewRows) {
    blas::axpy(count, t, a, r);
  } else {
    for (int k = 0; k < count; ++k) r[k] += t * a[k];
  }
}

double Columns::squaredNorm(int j) const { return size(j) == 0 ? 0 : blas::dot(size(j), begin(j), begin(j)); }

void Columns::multiply(const double* x, double* out) const {
  std::fill(out, out + rows_, 0.0);
  for (int j = 0; j < cols_; ++j) {
    if (x[j] != 0) axpy(j, x[j], out);
  }
}

void Columns::multiplyTransposed(const double* r, double* out) const {
  for (int j = 0; j < cols_; ++j) out[j] = dot(j, r);
}

double Columns::at(int i, int j) const {
  double found = 0;
  if (!sparse_) return begin(j)[i];
  forEntries(j, [&](int row, double value) {
    if (row == i) found = value;
  });
  return found;
}

Columns::Moments Columns::moments(int j, const double* r) const {
  if (!sparse_) {
    double sums[3];
    loops::moments(rows_, begin(j), r, sums);
    return {sums[0], sums[1], sums[2]};
  }
  Moments m;
  forEntries(j, [&](int i, double a) {
    const double p = a * r[i];
    m.a3r += a * a * p;
    m.a2r2 += p * p;
    m.ar3 += p * r[i] * r[i];
  });
  return m;
}

Columns::Moments Columns::axpyMoments(int j, double t, double* r, int next) const {
  double sums[3];
  loops::axpyMoments(rows_, t, begin(j), r, begin(next), sums);
  return {sums[0], sums[1], sums[2]};
}

}  // namespace nonconvex
