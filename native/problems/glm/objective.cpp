#include "problems/glm/objective.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/index.hpp"
#include "linalg/blas.hpp"
#include "linalg/vector_kernels.hpp"
#include "problems/glm/kept_hessian.hpp"
#include "problems/glm/row_losses.hpp"

namespace nonconvex {
namespace {

constexpr int mostBlockRows = 256;  // rows of a block that one thread works on
constexpr int sharedRows = 1024;    // rows of a block that all threads work on
constexpr int smallSquare = 512;    // a larger square is shared by all threads
constexpr int tinySquare = 64;      // a smaller square is not worth the copies that BLAS makes

constexpr int columnTasks = 32;  // tasks of a Hessian, each with a column of its own

/// Number of rows of a block that is written out.
int writtenRows(int columns) { return columns > smallSquare ? sharedRows : mostBlockRows; }

std::size_t blockSize(int columns) { return at(writtenRows(columns)) * at(columns) + loops::outerSlack; }

}  // namespace

// Passes over the rows -----------------------------------------------------------------------------------------------

GlmObjective::GlmObjective(std::shared_ptr<const GlmData> data, const MatrixInput& dense)
    : data_(std::move(data)),
      dense_(dense),
      x_(at(data_->columns())),
      gradient_(x_.size()),
      curvatures_(at(data_->count())),
      keptCurvatures_(curvatures_.size()),
      t_(curvatures_.size()) {
  weights_ = data_->rows().weights;
}

const GlmData::Analysis& GlmObjective::analysis() const {
  if (!analysis_) analysis_ = data_->analysis(la_);
  return *analysis_;
}

/// values := their sums over the ranks that have rows
void GlmObjective::together(std::span<double> values) const {
  if (data_->rows().ranks) data_->rows().ranks->sum(values);
}

/// Lets the sum of the weights of all ranks be 1.
void GlmObjective::normaliseWeights() {
  double total = 0;
  for (const double weight : data_->rows().weights) total += weight;
  together({&total, 1});
  ownWeights_ = data_->rows().weights;
  for (double& weight : ownWeights_) weight /= total;
  weights_ = ownWeights_;
}

/// Makes what the passes need.
void GlmObjective::prepare() {
  if (data_->rows().ranks) normaliseWeights();
  const int rows = data_->count(), n = data_->columns();
  const double entries = data_->dense() ? 1.0 * rows * n : static_cast<double>(data_->rows().matrix.indices.size());
  constexpr int cached = 1 << 15;  // numbers of a block that is read twice
  blockRows_ = data_->dense() ? std::clamp(cached / n, 8, mostBlockRows) : mostBlockRows;
  const auto cut = [&](double pieces) {
    const int count = std::clamp(static_cast<int>(pieces), 1, std::max(1, rows / blockRows_));
    std::vector<Piece> cuts;
    for (int p = 0; p < count; ++p) {
      const auto end = [&](int k) { return static_cast<int>(static_cast<long long>(rows) * k / count); };
      cuts.push_back({end(p), end(p + 1)});
    }
    return cuts;
  };
  const GlmData::Gram gram = analysis().gram;
  const bool byTree = gram == GlmData::Gram::tree, byRows = !byTree && gram != GlmData::Gram::columns;
  pieces_ = cut(std::min(32.0, byRows ? std::min(entries / 2e4, entries / (4.0 * n)) : rows / 2e3));
  // A square of their own takes clearing and adding up.
  const double worthwhile = gram == GlmData::Gram::rows ? 0.01 * analysis().work.hessian / (1.0 * n * n) : 8;
  shares_ = cut(n > smallSquare || byTree ? 1 : std::min({8.0, entries / n, worthwhile}));
  sums_.resize(pieces_.size());
  if (byRows) partial_.resize(pieces_.size() * x_.size());
  if (byTree) tree_.emplace(*analysis().tree);
  // Pages that are not touched, as where no Hessian is asked for, cost nothing.
  kept_ = HostBuffer<double>(hessianPattern().nonzeros(), Uninitialized{});
  const std::size_t width = x_.size();
  if (gram == GlmData::Gram::columns) {
    squares_ = HostBuffer<double>(columnTasks * width);
  } else {
    squares_ = HostBuffer<double>(shares_.size() * width * width, Uninitialized{});
  }
  if (gram == GlmData::Gram::blocks) {
    blocks_ = HostBuffer<double>(shares_.size() * blockSize(n), Uninitialized{});
  }
  if (dense_.f32 != nullptr)
    widened_ = HostBuffer<double>(pieces_.size() * at(blockRows_) * x_.size(), Uninitialized{});
}

void GlmObjective::moveTo(std::span<const double> x) {
  if (pieces_.empty()) prepare();
  if (evaluated_ && std::equal(x.begin(), x.end(), x_.begin())) return;
  std::copy(x.begin(), x.end(), x_.begin());
  if (data_->rows().ranks) data_->rows().ranks->expectSame(x);
  evaluated_ = false;
  multiple_.reset();
}

/// Rows of a dense matrix, one after the other.
const double* GlmObjective::denseRows(Piece piece, double* buffer) const {
  if (!data_->dense()) return nullptr;
  const std::size_t first = at(piece.begin) * x_.size(), size = at(piece.end - piece.begin) * x_.size();
  if (dense_.f64 != nullptr) return dense_.f64 + first;
  std::copy(dense_.f32 + first, dense_.f32 + first + size, buffer);
  return buffer;
}

void GlmObjective::predict(Piece piece, std::span<const double> x, const double* rows, double* t) const {
  const int n = data_->columns();
  if (rows != nullptr) return blas::gemv('T', n, piece.end - piece.begin, 1.0, rows, n, x.data(), 0.0, t);
  if (tree_) {
    for (int i = piece.begin; i < piece.end; ++i) *t++ = tree_->product(i);
    return;
  }
  const SparseMatrix& A = data_->rows().matrix;
  const int* indices = A.indices.data();
  const double* values = A.values.data();
  for (int i = piece.begin; i < piece.end; ++i) {
    double even = 0, odd = 0;
    int k = A.offsets[at(i)];
    const int end = A.offsets[at(i) + 1];
    for (; k + 1 < end; k += 2) {
      even += values[k] * x[at(indices[k])];
      odd += values[k + 1] * x[at(indices[k + 1])];
    }
    if (k < end) even += values[k] * x[at(indices[k])];
    *t++ = even + odd;
  }
}

void GlmObjective::addTransposed(Piece piece, const double* r, const double* rows, double* out) const {
  const int n = data_->columns();
  if (rows != nullptr) return blas::gemv('N', n, piece.end - piece.begin, 1.0, rows, n, r, 1.0, out);
  const SparseMatrix& A = data_->rows().matrix;
  const int* indices = A.indices.data();
  const double* values = A.values.data();
  for (int i = piece.begin; i < piece.end; ++i) {
    const double ri = *r++;
    for (int k = A.offsets[at(i)]; k < A.offsets[at(i) + 1]; ++k) out[indices[k]] += ri * values[k];
  }
}

/// t_ = A x by blocks of rows, which `perRow(piece, rows)` then changes into r, for `sumTransposed`.
template <class PerRow>
void GlmObjective::pass(std::span<const double> x, PerRow&& perRow) {
  const std::size_t n = x.size();
  const bool byRows = !partial_.empty();
  if (tree_) tree_->multiply(x);
  la_.tasks(static_cast<int>(pieces_.size()), [&](int p) {
    la_.checkpoint();
    double* sum = byRows ? partial_.data() + at(p) * n : nullptr;
    if (byRows) std::fill(sum, sum + n, 0.0);
    double* buffer = dense_.f32 != nullptr ? widened_.data() + at(p) * at(blockRows_) * n : nullptr;
    const Piece piece = pieces_[at(p)];
    for (int i = piece.begin; i < piece.end; i += blockRows_) {
      const Piece block = {i, std::min(piece.end, i + blockRows_)};
      const double* rows = denseRows(block, buffer);
      predict(block, x, rows, t_.data() + i);
      perRow(p, block);
      if (byRows) addTransposed(block, t_.data() + i, rows, sum);
    }
  });
}

/// out = A^T r
void GlmObjective::sumTransposed(std::span<double> out) {
  if (tree_) return tree_->multiplyTransposed(la_, t_, out);
  if (partial_.empty()) return transposedByColumns(out);
  const std::size_t n = out.size();
  for (std::size_t j = 0; j < n; ++j) {
    double sum = 0;
    for (std::size_t p = 0; p < pieces_.size(); ++p) sum += partial_[p * n + j];
    out[j] = sum;
  }
}

void GlmObjective::transposedByColumns(std::span<double> out) const {
  const auto& [columns, places] = analysis().columns;
  const std::vector<int>&offsets = columns.offsets, &rows = columns.indices;
  const double* values = data_->rows().matrix.values.data();
  constexpr std::size_t entriesAtOnce = 1 << 17;  // about, between two looks at whether to go on
  const std::size_t columnCount = out.size();
  const int columnsAtOnce = static_cast<int>(
      std::clamp<std::size_t>(entriesAtOnce * columnCount / std::max<std::size_t>(1, rows.size()), 1, columnCount));
  la_.forEach(data_->columns(), [&](int j) {
    if (j % columnsAtOnce == 0) la_.checkpoint();
    double sum = 0;
    for (int c = offsets[at(j)]; c < offsets[at(j) + 1]; ++c) sum += values[places[at(c)]] * t_[at(rows[at(c)])];
    out[at(j)] = sum;
  });
}

void GlmObjective::evaluate() {
  if (evaluated_) return;
  const GlmData::Rows& rows = data_->rows();
  std::fill(sums_.begin(), sums_.end(), 0.0);
  pass(x_, [&](int p, Piece block) {
    double first[mostBlockRows];
    const std::size_t begin = at(block.begin);
    const int count = block.end - block.begin;
    double* t = t_.data() + begin;
    if (!rows.offset.empty()) {
      for (int i = 0; i < count; ++i) t[i] += rows.offset[begin + at(i)];
    }
    sums_[at(p)] += glmLosses(rows.family, count, t, rows.y.data() + begin, weights_.data() + begin, first,
                              curvatures_.data() + begin);
    std::copy(first, first + count, t);
  });
  value_ = 0;
  for (const double sum : sums_) value_ += sum;
  together({&value_, 1});
  for (std::size_t j = 0; j < x_.size(); ++j) value_ += 0.5 * rows.ridge[j] * x_[j] * x_[j];
  evaluated_ = true;
  gradientKnown_ = keptHere_ = false;
}

void GlmObjective::evaluateGradient() {
  evaluate();
  if (gradientKnown_) return;
  sumTransposed(gradient_);
  together(gradient_);
  const std::vector<double>& ridge = data_->rows().ridge;
  for (std::size_t j = 0; j < x_.size(); ++j) gradient_[j] += ridge[j] * x_[j];
  gradientKnown_ = true;  // reached only if no abort has ended the sum
}

double GlmObjective::value() {
  evaluate();
  return value_;
}

void GlmObjective::gradient(std::span<double> g) {
  evaluateGradient();
  std::copy(gradient_.begin(), gradient_.end(), g.begin());
}

/// The mean of y, weighted, over all ranks.
double GlmObjective::meanResponse() const {
  if (!data_->rows().ranks) return data_->meanResponse();
  double sums[2] = {0, 0};
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    sums[0] += weights_[i] * data_->rows().y[i];
    sums[1] += weights_[i];
  }
  together(sums);
  return sums[0] / sums[1];
}

