#include "solvers/sparse/quadratic/gram_metric.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "core/require_memory.hpp"
#include "linalg/vector_kernels.hpp"
#include "linalg/vectors.hpp"

namespace nonconvex {
struct GramMetric::Tuning {
  /// safeguard: numbers up to which memory grows to four times its size at once, beyond that to twice, as memory that
  /// is never written costs no time, and memory that replaces other has to be cleared and copied into.
  static constexpr double fewNumbers = 1 << 24;
  static constexpr int columnsOfBlock = 64;  ///< safeguard: columns multiplied at a time, which take memory
  static constexpr double entriesBetweenLooks = 1 << 14;  ///< safeguard: entries read between looks at an abort

  /// A number of columns that is more than there is room for, of `rows` numbers each.
  static int larger(int columns, double rows) { return columns * (4 * rows * columns <= fewNumbers ? 4 : 2); }
};

GramMetric::GramMetric(const Cpu& la, const SparseData& data, bool intercept, bool always)
    : la_(la),
      data_(data),
      intercept_(intercept),
      always_(always),
      places_(at(data.p()), -1),
      h_(data.weights),
      work_(at(data.n())) {
  for (const double h : h_) total_ += h;
  setRoots();
  if (!data.x().sparse()) block_ = HostMatrix<double>(data.n(), Tuning::columnsOfBlock, Uninitialized{});
}

/// Bytes of G, and of outer products.
double GramMetric::bytesOfGram(double columns) const {
  return sizeof(double) * columns * (columns + (outer_ ? outer_->outerTerms() : 0));
}

/// Bytes of the columns in use and some more, with a copy of each while room grows or a factor is made.
double GramMetric::bytesWith(std::span<const int> columns) const {
  const double count = static_cast<double>(columns_.size() + columns.size());
  double entries = entries_;
  for (const int j : columns) entries += data_.x().entriesOf(j);
  const double ofEntry = data_.x().sparse() ? 2 * sizeof(double) + sizeof(int) : sizeof(double);
  return 2 * (ofEntry * entries + (goesByRows(count, entries) ? 0 : bytesOfGram(count)));
}

bool GramMetric::hasRoomFor(std::span<const int> columns) const { return hasMemory(bytesWith(columns)); }

void GramMetric::requireRoomFor(std::span<const int> columns) const {
  requireMemory(bytesWith(columns),
                "x with " + show(columns_.size() + columns.size()) + " columns in use at once needs",
                "larger lambdas or maxNonzeros end a path before");
}

bool GramMetric::affordsGram() const { return hasGram() || hasMemory(2 * bytesOfGram(size())); }

void GramMetric::reservePanel(int count) {
  if (data_.x().sparse() || count <= panel_.cols()) return;
  HostMatrix<double> panel(data_.n(), std::min(data_.p(), std::max(count, Tuning::larger(panel_.cols(), data_.n()))),
                           Uninitialized{});
  for (int j = 0; j < panel_.cols(); ++j) {
    la_.checkpoint();
    std::copy_n(panel_.column(j), panel_.rows(), panel.column(j));
  }
  panel_ = std::move(panel);
}

void GramMetric::reserveGram() {
  if (size() <= gram_.cols()) return;
  // More than twice as many columns as rows are hardly ever in use.
  const int now = gram_.cols(), most = Tuning::larger(now, now),
            enough = std::clamp(2 * std::min(data_.n(), most), 2 * now, most);
  const int capacity = std::min(data_.p(), std::max(size(), enough));
  HostMatrix<double> larger(capacity, capacity, Uninitialized{});
  for (int j = 0; j < filled_; ++j) std::copy_n(gram_.column(j), filled_, larger.column(j));
  gram_ = std::move(larger);
}

/// Columns to read between looks at the end of the solve, which take as long as some 50 entries.
int GramMetric::columnsBetweenLooks() const {
  return std::max(1, static_cast<int>(Tuning::entriesBetweenLooks * size() / std::max(1.0, entries_)));
}

void GramMetric::add(std::span<const int> columns) {
  const int first = size();
  if (columns.empty()) return;
  reservePanel(first + static_cast<int>(columns.size()));
  for (const int j : columns) {
    places_[at(j)] = size();
    columns_.push_back(j);
    entries_ += data_.x().entriesOf(j);
  }
  for (int e = first; e < size(); ++e) {
    if (e % columnsBetweenLooks() == 0) la_.checkpoint();
    copyColumn(e);
  }
  measure(first);
}

/// Copies a column that has come into use, scaled: the columns in use then follow each other in memory.
void GramMetric::copyColumn(int place) {
  const auto j = at(column(place));
  const double by = 1 / data_.scale[j], shift = data_.shift[j];
  if (data_.x().sparse()) {
    data_.x().forEntries(column(place), [&](int i, double a) {
      entryRows_.push_back(i);
      entryValues_.push_back(a * by);
    });
    begins_.push_back(entryRows_.size());
    return;
  }
  double* out = panel_.column(place);
  data_.x().forEntries(column(place), [&](int i, double a) { out[i] = (a - shift) * by; });
}

void GramMetric::setWeights(std::span<const double> h, const RowsLoss* outer) {
  outer_ = outer;
  std::copy(h.begin(), h.end(), h_.begin());
  total_ = 0;
  for (const double weight : h_) total_ += weight;
  setRoots();
  filled_ = 0;
  measure(0);
}

void GramMetric::setRoots() {
  if (!data_.x().sparse()) return;
  roots_.resize(h_.size());
  for (std::size_t i = 0; i < h_.size(); ++i) roots_[i] = std::sqrt(h_[i]);
}

/// Means and curvatures of columns.
void GramMetric::measure(int first) {
  scaledValues_.resize(entryValues_.size());
  means_.resize(columns_.size());
  curvatures_.resize(columns_.size());
  if (outer_ && products_.cols() < size()) {
    products_ = HostMatrix<double>(outer_->outerTerms(), std::min(data_.p(), 2 * size()), Uninitialized{});
    first = 0;
  }
  const int between = columnsBetweenLooks();
  for (int e = first; e < size(); ++e) {
    if (e % between == 0) la_.checkpoint();
    const auto [sum, squaresOfColumn] = data_.x().sparse() ? weighSparse(e) : weighDense(e);
    double squares = squaresOfColumn;
    means_[at(e)] = sum / total_;
    if (outer_) {
      outer_->outerProducts(denseColumn(e), products_.column(e));
      squares = std::max(0.0, squares - norm2Squared(std::span(products_.column(e), at(products_.rows()))));
    }
    curvatures_[at(e)] = centred() ? std::max(0.0, squares - sum * means_[at(e)]) : squares;
  }
}

/// sum_i h_i x_i and sum_i h_i x_i^2 of a sparse column in use, of which scaledValues_ gets the entries root(h_i) x_i.
std::pair<double, double> GramMetric::weighSparse(int place) {
  const std::size_t first = begins_[at(place)];
  double sums[2];
  loops::sparseScale(entriesOf(place), &entryValues_[first], &entryRows_[first], roots_.data(), &scaledValues_[first],
                     sums);
  return {sums[0], sums[1]};
}

/// These two sums of a dense column in use.
std::pair<double, double> GramMetric::weighDense(int place) {
  const double* column = panel_.column(place);
  const int n = data_.n();
  for (int i = 0; i < n; ++i) work_[at(i)] = h_[at(i)] * column[i];
  return {blas::dot(n, h_.data(), column), blas::dot(n, work_.data(), column)};
}

double GramMetric::curvatureOf(int column) const {
  if (const int known = place(column); known >= 0) return curvature(known);
  const double by = 1 / data_.scale[at(column)], shift = data_.x().sparse() ? 0 : data_.shift[at(column)];
  double sum = 0, squares = 0;
  data_.x().forEntries(column, [&](int i, double a) {
    const double value = (a - shift) * by;
    sum += h_[at(i)] * value;
    squares += h_[at(i)] * value * value;
  });
  if (outer_) {
    column_.assign(at(data_.n()), 0.0);
    productsOf_.resize(at(outer_->outerTerms()));
    data_.x().forEntries(column, [&](int i, double a) { column_[at(i)] = (a - shift) * by; });
    outer_->outerProducts(column_.data(), productsOf_.data());
    squares = std::max(0.0, squares - norm2Squared(productsOf_));
  }
  return centred() ? std::max(0.0, squares - sum * sum / total_) : squares;
}

HostMatrix<double> GramMetric::gramOf(std::span<const int> columns) const {
  const int size = static_cast<int>(columns.size());
  HostMatrix<double> x(data_.n(), size), gram(size, size), products(outer_ ? outer_->outerTerms() : 0, size);
  for (int e = 0; e < size; ++e) {
    const auto j = at(columns[at(e)]);
    for (int i = 0; i < data_.n(); ++i) x(i, e) = -data_.shift[j] / data_.scale[j];
    data_.x().forEntries(columns[at(e)], [&](int i, double v) { x(i, e) += v / data_.scale[j]; });
    if (outer_) outer_->outerProducts(x.column(e), products.column(e));
  }
  for (int e = 0; e < size; ++e) {
    for (int f = 0; f <= e; ++f) {
      double sum = 0, left = 0, right = 0;
      for (int i = 0; i < data_.n(); ++i) {
        const double h = h_[at(i)];
        sum += h * x(i, e) * x(i, f);
        left += h * x(i, e);
        right += h * x(i, f);
      }
      const double outer = outer_       ? blas::dot(products.rows(), products.column(e), products.column(f))
                           : intercept_ ? left * right / total_
                                        : 0;
      gram(e, f) = gram(f, e) = sum - outer;
    }
  }
  return gram;
}

void GramMetric::needGram() {
  if (filled_ == size()) return;
  reserveGram();
  finish(fill(filled_));
  filled_ = size();
}

/// Rows `first` and below of the Gram matrix, its lower triangle, not centred; returns the first row that was filled.
int GramMetric::fill(int first) {
  if (!data_.x().sparse()) {
    fillDense(first);
  } else {
    collectRows();
    if (first == 0 || entries_ * (size() - first) > 4 * pairs_) {
      fillByRows();
      first = 0;
    } else {
      fillByColumns(first);
    }
  }
  if (outer_) subtractOuter(first);
  return first;
}

/// Takes the outer products away from rows `first` and below.
void GramMetric::subtractOuter(int first) {
  for (int begin = first; begin < size(); begin += Tuning::columnsOfBlock) {
    const int count = std::min(Tuning::columnsOfBlock, size() - begin);
    la_.gemm(Transpose::yes, Transpose::no, -1.0, products_.columns(begin, count), products_.columns(0, begin + count),
             1.0, gram_.view().block(begin, 0, count, begin + count));
    la_.checkpoint();
  }
}

void GramMetric::fillDense(int first) {
  for (int begin = first; begin < size(); begin += block_.cols()) {
    const int count = std::min(block_.cols(), size() - begin);
    la_.forEach(data_.n(), count, [&](int i, int k) { block_(i, k) = h_[at(i)] * panel_(i, begin + k); });
    la_.gemm(Transpose::yes, Transpose::no, 1.0, block_.columns(0, count), panel_.columns(0, begin + count), 0.0,
             gram_.view().block(begin, 0, count, begin + count));
    la_.checkpoint();
  }
}

void GramMetric::fillByColumns(int first) {
  std::fill(work_.begin(), work_.end(), 0.0);
  for (int e = first; e < size(); ++e) {
    forEntries(e, [&](int i, double a) { work_[at(i)] += h_[at(i)] * a; });
    for (int k = 0; k <= e; ++k) gram_(e, k) = dot(k, work_.data());
    forEntries(e, [&](int i, double) { work_[at(i)] = 0; });
  }
}

/// The entries of the columns in use by rows, in the order of their places.
void GramMetric::collectRows() {
  if (collected_ == size()) return;
  collected_ = size();
  rowBegins_.assign(at(data_.n()) + 1, 0);
  for (const int i : entryRows_) ++rowBegins_[at(i) + 1];
  pairs_ = 0;
  for (std::size_t i = 0; i + 1 < rowBegins_.size(); ++i) {
    pairs_ += square(rowBegins_[i + 1]) / 2;
    rowBegins_[i + 1] += rowBegins_[i];
  }
  rowPlaces_.resize(at(rowBegins_.back()));
  rowValues_.resize(rowPlaces_.size());
  std::vector<int> next(rowBegins_.begin(), rowBegins_.end() - 1);
  for (int e = 0; e < size(); ++e) {
    forEntries(e, [&](int i, double a) {
      const auto k = at(next[at(i)]++);
      rowPlaces_[k] = e;
      rowValues_[k] = a;
    });
  }
}

void GramMetric::fillByRows() {
  for (int e = 0; e < size(); ++e) std::fill(gram_.column(e) + e, gram_.column(e) + size(), 0.0);
  for (int i = 0; i < data_.n(); ++i) {
    if (i % Tuning::columnsOfBlock == 0) la_.checkpoint();
    const int end = rowBegins_[at(i) + 1];
    for (int k = rowBegins_[at(i)]; k < end; ++k) {
      const double weighted = h_[at(i)] * rowValues_[at(k)];
      double* column = gram_.column(rowPlaces_[at(k)]);
      for (int l = k; l < end; ++l) column[rowPlaces_[at(l)]] += weighted * rowValues_[at(l)];
    }
  }
}

/// Takes the means away from rows `first` and below, and copies them to the upper triangle.
void GramMetric::finish(int first) {
  for (int e = first; e < size(); ++e) {
    for (int k = 0; k <= e; ++k) {
      if (centred()) gram_(e, k) -= total_ * means_[at(e)] * means_[at(k)];
      gram_(k, e) = gram_(e, k);
    }
  }
}

void GramMetric::gradient(std::span<const double> r, std::span<double> out) const {
  if (size() == 0) return;
  if (data_.x().sparse()) {
    for (int e = 0; e < size(); ++e) out[at(e)] = dot(e, r.data());
    return;
  }
  la_.gemv(Transpose::yes, 1.0, panel_.columns(0, size()), {r.data(), data_.n()}, 0.0, {out.data(), size()});
}

void GramMetric::addProduct(std::span<const double> b, std::span<double> t) const {
  for (int e = 0; e < size(); ++e) {
    if (b[at(e)] == 0) continue;
    if (data_.x().sparse()) {
      const std::size_t first = begins_[at(e)];
      loops::sparseAxpy(entriesOf(e), b[at(e)], &entryValues_[first], &entryRows_[first], t.data());
    } else {
      blas::axpy(data_.n(), b[at(e)], panel_.column(e), t.data());
    }
  }
}

/// A column in use with all of its numbers: of sparse x in work_, until it is asked for another.
const double* GramMetric::denseColumn(int place) {
  if (!data_.x().sparse()) return panel_.column(place);
  copy(place, work_);
  return work_.data();
}

void GramMetric::copy(int place, std::span<double> out) const {
  if (!data_.x().sparse()) {
    std::copy_n(panel_.column(place), out.size(), out.begin());
    return;
  }
  std::fill(out.begin(), out.end(), 0.0);
  forEntries(place, [&](int i, double a) { out[at(i)] = a; });
}

double GramMetric::dot(int place, const double* r) const {
  if (!data_.x().sparse()) return blas::dot(data_.n(), panel_.column(place), r);
  const std::size_t first = begins_[at(place)];
  return loops::sparseDot(entriesOf(place), &entryValues_[first], &entryRows_[first], r);
}

void GramMetric::addWeighted(int place, double t, double* r) const {
  if (data_.x().sparse()) {
    forEntries(place, [&](int i, double a) { r[i] += t * h_[at(i)] * a; });
    return;
  }
  const double* a = panel_.column(place);
  for (int i = 0; i < data_.n(); ++i) r[i] += t * h_[at(i)] * a[i];
}

void GramMetric::addScaled(int place, double t, std::span<double> u) const {
  const std::size_t first = begins_[at(place)];
  loops::sparseAxpy(entriesOf(place), t, &scaledValues_[first], &entryRows_[first], u.data());
}

double GramMetric::sumOfScaled(std::span<const double> u) const {
  return blas::dot(data_.n(), roots_.data(), u.data());
}

double GramMetric::squaredNormOfScaled(std::span<const double> u) const {
  const double squares = norm2Squared(u);
  return centred() ? squares - square(sumOfScaled(u)) / total_ : squares;
}

double GramMetric::rowsOf(std::span<const double> b, std::span<double> rows) const {
  std::fill(rows.begin(), rows.end(), 0.0);
  addProduct(b, rows);
  double sum = 0;
  for (std::size_t i = 0; i < rows.size(); ++i) sum += rows[i] *= h_[i];
  return sum;
}

}  // namespace nonconvex
