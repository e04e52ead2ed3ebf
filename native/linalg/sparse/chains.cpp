#include "linalg/sparse/chains.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

#include "core/index.hpp"
#include "core/multiversion.hpp"
#include "linalg/sparse/rounded.hpp"

namespace nonconvex {
namespace {

constexpr int parts = 8;  // pieces of a chain that run side by side, about as many as hide the time of a division
constexpr int linkColumns = FrontPlan::linkColumns;

/// A chain of links, fronts of `linkColumns` columns.
struct Chain {
  Chain(const FrontMemory& memory, int f)
      : begin(memory.plan.fronts[at(f)]),
        child(memory.plan.fronts[at(f - 1)]),
        last(memory.plan.fronts[at(f + begin.chain - 1)]),
        links(begin.chain),
        columns(links * linkColumns),
        scaled(memory.scaled),
        entries(memory.plan.diagonals.data() + 2 * begin.first),
        diagonal(memory.diagonal + begin.first),
        l(memory.below + begin.first),
        y(memory.chained + begin.first) {}

  const FrontPlan &begin, &child, &last;
  int links;
  int columns;
  const double* scaled;
  const int* entries;
  double* diagonal;
  double* l;  ///< below the diagonal of L
  double* y;
};

/// Eliminates `count` links, `apart` from each other, which are given what the ones before them hand on.
template <int count>
NONCONVEX_INLINE void eliminateLinks(const Chain& chain, int first, int apart, double* given) {
  double below[count], l[count];
#pragma GCC unroll 4
  for (int k = 0; k < linkColumns; ++k) {
#pragma GCC unroll 8
    for (int p = 0; p < count; ++p) {
      const std::size_t place = at((first + p * apart) * linkColumns + k);
      const double a = chain.scaled[chain.entries[2 * place]];
      const double d = k == 0 ? a + given[p] : a - l[p] * below[p];
      below[p] = chain.scaled[chain.entries[2 * place + 1]];
      l[p] = below[p] * (1 / d);
      chain.diagonal[place] = d;
      chain.l[place] = l[p];
    }
  }
#pragma GCC unroll 8
  for (int p = 0; p < count; ++p) given[p] = -rounded(l[p] * below[p]);
}

/// Eliminates links [first, end) again, up to the first one that comes out as it did before, when it handed on
/// `handed`; returns what they hand on.
NONCONVEX_INLINE double eliminateAgain(const Chain& chain, int first, int end, double given, double handed) {
  for (int k = first; k < end; ++k) {
    const double* const lastPivot = chain.diagonal + k * linkColumns + linkColumns - 1;
    const double before = *lastPivot;
    eliminateLinks<1>(chain, k, 0, &given);
    if (*lastPivot == before) return handed;
  }
  return given;
}

/// Signs, sizes and growth of the pivots of a chain.
struct Pivots {
  double least = std::numeric_limits<double>::infinity();  ///< |d|
  double steepest = 0;                                     ///< |l|
  double growth = 1;
  int negative = 0;
  bool finite = true;
};

constexpr int pivotBlock = 512;  // pivots of a block, which stay in the cache

/// Looks at a block of pivots; `growth` becomes the largest l^2 |d|, which is that of the block up to rounding.
NONCONVEX_INLINE void lookAt(const double* d, const double* l, int count, Pivots& pivots) {
  constexpr int lanes = 16;
  double zero[lanes] = {}, least[lanes], steepest[lanes] = {}, growth[lanes] = {}, negative[lanes] = {};
  std::fill_n(least, lanes, pivots.least);
  int k = 0;
  for (; k + lanes <= count; k += lanes) {
    for (int r = 0; r < lanes; ++r) {
      const double size = std::abs(d[k + r]), steep = std::abs(l[k + r]), grown = steep * steep * size;
      zero[r] += 0 * size;
      least[r] = size < least[r] ? size : least[r];
      steepest[r] = steep > steepest[r] ? steep : steepest[r];
      growth[r] = grown > growth[r] ? grown : growth[r];
      negative[r] += d[k + r] < 0 ? 1.0 : 0.0;
    }
  }
  for (int r = 0; k < count; ++k, ++r) {
    const double size = std::abs(d[k]), steep = std::abs(l[k]);
    zero[r] += 0 * size;
    least[r] = std::min(least[r], size);
    steepest[r] = std::max(steepest[r], steep);
    growth[r] = std::max(growth[r], steep * steep * size);
    negative[r] += d[k] < 0 ? 1.0 : 0.0;
  }
  pivots.growth = 0;
  for (int r = 0; r < lanes; ++r) {
    pivots.finite = pivots.finite && zero[r] == 0;
    pivots.least = std::min(pivots.least, least[r]);
    pivots.steepest = std::max(pivots.steepest, steepest[r]);
    pivots.growth = std::max(pivots.growth, growth[r]);
    pivots.negative += static_cast<int>(negative[r]);
  }
}

/// Looks at all pivots of a chain, the growth being `growth` before.
NONCONVEX_INLINE Pivots pivotsOf(const Chain& chain, double growth) {
  constexpr double slack = 1 + 16 * std::numeric_limits<double>::epsilon();
  Pivots pivots;
  for (int first = 0; first < chain.columns; first += pivotBlock) {
    const int count = std::min(pivotBlock, chain.columns - first);
    lookAt(chain.diagonal + first, chain.l + first, count, pivots);
    if (pivots.growth * slack <= growth) continue;
    for (int k = first; k < first + count; ++k) {
      const double gamma = std::abs(chain.scaled[chain.entries[2 * k + 1]]);
      growth = std::max(growth, gamma * (gamma / std::abs(chain.diagonal[k])));
    }
  }
  pivots.growth = growth;
  return pivots;
}

}  // namespace

NONCONVEX_CLONES bool eliminateChain(const FrontMemory& memory, int f) {
  constexpr double certainly = 1 - 16 * std::numeric_limits<double>::epsilon();
  const FrontOutcome& before = memory.outcomes[f - 1];
  memory.outcomes[f].chain = false;
  if (before.left > 0 || !(before.growth > 0)) return false;
  const Chain chain(memory, f);
  const int length = chain.links / parts;
  double given[parts] = {*memory.contribution(chain.child)};  // 0 is the guess of the others
  for (int k = 0; k < length; ++k) eliminateLinks<parts>(chain, k, length, given);
  double handed = given[0];
  for (int p = 1; p < parts; ++p) handed = eliminateAgain(chain, p * length, (p + 1) * length, handed, given[p]);
  for (int k = parts * length; k < chain.links; ++k) eliminateLinks<1>(chain, k, 0, &handed);

  const Pivots pivots = pivotsOf(chain, std::max(1.0, before.growth));
  const bool pass = pivots.finite && pivots.steepest * memory.threshold <= certainly &&
                    pivots.least > memory.zeroTolerance(linkColumns + 1) * pivots.growth;
  if (!pass) return false;
  *memory.contribution(chain.last) = handed;
  memory.outcomes[f + chain.links - 1] = {.growth = pivots.growth, .plain = true};
  memory.outcomes[f] = {.growth = pivots.growth, .negative = pivots.negative, .plain = true, .chain = true};
  return true;
}

NONCONVEX_CLONES void forwardChain(const FrontMemory& memory, int f, double* x, double* owed) {
  const Chain chain(memory, f);
  const int length = chain.columns / parts;
  const double* const b = x + chain.begin.first;
  const double* const l = chain.l;
  double* const y = chain.y;
  double now[parts], handed[parts];
  for (int p = 0; p < parts; ++p) now[p] = b[p * length];
  now[0] += owed[chain.child.rowsAt];
  for (int k = 0; k + 1 < length; ++k) {
#pragma GCC unroll 8
    for (int p = 0; p < parts; ++p) {
      const int place = p * length + k;
      y[place] = now[p];
      now[p] = b[place + 1] - rounded(l[place] * now[p]);
    }
  }
  for (int p = 0; p < parts; ++p) {
    const int place = (p + 1) * length - 1;
    y[place] = now[p];
    handed[p] = rounded(l[place] * now[p]);
  }
  // Again, from what each part is really given, as long as that matters.
  const auto again = [&](int begin, int end, double given, double handedOn) {
    for (int k = begin; k < end; ++k) {
      const double value = b[k] - given;
      if (value == y[k]) return handedOn;
      y[k] = value;
      given = rounded(l[k] * value);
    }
    return given;
  };
  double given = handed[0];
  for (int p = 1; p < parts; ++p) given = again(p * length, (p + 1) * length, given, handed[p]);
  for (int k = parts * length; k < chain.columns; ++k) {
    y[k] = b[k] - given;
    given = rounded(l[k] * y[k]);
  }
  owed[chain.last.rowsAt] = -given;
}

NONCONVEX_CLONES void backwardChain(const FrontMemory& memory, int f, double* x) {
  constexpr int block = 64;
  const Chain chain(memory, f);
  const int length = chain.columns / parts;
  double* const own = x + chain.begin.first;
  const double *const l = chain.l, *const y = chain.y, *const d = chain.diagonal;
  double now[parts] = {}, quotients[parts][block];
  double given = x[memory.plan.rows[chain.last.rowsAt]];
  for (int k = chain.columns; k-- > parts * length;) own[k] = given = y[k] / d[k] - rounded(l[k] * given);
  now[parts - 1] = given;
  for (int end = length; end > 0; end -= block) {
    const int begin = std::max(0, end - block);
    for (int p = 0; p < parts; ++p) {
      const int first = p * length + begin;
      for (int k = 0; k < end - begin; ++k) quotients[p][k] = y[first + k] / d[first + k];
    }
    for (int k = end - begin; k-- > 0;) {
#pragma GCC unroll 8
      for (int p = 0; p < parts; ++p) {
        const int place = p * length + begin + k;
        own[place] = now[p] = quotients[p][k] - rounded(l[place] * now[p]);
      }
    }
  }
  // Again, from what each part is really given, as long as that matters.
  for (int p = parts - 1; p-- > 0;) {
    given = own[(p + 1) * length];
    for (int k = (p + 1) * length; k-- > p * length;) {
      const double value = y[k] / d[k] - rounded(l[k] * given);
      if (value == own[k]) break;
      own[k] = given = value;
    }
  }
}

}  // namespace nonconvex