/// The largest entry of the gradient where all predictions are the mean response.
double GlmObjective::typicalGradient() {
  const GlmData::Rows& rows = data_->rows();
  const double mean = meanResponse();
  evaluated_ = false;
  pass(x_, [&](int, Piece block) {
    for (int i = block.begin; i < block.end; ++i) {
      t_[at(i)] = weights_[at(i)] * derivativeAtMean(rows.family, mean, rows.y[at(i)]);
    }
  });
  sumTransposed(gradient_);
  together(gradient_);
  double largest = 0;
  for (std::size_t j = 0; j < x_.size(); ++j) {
    largest = std::max(largest, std::abs(gradient_[j] + rows.ridge[j] * x_[j]));
  }
  return largest;
}

void GlmObjective::hessianProduct(double sigma, std::span<const double> v, std::span<double> out) {
  evaluateGradient();  // the pass overwrites what it is a sum of
  pass(v, [&](int, Piece block) {
    for (int i = block.begin; i < block.end; ++i) t_[at(i)] *= curvatures_[at(i)];
  });
  sumTransposed(out);
  together(out);
  const std::vector<double>& ridge = data_->rows().ridge;
  for (std::size_t j = 0; j < out.size(); ++j) out[j] = sigma * (out[j] + ridge[j] * v[j]);
}

