#include "methods/assignment/assignment_kernels.hpp"

#include <algorithm>
#include <cmath>

#include "core/numbers.hpp"
#include "linalg/wide.hpp"

namespace nonconvex::loops::assignment {

namespace {

template <int Bytes>
struct Lanes {
  using Numbers = typename Wide<double, Bytes>::Vector;
  using Places = typename Wide<std::int64_t, Bytes>::Vector;
  static constexpr int count = Wide<double, Bytes>::lanes;

  static const auto& numbers(const double* from) {
    return *reinterpret_cast<const typename Wide<double, Bytes>::InMemory*>(from);
  }
  static auto& numbers(double* from) { return *reinterpret_cast<typename Wide<double, Bytes>::InMemory*>(from); }
  static auto& places(std::int64_t* from) {
    return *reinterpret_cast<typename Wide<std::int64_t, Bytes>::InMemory*>(from);
  }
};

template <int Bytes>
inline __attribute__((always_inline)) void inspectOf(int n, const double* cost, RowRange& range) {
  using L = Lanes<Bytes>;
  typename L::Numbers least = {}, most = {}, wrong = {};
  const typename L::Numbers zero = {}, one = zero + 1.0;
  least += infinity;
  int j = 0;
  for (; j + L::count <= n; j += L::count) {
    const typename L::Numbers c = L::numbers(cost + j);
    const typename L::Numbers size = c < 0.0 ? -c : c;
    least = c < least ? c : least;
    const typename L::Numbers finite = size < infinity ? size : zero;
    most = finite > most ? finite : most;
    wrong = c > -infinity ? wrong : one;
  }
  range = {infinity, 0, true};
  for (int l = 0; l < L::count; ++l) {
    range.least = std::min(range.least, least[l]);
    range.largest = std::max(range.largest, most[l]);
    range.valid = range.valid && wrong[l] == 0;
  }
  for (; j < n; ++j) {
    range.least = std::min(range.least, cost[j]);
    if (std::isfinite(cost[j])) range.largest = std::max(range.largest, std::abs(cost[j]));
    range.valid = range.valid && cost[j] > -infinity;
  }
}

template <int Bytes>
inline __attribute__((always_inline)) void twoLeastOf(int n, const double* cost, const double* v, TwoLeast& found) {
  using L = Lanes<Bytes>;
  typename L::Numbers least = {}, second = {};
  least += infinity;
  second += infinity;
  typename L::Places place = {}, now = {};
  for (int l = 0; l < L::count; ++l) now[l] = l;
  int j = 0;
  for (; j + L::count <= n; j += L::count) {
    const typename L::Numbers d = L::numbers(cost + j) - L::numbers(v + j);
    const typename L::Numbers other = d < least ? least : d;
    second = other < second ? other : second;
    place = d < least ? now : place;
    least = d < least ? d : least;
    now += L::count;
  }
  found = {infinity, infinity, 0};
  const auto take = [&](double value, std::int64_t at) {
    if (value < found.least || (value == found.least && at < found.place)) {
      found.second = std::min(found.second, found.least);
      found.least = value;
      found.place = at;
    } else {
      found.second = std::min(found.second, value);
    }
  };
  if (j > 0) {
    for (int l = 0; l < L::count; ++l) {
      take(least[l], place[l]);
      found.second = std::min(found.second, second[l]);
    }
  }
  for (; j < n; ++j) take(cost[j] - v[j], j);
}

/// The error of a - b, exactly (D. E. Knuth, The Art of Computer Programming 2, 4.2.2).
inline double errorOf(double a, double b, double difference) {
  const double part = a - difference;
  return (a - (difference + part)) + (part - b);
}

template <int Bytes>
inline __attribute__((always_inline)) void roundedLeastOf(int n, const double* cost, const double* v,
                                                          RoundedLeast& found) {
  using L = Lanes<Bytes>;
  typename L::Numbers least = {};
  least += infinity;
  int j = 0;
  for (; j + L::count <= n; j += L::count) {
    const typename L::Numbers d = L::numbers(cost + j) - L::numbers(v + j);
    least = d < least ? d : least;
  }
  found.least = infinity;
  for (int l = 0; l < L::count; ++l) found.least = std::min(found.least, least[l]);
  for (int k = j; k < n; ++k) found.least = std::min(found.least, cost[k] - v[k]);
  typename L::Numbers worst = {};
  const typename L::Numbers zero = {}, goal = zero + found.least;
  for (j = 0; j + L::count <= n; j += L::count) {
    const typename L::Numbers a = L::numbers(cost + j), b = L::numbers(v + j), d = a - b, part = a - d;
    const typename L::Numbers error = (a - (d + part)) + (part - b);
    const typename L::Numbers counts = d == goal ? error : zero;
    worst = counts < worst ? counts : worst;
  }
  found.raised = false;
  for (int l = 0; l < L::count; ++l) found.raised = found.raised || worst[l] < 0;
  for (; j < n; ++j) {
    const double d = cost[j] - v[j];
    found.raised = found.raised || (d == found.least && errorOf(cost[j], v[j], d) < 0);
  }
}

/// Columns from j on, one by one.
inline __attribute__((always_inline)) void relaxRest(int j, int n, const double* cost, const double* v, double shift,
                                                     std::int64_t row, const double* taken, double* distance,
                                                     std::int64_t* from, Relaxed& found) {
  for (; j < n; ++j) {
    const double d = (cost[j] - v[j]) - shift;
    if (d < distance[j]) {
      distance[j] = d;
      from[j] = row;
    }
    if (distance[j] < found.least) {
      found.least = distance[j];
      found.place = j;
    }
    found.leastFree = std::min(found.leastFree, distance[j] + taken[j]);
  }
}

template <int Bytes>
inline __attribute__((always_inline)) void relaxOf(int n, const double* cost, const double* v, double shift,
                                                   std::int64_t row, const double* taken, double* distance,
                                                   std::int64_t* from, Relaxed& found) {
  using L = Lanes<Bytes>;
  typename L::Numbers least = {}, leastFree = {};
  least += infinity;
  leastFree += infinity;
  typename L::Places place = {}, now = {}, rows = {};
  rows += row;
  for (int l = 0; l < L::count; ++l) now[l] = l;
  int j = 0;
  for (; j + L::count <= n; j += L::count) {
    const typename L::Numbers d = (L::numbers(cost + j) - L::numbers(v + j)) - shift;
    const typename L::Numbers before = L::numbers(distance + j);
    const typename L::Places nearer = d < before;
    const typename L::Numbers after = nearer ? d : before;
    L::numbers(distance + j) = after;
    L::places(from + j) = nearer ? rows : L::places(from + j);
    place = after < least ? now : place;
    least = after < least ? after : least;
    const typename L::Numbers free = after + L::numbers(taken + j);
    leastFree = free < leastFree ? free : leastFree;
    now += L::count;
  }
  found = {infinity, infinity, 0};
  for (int l = 0; l < L::count; ++l) {
    found.leastFree = std::min(found.leastFree, leastFree[l]);
    if (least[l] > found.least || (least[l] == found.least && place[l] > found.place)) continue;
    found.least = least[l];
    found.place = place[l];
  }
  relaxRest(j, n, cost, v, shift, row, taken, distance, from, found);
}

NONCONVEX_BY_WIDTH(void inspectRow(int n, const double* cost, RowRange& range), inspectOf<bytes>(n, cost, range))
NONCONVEX_BY_WIDTH(void findTwoLeast(int n, const double* cost, const double* v, TwoLeast& found),
                   twoLeastOf<bytes>(n, cost, v, found))
NONCONVEX_BY_WIDTH(void findRoundedLeast(int n, const double* cost, const double* v, RoundedLeast& found),
                   roundedLeastOf<bytes>(n, cost, v, found))
NONCONVEX_BY_WIDTH(void relaxRow(int n, const double* cost, const double* v, double shift, std::int64_t row,
                                 const double* taken, double* distance, std::int64_t* from, Relaxed& found),
                   relaxOf<bytes>(n, cost, v, shift, row, taken, distance, from, found))

}  // namespace

void inspect(int n, const double* cost, RowRange& range) { inspectRow(n, cost, range); }

void twoLeast(int n, const double* cost, const double* v, TwoLeast& found) { findTwoLeast(n, cost, v, found); }

void roundedLeast(int n, const double* cost, const double* v, RoundedLeast& found) {
  findRoundedLeast(n, cost, v, found);
}

void relax(int n, const double* cost, const double* v, double shift, std::int64_t row, const double* taken,
           double* distance, std::int64_t* from, Relaxed& found) {
  relaxRow(n, cost, v, shift, row, taken, distance, from, found);
}

}  // namespace nonconvex::loops::assignment
