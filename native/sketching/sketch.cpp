#include "sketching/sketch.hpp"

#include <bit>
#include <numeric>

#include "sketching/permutations.hpp"

namespace nonconvex {

SparseSignSketch::SparseSignSketch(int rows, int columns, int perColumn, Random random)
    : rows_(rows),
      columns_(columns),
      perColumn_(perColumn),
      random_(random),
      blocks_(static_cast<std::uint64_t>(perColumn + 3) / 4),
      scale_(1 / std::sqrt(static_cast<double>(perColumn))),
      groups_(static_cast<std::size_t>(perColumn) + 1) {
  require(perColumn >= 1 && perColumn <= rows, "perColumn", perColumn,
          "expected an integer in [1, " + show(rows) + "]");
  for (std::size_t k = 0; k < groups_.size(); ++k) {
    groups_[k] = static_cast<int>(static_cast<std::size_t>(rows) * k / static_cast<std::size_t>(perColumn));
  }
}

SrhtSketch::SrhtSketch(int rows, int columns, Random random)
    : columns_(columns),
      padded_(std::bit_ceil(static_cast<std::size_t>(columns))),
      scale_(1 / std::sqrt(static_cast<double>(rows))) {
  require(rows >= 1 && static_cast<std::size_t>(rows) <= padded_, "rows", rows,
          "expected an integer in [1, " + show(padded_) + "]");
  for (std::size_t j = 0; j < padded_; j += 128) {
    for (const std::uint32_t bits : random.block(j / 128)) signs_.push_back(bits);
  }
  sample_ = randomPermutation(static_cast<int>(padded_), random);
  sample_.resize(static_cast<std::size_t>(rows));
}

void WeightedSampler::setWeights(std::span<const double> weights) {
  const auto size = share_.size();
  const double mean = std::accumulate(weights.begin(), weights.end(), 0.0) / static_cast<double>(size);
  small_.clear();
  large_.clear();
  for (std::size_t i = 0; i < size; ++i) {
    share_[i] = weights[i] / mean;
    other_[i] = static_cast<int>(i);
    (share_[i] < 1 ? small_ : large_).push_back(static_cast<int>(i));
  }
  // A large one takes the rest of a small one's place.
  while (!small_.empty() && !large_.empty()) {
    const auto s = static_cast<std::size_t>(small_.back());
    const auto l = static_cast<std::size_t>(large_.back());
    small_.pop_back();
    other_[s] = static_cast<int>(l);
    share_[l] -= 1 - share_[s];
    if (share_[l] < 1) {
      large_.pop_back();
      small_.push_back(static_cast<int>(l));
    }
  }
  for (const int i : small_) share_[static_cast<std::size_t>(i)] = 1;
}

}  // namespace nonconvex
