#include "solvers/sparse/certificates/block_certificate.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/require_memory.hpp"

namespace nonconvex {
namespace {

struct ClassesTuning {
  static constexpr double leastShift = 1e-10;  ///< rounding: share of curvature added to what classes have in common
};

/// Longer than most: one system is set up and solved.
bool makeClassesOrthogonal(const SparseData& data, std::span<const std::vector<int>> freeOf, bool intercept,
                           std::span<const double> first, std::span<double> slopes) {
  std::vector<int> free;
  for (const std::vector<int>& each : freeOf) free.insert(free.end(), each.begin(), each.end());
  std::ranges::sort(free);
  free.erase(std::ranges::unique(free).begin(), free.end());
  const int n = data.n(), classes = data.responses(), begin = intercept ? 1 : 0;
  const int count = begin + static_cast<int>(free.size()), unknowns = count * classes;
  if (count == 0) return true;
  constexpr int rowsAtOnce = 4096;
  const auto weighted = [&](int i, int k) {
    const std::size_t entry = at(i) + at(n) * at(k);
    return first[entry] + data.weights[at(i)] * data.y[entry];
  };
  requireMemory(sizeof(double) * (2.0 * count * n + 2.0 * unknowns * unknowns),
                "columns without penalty, of which there are " + show(count) + ", need");
  HostMatrix<double> z(n, count), a(unknowns, unknowns), c(unknowns, 1);
  for (int i = 0; i < n && intercept; ++i) z(i, 0) = 1;
  for (int f = begin; f < count; ++f) {
    const auto j = at(free[at(f - begin)]);
    const double by = 1 / data.scale[j];
    for (int i = 0; i < n; ++i) z(i, f) = -data.shift[j] * by;
    data.x().forEntries(free[at(f - begin)], [&](int i, double v) { z(i, f) += v * by; });
  }
  const auto takesPart = [&](int f, int k) {
    return f < begin || std::ranges::binary_search(freeOf[at(k)], free[at(f - begin)]);
  };
  std::vector<char> whole(at(count), 1);
  for (int f = begin; f < count; ++f) {
    for (int k = 0; k < classes; ++k) whole[at(f)] = whole[at(f)] && takesPart(f, k);
  }
  const Cpu la;
  HostMatrix<double> panel(n, count), block(count, count);
  // block := Z^T H Z for weights H of the rows.
  const auto weigh = [&](auto&& h) {
    data.checkpoint();
    for (int i = 0; i < n; ++i) {
      const double own = data.weights[at(i)] > 0 ? h(i, data.weights[at(i)]) : 0;
      for (int f = 0; f < count; ++f) panel(i, f) = own * z(i, f);
    }
    la.gemm(Transpose::yes, Transpose::no, 1.0, panel, z, 0.0, block);
  };
  for (int k = 0; k < classes; ++k) {
    for (int l = 0; l <= k; ++l) {
      weigh([&](int i, double w) { return (k == l ? weighted(i, k) : 0) - weighted(i, k) * weighted(i, l) / w; });
      for (int f = 0; f < count; ++f) {
        for (int g = 0; g < count; ++g)
          a(f * classes + k, g * classes + l) = a(g * classes + l, f * classes + k) = block(f, g);
      }
    }
  }
  // What all classes have in common changes nothing, so that the weights of the rows are put there.
  weigh([&](int, double w) { return w / classes; });
  for (int f = 0; f < count; ++f) {
    for (int g = 0; g < count; ++g) {
      for (int e = 0; e < classes * classes && whole[at(f)] && whole[at(g)]; ++e) {
        a(f * classes + e / classes, g * classes + e % classes) += block(f, g);
      }
    }
    for (int k = 0; k < classes; ++k) c(f * classes + k, 0) = blas::dot(n, z.column(f), slopes.data() + at(n) * at(k));
  }
  // Unknowns that take no part are 0. What the others have in common changes next to nothing where the probabilities of
  // those classes vanish.
  for (int f = 0; f < count; ++f) {
    for (int k = 0; k < classes && !whole[at(f)]; ++k) {
      const int u = f * classes + k;
      a(u, u) *= 1 + ClassesTuning::leastShift;
      if (takesPart(f, k)) continue;
      for (int v = 0; v < unknowns; ++v) a(u, v) = a(v, u) = 0;
      a(u, u) = 1;
      c(u, 0) = 0;
    }
  }
  if (!la.cholesky(a)) return false;
  la.choleskySolve(a, c);
  bool inside = true;
  std::vector<double> move(at(classes));
  for (int i = 0; i < n; ++i) {
    if (i % rowsAtOnce == 0) data.checkpoint();
    const double weight = data.weights[at(i)];
    if (weight == 0) continue;
    double mean = 0;
    for (int k = 0; k < classes; ++k) {
      move[at(k)] = 0;
      for (int f = 0; f < count; ++f) move[at(k)] += z(i, f) * c(f * classes + k, 0);
      mean += weighted(i, k) / weight * move[at(k)];
    }
    for (int k = 0; k < classes; ++k) {
      slopes[at(i) + at(n) * at(k)] -= weighted(i, k) * (move[at(k)] - mean);
      inside = inside && std::abs(move[at(k)] - mean) <= 1;
    }
  }
  return inside;
}

}  // namespace

bool makeResponsesOrthogonal(const SparseData& data, const RowsLoss& loss, std::span<const std::vector<int>> free,
                             bool intercept, std::span<const double> first, std::span<const double> second,
                             std::span<double> slopes) {
  if (loss.coupled()) return makeClassesOrthogonal(data, free, intercept, first, slopes);
  bool inside = true;
  const std::size_t n = at(data.n());
  for (std::size_t from = 0; from < slopes.size(); from += n) {
    inside = makeOrthogonal(data, loss, free[from / n], intercept, second.subspan(from, n), slopes.subspan(from, n)) &&
             inside;
  }
  return inside;
}

}  // namespace nonconvex
