#include "linalg/ldl_front.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "linalg/blas.hpp"
#include "linalg/vector_kernels.hpp"

namespace nonconvex {
namespace {

constexpr int panelWidth = 64;  // columns of a panel
constexpr int blockWidth = 16;  // number of pivots of a block within a panel, if columns are long
constexpr int manyRows = 160;   // rows of a front that is worth blocks and abort points

double largest(int n, const double* x) {
  constexpr int few = 8;
  if (n > few) return loops::largest(n, x);
  double most = 0;
  for (int i = 0; i < n; ++i) most = std::abs(x[i]) > most ? std::abs(x[i]) : most;
  return most;
}

/// Returns true if P^{-1} is bounded by `bound` when it multiplies columns whose other entries are at most gamma0 and
/// gamma1, and its determinant free of cancellation, P = [a b; b c]. No entry changes by more than `update`.
bool stable(double a, double b, double c, double gamma0, double gamma1, double bound, double& update) {
  const double scale = std::max({std::abs(a), std::abs(b), std::abs(c)});
  if (!(scale > 0)) return false;
  a /= scale;
  b /= scale;
  c /= scale;
  const double determinant = std::abs(a * c - b * b);
  if (!(determinant > 0.01 * (std::abs(a * c) + b * b)) || !(b != 0)) return false;
  const double l0 = (std::abs(c) * gamma0 + std::abs(b) * gamma1) / (determinant * scale);
  const double l1 = (std::abs(b) * gamma0 + std::abs(a) * gamma1) / (determinant * scale);
  update = l0 * gamma0 + l1 * gamma1;
  return l0 <= bound && l1 <= bound;
}

class Elimination {
 public:
  Elimination(const Cpu& la, const Front& front, const PivotRule& rule, double* workspace)
      : la_(la),
        front_(front),
        a_(front.columns),
        rule_(rule),
        growth_(rule.growth),
        m_(a_.rows),
        p_(a_.cols),
        w_{workspace, m_, panelWidth + 1, m_},
        candidate_{workspace + static_cast<std::size_t>(m_) * (panelWidth + 1),
                   workspace + static_cast<std::size_t>(m_) * (panelWidth + 2)} {}

  Eliminated run() {
    int k = 0;
    int end = p_;  // columns from here on have failed
    bool progress = false;
    int passes = p_ == m_ ? p_ : 3;
    while (true) {
      if (k >= end) {  // a pivot of size 2 may take a column that has failed
        if (end == p_ || !progress || --passes == 0) return {k, growth_};
        end = p_;
        progress = false;
      }
      if (m_ >= manyRows) la_.checkpoint();
      begin_ = applied_ = k;
      limit_ = std::min(k + panelWidth, end);
      while (k < std::min(limit_, end)) {
        if (m_ >= manyRows && k - applied_ >= blockWidth) applyWithinPanel(k);
        const int taken = pivotAt(k);
        if (taken > 0) {
          k += taken;
          progress = true;
        } else if (taken < 0 || leavesPanel(end - 1)) {
          break;
        } else {
          swapVariables(k, --end, k);
        }
      }
      finishPanel(k);
    }
  }

 private:
  /// Variables may not change places between the columns of the panel and those behind as long as more pivots have been
  /// subtracted from the former.
  bool leavesPanel(int c) const { return applied_ > begin_ && c >= limit_; }

  /// Subtracts the pivots of the last block from the columns of the panel.
  void applyWithinPanel(int k) {
    if (nonzero_ > applied_) {
      subtractProduct(la_, a_.block(k, applied_, m_ - k, k - applied_),
                      w_.block(k, applied_ - begin_, m_ - k, k - applied_), a_.block(k, k, m_ - k, limit_ - k));
    }
    applied_ = k;
  }

  void finishPanel(int k) {
    const int width = k - begin_;
    if (width == 0 || nonzero_ <= begin_) return;
    if (k < limit_) applyWithinPanel(k);
    const int rest = std::max(k, limit_);
    const auto update = [&](int from, Mat<double> c) {
      subtractProduct(la_, a_.block(from, begin_, m_ - from, width), w_.block(from, 0, m_ - from, width), c);
    };
    update(rest, a_.block(rest, rest, m_ - rest, p_ - rest));
    update(p_, front_.square);
  }