std::optional<GramFactor> GlmObjective::gramFactor(double sigma, std::span<const double>, std::span<double> rest) {
  if (data_->rows().ranks) return std::nullopt;  // the rows of this rank alone give no factor
  evaluate();
  for (std::size_t j = 0; j < rest.size(); ++j) rest[j] = sigma * data_->rows().ridge[j];
  GramFactor gram;
  gram.weights = curvatures_;
  if (data_->dense()) {
    gram.dense = dense_;
    gram.dense.rows = data_->count();
    gram.dense.columns = data_->columns();
  } else {
    gram.sparse = data_->rows().matrix.view();
  }
  return gram;
}

std::unique_ptr<Objective> GlmObjective::sample(double overhead) const {
  if (data_->rows().ranks || analysis().gram == GlmData::Gram::columns) return nullptr;
  const GlmData::Rows& all = data_->rows();
  const int n = data_->columns();
  const int size = sampleSize(data_->count(), n, analysis().work, overhead);
  if (size == 0) return nullptr;
  const RowSample sample = sampleRows(all.weights, all.y, size);
  if (sample.rows.empty()) return nullptr;
  std::vector<double> numbers;
  if (data_->dense()) {
    numbers.reserve(sample.rows.size() * x_.size());
    for (const int i : sample.rows) {
      for (int j = 0; j < n; ++j) numbers.push_back(dense_(i, j));
    }
  }
  auto sampled = std::make_unique<GlmObjective>(
      std::make_shared<const GlmData>(*data_, analysis(), sample),
      MatrixInput{.f64 = numbers.data(), .rows = static_cast<int>(sample.rows.size()), .columns = n});
  sampled->ownRows_ = std::move(numbers);  // keeps the address of the numbers
  return sampled;
}

