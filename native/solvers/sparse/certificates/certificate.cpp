#include "solvers/sparse/certificates/certificate.hpp"

#include <algorithm>
#include <cmath>

#include "core/index.hpp"
#include "core/numbers.hpp"
#include "core/require_memory.hpp"

namespace nonconvex {
namespace {

struct OrthogonalTuning {
  static constexpr double edge = 1e-12;  ///< rounding: share of the sizes added up that may be left
  static constexpr int mostMoves = 200;  ///< safeguard: moves along columns without penalty
};

/// f(penalty, gradient, bounds) for all blocks with a penalty: slopes are orthogonal to others, but for rounding and
/// coefficients at bounds.
template <class F>
void forPenalised(const PenaltyAt& penalty, Mat<const double> gradients, F&& f) {
  const Blocks& blocks = penalty.blocks();
  for (int g = 0; g < blocks.count() && !penalty.isZero(); ++g) {
    if (blocks.factor(g) == 0) continue;
    const BlockPenalty along = penalty.of(g);
    blocks.forBlocks(g, gradients,
                     [&](std::span<const double> gradient, const BlockBounds& bounds) { f(along, gradient, bounds); });
  }
}

}  // namespace

double feasibleShare(const PenaltyAt& penalty, Mat<const double> gradients) {
  double share = 1;
  forPenalised(penalty, gradients, [&](const BlockPenalty& along, auto gradient, const BlockBounds& bounds) {
    share = std::min(share, along.feasibleShare(gradient, bounds));
  });
  return share;
}

double conjugates(const PenaltyAt& penalty, Mat<const double> gradients, double share) {
  double sum = 0;
  // Without these the share is such that the conjugate is 0.
  if (!penalty.hasRidge() && !penalty.blocks().bounded()) return sum;
  forPenalised(penalty, gradients, [&](const BlockPenalty& along, auto gradient, const BlockBounds& bounds) {
    if (along.ridge > 0 || bounds.given()) sum += along.conjugate(gradient, share, bounds);
  });
  return sum;
}

bool isHeld(const SparseData& data, int place, double b, double derivative, double least) {
  if (!data.bounded || !(std::abs(derivative) > least)) return false;
  return derivative > 0 ? b <= data.lower[at(place)] : b >= data.upper[at(place)];
}

double conjugatesOfHeld(const SparseData& data, std::span<const int> places, Mat<const double> gradients,
                        double share) {
  double sum = 0;
  for (const int place : places) {
    const double v = -share * gradients(place % data.p(), place / data.p());
    sum += penaltyConjugate(v, 0, 0, data.lower[at(place)], data.upper[at(place)]);
  }
  return sum;
}

namespace {

/// The columns without penalty, behind one of 1 for an intercept. Throws unless there is memory for them twice and for
/// a system of their coefficients for all classes.
HostMatrix<double> freeColumns(const SparseData& data, std::span<const int> free, bool intercept, int classes = 1) {
  const int n = data.n(), first = intercept ? 1 : 0, k = first + static_cast<int>(free.size());
  requireMemory(sizeof(double) * (2.0 * k * n + 2.0 * square(1.0 * k * classes)),
                "columns without penalty, of which there are " + show(k) + ", need");
  HostMatrix<double> z(n, k);
  for (int i = 0; i < n && intercept; ++i) z(i, 0) = 1;
  for (int f = first; f < k; ++f) {
    const int j = free[at(f - first)];
    const double shift = data.shift[at(j)], by = 1 / data.scale[at(j)];
    for (int i = 0; i < n; ++i) z(i, f) = -shift * by;
    data.x().forEntries(j, [&](int i, double v) { z(i, f) += v * by; });
  }
  return z;
}

/// The lower triangle of Z^T H Z.
HostMatrix<double> weighted(const HostMatrix<double>& z, std::span<const double> curvatures) {
  HostMatrix<double> a(z.cols(), z.cols());
  for (int f = 0; f < z.cols(); ++f) {
    for (int g = 0; g <= f; ++g) {
      double sum = 0;
      for (int i = 0; i < z.rows(); ++i) sum += z(i, f) * z(i, g) * curvatures[at(i)];
      a(f, g) = sum;
    }
  }
  return a;
}

}  // namespace

bool makeOrthogonal(const SparseData& data, const RowsLoss& loss, std::span<const int> free, bool intercept,
                    std::span<const double> curvatures, std::span<double> slopes) {
  const int n = data.n(), k = (intercept ? 1 : 0) + static_cast<int>(free.size());
  if (k == 0) return true;
  const HostMatrix<double> z = freeColumns(data, free, intercept);
  HostMatrix<double> a = weighted(z, curvatures), c(k, 1);
  for (int f = 0; f < k; ++f) c(f, 0) = blas::dot(n, z.column(f), slopes.data());
  const Cpu la;
  if (!la.cholesky(a)) return false;
  la.choleskySolve(a, c);
  bool inside = true;
  for (int i = 0; i < n; ++i) {
    double move = 0;
    for (int f = 0; f < k; ++f) move += z(i, f) * c(f, 0);
    slopes[at(i)] -= curvatures[at(i)] * move;
    inside = inside && (loss.kinked() || std::abs(move) <= 1);
  }
  return inside;
}

namespace {

struct ClassesTuning {
  static constexpr double leastShift = 1e-10;  ///< rounding: share of curvature added to what classes have in common
};

/// Longer than most: one system is set up and solved.
bool makeClassesOrthogonal(const SparseData& data, const RowsLoss& loss, std::span<const std::vector<int>> freeOf,
                           bool intercept, std::span<const double> first, std::span<const double> second,
                           std::span<double> slopes) {
  std::vector<int> free;
  for (const std::vector<int>& each : freeOf) free.insert(free.end(), each.begin(), each.end());
  std::ranges::sort(free);
  free.erase(std::ranges::unique(free).begin(), free.end());
  const int n = data.n(), classes = data.responses(), begin = intercept ? 1 : 0;
  const int count = begin + static_cast<int>(free.size()), unknowns = count * classes;
  if (count == 0) return true;
  const HostMatrix<double> z = freeColumns(data, free, intercept, classes);
  HostMatrix<double> a(unknowns, unknowns), c(unknowns, 1);
  const auto takesPart = [&](int f, int k) {
    return f < begin || std::ranges::binary_search(freeOf[at(k)], free[at(f - begin)]);
  };
  std::vector<char> whole(at(count), 1);
  for (int f = begin; f < count; ++f) {
    for (int k = 0; k < classes; ++k) whole[at(f)] = whole[at(f)] && takesPart(f, k);
  }
  const Cpu la;
  HostMatrix<double> panel(n, count), block(count, count);
  std::vector<double> h(data.weights);
  // block := Z^T H Z for the weights h of the rows.
  const auto weigh = [&] {
    data.checkpoint();
    la.forEach(n, count, [&](int i, int f) { panel(i, f) = h[at(i)] * z(i, f); });
    la.gemm(Transpose::yes, Transpose::no, 1.0, panel, z, 0.0, block);
  };
  for (int k = 0; k < classes; ++k) {
    for (int l = 0; l <= k; ++l) {
      loss.secondDerivatives(first, second, k, l, h);
      weigh();
      for (int f = 0; f < count; ++f) {
        for (int g = 0; g < count; ++g)
          a(f * classes + k, g * classes + l) = a(g * classes + l, f * classes + k) = block(f, g);
      }
    }
  }
  // What all classes have in common changes nothing, so that the weights of the rows are put there.
  for (int i = 0; i < n; ++i) h[at(i)] = data.weights[at(i)] / classes;
  weigh();
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
  std::vector<double> move(slopes.size(), 0.0);
  for (int f = 0; f < count; ++f) {
    for (int k = 0; k < classes; ++k) blas::axpy(n, c(f * classes + k, 0), z.column(f), move.data() + at(n) * at(k));
  }
  loss.multiplyHessian(first, second, move);
  for (std::size_t e = 0; e < slopes.size(); ++e) {
    slopes[e] -= move[e];
    inside = inside && std::abs(move[e]) <= first[e] + data.weights[e % at(n)] * data.y[e];
  }
  return inside;
}

}  // namespace

bool makeResponsesOrthogonal(const SparseData& data, const RowsLoss& loss, std::span<const std::vector<int>> free,
                             bool intercept, std::span<const double> first, std::span<const double> second,
                             std::span<double> slopes) {
  if (loss.coupled()) return makeClassesOrthogonal(data, loss, free, intercept, first, second, slopes);
  bool inside = true;
  const std::size_t n = at(data.n());
  for (std::size_t from = 0; from < slopes.size(); from += n) {
    inside = makeOrthogonal(data, loss, free[from / n], intercept, second.subspan(from, n), slopes.subspan(from, n)) &&
             inside;
  }
  return inside;
}

bool makeOrthogonalAt(const SparseData& data, RowsLoss& loss, std::span<const int> free, std::span<double> t,
                      std::span<double> slopes) {
  const int n = data.n(), k = static_cast<int>(free.size());
  if (k == 0) return true;
  const HostMatrix<double> z = freeColumns(data, free, false);
  std::vector<double> second(t.size());
  loss.evaluate(t, slopes, second);
  HostMatrix<double> a = weighted(z, second), c(k, 1);
  const Cpu la;
  if (!la.cholesky(a)) return false;
  for (int round = 0; round < OrthogonalTuning::mostMoves; ++round) {
    double most = 0, size = 0;
    for (int f = 0; f < k; ++f) {
      c(f, 0) = blas::dot(n, z.column(f), slopes.data());
      most = std::max(most, std::abs(c(f, 0)));
      for (int i = 0; i < n; ++i) size = std::max(size, std::abs(z(i, f) * slopes[at(i)]));
    }
    if (most <= OrthogonalTuning::edge * size) return true;
    la.choleskySolve(a, c);
    for (int f = 0; f < k; ++f) blas::axpy(n, -c(f, 0), z.column(f), t.data());
    loss.evaluate(t, slopes, second);
  }
  return false;
}

}  // namespace nonconvex