  /// Finds a pivot on the path that starts at column k and moves it there. Returns its size, 0 if it finds none, or -1
  /// if the panel must be finished first.
  int pivotAt(int k) {
    if (takeFirst(k)) return 1;
    double* w0 = candidate_[0];
    double* w1 = candidate_[1];
    const double u = rule_.threshold;
    const double bound = 1 / std::min(u, 1 - u);
    int c = k;
    load(c, k, w0);
    double gamma = largestBut(c, k, m_, w0);
    const auto isZero = [&](double diagonal) {
      return std::max(gamma, std::abs(diagonal)) <= rule_.zeroTolerance * growth_;
    };
    for (int length = p_ == m_ ? p_ : 8; length > 0; --length) {
      if (isZero(w0[c])) return leavesPanel(c) ? -1 : takeZero(c, k);
      if (std::abs(w0[c]) >= u * gamma) return leavesPanel(c) ? -1 : takeOne(c, k, w0, gamma);
      const int r = partnerOf(c, k, gamma, w0);
      if (r < 0) return 0;
      load(r, k, w1);
      gamma = largestBut(r, k, m_, w1);
      if (isZero(w1[r])) return leavesPanel(r) ? -1 : takeZero(r, k);
      if (std::abs(w1[r]) >= u * gamma) return leavesPanel(r) ? -1 : takeOne(r, k, w1, gamma);
      const double gamma0 = largestBut(c, r, k, m_, w0);
      const double gamma1 = largestBut(c, r, k, m_, w1);
      double update = 0;
      if (stable(w0[c], w0[r], w1[r], gamma0, gamma1, bound, update)) {
        if (leavesPanel(std::max({c, r, k + 1}))) return -1;
        growth_ = std::max(growth_, update);
        return takeTwo(c, r, k, w0, w1);
      }
      c = r;
      std::swap(w0, w1);
    }
    return 0;
  }

  /// Takes column k as a pivot of size 1 where it is one, as the path would.
  bool takeFirst(int k) {
    double *const w = w_.column(k - begin_) + k, *const l = a_.column(k) + k;
    const int pivots = std::max(0, std::min(nonzero_, k) - applied_);
    const double *const left = a_.column(applied_) + k, *const factors = &w_(k, applied_ - begin_);
    loops::difference(1, pivots, left, a_.stride, factors, w_.stride, l, w);
    const double gamma = loops::difference(m_ - k - 1, pivots, left + 1, a_.stride, factors, w_.stride, l + 1, w + 1);
    const double d = w[0], size = std::abs(d), inverse = 1 / d;
    if (!(size >= rule_.threshold * gamma && std::max(gamma, size) > rule_.zeroTolerance * growth_)) return false;
    if (!std::isfinite(inverse)) return false;
    keepOne(k, d, gamma);
    l[0] = 1;
    loops::scaled(m_ - k - 1, inverse, w + 1, l + 1);
    return true;
  }

  void keepOne(int k, double d, double gamma) {
    nonzero_ = k + 1;
    growth_ = std::max(growth_, gamma * (gamma / std::abs(d)));
    front_.pivots.diagonal[k] = d;
    front_.pivots.below[k] = 0;
  }

  /// The row of the largest entry that could be a pivot together with c; -1 if all are zero.
  int partnerOf(int c, int k, double gamma, double* w) const {
    const double inside = p_ == m_ ? gamma : largestBut(c, k, p_, w);
    for (int i = k; i < p_ && inside > 0; ++i) {
      if (i != c && std::abs(w[i]) == inside) return i;
    }
    return -1;
  }

  /// The largest of rows [k, end) but c.
  static double largestBut(int c, int k, int end, double* w) {
    const double kept = std::exchange(w[c], 0.0);
    const double most = largest(end - k, w + k);
    w[c] = kept;
    return most;
  }

  static double largestBut(int c, int r, int k, int end, double* w) {
    const double kept = std::exchange(w[c], 0.0);
    const double most = largestBut(r, k, end, w);
    w[c] = kept;
    return most;
  }

