#include "methods/low_rank_sdp/product_multipliers.hpp"

#include <algorithm>

#include "core/multiversion.hpp"

namespace nonconvex {
namespace {

struct Row {
  double* bothLow;
  double* bothHigh;
  double* lowHigh;
  double* highLow;
  double* curvature;
};

/// ProductMultipliers::raise, for all j at once.
NONCONVEX_CLONES void raiseRow(int size, Row row, double zi, const double* z, const double* products, double step) {
  double* const __restrict bothLow = row.bothLow;
  double* const __restrict bothHigh = row.bothHigh;
  double* const __restrict lowHigh = row.lowHigh;
  double* const __restrict highLow = row.highLow;
  double* const __restrict curvature = row.curvature;
  for (int j = 0; j < size; ++j) {
    const double sum = zi + z[j], difference = zi - z[j];
    const double equal = 1 + products[j], other = 1 - products[j];
    const double a = bothLow[j] - step * (equal + sum), b = bothHigh[j] - step * (equal - sum);
    const double c = lowHigh[j] - step * (other + difference), d = highLow[j] - step * (other - difference);
    bothLow[j] = a > 0 ? a : 0;
    bothHigh[j] = b > 0 ? b : 0;
    lowHigh[j] = c > 0 ? c : 0;
    highLow[j] = d > 0 ? d : 0;
    curvature[j] = (lowHigh[j] + highLow[j]) - (bothLow[j] + bothHigh[j]);
  }
}

NONCONVEX_CLONES void approachAll(std::size_t size, double share, const double* to, double* __restrict m) {
  for (std::size_t k = 0; k < size; ++k) m[k] += share * (to[k] - m[k]);
}

}  // namespace

void ProductMultipliers::clear(int size) {
  size_ = size;
  for (std::vector<double>& each : m_) each.assign(offset(size), 0.0);
  curvature_.assign(offset(size), 0.0);
  slope_.assign(static_cast<std::size_t>(size), 0.0);
}

void ProductMultipliers::set(Kind kind, int i, int j, double value) {
  const Kind other = kind == lowHigh ? highLow : kind == highLow ? lowHigh : kind;
  m_[kind][offset(i) + static_cast<std::size_t>(j)] = value;
  m_[other][offset(j) + static_cast<std::size_t>(i)] = value;
}

void ProductMultipliers::update() {
  for (int i = 0; i < size_; ++i) {
    double sum = 0;
    for (int j = 0; j < size_; ++j) {
      const double low = at(bothLow, i, j) + at(lowHigh, i, j), high = at(bothHigh, i, j) + at(highLow, i, j);
      sum += high - low;
      curvature_[offset(i) + static_cast<std::size_t>(j)] =
          (at(lowHigh, i, j) + at(highLow, i, j)) - (at(bothLow, i, j) + at(bothHigh, i, j));
    }
    slope_[static_cast<std::size_t>(i)] = sum;
  }
}

void ProductMultipliers::raise(int i, const double* z, const double* products, double step) {
  const auto at = [&](Kind kind) { return m_[kind].data() + offset(i); };
  const Row row = {at(bothLow), at(bothHigh), at(lowHigh), at(highLow), curvature_.data() + offset(i)};
  raiseRow(size_, row, z[i], z, products, step);
  for (double* const each : {row.bothLow, row.bothHigh, row.lowHigh, row.highLow, row.curvature}) each[i] = 0;
  double sum = 0;
  for (int j = 0; j < size_; ++j) sum += (row.bothHigh[j] + row.highLow[j]) - (row.bothLow[j] + row.lowHigh[j]);
  slope_[static_cast<std::size_t>(i)] = sum;
}

void ProductMultipliers::approach(const ProductMultipliers& to, double share) {
  for (std::size_t kind = 0; kind < m_.size(); ++kind)
    approachAll(m_[kind].size(), share, to.m_[kind].data(), m_[kind].data());
}

}  // namespace nonconvex
