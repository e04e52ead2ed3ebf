#include "problems/sums/regression_sum.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "core/index.hpp"
#include "linalg/blas.hpp"
#include "problems/glm/row_losses.hpp"
#include "problems/sums/row_blocks.hpp"

namespace nonconvex {
namespace {

/// Rows whose predictions are held at a time, so that a row is still near when its gradient is added.
constexpr int rowsAtOnce = 64;
/// Rows of a task.
constexpr int rowsOfBlock = 512;

/// Numbers of a few rows, on the stack.
using Few = std::array<double, rowsAtOnce>;

/// Derivatives of weighted losses of a few rows in their predictions.
struct FewLosses {
  Few slope, curvature;
};

template <class T>
[[noreturn]] void refuseEntry(int i, int j, double value) {
  const std::string where = "x[" + show(i) + "][" + show(j) + "] = " + show(value) + ": ";
  const bool large = std::isfinite(value);
  throw Error(ErrorKind::range,
              where + (large ? "expected a number that single precision holds; precision 'double' takes it"
                             : "expected a finite number"));
}

/// ||x||, also where squares are beyond the range of T.
template <class T>
double normOf(int n, const T* x) {
  if constexpr (sizeof(T) == sizeof(double)) {
    const double squares = blas::dot(n, x, x);
    if (squares > 1e-280 && std::isfinite(squares)) return std::sqrt(squares);
  }
  return blas::nrm2(n, x);
}

/// Rows one after the other, as numbers of T.
template <class T>
class DenseRows {
 public:
  DenseRows(const Cpu& la, const MatrixInput& from) : columns_(from.columns) {
    const std::size_t size = at(from.rows) * at(from.columns);
    T* to = nullptr;
    if constexpr (sizeof(T) == sizeof(double)) {
      values_ = from.f64;
    } else {
      values_ = from.f32;
    }
    if (values_ == nullptr) {
      own_ = HostBuffer<T>(size, Uninitialized{});
      values_ = to = own_.data();
    }
    constexpr int piece = 256;
    la.tasks((from.rows + piece - 1) / piece, [&](int task) {
      la.checkpoint();
      for (int i = task * piece; i < std::min(from.rows, (task + 1) * piece); ++i) {
        const std::size_t row = at(i) * at(columns_);
        for (std::size_t j = 0; j < at(columns_); ++j) {
          const double value = from.f64 != nullptr ? from.f64[row + j] : static_cast<double>(from.f32[row + j]);
          if (!std::isfinite(static_cast<T>(value))) refuseEntry<T>(i, static_cast<int>(j), value);
          if (to != nullptr) to[row + j] = static_cast<T>(value);
        }
      }
    });
  }

  double entriesOfRow() const { return columns_; }
  double dot(int i, const T* x) const { return blas::dot(columns_, row(i), x); }
  void axpy(int i, T factor, T* x) const { blas::axpy(columns_, factor, row(i), x); }
  double norm(int i) const { return normOf(columns_, row(i)); }
  template <class F>
  void forEntries(int i, F&& f) const {
    for (int j = 0; j < columns_; ++j) f(j, row(i)[j]);
  }

 private:
  const T* row(int i) const { return values_ + at(i) * at(columns_); }

  int columns_;
  const T* values_ = nullptr;
  HostBuffer<T> own_;
};

template <class T>
class SparseRows {
 public:
  SparseRows(const Cpu& la, const SparseView& from) {
    requireSparse(from, "x");
    const SparseMatrix rows = copyBy(Lines::rows, from, [&] { la.checkpoint(); });
    for (int i = 0; i < rows.rows; ++i) {
      for (int k = rows.offsets[at(i)]; k < rows.offsets[at(i) + 1]; ++k) {
        const double value = rows.values[at(k)];
        if (!std::isfinite(static_cast<T>(value))) refuseEntry<T>(i, rows.indices[at(k)], value);
      }
    }
    values_.assign(rows.values.begin(), rows.values.end());
    indices_ = rows.indices;
    offsets_ = rows.offsets;
  }

