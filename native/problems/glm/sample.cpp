#include "problems/glm/sample.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "core/random.hpp"

namespace nonconvex {

RowSample sampleRows(std::span<const double> weights, std::span<const double> y, int count) {
  double all = 0, mean = 0, spread = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    all += weights[i];
    mean += weights[i] * y[i];
  }
  mean /= all;
  for (std::size_t i = 0; i < weights.size(); ++i) spread += weights[i] * std::abs(y[i] - mean);
  constexpr double evenly = 4;
  const double even = spread > 0 ? evenly * spread / all : 1;
  const auto importance = [&](std::size_t i) { return weights[i] * (even + std::abs(y[i] - mean)); };
  double total = 0;
  for (std::size_t i = 0; i < weights.size(); ++i) total += importance(i);
  RowSample sample;
  if (!(total > 0) || !std::isfinite(total) || count < 1) return sample;
  const double share = total / count;
  const Random random(0, 11);
  std::uint64_t draw = 0;
  double sum = 0;
  double next = share * random.uniform(0);
  for (std::size_t i = 0; i < weights.size(); ++i) {
    const double own = importance(i);
    sum += own;
    int times = 0;
    for (; next < sum && draw < static_cast<std::uint64_t>(count); ++times) {
      ++draw;
      next = share * (static_cast<double>(draw) + random.uniform(draw));
    }
    if (times == 0) continue;
    sample.rows.push_back(static_cast<int>(i));
    sample.weights.push_back(times * share / own * weights[i]);
  }
  return sample;
}

int sampleSize(int rows, int columns, const RowWork& work, double overhead) {
  constexpr double share = 1.0 / 8;       // share of the work of all rows
  constexpr double worthwhile = 1.0 / 3;  // no more than that, overhead included
  constexpr double rowsPerColumn = 8;     // fewer tell too little
  const double whole = work.iteration();
  const double size = std::ceil(std::max(share * whole / work.ofRow, rowsPerColumn * columns));
  const bool pays = size * work.ofRow + overhead <= worthwhile * (whole + overhead);
  return pays && size < rows ? static_cast<int>(size) : 0;
}

}  // namespace nonconvex