  /// Column c as it is now, rows [k, m): the matrix lags behind by the pivots of the panel, or fewer.
  void load(int c, int k, double* w) const {
    for (int j = k; j < c; ++j) w[j] = a_(c, j);
    std::copy(a_.column(c) + c, a_.column(c) + m_, w + c);
    const auto subtract = [&](int from, int to, int pivot) {
      if (from == to || nonzero_ <= pivot) return;
      loops::subtractProduct(to - from, k - pivot, a_.column(pivot) + from, a_.stride, &w_(c, pivot - begin_),
                             w_.stride, w + from);
    };
    const int split = c < limit_ ? m_ : limit_;
    subtract(k, split, applied_);
    subtract(split, m_, begin_);
  }

  void swapVariables(int i, int j, int k) {
    if (i == j) return;
    if (i > j) std::swap(i, j);
    std::swap(front_.order[i], front_.order[j]);
    for (int c = 0; c < i; ++c) std::swap(a_(i, c), a_(j, c));
    std::swap(a_(i, i), a_(j, j));
    for (int c = i + 1; c < j; ++c) std::swap(a_(c, i), a_(j, c));
    std::swap_ranges(a_.column(i) + j + 1, a_.column(i) + m_, a_.column(j) + j + 1);
    for (int c = 0; c < k - begin_; ++c) std::swap(w_(i, c), w_(j, c));
  }

  int takeZero(int c, int k) {
    swapVariables(c, k, k);
    front_.pivots.diagonal[k] = front_.pivots.below[k] = 0;
    std::fill(a_.column(k) + k, a_.column(k) + m_, 0.0);
    a_(k, k) = 1;
    std::fill(w_.column(k - begin_) + k, w_.column(k - begin_) + m_, 0.0);
    return 1;
  }

  int takeOne(int c, int k, double* w, double gamma) {
    swapVariables(c, k, k);
    std::swap(w[c], w[k]);
    std::copy(w + k, w + m_, w_.column(k - begin_) + k);
    const double d = w[k];
    keepOne(k, d, gamma);
    double* l = a_.column(k);
    l[k] = 1;
    const double inverse = 1 / d;
    if (std::isfinite(inverse)) {
      loops::scaled(m_ - k - 1, inverse, w + k + 1, l + k + 1);
    } else {
      for (int i = k + 1; i < m_; ++i) l[i] = w[i] / d;
    }
    return 1;
  }

  int takeTwo(int c, int r, int k, double* w0, double* w1) {
    swapVariables(c, k, k);
    std::swap(w0[c], w0[k]);
    std::swap(w1[c], w1[k]);
    if (r == k) r = c;
    swapVariables(r, k + 1, k);
    std::swap(w0[r], w0[k + 1]);
    std::swap(w1[r], w1[k + 1]);
    double* v0 = w_.column(k - begin_);
    double* v1 = w_.column(k - begin_ + 1);
    std::copy(w0 + k, w0 + m_, v0 + k);
    std::copy(w1 + k, w1 + m_, v1 + k);
    const double a = w0[k], b = w0[k + 1], d = w1[k + 1];
    nonzero_ = k + 2;
    front_.pivots.diagonal[k] = a;
    front_.pivots.diagonal[k + 1] = d;
    front_.pivots.below[k] = b;
    front_.pivots.below[k + 1] = 0;
    double* l0 = a_.column(k);
    double* l1 = a_.column(k + 1);
    l0[k] = l1[k + 1] = 1;
    l0[k + 1] = 0;
    const double scale = std::max({std::abs(a), std::abs(b), std::abs(d)});
    const double determinant = (a / scale) * (d / scale) - (b / scale) * (b / scale);
    const double p = d / scale / determinant, q = -(b / scale) / determinant, s = a / scale / determinant;
    for (int i = k + 2; i < m_; ++i) {
      const double x = w0[i] / scale, y = w1[i] / scale;
      l0[i] = p * x + q * y;
      l1[i] = q * x + s * y;
    }
    return 2;
  }