  double entriesOfRow() const {
    return static_cast<double>(values_.size()) / static_cast<double>(std::max<std::size_t>(1, offsets_.size() - 1));
  }
  double dot(int i, const T* x) const {
    const int begin = offsets_[at(i)], end = offsets_[at(i) + 1];
    T even = 0, odd = 0;
    int k = begin;
    for (; k + 1 < end; k += 2) {
      even += values_[at(k)] * x[indices_[at(k)]];
      odd += values_[at(k) + 1] * x[indices_[at(k) + 1]];
    }
    if (k < end) even += values_[at(k)] * x[indices_[at(k)]];
    return even + odd;
  }
  void axpy(int i, T factor, T* x) const {
    for (int k = offsets_[at(i)]; k < offsets_[at(i) + 1]; ++k) x[indices_[at(k)]] += factor * values_[at(k)];
  }
  double norm(int i) const { return normOf(offsets_[at(i) + 1] - offsets_[at(i)], values_.data() + offsets_[at(i)]); }
  template <class F>
  void forEntries(int i, F&& f) const {
    for (int k = offsets_[at(i)]; k < offsets_[at(i) + 1]; ++k) f(indices_[at(k)], values_[at(k)]);
  }

 private:
  std::vector<T> values_;
  std::vector<int> indices_;
  std::vector<int> offsets_;
};

template <class T, class Rows>
class RegressionSum final : public FiniteSum<T> {
 public:
  RegressionSum(const Cpu& la, std::shared_ptr<const RegressionRows> about, Rows rows, int columns)
      : la_(la), about_(std::move(about)), rows_(std::move(rows)), columns_(columns) {
    const int last = about_->intercept ? columns - 1 : columns;
    if (last > 0) blocks_.push_back({.name = "coefficients", .offset = 0, .rows = last, .columns = 1});
    if (about_->intercept) blocks_.push_back({.name = "intercept", .offset = last, .rows = 1, .columns = 1});
    for (const double factor : about_->ridge) hasRidge_ = hasRidge_ || factor != 0;
  }

  int rows() const override { return static_cast<int>(about_->y.size()); }
  int variables() const override { return columns_; }
  std::vector<SumBlock> blocks() const override { return blocks_; }

  SumFacts facts() const override {
    const auto& ridge = about_->ridge;
    return {.convex = true,
            .smooth = true,
            .nonNegative = about_->family == GlmFamily::logistic || about_->family == GlmFamily::squared,
            .strongConvexity = ridge.empty() ? 0 : *std::min_element(ridge.begin(), ridge.end()),
            .hessianProducts = true,
            .rowsApart = true};
  }

  void typicalFactors(std::span<double> scales) const override {
    std::fill(scales.begin(), scales.end(), 0.0);
    for (int i = 0; i < rows(); ++i) {
      rows_.forEntries(i, [&](int j, T value) { scales[at(j)] += static_cast<double>(value) * value; });
    }
    for (double& scale : scales) {
      scale = std::sqrt(scale / rows());
      if (!std::isfinite(scale)) scale = 1;
    }
    if (about_->intercept) scales[at(columns_ - 1)] = 1;
  }

  int typicalCentres(std::span<double> centres) const override {
    if (!about_->intercept) return -1;
    std::fill(centres.begin(), centres.end(), 0.0);
    for (int i = 0; i < rows(); ++i) {
      rows_.forEntries(i, [&](int j, T value) { centres[at(j)] += static_cast<double>(value) / rows(); });
    }
    centres[at(columns_ - 1)] = 0;
    return columns_ - 1;
  }

  double value(RowSet rows, const T* x) override {
    const double sum = sumOver(rows, {}, 1, [&](RowSet few, std::span<T>) {
      FewLosses losses;
      return expandRows(few, x, losses);
    });
    return sum / rows.count;
  }