// The Hessian --------------------------------------------------------------------------------------------------------

void GlmObjective::hessian(double sigma, std::span<double> values) {
  evaluate();
  if (const auto multiple = std::exchange(multiple_, std::nullopt)) return writeKept(sigma, *multiple, values);
  if (!keptHere_) {
    if (analysis().gram == GlmData::Gram::columns) {
      sumByColumns({kept_.data(), values.size()});
    } else {
      fillSquares();
      sumSquares({kept_.data(), values.size()});
    }
    together({kept_.data(), values.size()});
    std::copy(curvatures_.begin(), curvatures_.end(), keptCurvatures_.begin());
    isKept_ = keptHere_ = true;
  }
  writeKept(sigma, 1, values);
}

bool GlmObjective::useLaggedHessian(double accuracy) {
  evaluate();
  if (!isKept_) return false;
  double sums[2] = {0, 0};
  for (std::size_t i = 0; i < curvatures_.size(); ++i) {
    sums[0] += curvatures_[i];
    sums[1] += keptCurvatures_[i];
  }
  together(sums);
  const auto change = [&](double factor) {
    double sum = 0;
    for (std::size_t i = 0; i < curvatures_.size(); ++i) sum += std::abs(curvatures_[i] - factor * keptCurvatures_[i]);
    together({&sum, 1});
    return sum;
  };
  const double costInPasses = analysis().work.hessian / analysis().work.gradient;
  multiple_ = kept_hessian::laggedMultiple(accuracy, costInPasses, sums[0], sums[1], change);
  return multiple_.has_value();
}

/// The last Hessian times the least ratio of the weights here to those there.
bool GlmObjective::useHessianLowerBound() {
  evaluate();
  if (!isKept_) return false;
  double least = 1;
  for (std::size_t i = 0; i < curvatures_.size(); ++i) {
    if (curvatures_[i] < least * keptCurvatures_[i]) least = curvatures_[i] / keptCurvatures_[i];
  }
  if (data_->rows().ranks) least = data_->rows().ranks->min(least);
  if (!(least >= kept_hessian::leastShare)) return false;
  multiple_ = least;
  return true;
}

void GlmObjective::writeKept(double sigma, double factor, std::span<double> values) const {
  for (std::size_t k = 0; k < values.size(); ++k) values[k] = sigma * factor * kept_.data()[k];
  const SparsePattern& pattern = hessianPattern();
  for (int j = 0; j < pattern.lines; ++j) {
    const double ridge = data_->rows().ridge[at(j)];
    if (ridge != 0) values[at(pattern.offsets[at(j)])] += sigma * ridge;  // the diagonal is first
  }
}

