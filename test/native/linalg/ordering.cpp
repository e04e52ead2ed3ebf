// Orders of elimination: permutations, with fill as counted by plain elimination on small graphs, and known amounts of
// it on trees, arrows and grids.
#include "linalg/sparse/ordering.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <set>
#include <utility>

#include "check.hpp"
#include "core/random.hpp"

using namespace nonconvex;

namespace {

Adjacency graphOf(int n, const std::vector<std::pair<int, int>>& edges) {
  std::vector<std::set<int>> sets(static_cast<std::size_t>(n));
  for (const auto& [a, b] : edges) {
    if (a == b) continue;
    sets[static_cast<std::size_t>(a)].insert(b);
    sets[static_cast<std::size_t>(b)].insert(a);
  }
  Adjacency graph;
  for (const auto& set : sets) {
    graph.neighbours.insert(graph.neighbours.end(), set.begin(), set.end());
    graph.offsets.push_back(static_cast<int>(graph.neighbours.size()));
  }
  graph.weights.assign(static_cast<std::size_t>(n), 1);
  return graph;
}

Adjacency randomGraph(int n, int edges, int seed) {
  const Random random(static_cast<std::uint64_t>(seed));
  std::vector<std::pair<int, int>> list;
  for (std::uint64_t k = 0; k < static_cast<std::uint64_t>(edges); ++k) {
    list.emplace_back(random.below(2 * k, static_cast<std::uint32_t>(n)),
                      random.below(2 * k + 1, static_cast<std::uint32_t>(n)));
  }
  return graphOf(n, list);
}

Adjacency grid(int n) {
  std::vector<std::pair<int, int>> list;
  for (int i = 0; i < n; ++i) {
    for (int j = 0; j < n; ++j) {
      if (i + 1 < n) list.emplace_back(i * n + j, (i + 1) * n + j);
      if (j + 1 < n) list.emplace_back(i * n + j, i * n + j + 1);
    }
  }
  return graphOf(n * n, list);
}

bool isPermutation(std::vector<int> order, int n) {
  std::sort(order.begin(), order.end());
  for (int i = 0; i < static_cast<int>(order.size()); ++i) {
    if (order[static_cast<std::size_t>(i)] != i) return false;
  }
  return static_cast<int>(order.size()) == n;
}

/// Fill of an order, by elimination with sets.
Fill plainFill(const Adjacency& graph, const std::vector<int>& order) {
  std::vector<std::set<int>> sets;
  for (int v = 0; v < graph.vertices(); ++v) sets.emplace_back(graph.of(v).begin(), graph.of(v).end());
  Fill fill;
  for (const int v : order) {
    const std::set<int> around = sets[static_cast<std::size_t>(v)];
    double weight = 0;
    for (const int u : around) {
      weight += graph.weights[static_cast<std::size_t>(u)];
      auto& set = sets[static_cast<std::size_t>(u)];
      set.insert(around.begin(), around.end());
      set.erase(u);
      set.erase(v);
    }
    for (int t = graph.weights[static_cast<std::size_t>(v)]; t > 0; --t) {
      fill.entries += weight + t;
      fill.flops += (weight + t) * (weight + t);
    }
  }
  return fill;
}

const std::vector<std::pair<const char*, std::function<std::vector<int>(const Adjacency&)>>> methods = {
    {"minimum degree", [](const Adjacency& graph) { return minimumDegree(graph); }},
    {"minimum fill", [](const Adjacency& graph) { return minimumFill(graph); }},
    {"dissection", [](const Adjacency& graph) { return nestedDissection(graph); }},
    {"best", [](const Adjacency& graph) { return fillReducingOrder(graph).order; }}};

}  // namespace

