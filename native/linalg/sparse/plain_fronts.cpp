#include "linalg/sparse/plain_fronts.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/index.hpp"
#include "core/multiversion.hpp"
#include "linalg/sparse/chains.hpp"
#include "linalg/sparse/rounded.hpp"

namespace nonconvex {
namespace {

constexpr int mostColumns = FrontPlan::linkColumns;
constexpr int mostRows = 4;  // rows of a front that is eliminated without calls

/// Calls f<P, R>() for a front of P columns and R more rows; false if it is larger than any that there is code for.
template <int P = 1, int R = 0, class F>
NONCONVEX_INLINE bool dispatch(int columns, int rows, F&& f) {
  if (columns > mostColumns || rows > mostRows) return false;
  const auto withRows = [&]<int columnCount>() __attribute__((always_inline)) {
    switch (rows) {
      case 0:
        return f.template operator()<columnCount, 0>();
      case 1:
        return f.template operator()<columnCount, 1>();
      case 2:
        return f.template operator()<columnCount, 2>();
      case 3:
        return f.template operator()<columnCount, 3>();
      default:
        return f.template operator()<columnCount, 4>();
    }
  };
  switch (columns) {
    case 1:
      return withRows.template operator()<1>();
    case 2:
      return withRows.template operator()<2>();
    case 3:
      return withRows.template operator()<3>();
    default:
      return withRows.template operator()<4>();
  }
}

/// Adds entries of the matrix and contributions of the children to `a`, columns of `stride` numbers; the largest growth
/// of the children, or NaN if columns of one of them wait for this front.
NONCONVEX_INLINE double assemble(const FrontMemory& memory, const FrontPlan& me, double* a, int stride) {
  const AssemblyTree& plan = memory.plan;
  for (std::size_t k = me.entriesAt; k < me.entriesAt + me.entries; ++k) {
    const AssemblyTree::Entry& entry = plan.entries[k];
    a[entry.column * stride + entry.row] += memory.scaled[entry.value];
  }
  double growth = 1;
  for (int c = 0; c < me.children; ++c) {
    const int number = plan.children[me.childrenAt + at(c)];
    const FrontPlan& child = plan.fronts[at(number)];
    const FrontOutcome& outcome = memory.outcomes[number];
    if (outcome.left > 0) return std::numeric_limits<double>::quiet_NaN();
    growth = std::max(growth, outcome.growth);
    const double* from = memory.contribution(child);
    const int* places = plan.places.data() + child.rowsAt;
    for (int j = 0; j < child.rows; ++j, from += child.rows) {
      double* to = a + places[j] * stride;
      for (int i = j; i < child.rows; ++i) to[places[i]] += from[i];
    }
  }
  return growth;
}

/// Eliminates P columns of which R more rows are changed, one by one as `Elimination` does; false if one is no pivot.
template <int P, int R>
struct TinyFront {
  static constexpr int M = P + R;
  double a[M][M] = {};  ///< columns
  double l[P][M];
  double d[P];
  double growth = 1;
  double least = std::numeric_limits<double>::infinity();  ///< |d|

  NONCONVEX_INLINE bool eliminate(double threshold) {
#pragma GCC unroll 4
    for (int k = 0; k < P; ++k) {
#pragma GCC unroll 4
      for (int j = 0; j < k; ++j) {
#pragma GCC unroll 8
        for (int i = k; i < M; ++i) a[k][i] -= l[j][i] * a[j][k];
      }
      double gamma = 0;
#pragma GCC unroll 8
      for (int i = k + 1; i < M; ++i) gamma = std::abs(a[k][i]) > gamma ? std::abs(a[k][i]) : gamma;
      d[k] = a[k][k];
      const double size = std::abs(d[k]);
      const double inverse = 1 / d[k];
      if (!(size >= threshold * gamma && size <= std::numeric_limits<double>::max() && std::isfinite(inverse))) {
        return false;
      }
      least = std::min(least, size);
      growth = std::max(growth, gamma * (gamma / size));
#pragma GCC unroll 8
      for (int i = k + 1; i < M; ++i) l[k][i] = a[k][i] * inverse;
    }
    return true;
  }