/// The lower triangle of A^T W A, a part of it for each share of the rows.
void GlmObjective::fillSquares() {
  const int n = data_->columns();
  const std::size_t size = x_.size() * x_.size();
  const bool written = analysis().gram == GlmData::Gram::blocks;
  const bool shared = written && n > smallSquare;
  const int most = writtenRows(n);
  if (tree_) return tree_->gram(la_, curvatures_, {squares_.data(), size});
  const Cpu alone = la_.serial();
  const auto fill = [&](int s) {
    double* square = squares_.data() + at(s) * size;
    const Piece share = shares_[at(s)];
    la_.checkpoint();
    if (!written || n <= tinySquare) std::fill(square, square + size, 0.0);
    if (!written) return addRows(share, square);
    double* block = blocks_.data() + at(s) * blockSize(n);
    for (int i = share.begin; i < share.end; i += most) {
      const int count = std::min(most, share.end - i);
      constexpr int few = 32;
      (shared ? la_ : alone).tasks((count + few - 1) / few, [&](int k) {
        writeScaled({i + k * few, i + std::min(count, (k + 1) * few)}, block + at(k * few) * x_.size());
      });
      if (n <= tinySquare) {
        loops::addOuterProducts(n, count, block, square);
        continue;
      }
      (shared ? la_ : alone)
          .syrk(Transpose::no, 1, {block, n, count, n}, i == share.begin ? 0.0 : 1.0, {square, n, n, n});
    }
  };
  if (shared) return fill(0);
  la_.tasks(static_cast<int>(shares_.size()), fill);
}

void GlmObjective::addRows(Piece piece, double* square) const {
  const SparseMatrix& A = data_->rows().matrix;
  const int* indices = A.indices.data();
  const double* values = A.values.data();
  for (int i = piece.begin; i < piece.end; ++i) {
    const int end = A.offsets[at(i) + 1];
    for (int k = A.offsets[at(i)]; k < end; ++k) {
      const double scaled = curvatures_[at(i)] * values[k];
      double* column = square + at(indices[k]) * x_.size();
      for (int l = k; l < end; ++l) column[indices[l]] += scaled * values[l];
    }
  }
}

/// The rows times the roots of their curvatures, one after the other.
void GlmObjective::writeScaled(Piece piece, double* buffer) const {
  const std::size_t n = x_.size();
  const SparseMatrix& A = data_->rows().matrix;
  for (int i = piece.begin; i < piece.end; ++i, buffer += n) {
    const double root = std::sqrt(curvatures_[at(i)]);
    if (dense_.f64 != nullptr) {
      const double* row = dense_.f64 + at(i) * n;
      for (std::size_t j = 0; j < n; ++j) buffer[j] = root * row[j];
    } else if (dense_.f32 != nullptr) {
      const float* row = dense_.f32 + at(i) * n;
      for (std::size_t j = 0; j < n; ++j) buffer[j] = root * static_cast<double>(row[j]);
    } else {
      std::fill(buffer, buffer + n, 0.0);
      for (int k = A.offsets[at(i)]; k < A.offsets[at(i) + 1]; ++k) {
        buffer[A.indices[at(k)]] = root * A.values[at(k)];
      }
    }
  }
}

void GlmObjective::sumSquares(std::span<double> values) const {
  const SparsePattern& pattern = hessianPattern();
  const std::size_t n = x_.size();
  constexpr int grain = 16;
  la_.tasks((pattern.lines + grain - 1) / grain, [&](int task) {
    for (int j = task * grain; j < std::min(pattern.lines, (task + 1) * grain); ++j) {
      for (int k = pattern.offsets[at(j)]; k < pattern.offsets[at(j) + 1]; ++k) {
        const double* entry = squares_.data() + at(j) * n + at(pattern.indices[at(k)]);
        double sum = 0;
        for (std::size_t s = 0; s < shares_.size(); ++s) sum += entry[s * n * n];
        values[at(k)] = sum;
      }
    }
  });
}

void GlmObjective::sumByColumns(std::span<double> values) {
  const SparsePattern& pattern = hessianPattern();
  const SparseMatrix& A = data_->rows().matrix;
  const auto& [columns, places] = analysis().columns;
  const std::vector<int>&offsets = columns.offsets, &rows = columns.indices;
  const std::size_t n = x_.size();
  la_.tasks(columnTasks, [&](int task) {
    double* column = squares_.data() + at(task) * n;  // 0 but for the column at hand
    for (int j = task; j < data_->columns(); j += columnTasks) {
      la_.checkpoint();
      for (int c = offsets[at(j)]; c < offsets[at(j) + 1]; ++c) {
        const int i = rows[at(c)], place = places[at(c)];
        const double scaled = curvatures_[at(i)] * A.values[at(place)];
        for (int k = place; k < A.offsets[at(i) + 1]; ++k) column[A.indices[at(k)]] += scaled * A.values[at(k)];
      }
      for (int k = pattern.offsets[at(j)]; k < pattern.offsets[at(j) + 1]; ++k) {
        double& entry = column[pattern.indices[at(k)]];
        values[at(k)] = entry;
        entry = 0;
      }
    }
  });
}

}  // namespace nonconvex
