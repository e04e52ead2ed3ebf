#include "solvers/discrete/riskScore/score_cells.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/multiversion.hpp"
#include "linalg/vector_math.hpp"

namespace nonconvex {
namespace {

constexpr std::size_t lanes = ScoreCells::lanes;

double xlogx(double x) { return x > 0 ? x * std::log(x) : 0; }

NONCONVEX_ALWAYS_INLINE double sumOfLanes(const double* lane) {
  return ((lane[0] + lane[4]) + (lane[2] + lane[6])) + ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

NONCONVEX_CLONES double logisticLosses(std::size_t size, const double* weight, const double* positives,
                                       const double* score, double* slope, double* curvature) {
  double sums[lanes] = {};
  for (std::size_t c = 0; c < size; c += lanes) {
    for (std::size_t l = 0; l < lanes; ++l) {
      const double s = score[c + l], w = weight[c + l];
      const double e = vectorExp(-std::abs(s));
      const double inverse = 1 / (1 + e);
      sums[l] += w * ((s > 0 ? s : 0) + vectorLog1p(e)) - positives[c + l] * s;
      slope[c + l] = w * (s > 0 ? inverse : e * inverse) - positives[c + l];
      curvature[c + l] = w * e * inverse * inverse;
    }
  }
  return sumOfLanes(sums);
}

NONCONVEX_CLONES double dotOf(std::size_t size, const double* a, const double* b) {
  double sums[lanes] = {};
  for (std::size_t c = 0; c < size; c += lanes) {
    for (std::size_t l = 0; l < lanes; ++l) sums[l] += a[c + l] * b[c + l];
  }
  return sumOfLanes(sums);
}

NONCONVEX_CLONES double sumOf(std::size_t size, const double* a) {
  double sums[lanes] = {};
  for (std::size_t c = 0; c < size; c += lanes) {
    for (std::size_t l = 0; l < lanes; ++l) sums[l] += a[c + l];
  }
  return sumOfLanes(sums);
}

NONCONVEX_CLONES void addTo(std::size_t size, double by, const double* a, double* out) {
  for (std::size_t c = 0; c < size; ++c) out[c] += by * a[c];
}

NONCONVEX_CLONES void multiplyInto(std::size_t size, const double* a, const double* b, double* out) {
  for (std::size_t c = 0; c < size; ++c) out[c] = a[c] * b[c];
}

}  // namespace

void ScoreCells::resize(std::size_t cells, std::size_t features) {
  count = cells;
  k = features;
  stride = (cells + lanes - 1) / lanes * lanes;
  x.assign(stride * k, 0);
  weight.assign(stride, 0);
  positives.assign(stride, 0);
}

double ScoreCells::entropy() const {
  double sum = 0;
  for (std::size_t c = 0; c < count; ++c) {
    sum += xlogx(weight[c]) - xlogx(positives[c]) - xlogx(weight[c] - positives[c]);
  }
  return sum / total;
}

void CellMaker::whole(ScorePartition& out) const {
  out.cell.assign(at(rows_.rows()), 0);
  out.cells = 1;
}

void CellMaker::refine(const ScorePartition& from, int feature, ScorePartition& out) {
  const std::span<const std::int32_t> codes = rows_.codes(feature);
  const std::size_t levels = rows_.features()[at(feature)].levels.size();
  const std::size_t n = codes.size(), keys = at(from.cells) * levels;
  out.cell.resize(n);
  out.cells = 0;
  if (keys <= 4 * n + 1024) {
    table_.assign(keys, -1);
    for (std::size_t i = 0; i < n; ++i) {
      std::int32_t& cell = table_[at(from.cell[i]) * levels + at(codes[i])];
      if (cell < 0) cell = out.cells++;
      out.cell[i] = cell;
    }
    return;
  }
  std::size_t size = 1;
  while (size < 2 * n) size *= 2;
  table_.assign(size, -1);
  keys_.resize(size);
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint64_t key = static_cast<std::uint64_t>(from.cell[i]) * levels + static_cast<std::uint64_t>(codes[i]);
    std::size_t place = (key * 0x9E3779B97F4A7C15u >> 20) & (size - 1);
    while (table_[place] >= 0 && keys_[place] != key) place = (place + 1) & (size - 1);
    if (table_[place] < 0) {
      table_[place] = out.cells++;
      keys_[place] = key;
    }
    out.cell[i] = table_[place];
  }
}

void CellMaker::collect(const ScorePartition& partition, std::span<const int> features, ScoreCells& out) {
  out.resize(at(partition.cells), features.size());
  out.total = rows_.total();
  representative_.assign(out.count, 0);
  for (std::size_t i = 0; i < partition.cell.size(); ++i) {
    const std::size_t c = at(partition.cell[i]);
    representative_[c] = static_cast<std::int32_t>(i);
    out.weight[c] += rows_.weight()[i];
    out.positives[c] += rows_.positives()[i];
  }
  for (std::size_t j = 0; j < features.size(); ++j) {
    double* column = out.x.data() + j * out.stride;
    for (std::size_t c = 0; c < out.count; ++c) column[c] = rows_.value(representative_[c], features[j]);
  }
}

void CellMaker::make(std::span<const int> features, ScoreCells& out) {
  whole(first_);
  for (const int feature : features) {
    refine(first_, feature, second_);
    std::swap(first_, second_);
  }
  collect(first_, features, out);
}

void ScoreLoss::take(const ScoreCells& cells) {
  cells_ = &cells;
  for (auto* each : {&scores_, &slopes_, &curvatures_, &weighted_}) each->resize(cells.stride);
}

void ScoreLoss::setScores(std::span<const double> z) {
  std::fill(scores_.begin(), scores_.end(), z[cells_->k]);
  for (std::size_t j = 0; j < cells_->k; ++j) {
    if (z[j] != 0) addTo(cells_->stride, z[j], cells_->x.data() + j * cells_->stride, scores_.data());
  }
}

double ScoreLoss::value(std::span<const double> z) {
  setScores(z);
  return logisticLosses(cells_->stride, cells_->weight.data(), cells_->positives.data(), scores_.data(), slopes_.data(),
                        curvatures_.data()) /
         cells_->total;
}

/// Looks at the clock where it takes less time than what comes next.
void ScoreLoss::checkpoint() const {
  constexpr std::size_t much = 1 << 16;  // safeguard: numbers of a column and its products
  if (cells_->stride * cells_->k > much) la_.checkpoint();
}

double ScoreLoss::evaluate(std::span<const double> z, std::span<double> gradient, std::span<double> hessian) {
  const ScoreCells& cells = *cells_;
  const std::size_t k = cells.k, d = k + 1;
  const double loss = value(z), share = 1 / cells.total;
  for (std::size_t j = 0; j < k; ++j) {
    const double* column = cells.x.data() + j * cells.stride;
    checkpoint();
    gradient[j] = share * dotOf(cells.stride, slopes_.data(), column);
    multiplyInto(cells.stride, curvatures_.data(), column, weighted_.data());
    for (std::size_t i = j; i < k; ++i) {
      hessian[j * d + i] = share * dotOf(cells.stride, weighted_.data(), cells.x.data() + i * cells.stride);
    }
    hessian[j * d + k] = share * sumOf(cells.stride, weighted_.data());
  }
  gradient[k] = share * sumOf(cells.stride, slopes_.data());
  hessian[k * d + k] = share * sumOf(cells.stride, curvatures_.data());
  return loss;
}

}  // namespace nonconvex