  NONCONVEX_INLINE void update() {
#pragma GCC unroll 4
    for (int j = P; j < M; ++j) {
#pragma GCC unroll 4
      for (int i = j; i < M; ++i) {
        double sum = 0;
#pragma GCC unroll 4
        for (int k = 0; k < P; ++k) sum += l[k][i] * a[k][j];
        a[j][i] -= sum;
      }
    }
  }
};

template <int P, int R>
NONCONVEX_INLINE bool eliminateTiny(const FrontMemory& memory, const FrontPlan& me, FrontOutcome& outcome) {
  TinyFront<P, R> front;
  constexpr int M = P + R;
  front.growth = assemble(memory, me, &front.a[0][0], M);
  if (!(front.growth > 0) || !front.eliminate(memory.thresholdOf(R == 0))) return false;
  if (!(front.least > memory.zeroTolerance(M) * front.growth)) return false;
  front.update();
  double* to = memory.factor + me.factorAt;
  outcome.negative = 0;
#pragma GCC unroll 4
  for (int k = 0; k < P; ++k, to += M) {
    memory.diagonal[me.first + k] = front.d[k];
    outcome.negative += front.d[k] < 0 ? 1 : 0;
#pragma GCC unroll 8
    for (int i = k + 1; i < M; ++i) to[i] = front.l[k][i];
  }
  double* contribution = memory.contribution(me);
#pragma GCC unroll 4
  for (int j = 0; j < R; ++j, contribution += R) {
#pragma GCC unroll 4
    for (int i = j; i < R; ++i) contribution[i] = front.a[P + j][P + i];
  }
  outcome.growth = front.growth;
  outcome.left = 0;
  return true;
}

template <int P, int R>
NONCONVEX_INLINE void forwardTiny(const FrontMemory& memory, const FrontPlan& me, double* x, double* owed) {
  constexpr int M = P + R;
  const AssemblyTree& plan = memory.plan;
  double y[M];
  double* own = x + me.first;
  double* rows = owed + me.rowsAt;
  for (int k = 0; k < P; ++k) y[k] = own[k];
  for (int i = 0; i < R; ++i) y[P + i] = 0;
  for (int c = 0; c < me.children; ++c) {
    const FrontPlan& child = plan.fronts[at(plan.children[me.childrenAt + at(c)])];
    const double* from = owed + child.rowsAt;
    const int* places = plan.places.data() + child.rowsAt;
    for (int i = 0; i < child.rows; ++i) y[places[i]] += from[i];
  }
  const double* l = memory.factor + me.factorAt;
  const auto L = [&](int i, int k) __attribute__((always_inline)) { return l[k * M + i]; };
#pragma GCC unroll 4
  for (int j = 0; j < P; ++j) {
#pragma GCC unroll 4
    for (int i = j + 1; i < P; ++i) y[i] -= rounded(L(i, j) * y[j]);
  }
#pragma GCC unroll 4
  for (int i = P; i < M; ++i) {
    if constexpr (P == 4) {
      y[i] -= L(i, 0) * y[0] + L(i, 1) * y[1] + L(i, 2) * y[2] + L(i, 3) * y[3];
    } else {
#pragma GCC unroll 4
      for (int j = 0; j < P; ++j) y[i] -= L(i, j) * y[j];
    }
  }
  for (int k = 0; k < P; ++k) own[k] = y[k] / memory.diagonal[me.first + k];
  for (int i = 0; i < R; ++i) rows[i] = y[P + i];
}

template <int P, int R>
NONCONVEX_INLINE void backwardTiny(const FrontMemory& memory, const FrontPlan& me, double* x) {
  constexpr int M = P + R;
  double y[M];
  double* own = x + me.first;
  const int* rows = memory.plan.rows.data() + me.rowsAt;
  for (int k = 0; k < P; ++k) y[k] = own[k];
  for (int i = 0; i < R; ++i) y[P + i] = x[rows[i]];
  const double* l = memory.factor + me.factorAt;
  const auto L = [&](int i, int k) __attribute__((always_inline)) { return l[k * M + i]; };
#pragma GCC unroll 4
  for (int j = 0; j < P; ++j) {
    if constexpr (P == 4) {
#pragma GCC unroll 4
      for (int i = P; i < M; ++i) y[j] -= rounded(L(i, j) * y[i]);
    } else {
      double sum = 0;
#pragma GCC unroll 4
      for (int i = P; i < M; ++i) sum += R == 4 ? rounded(L(i, j) * y[i]) : L(i, j) * y[i];
      y[j] -= sum;
    }
  }
#pragma GCC unroll 4
  for (int j = P - 1; j >= 0; --j) {
#pragma GCC unroll 4
    for (int i = j + 1; i < P; ++i) y[j] -= rounded(L(i, j) * y[i]);
  }
  for (int k = 0; k < P; ++k) own[k] = y[k];
}

/// Does the work of `eliminateTiny` for a tridiagonal front. Its factor is the entries below the diagonal of L.
NONCONVEX_INLINE bool eliminateTridiagonal(const FrontMemory& memory, const FrontPlan& me, FrontOutcome& outcome) {
  const int* entries = memory.plan.diagonals.data() + 2 * me.first;
  double growth = 1, d = memory.scaled[entries[0]];
  if (me.children > 0) {
    const int child = memory.plan.children[me.childrenAt];
    if (memory.outcomes[child].left > 0) return false;
    growth = std::max(growth, memory.outcomes[child].growth);
    d += *memory.contribution(memory.plan.fronts[at(child)]);
  }
  if (!(growth > 0)) return false;
  const double threshold = memory.thresholdOf(me.rows == 0);
  double* l = memory.below + me.first;
  double* diagonal = memory.diagonal + me.first;
  double least = std::numeric_limits<double>::infinity(), below = 0;
  int negative = 0;
  for (int k = 0; k < me.columns; ++k) {
    if (k > 0) d = memory.scaled[entries[2 * k]] - l[k - 1] * below;
    below = k + 1 < me.order() ? memory.scaled[entries[2 * k + 1]] : 0;
    const double gamma = std::abs(below), size = std::abs(d), inverse = 1 / d;
    if (!(size >= threshold * gamma && size <= std::numeric_limits<double>::max() && std::isfinite(inverse))) {
      return false;
    }
    least = std::min(least, size);
    growth = std::max(growth, gamma * (gamma / size));
    negative += d < 0 ? 1 : 0;
    diagonal[k] = d;
    l[k] = below * inverse;
  }
  if (!(least > memory.zeroTolerance(me.order()) * growth)) return false;
  if (me.rows > 0) *memory.contribution(me) = -rounded(l[me.columns - 1] * below);
  outcome = {.growth = growth, .left = 0, .negative = negative, .plain = true, .likely = true};
  return true;
}

NONCONVEX_INLINE void forwardTridiagonal(const FrontMemory& memory, const FrontPlan& me, double* x, double* owed) {
  const double* l = memory.below + me.first;
  const double* diagonal = memory.diagonal + me.first;
  double* own = x + me.first;
  double y = own[0];
  if (me.children > 0) y += owed[memory.plan.fronts[at(memory.plan.children[me.childrenAt])].rowsAt];
  for (int k = 0; k < me.columns; ++k) {
    own[k] = y / diagonal[k];
    const double part = rounded(l[k] * y);
    if (k + 1 < me.columns) {
      y = own[k + 1] - part;
    } else if (me.rows > 0) {
      owed[me.rowsAt] = -part;
    }
  }
}

NONCONVEX_INLINE void backwardTridiagonal(const FrontMemory& memory, const FrontPlan& me, double* x) {
  const double* l = memory.below + me.first;
  double* own = x + me.first;
  int k = me.columns - 1;
  double y = me.rows > 0 ? own[k] - rounded(l[k] * x[memory.plan.rows[me.rowsAt]]) : own[k];
  for (own[k] = y; --k >= 0; own[k] = y) y = own[k] - rounded(l[k] * y);
}

/// Returns true if there is code for fronts of this kind.
NONCONVEX_INLINE bool isSmallTridiagonal(const FrontPlan& me) { return me.tridiagonal && me.columns <= mostColumns; }

}  // namespace

NONCONVEX_CLONES std::size_t eliminatePlain(const FrontMemory& memory, std::span<const int> fronts, std::size_t most) {
  for (std::size_t k = 0; k < fronts.size(); ++k) {
    if (k >= most) return k;
    const FrontPlan& me = memory.plan.fronts[at(fronts[k])];
    if (me.chain > 0 && eliminateChain(memory, fronts[k])) {
      k += at(me.chain) - 1;
      continue;
    }
    FrontOutcome& outcome = memory.outcomes[fronts[k]];
    if (isSmallTridiagonal(me)) {
      if (outcome.likely && eliminateTridiagonal(memory, me, outcome)) continue;
      outcome.plain = false;
      return k;
    }
    outcome.plain = outcome.likely && dispatch(
                                          me.columns, me.rows, [&]<int P, int R>() __attribute__((always_inline)) {
                                            return eliminateTiny<P, R>(memory, me, outcome);
                                          });
    if (!outcome.plain) return k;
  }
  return fronts.size();
}

NONCONVEX_CLONES std::size_t forwardPlain(const FrontMemory& memory, std::span<const int> fronts, std::size_t most,
                                          double* x, double* owed) {
  for (std::size_t k = 0; k < fronts.size(); ++k) {
    if (k >= most) return k;
    const FrontPlan& me = memory.plan.fronts[at(fronts[k])];
    if (me.chain > 0 && memory.outcomes[fronts[k]].chain) {
      forwardChain(memory, fronts[k], x, owed);
      k += at(me.chain) - 1;
      continue;
    }
    if (isSmallTridiagonal(me) && memory.outcomes[fronts[k]].plain) {
      forwardTridiagonal(memory, me, x, owed);
      continue;
    }
    const bool done = memory.outcomes[fronts[k]].plain &&
                      dispatch(
                          me.columns, me.rows, [&]<int P, int R>() __attribute__((always_inline)) {
                            forwardTiny<P, R>(memory, me, x, owed);
                            return true;
                          });
    if (!done) return k;
  }
  return fronts.size();
}

NONCONVEX_CLONES std::size_t backwardPlain(const FrontMemory& memory, std::span<const int> fronts, std::size_t most,
                                           double* x) {
  for (std::size_t k = fronts.size(); k > 0; --k) {
    if (fronts.size() - k >= most) return fronts.size() - k;
    const FrontPlan& me = memory.plan.fronts[at(fronts[k - 1])];
    const int begin = fronts[k - 1] + 1 - me.chainBehind;
    if (me.chainBehind > 0 && memory.outcomes[begin].chain) {
      backwardChain(memory, begin, x);
      k -= at(me.chainBehind) - 1;
      continue;
    }
    if (isSmallTridiagonal(me) && memory.outcomes[fronts[k - 1]].plain) {
      backwardTridiagonal(memory, me, x);
      continue;
    }
    const bool done = memory.outcomes[fronts[k - 1]].plain &&
                      dispatch(
                          me.columns, me.rows, [&]<int P, int R>() __attribute__((always_inline)) {
                            backwardTiny<P, R>(memory, me, x);
                            return true;
                          });
    if (!done) return fronts.size() - k;
  }
  return fronts.size();
}

}  // namespace nonconvex