TEST(fillIsCountedAsByPlainElimination) {
  for (int seed = 0; seed < 60; ++seed) {
    const int n = 1 + seed;
    Adjacency graph = randomGraph(n, n + seed % 7 * n / 4, seed);
    if (seed % 2 == 1) {
      for (std::size_t v = 0; v < graph.weights.size(); ++v) graph.weights[v] = 1 + static_cast<int>(v % 3);
    }
    std::vector<int> natural(static_cast<std::size_t>(n));
    for (int i = 0; i < n; ++i) natural[static_cast<std::size_t>(i)] = i * 7 % n;
    if (n % 7 != 0) {
      CHECK_EQ(fillOf(graph, natural).entries, plainFill(graph, natural).entries);
      CHECK_EQ(fillOf(graph, natural).flops, plainFill(graph, natural).flops);
    }
    for (const auto& [name, method] : methods) {
      const std::vector<int> order = method(graph);
      CHECK(isPermutation(order, n));
      CHECK_EQ(fillOf(graph, order).entries, plainFill(graph, order).entries);
    }
  }
}

TEST(treeOrderIsEquivalentAndPostordered) {
  const Adjacency graph = randomGraph(200, 300, 4);
  std::vector<int> order = minimumDegree(graph);
  const double before = plainFill(graph, order).entries;
  const EliminationTree tree = eliminationTree(graph, order);
  CHECK_EQ(plainFill(graph, order).entries, before);
  for (int k = 0; k < 200; ++k) {
    const int up = tree.parent[static_cast<std::size_t>(k)];
    CHECK(up == -1 || up > k);
    // Subtrees lie together: what is between k and its parent descends from the parent.
    for (int between = k; between < up;) {
      CHECK(tree.parent[static_cast<std::size_t>(between)] > between);
      CHECK(tree.parent[static_cast<std::size_t>(between)] <= up);
      between = tree.parent[static_cast<std::size_t>(between)];
      if (between < 0) break;
    }
  }
}

TEST(emptyAndEdgelessGraphs) {
  for (const auto& [name, method] : methods) {
    CHECK(method(Adjacency()).empty());
    CHECK(isPermutation(method(graphOf(1, {})), 1));
    CHECK(isPermutation(method(graphOf(500, {})), 500));
  }
}

TEST(treesAndArrowsHaveNoFill) {
  std::vector<std::pair<int, int>> tree, arrow;
  const int n = 5000;
  const Random random(3);
  for (int i = 1; i < n; ++i) {
    tree.emplace_back(i, random.below(static_cast<std::uint64_t>(i), static_cast<std::uint32_t>(i)));
    arrow.emplace_back(i, 0);
  }
  for (const auto& [name, method] : methods) {
    for (const auto& edges : {tree, arrow}) {
      const Adjacency graph = graphOf(n, edges);
      const std::vector<int> order = method(graph);
      CHECK(isPermutation(order, n));
      CHECK_EQ(fillOf(graph, order).entries, 2.0 * n - 1);
    }
  }
}

TEST(gridsHaveLittleFill) {
  // George 1973: dissection by hand has 31/4 n log2(n) entries to leading order.
  for (const int side : {30, check::longRun() ? 200 : 50, 100}) {
    const Adjacency graph = grid(side);
    const double n = side * side;
    const double byHand = 31.0 / 4 * n * std::log2(side);
    double flops[4] = {};
    int i = 0;
    for (const auto& [name, method] : methods) {
      const std::vector<int> order = method(graph);
      CHECK(isPermutation(order, side * side));
      const Fill fill = fillOf(graph, order);
      CHECK(fill.entries < byHand);
      flops[i++] = fill.flops;
    }
    CHECK(flops[3] <= 1.2 * std::min({flops[0], flops[1], flops[2]}));
    const Ordering thorough = fillReducingOrder(graph, Cpu(), OrderSearch::thorough);
    CHECK(isPermutation(thorough.order, side * side));
    CHECK(isPermutation(nestedDissection(graph, Cpu(), 60), side * side));
    CHECK(thorough.fill.flops <= flops[3]);
  }
}

