// Kinds of linear programs that are hard for simplex methods: degenerate, dependent, cycling.
#pragma once

#include <numbers>
#include <utility>

#include "linear_programs.hpp"

namespace hard {

using nonconvex::infinity;

/// A program that is put together column by column and row by row.
class Maker {
 public:
  int column(double cost, double lower, double upper) {
    lp_.c.push_back(cost);
    lp_.lower.push_back(lower);
    lp_.upper.push_back(upper);
    return lp_.columns() - 1;
  }
  void row(std::vector<int> index, std::vector<double> value, double lower, double upper) {
    lp_.rows.push_back({std::move(index), std::move(value), lower, upper});
  }
  /// A row whose entries are all 1.
  void sum(std::vector<int> index, double lower, double upper) {
    const std::size_t size = index.size();
    row(std::move(index), std::vector<double>(size, 1.0), lower, upper);
  }
  TestLp take() { return std::move(lp_); }

 private:
  TestLp lp_;
};

/// n workers and n tasks, whose equations depend on one another: n of 2 n - 1 basic columns are 0 at each vertex.
inline TestLp assignment(int n, std::uint64_t seed) {
  Draws draws(seed);
  Maker made;
  for (int k = 0; k < n * n; ++k) made.column(draws.below(10), 0, infinity);
  for (int i = 0; i < n; ++i) {
    std::vector<int> ofWorker, ofTask;
    for (int j = 0; j < n; ++j) {
      ofWorker.push_back(i * n + j);
      ofTask.push_back(j * n + i);
    }
    made.sum(ofWorker, 1, 1);
    made.sum(ofTask, 1, 1);
  }
  return made.take();
}

/// Supplies and demands that are equal in sum, mostly 0.
inline TestLp transportation(int sources, int sinks, std::uint64_t seed) {
  Draws draws(seed);
  Maker made;
  std::vector<double> supply(static_cast<std::size_t>(sources)), demand(static_cast<std::size_t>(sinks));
  std::vector<std::vector<int>> from(supply.size()), to(demand.size());
  for (std::size_t i = 0; i < supply.size(); ++i) {
    for (std::size_t j = 0; j < demand.size(); ++j) {
      const double flow = draws.chance(0.3) ? draws.below(4) : 0;
      supply[i] += flow;
      demand[j] += flow;
      const int x = made.column(1 + draws.below(9), 0, draws.chance(0.3) ? 3 : infinity);
      from[i].push_back(x);
      to[j].push_back(x);
    }
  }
  for (std::size_t i = 0; i < supply.size(); ++i) made.sum(from[i], supply[i], supply[i]);
  for (std::size_t j = 0; j < demand.size(); ++j) made.sum(to[j], demand[j], demand[j]);
  return made.take();
}

/// Dense rows through a point with many zeros, some of them twice, some with the right side 0.
inline TestLp repeatedRows(int n, int m, bool boxed, std::uint64_t seed) {
  Draws draws(seed);
  Maker made;
  std::vector<double> point;
  std::vector<int> index;
  for (int j = 0; j < n; ++j) {
    point.push_back(draws.chance(0.4) ? 0 : draws.uniform());
    index.push_back(made.column(draws.normal() + (boxed ? 0 : 2), 0, boxed ? 1 : infinity));
  }
  for (int i = 0; i < m; ++i) {
    std::vector<double> value;
    double at = 0;
    for (const double z : point) {
      value.push_back(draws.normal());
      at += value.back() * z;
    }
    if (draws.chance(0.3)) at = 0;
    const double lower = draws.chance(0.2) ? at : -infinity;
    made.row(index, value, lower, at);
    if (draws.chance(0.4)) made.row(index, value, lower, at);
    if (!draws.chance(0.2)) continue;
    for (double& v : value) v *= 3;
    made.row(index, value, -infinity, 3 * at);
  }
  return made.take();
}

/// All right sides are 0: the origin is the only vertex.
inline TestLp cone(int n, int m, std::uint64_t seed) {
  Draws draws(seed);
  Maker made;
  for (int j = 0; j < n; ++j) made.column(draws.below(5) - 2, 0, draws.chance(0.5) ? 1 : infinity);
  for (int i = 0; i < m; ++i) {
    std::vector<int> index;
    std::vector<double> value;
    for (int j = 0; j < n; ++j) {
      if (!draws.chance(0.3)) continue;
      index.push_back(j);
      value.push_back(draws.below(7) - 3);
    }
    made.row(index, value, draws.chance(0.2) ? 0 : -infinity, 0);
  }
  return made.take();
}

/// The fewest sets, in fractions, that cover all elements: alternative optima, and costs that are all the same.
inline TestLp cover(int sets, int elements, std::uint64_t seed) {
  Draws draws(seed);
  Maker made;
  for (int j = 0; j < sets; ++j) made.column(1, 0, draws.chance(0.5) ? 1 : infinity);
  for (int i = 0; i < elements; ++i) {
    std::vector<int> index = {draws.below(sets)};
    for (int j = 0; j < sets; ++j)
      if (j != index[0] && draws.chance(0.2)) index.push_back(j);
    made.sum(index, 1, infinity);
  }
  return made.take();
}

/// A flow of 3 from the first node of the first layer to the last node of the last one; not always possible.
inline TestLp flow(int layers, int width, std::uint64_t seed) {
  Draws draws(seed);
  Maker made;
  std::vector<std::vector<int>> index(static_cast<std::size_t>(layers * width));
  std::vector<std::vector<double>> value(index.size());
  const auto end = [&](int layer, int place, int x, double entry) {
    const auto node = static_cast<std::size_t>(layer * width + place);
    index[node].push_back(x);
    value[node].push_back(entry);
  };
  for (int layer = 0; layer + 1 < layers; ++layer) {
    for (int from = 0; from < width; ++from) {
      for (int to = 0; to < width; ++to) {
        if (!draws.chance(0.6)) continue;
        const int x = made.column(draws.below(6), 0, 1 + draws.below(4));
        end(layer, from, x, -1);
        end(layer + 1, to, x, 1);
      }
    }
  }
  for (std::size_t node = 0; node < index.size(); ++node) {
    const double left = node == 0 ? -3 : node + 1 == index.size() ? 3 : 0;
    made.row(index[node], value[node], left, left);
  }
  return made.take();
}

/// H. Kuhn's example of cycling (M. Balinski, A. Tucker, "Duality theory of linear programs", SIAM Review 11, 1969).
/// The least value is -2.
inline TestLp kuhn() {
  return {{0, 0, 0, -2, -3, 1, 12},
          std::vector<double>(7, 0.0),
          std::vector<double>(7, infinity),
          {{{0, 3, 4, 5, 6}, {1, -2, -9, 1, 9}, 0, 0},
           {{1, 3, 4, 5, 6}, {1, 1 / 3.0, 1, -1 / 3.0, -2}, 0, 0},
           {{2, 3, 4, 5, 6}, {1, 2, 3, -1, -12}, 2, 2}}};
}

/// Columns that are powers of a rotation, as those of A. Hoffman's first example of cycling ("Cycling in the simplex
/// algorithm", 1953): the right sides are 0, and a fifth of a turn brings each tableau to the next one.
inline TestLp rotations(double omega) {
  const double angle = 2 * std::numbers::pi / 5;
  Maker made;
  std::vector<std::vector<int>> index(2);
  std::vector<std::vector<double>> value(2);
  for (int k = 0; k < 5; ++k) {
    const double c = std::cos(k * angle), s = std::sin(k * angle);
    const int first = made.column(-c, 0, infinity), second = made.column(omega * s, 0, infinity);
    for (std::size_t row = 0; row < 2; ++row) {
      index[row].insert(index[row].end(), {first, second});
      value[row].insert(value[row].end(), {row == 0 ? c : s / omega, row == 0 ? -omega * s : c});
    }
  }
  for (std::size_t row = 0; row < 2; ++row) made.row(index[row], value[row], 0, 0);
  std::vector<int> all(10);
  for (std::size_t j = 0; j < all.size(); ++j) all[j] = static_cast<int>(j);
  made.sum(all, -infinity, 1);
  return made.take();
}

}  // namespace hard