  const Cpu& la_;
  const Front& front_;
  const Mat<double> a_;
  const PivotRule rule_;
  double growth_;
  const int m_, p_;
  const Mat<double> w_;  ///< W = L D of the panel
  double* const candidate_[2];
  // Pivots [begin_, applied_) have been subtracted from columns [applied_, limit_) of the panel, none of [begin_, k)
  // from those behind.
  int begin_ = 0;
  int applied_ = 0;
  int limit_ = 0;
  int nonzero_ = 0;  // pivots from here on are 0, and nothing is to be subtracted
};

}  // namespace

Inertia& Inertia::operator+=(const Inertia& other) {
  positive += other.positive;
  negative += other.negative;
  zero += other.zero;
  undefined += other.undefined;
  return *this;
}

std::size_t eliminationWorkspace(int rows, int) { return static_cast<std::size_t>(rows) * (panelWidth + 3); }

Eliminated eliminate(const Cpu& la, const Front& front, const PivotRule& rule, double* workspace) {
  return Elimination(la, front, rule, workspace).run();
}

Inertia inertiaOf(PivotBlocks pivots, int count) {
  Inertia inertia;
  for (int k = 0; k < count; ++k) {
    const double a = pivots.diagonal[k];
    const double b = pivots.below[k];
    if (b == 0) {
      if (!std::isfinite(a))
        ++inertia.undefined;
      else
        ++(a > 0 ? inertia.positive : a < 0 ? inertia.negative : inertia.zero);
      continue;
    }
    const double c = pivots.diagonal[++k];
    const double scale = std::max({std::abs(a), std::abs(b), std::abs(c)});
    const double determinant = (a / scale) * (c / scale) - (b / scale) * (b / scale);
    if (!std::isfinite(determinant)) {
      inertia.undefined += 2;
    } else if (determinant < 0) {
      inertia += {.positive = 1, .negative = 1};
    } else {
      inertia += {.positive = a > 0 ? 2 : 0, .negative = a > 0 ? 0 : 2};
    }
  }
  return inertia;
}

void subtractProduct(const Cpu& la, Mat<const double> l, Mat<const double> w, Mat<double> c) {
  // Strips of the triangle, each cut into tiles of rows.
  constexpr int strip = 64;
  constexpr int tile = 512;
  const auto update = [&](int i, int j, int m, int n) {
    blas::gemm('N', 'T', m, n, l.cols, -1.0, &l(i, 0), l.stride, &w(j, 0), w.stride, 1.0, &c(i, j), c.stride);
  };
  if (l.cols == 0 || c.cols == 0) return;
  const int strips = (c.cols + strip - 1) / strip;
  const int tiles = (c.rows + tile - 1) / tile;
  la.tasks(
      strips * tiles,
      [&](int t) {
        const int j = t / tiles * strip;
        const int i = j + t % tiles * tile;
        if (i < c.rows) update(i, j, std::min(tile, c.rows - i), std::min(strip, c.cols - j));
      },
      1.0 * l.cols * c.cols * c.rows);
}

void solveLower(Mat<const double> l, double* x) {
  constexpr int width = 8;
  for (int k = 0; k < l.cols; k += width) {
    const int end = std::min(k + width, l.cols);
    for (int j = k; j < end; ++j) {
      const double* column = l.column(j);
      for (int i = j + 1; i < end; ++i) x[i] -= column[i] * x[j];
    }
    loops::subtractProduct(l.rows - end, end - k, l.column(k) + end, l.stride, x + k, 1, x + end);
  }
}

void solveLowerTransposed(Mat<const double> l, double* x) {
  constexpr int width = 8;
  for (int k = (l.cols - 1) / width * width; k >= 0; k -= width) {
    const int end = std::min(k + width, l.cols);
    loops::subtractTransposedProduct(l.rows - end, end - k, l.column(k) + end, l.stride, x + end, x + k);
    for (int j = end - 1; j >= k; --j) {
      const double* column = l.column(j);
      for (int i = j + 1; i < end; ++i) x[j] -= column[i] * x[i];
    }
  }
}

void solvePivots(PivotBlocks pivots, int count, double* x) {
  for (int k = 0; k < count; ++k) {
    const double a = pivots.diagonal[k];
    const double b = pivots.below[k];
    if (b == 0) {
      x[k] = a == 0 ? 0 : x[k] / a;
      continue;
    }
    const double c = pivots.diagonal[k + 1];
    const double scale = std::max({std::abs(a), std::abs(b), std::abs(c)});
    const double p = a / scale, q = b / scale, r = c / scale;
    const double determinant = p * r - q * q;
    const double y = x[k] / scale, z = x[k + 1] / scale;
    x[k] = (r * y - q * z) / determinant;
    x[k + 1] = (p * z - q * y) / determinant;
    ++k;
  }
}

}  // namespace nonconvex