  double gradient(RowSet rows, const T* weights, const T* x, T* g) override {
    const double each = 1.0 / rows.count;
    const double sum = sumOver(rows, {g, at(columns_)}, 1, [&](RowSet few, std::span<T> to) {
      FewLosses losses;
      const double total = expandRows(few, x, losses);
      const T* weight = weights == nullptr ? nullptr : weights + (few.first - rows.first);  // `part` moves both
      for (int k = 0; k < few.count; ++k) {
        const double slope = losses.slope[at(k)];
        if (weight == nullptr) {
          rows_.axpy(few[k], static_cast<T>(each * slope), to.data());
        } else if (weight[k] != 0) {
          rows_.axpy(few[k], finite(weight[k] * slope), to.data());
        }
      }
      return total;
    });
    return each * sum;
  }

  void hessianProduct(RowSet rows, const T* x, const T* v, T* out) override {
    const double each = 1.0 / rows.count;
    sumOver(rows, {out, at(columns_)}, 2, [&](RowSet few, std::span<T> to) {
      FewLosses losses;
      expandRows(few, x, losses);
      for (int k = 0; k < few.count; ++k) {
        const double factor = each * losses.curvature[at(k)] * rows_.dot(few[k], v);
        rows_.axpy(few[k], static_cast<T>(factor), to.data());
      }
      return 0.0;
    });
  }

  void lossOfRows(RowSet rows, const T* x, double* losses) override {
    eachRow(rows, x, [&](int k, int i, double t) {
      const Expansion loss = expansionOf(i, t);
      losses[k] = this->rows() * about_->weights[at(i)] * loss.value;
    });
  }

  void normOfRows(RowSet rows, const T* x, double* norms) override {
    eachRow(rows, x, [&](int k, int i, double t) {
      const double slope = this->rows() * about_->weights[at(i)] * expansionOf(i, t).derivative;
      norms[k] = std::abs(slope) * rows_.norm(i);
    });
  }

  bool hasRest() const override { return hasRidge_; }

  double addRest(const T* x, T* g) override {
    if (!hasRidge_) return 0;
    double sum = 0;
    for (std::size_t j = 0; j < at(columns_); ++j) sum += about_->ridge[j] * static_cast<double>(x[j]) * x[j];
    if (g == nullptr) return sum / 2;
    for (std::size_t j = 0; j < at(columns_); ++j) g[j] += static_cast<T>(about_->ridge[j]) * x[j];
    return sum / 2;
  }

  void addRestProduct(const T*, const T* v, T* out) override {
    if (!hasRidge_) return;
    for (std::size_t j = 0; j < at(columns_); ++j) out[j] += static_cast<T>(about_->ridge[j]) * v[j];
  }

  void runOn(const Cpu& la) override { la_ = la; }

 private:
  /// A factor of a row, or the largest that there is: weights may shorten the gradient of a tiny row with a huge slope.
  static T finite(double factor) {
    constexpr double most = std::numeric_limits<T>::max();
    return static_cast<T>(std::clamp(factor, -most, most));
  }

  /// Adds add(few, to) over a few rows at a time, block by block.
  template <class Add>
  double sumOver(RowSet rows, std::span<T> out, double passes, Add&& add) {
    const RowBlocks blocks(rows.count, rowsOfBlock);
    const double operations = 4 * passes * rows_.entriesOfRow() * rows.count;
    return sums_.sum(la_, blocks, out, operations, [&](int block, std::span<T> to) {
      double total = 0;
      for (int begin = blocks.begin(block); begin < blocks.end(block); begin += rowsAtOnce) {
        total += add(rows.part(begin, std::min(rowsAtOnce, blocks.end(block) - begin)), to);
      }
      return total;
    });
  }