TEST(denseRowsAndCliques) {
  std::vector<std::pair<int, int>> edges;
  const int n = 400;
  for (int i = 0; i < 60; ++i) {
    for (int j = 0; j < i; ++j) edges.emplace_back(i, j);  // a clique
  }
  for (int i = 60; i < n; ++i) {
    edges.emplace_back(i, i - 1);
    for (const int hub : {100, 200, 300}) edges.emplace_back(i, hub);
  }
  const Adjacency graph = graphOf(n, edges);
  for (const auto& [name, method] : methods) {
    const std::vector<int> order = method(graph);
    CHECK(isPermutation(order, n));
    CHECK(fillOf(graph, order).entries < 60 * 61 / 2 + 8.0 * n);
  }
}

TEST(stagesComeOneAfterTheOther) {
  for (int seed = 0; seed < 30; ++seed) {
    const int n = 20 + 10 * seed;
    Adjacency graph = randomGraph(n, 2 * n, seed);
    std::vector<int> stages(static_cast<std::size_t>(n));
    for (int v = 0; v < n; ++v) stages[static_cast<std::size_t>(v)] = seed % 3 == 0 ? 2 : v * 7 % 4;
    const std::vector<int> order = minimumFill(graph, stages);
    CHECK(isPermutation(order, n));
    for (std::size_t k = 1; k < order.size(); ++k) {
      CHECK(stages[static_cast<std::size_t>(order[k - 1])] <= stages[static_cast<std::size_t>(order[k])]);
    }
  }
}

TEST(disconnectedGraphs) {
  // Paths, stars and grids side by side.
  std::vector<std::pair<int, int>> edges;
  int n = 0;
  for (int part = 0; part < 300; ++part) {
    const int size = 1 + part % 17;
    for (int i = 1; i < size; ++i) {
      edges.emplace_back(n + i, part % 3 == 0 ? n : n + i - 1);
      if (part % 3 == 2 && i >= 4) edges.emplace_back(n + i, n + i - 4);
    }
    n += size;
  }
  const Adjacency graph = graphOf(n, edges);
  for (const auto& [name, method] : methods) {
    const std::vector<int> order = method(graph);
    CHECK(isPermutation(order, n));
    CHECK(fillOf(graph, order).entries < 6.0 * n);
  }
}

TEST(theSameEveryTime) {
  WorkerPool pool(3);
  const Adjacency graph = grid(check::sanitized ? 60 : 150);
  const std::vector<int> order = nestedDissection(graph);
  for (int i = 0; i < 5; ++i) CHECK(nestedDissection(graph, Cpu(&pool)) == order);
  CHECK(minimumDegree(graph) == minimumDegree(graph));
}

TEST(treesOfManyVerticesAreMadeInPieces) {
  constexpr int n = 1 << 17, each = 1 << 15;
  Adjacency path;
  std::vector<int> order, parent;
  for (int v = 0; v < n; ++v) {
    if (v > 0) path.neighbours.push_back(v - 1);
    if (v + 1 < n) path.neighbours.push_back(v + 1);
    path.offsets.push_back(static_cast<int>(path.neighbours.size()));
    path.weights.push_back(1);
    order.push_back(v);
    parent.push_back(v + 1 < n ? v + 1 : -1);
  }
  int looks = 0;
  const auto count = [&] { ++looks; };
  CHECK(postorder(parent, count) == order);
  CHECK(looks >= n / each);
  looks = 0;
  constexpr int passes = 3, between = 7;  // parents, postorder and counts; and looks between what is done for all
  CHECK(eliminationTree(path, order, count).parent == parent);
  CHECK(looks >= passes * n / each + between);
}

TEST(abortEndsALongAnalysis) {
  Monitor monitor;
  monitor.abort();
  const Adjacency graph = grid(60);
  const Cpu la(nullptr, 1, &monitor);
  const std::vector<std::function<void()>> searches = {
      [&] { fillReducingOrder(graph, la); }, [&] { nestedDissection(graph, la); }, [&] { minimumFill(graph, {}, la); },
      [&] { minimumDegree(graph, la); }};
  for (const auto& search : searches) {
    bool interrupted = false;
    try {
      search();
    } catch (const Interrupted&) {
      interrupted = true;
    }
    CHECK(interrupted);
  }
}
