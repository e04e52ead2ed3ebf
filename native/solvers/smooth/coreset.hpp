// Rows of a batch that stand for others.
#pragma once

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "linalg/blas.hpp"
#include "solvers/smooth/context.hpp"

namespace nonconvex {

/// k of m points such that the sum over all of the distance to the nearest of them is small, one after the other, each
/// the best beside those before it; `sizes` are how many points are nearest to each. `squared` are the squares of the
/// distances, m x m. The sum of what is saved against the largest distance is at least 1 - 1/e of the best possible.
inline void chooseFacilities(int m, int k, const std::vector<double>& squared, std::vector<int>& chosen,
                             std::vector<double>& sizes) {
  const auto distance = [&](int i, int j) { return std::sqrt(std::max(0.0, squared[at(i) * at(m) + at(j)])); };
  std::vector<double> nearest(at(m), 0.0);
  for (int i = 0; i < m; ++i) {
    for (int j = 0; j < m; ++j) nearest[at(i)] = std::max(nearest[at(i)], distance(i, j));
  }
  std::vector<int> owner(at(m), 0);
  chosen.clear();
  for (int c = 0; c < k; ++c) {
    int best = -1;
    double most = -1;
    for (int j = 0; j < m; ++j) {
      if (std::find(chosen.begin(), chosen.end(), j) != chosen.end()) continue;
      double gain = 0;
      for (int i = 0; i < m; ++i) gain += std::max(0.0, nearest[at(i)] - distance(i, j));
      if (gain > most) {
        most = gain;
        best = j;
      }
    }
    for (int i = 0; i < m; ++i) {
      const double here = distance(i, best);
      if (here < nearest[at(i)] || (i == best) || c == 0) {
        nearest[at(i)] = here;
        owner[at(i)] = c;
      }
    }
    chosen.push_back(best);
  }
  sizes.assign(at(k), 0.0);
  for (const int c : owner) sizes[at(c)] += 1;
}

/// Batches whose weighted gradient is near that of ten times as many rows: those rows in clusters by their gradients in
/// the last variable of the problem, of a network its last layer, and the middle of each. Y. Yang, H. Kang, B.
/// Mirzasoleiman, "Towards sustainable learning: coresets for data-efficient deep learning", ICML 2023.
template <class T>
class Coreset {
 public:
  struct Tuning {
    static constexpr int poolOver = 10;  ///< measured: rows to choose from for each row of a batch
    static constexpr int kept = 10;      ///< measured: steps for which a batch is kept
  };

  explicit Coreset(const SumContext<T>& at) : g_(zeros(at)) {}

  /// rows := `count` of the pool, `weights` those of their gradients.
  void choose(SumContext<T>& at, const std::vector<int>& pool, int count, std::vector<int>& rows,
              std::vector<T>& weights) {
    const SumBlock& last = at.blocks.back();
    const int m = static_cast<int>(pool.size()), width = last.size();
    gradients_.resize(pool.size() * nonconvex::at(width));
    for (int i = 0; i < m; ++i) {
      at.gradient(RowSet::list({&pool[nonconvex::at(i)], 1}), nullptr, at.here, g_.data());
      std::copy_n(g_.data() + last.offset, width, gradients_.data() + nonconvex::at(i) * nonconvex::at(width));
    }
    gram_.resize(nonconvex::at(m) * nonconvex::at(m));
    blas::gemm('T', 'N', m, m, width, T(1), gradients_.data(), width, gradients_.data(), width, T(0), gram_.data(), m);
    squared_.resize(gram_.size());
    const auto gram = [&](int i, int j) {
      return static_cast<double>(gram_[nonconvex::at(i) * nonconvex::at(m) + nonconvex::at(j)]);
    };
    for (int i = 0; i < m; ++i) {
      for (int j = 0; j < m; ++j) {
        squared_[nonconvex::at(i) * nonconvex::at(m) + nonconvex::at(j)] = gram(i, i) + gram(j, j) - 2 * gram(i, j);
      }
    }
    chooseFacilities(m, count, squared_, chosen_, sizes_);
    rows.clear();
    weights.clear();
    for (std::size_t c = 0; c < chosen_.size(); ++c) {
      rows.push_back(pool[nonconvex::at(chosen_[c])]);
      weights.push_back(static_cast<T>(sizes_[c] / m));
    }
  }

 private:
  std::vector<T> g_, gradients_, gram_;
  std::vector<double> squared_, sizes_;
  std::vector<int> chosen_;
};

}  // namespace nonconvex