  /// f(k, row, prediction) for each of the rows.
  template <class F>
  void eachRow(RowSet rows, const T* x, F&& f) {
    const RowBlocks blocks(rows.count, rowsOfBlock);
    la_.tasks(
        blocks.count(),
        [&](int block) {
          la_.checkpoint();
          for (int k = blocks.begin(block); k < blocks.end(block); ++k) f(k, rows[k], prediction(rows[k], x));
        },
        2 * rows_.entriesOfRow() * rows.count);
  }

  double prediction(int i, const T* x) const {
    return rows_.dot(i, x) + (about_->offset.empty() ? 0 : about_->offset[at(i)]);
  }

  Expansion expansionOf(int i, double t) const {
    return visitLoss(about_->family, [&]<class Loss>() { return Loss::template at<VectorMath>(t, about_->y[at(i)]); });
  }

  /// The sum of the losses f_i of a few rows, and their derivatives in the predictions.
  double expandRows(RowSet rows, const T* x, FewLosses& few) const {
    Few t{}, y{}, weight{};
    const double n = this->rows();
    for (int k = 0; k < rows.count; ++k) {
      const int i = rows[k];
      t[at(k)] = prediction(i, x);
      y[at(k)] = about_->y[at(i)];
      weight[at(k)] = n * about_->weights[at(i)];
    }
    return glmLosses(about_->family, rows.count, t.data(), y.data(), weight.data(), few.slope.data(),
                     few.curvature.data());
  }

  Cpu la_;
  const std::shared_ptr<const RegressionRows> about_;
  const Rows rows_;
  const int columns_;
  bool hasRidge_ = false;
  std::vector<SumBlock> blocks_;
  BlockSums<T> sums_;
};

template <class T>
std::unique_ptr<FiniteSum<T>> openRows(const Cpu& la, const std::shared_ptr<const RegressionRows>& about) {
  if (const auto* dense = std::get_if<MatrixInput>(&about->matrix)) {
    return std::make_unique<RegressionSum<T, DenseRows<T>>>(la, about, DenseRows<T>(la, *dense), dense->columns);
  }
  const auto& sparse = std::get<SparseView>(about->matrix);
  return std::make_unique<RegressionSum<T, SparseRows<T>>>(la, about, SparseRows<T>(la, sparse), sparse.columns);
}

}  // namespace

RegressionSource::RegressionSource(RegressionRows rows)
    : rows_(std::make_shared<const RegressionRows>(std::move(rows))) {
  const auto [count, columns] =
      std::visit([](const auto& matrix) { return std::pair(matrix.rows, matrix.columns); }, rows_->matrix);
  require(count >= 1, "x.rows", count, "expected at least one");
  require(columns >= 1, "x.columns", columns, "expected at least one");
  requireLength("y", rows_->y.size(), count);
  requireLength("weights", rows_->weights.size(), count);
  if (!rows_->offset.empty()) requireLength("offset", rows_->offset.size(), count);
  if (!rows_->ridge.empty()) requireLength("ridge", rows_->ridge.size(), columns);
}

int RegressionSource::rows() const { return static_cast<int>(rows_->y.size()); }
int RegressionSource::variables() const {
  return std::visit([](const auto& matrix) { return matrix.columns; }, rows_->matrix);
}
std::unique_ptr<FiniteSum<double>> RegressionSource::inDouble(const Cpu& la) const {
  return openRows<double>(la, rows_);
}
std::unique_ptr<FiniteSum<float>> RegressionSource::inSingle(const Cpu& la) const { return openRows<float>(la, rows_); }

std::shared_ptr<const RegressionSource> RegressionSource::amongAll(double all,
                                                                   const std::function<double(double)>& sum) const {
  RegressionRows among = *rows_;
  double total = 0;
  for (const double weight : among.weights) total += weight;
  total = sum(total);
  const double share = all / rows();
  for (double& weight : among.weights) weight = weight / total * share;
  return std::make_shared<const RegressionSource>(std::move(among));
}

}  // namespace nonconvex
