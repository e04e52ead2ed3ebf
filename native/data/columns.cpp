#include "data/columns.hpp"

#include <algorithm>
#include <atomic>
#include <cmath>
#include <string>

#include "core/in_pieces.hpp"
#include "core/index.hpp"
#include "linalg/blas.hpp"
#include "linalg/vector_kernels.hpp"

namespace nonconvex {
namespace {

void requireFinite(double value, std::string_view name, int i, int j) {
  if (std::isfinite(value)) return;
  require(false, std::string(name) + "[" + show(i) + ", " + show(j) + "]", value, "expected a finite number");
}

constexpr int entriesOfPiece = 1 << 16;  // number of entries that are checked in about a millisecond

/// Looks now and then, in loops over entries, whether a solve is aborted.
class AbortPoints {
 public:
  explicit AbortPoints(const Cpu& la) : la_(la) {}
  void pass(int entries) {
    since_ += entries;
    if (since_ < entriesOfPiece) return;
    since_ = 0;
    la_.abortPoint();
  }

 private:
  const Cpu& la_;
  int since_ = 0;
};

/// Throws at the first entry that is not finite.
void requireFinite(const SparseView& matrix, std::string_view name, const Cpu& la) {
  AbortPoints points(la);
  for (int l = 0; l < matrix.lines(); ++l) {
    points.pass(matrix.offsets[at(l) + 1] - matrix.offsets[at(l)] + 1);
    for (int k = matrix.offsets[at(l)]; k < matrix.offsets[at(l) + 1]; ++k) {
      const int index = matrix.indices[at(k)];
      const bool byColumn = matrix.by == Lines::columns;
      requireFinite(matrix.values[at(k)], name, byColumn ? index : l, byColumn ? l : index);
    }
  }
}

/// Adds up entries of column j in the same row, which are neighbours; how many are left, at its begin.
int mergeDuplicates(SparseMatrix& matrix, std::size_t j) {
  const auto begin = at(matrix.offsets[j]), end = at(matrix.offsets[j + 1]);
  auto kept = begin;
  for (auto k = begin; k < end; ++k) {
    if (kept > begin && matrix.indices[kept - 1] == matrix.indices[k]) {
      matrix.values[kept - 1] += matrix.values[k];
    } else {
      matrix.indices[kept] = matrix.indices[k];
      matrix.values[kept++] = matrix.values[k];
    }
  }
  return static_cast<int>(kept - begin);
}

/// Fills up a group, whose rows are given, with `missing` rows that it has not, behind its end.
void padGroup(std::span<std::int32_t> group, int missing, int rows) {
  std::int32_t* end = group.data() + group.size();
  for (int k = 0; k < missing; ++k, ++end) {
    std::int32_t unused = end[-1];
    do {
      unused = unused + 1 < rows ? unused + 1 : 0;
    } while (std::find(group.data(), end, unused) != end);
    *end = unused;
  }
}

/// Below this many rows a call of BLAS costs more than the loop.
constexpr int fewRows = 24;

}  // namespace

Columns::Columns(const MatrixInput& input, std::string_view name, const Cpu& la)
    : rows_(input.rows), cols_(input.columns), stride_((input.rows + 7) / 8 * 8) {
  entries_ = static_cast<std::size_t>(rows_) * static_cast<std::size_t>(cols_);
  const auto stride = static_cast<std::size_t>(stride_);
  values_ = HostBuffer<double>(stride * static_cast<std::size_t>(cols_), Uninitialized{});
  constexpr int block = 64;  // columns, so that a row's part is a few cache lines
  std::atomic<bool> finite = true;
  constexpr std::size_t touchedAtOnce = 1 << 20;
  la.tasks(static_cast<int>((values_.size() + touchedAtOnce - 1) / touchedAtOnce), [&](int piece) {
    const std::size_t from = static_cast<std::size_t>(piece) * touchedAtOnce;
    touchInPieces(values_.data() + from, std::min(touchedAtOnce, values_.size() - from), [&] { la.abortPoint(); });
  });
  const int rowsOfPiece = std::max(8, (1 << 19) / std::max(1, cols_) / 8 * 8);
  for (int row = 0; row < rows_; row += rowsOfPiece) {
    la.abortPoint();
    const int rows = std::min(rowsOfPiece, rows_ - row);
    const std::size_t before = static_cast<std::size_t>(row) * static_cast<std::size_t>(cols_);
    la.tasks((cols_ + block - 1) / block,
             [&](int task) {
               const int first = task * block;
               const int count = std::min(block, cols_ - first);
               double* out = values_.data() + static_cast<std::size_t>(first) * stride + row;
               const auto columns = static_cast<std::size_t>(cols_);
               const std::size_t begin = before + static_cast<std::size_t>(first);
               const bool ok = input.f64 != nullptr
                                   ? loops::transpose(rows, count, input.f64 + begin, columns, out, stride)
                                   : loops::transpose(rows, count, input.f32 + begin, columns, out, stride);
               if (!ok) finite = false;
             },
             1.0 * rows * cols_);
  }
  for (int j = 0; j < cols_; ++j) {
    double* column = values_.data() + static_cast<std::size_t>(j) * stride;
    std::fill(column + rows_, column + stride_, 0.0);
  }
  if (finite) return;
  for (int i = 0; i < rows_; ++i) {
    for (int j = 0; j < cols_; ++j) requireFinite(input(i, j), name, i, j);
  }
}

Columns::Columns(const SparseView& input, std::string_view name, const Cpu& la)
    : sparse_(true), rows_(input.rows), cols_(input.columns) {
  requireFinite(input, name, la);
  const auto pause = [&] { la.abortPoint(); };
  SparseMatrix from = copyBy(Lines::columns, input, pause);
  AbortPoints points(la);
  spans_.resize(nonconvex::at(cols_));
  const int group = this->group();
  std::size_t end = 0;
  for (std::size_t j = 0; j < spans_.size(); ++j) {
    const int size = mergeDuplicates(from, j);
    spans_[j] = {end, size, (size + group - 1) / group * group};
    entries_ += static_cast<std::size_t>(size);
    end += static_cast<std::size_t>(spans_[j].filledSize);
    points.pass(size + 1);
  }
  values_ = HostBuffer<double>(end);
  resizeInPieces(indices_, end, pause);
  for (std::size_t j = 0; j < spans_.size(); ++j) {
    const auto& [begin, size, filledSize] = spans_[j];
    std::copy_n(from.values.data() + from.offsets[j], size, values_.data() + begin);
    std::int32_t* row = indices_.data() + begin;
    std::copy_n(from.indices.data() + from.offsets[j], size, row);
    const int whole = size / group * group;
    padGroup({row + whole, row + size}, filledSize - size, rows_);
    points.pass(size + 1);
  }
}

Columns Columns::less(std::span<const double> shifts, const Cpu& la) const {
  Columns out;
  out.sparse_ = sparse_;
  out.rows_ = rows_;
  out.cols_ = cols_;
  out.stride_ = stride_;
  if (sparse_) {
    out.shiftSparse(*this, shifts, la);
  } else {
    out.shiftDense(*this, shifts, la);
  }
  return out;
}

void Columns::shiftDense(const Columns& from, std::span<const double> shifts, const Cpu& la) {
  entries_ = from.entries_;
  values_ = HostBuffer<double>(from.values_.size(), Uninitialized{});
  la.tasks(
      cols_,
      [&](int j) {
        la.abortPoint();
        const double* a = from.begin(j);
        double* out = values_.data() + (a - from.values_.data());
        const double shift = shifts[nonconvex::at(j)];
        for (int i = 0; i < rows_; ++i) out[i] = a[i] - shift;
        std::fill(out + rows_, out + stride_, 0.0);
      },
      static_cast<double>(entries_));
}

/// A column that is shifted has an entry in each row.
void Columns::shiftSparse(const Columns& from, std::span<const double> shifts, const Cpu& la) {
  spans_.resize(from.spans_.size());
  std::size_t end = 0;
  for (std::size_t j = 0; j < spans_.size(); ++j) {
    const int size = shifts[j] == 0 ? from.spans_[j].size : rows_;
    spans_[j] = {end, size, (size + group() - 1) / group() * group()};
    entries_ += static_cast<std::size_t>(size);
    end += static_cast<std::size_t>(spans_[j].filledSize);
  }
  values_ = HostBuffer<double>(end);
  indices_.resize(end);
  for (std::size_t j = 0; j < spans_.size(); ++j) {
    la.abortPoint();
    const auto& [begin, size, filledSize] = spans_[j];
    double* value = values_.data() + begin;
    std::int32_t* row = indices_.data() + begin;
    if (shifts[j] == 0) {
      std::copy_n(from.values_.data() + from.spans_[j].begin, filledSize, value);
      std::copy_n(from.indices_.data() + from.spans_[j].begin, filledSize, row);
      continue;
    }
    std::fill(value, value + size, -shifts[j]);
    from.forEntries(static_cast<int>(j), [&](int i, double a) { value[i] = a - shifts[j]; });
    for (int i = 0; i < size; ++i) row[i] = i;
    const int whole = size / group() * group();
    padGroup({row + whole, row + size}, filledSize - size, rows_);
  }
}

double Columns::dot(int j, const double* r) const {
  const double* a = begin(j);
  if (sparse_) return loops::sparseDot(filledSize(j), a, rowsOf(j), r);
  const int count = size(j);
  if (count >= fewRows) return blas::dot(count, a, r);
  double sum = 0;
  for (int k = 0; k < count; ++k) sum += a[k] * r[k];
  return sum;
}

void Columns::axpy(int j, double t, double* r) const {
  const double* a = begin(j);
  const int count = size(j);
  if (sparse_) {
    loops::sparseAxpy(filledSize(j), t, a, rowsOf(j), r);
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

bool Columns::isZero() const {
  bool zero = true;
  for (int j = 0; j < cols_ && zero; ++j) forEntries(j, [&](int, double a) { zero = zero && a == 0; });
  return zero;
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
