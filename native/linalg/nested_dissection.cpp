#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <queue>
#include <tuple>
#include <utility>

#include "core/random.hpp"
#include "linalg/ordering.hpp"

namespace nonconvex {
namespace {

std::size_t at(int i) { return static_cast<std::size_t>(i); }

/// Two parts without an edge between them, and the separator.
constexpr int separator = 2;

/// A level of the multilevel scheme: edges carry how many they stand for.
struct Level {
  Graph graph;
  std::vector<int> edgeWeights;
  std::vector<int> coarse;         ///< vertex of the next level
  std::vector<std::uint8_t> part;  ///< 0, 1 or separator
  long long weight = 0;
};

/// Heavy edge matching (Karypis and Kumar, "A fast and high quality multilevel scheme for partitioning irregular
/// graphs", 1998).
Level coarsen(Level& fine, long long heaviest, const Random& random) {
  const Graph& graph = fine.graph;
  const int n = graph.vertices();
  std::vector<int> visit(at(n)), mate(at(n), -1);
  // Shuffled within order of degree: vertices with few neighbours have the least choice.
  std::iota(visit.begin(), visit.end(), 0);
  for (int i = n - 1; i > 0; --i) {
    std::swap(visit[at(i)], visit[random.below(static_cast<std::uint64_t>(i), static_cast<std::uint32_t>(i + 1))]);
  }
  fine.coarse.assign(at(n), -1);
  std::vector<int> leader;
  for (const int v : visit) {
    if (mate[at(v)] >= 0) continue;
    int best = v;
    int bestWeight = 0;
    const int begin = graph.offsets[at(v)];
    for (int k = begin; k < graph.offsets[at(v) + 1]; ++k) {
      const int u = graph.neighbours[at(k)];
      if (mate[at(u)] < 0 && fine.edgeWeights[at(k)] > bestWeight &&
          graph.weights[at(u)] + graph.weights[at(v)] <= heaviest) {
        best = u;
        bestWeight = fine.edgeWeights[at(k)];
      }
    }
    mate[at(v)] = best;
    mate[at(best)] = v;
  }
  // Coarse vertices in the order of the fine ones, for locality.
  for (int v = 0; v < n; ++v) {
    if (fine.coarse[at(v)] >= 0) continue;
    fine.coarse[at(v)] = fine.coarse[at(mate[at(v)])] = static_cast<int>(leader.size());
    leader.push_back(v);
  }
  Level out;
  out.weight = fine.weight;
  const int m = static_cast<int>(leader.size());
  out.graph.weights.reserve(at(m));
  out.graph.offsets.reserve(at(m) + 1);
  out.graph.neighbours.reserve(graph.neighbours.size());
  out.edgeWeights.reserve(graph.neighbours.size());
  std::vector<int> place(at(m), -1);
  for (int c = 0; c < m; ++c) {
    const int v = leader[at(c)];
    const int first = static_cast<int>(out.graph.neighbours.size());
    const auto gather = [&](int vertex) {
      for (int k = graph.offsets[at(vertex)]; k < graph.offsets[at(vertex) + 1]; ++k) {
        const int to = fine.coarse[at(graph.neighbours[at(k)])];
        if (to == c) continue;
        if (place[at(to)] >= first) {
          out.edgeWeights[at(place[at(to)])] += fine.edgeWeights[at(k)];
        } else {
          place[at(to)] = static_cast<int>(out.graph.neighbours.size());
          out.graph.neighbours.push_back(to);
          out.edgeWeights.push_back(fine.edgeWeights[at(k)]);
        }
      }
    };
    gather(v);
    int weight = graph.weights[at(v)];
    if (mate[at(v)] != v) {
      gather(mate[at(v)]);
      weight += graph.weights[at(mate[at(v)])];
    }
    out.graph.weights.push_back(weight);
    out.graph.offsets.push_back(static_cast<int>(out.graph.neighbours.size()));
  }
  return out;
}

/// Moves separator vertices into a part, where their neighbours in the other part take their place, as long as that
/// pays off: Fiduccia and Mattheyses' scheme for vertex separators (Hendrickson and Rothberg, "Improving the run time
/// and quality of nested dissection ordering", 1998).
class SeparatorRefinement {
 public:
  explicit SeparatorRefinement(Level& level) : level_(level), graph_(level.graph), part_(level.part) {
    moved_.assign(part_.size(), 0);
    most_ = static_cast<long long>(0.55 * static_cast<double>(level.weight)) + heaviest();
    for (int v = 0; v < graph_.vertices(); ++v) weight_[part_[at(v)]] += graph_.weights[at(v)];
  }

  long long run(int passes) {
    while (passes-- > 0 && pass()) {
    }
    return weight_[separator];
  }
  /// Separator weight, worse for parts of unequal size.
  double cost() const { return costOf(weight_); }

 private:
  using Weights = std::array<long long, 3>;
  struct Move {
    int gain, vertex, side;
    bool operator<(const Move& other) const {
      return std::tuple(gain, other.vertex, other.side) < std::tuple(other.gain, vertex, side);
    }
  };

  double costOf(const Weights& w) const {
    const double over = static_cast<double>(std::max<long long>(0, std::max(w[0], w[1]) - most_));
    return static_cast<double>(w[separator]) + 2 * over +
           1e-3 * std::abs(static_cast<double>(w[0] - w[1])) * static_cast<double>(w[separator]) /
               static_cast<double>(std::max<long long>(1, level_.weight));
  }

  int heaviest() const {
    return graph_.weights.empty() ? 0 : *std::max_element(graph_.weights.begin(), graph_.weights.end());
  }

  int gain(int v, int side) const {
    int g = graph_.weights[at(v)];
    for (const int u : graph_.of(v)) {
      if (part_[at(u)] == 1 - side) g -= graph_.weights[at(u)];
    }
    return g;
  }

  void offer(int v) {
    for (const int side : {0, 1}) queue_.push({gain(v, side), v, side});
  }

  /// True if the separator became better.
  bool pass() {
    constexpr int mostInVain = 60;
    queue_ = {};
    ++stamp_;
    history_.clear();
    for (int v = 0; v < graph_.vertices(); ++v) {
      if (part_[at(v)] == separator) offer(v);
    }
    const double before = cost();
    double best = before;
    std::size_t bestLength = 0;
    int inVain = 0;
    while (!queue_.empty() && inVain < mostInVain) {
      const Move move = queue_.top();
      queue_.pop();
      const int v = move.vertex;
      if (part_[at(v)] != separator || moved_[at(v)] == stamp_ || gain(v, move.side) != move.gain) continue;
      if (weight_[static_cast<std::size_t>(move.side)] + graph_.weights[at(v)] > most_ &&
          weight_[static_cast<std::size_t>(move.side)] >= weight_[static_cast<std::size_t>(1 - move.side)]) {
        continue;
      }
      moved_[at(v)] = stamp_;
      set(v, move.side);
      for (const int u : graph_.of(v)) {
        if (part_[at(u)] == 1 - move.side) {
          set(u, separator);
          if (moved_[at(u)] != stamp_) offer(u);
          for (const int t : graph_.of(u)) {
            if (part_[at(t)] == separator && moved_[at(t)] != stamp_) offer(t);
          }
        } else if (part_[at(u)] == separator && moved_[at(u)] != stamp_) {
          offer(u);
        }
      }
      if (cost() < best) {
        best = cost();
        bestLength = history_.size();
        inVain = 0;
      } else {
        ++inVain;
      }
    }
    while (history_.size() > bestLength) {
      const auto [v, from] = history_.back();
      history_.pop_back();
      weight_[part_[at(v)]] -= graph_.weights[at(v)];
      weight_[from] += graph_.weights[at(v)];
      part_[at(v)] = from;
    }
    return best < before;
  }

  void set(int v, int to) {
    history_.emplace_back(v, part_[at(v)]);
    weight_[part_[at(v)]] -= graph_.weights[at(v)];
    weight_[static_cast<std::size_t>(to)] += graph_.weights[at(v)];
    part_[at(v)] = static_cast<std::uint8_t>(to);
  }

  Level& level_;
  const Graph& graph_;
  std::vector<std::uint8_t>& part_;
  Weights weight_{};
  long long most_;
  std::priority_queue<Move> queue_;
  std::vector<int> moved_;
  int stamp_ = 0;
  std::vector<std::pair<int, std::uint8_t>> history_;
};

/// Grows part 0 from a vertex, breadth first, to half the weight; its neighbours are the separator.
void grow(Level& level, int start) {
  const Graph& graph = level.graph;
  const int n = graph.vertices();
  level.part.assign(at(n), 1);
  std::vector<int> queue;
  std::vector<bool> seen(at(n));
  long long weight = 0;
  int restart = 0;
  std::size_t next = 0;
  const auto enter = [&](int v) {
    seen[at(v)] = true;
    queue.push_back(v);
  };
  enter(start);
  while (2 * weight < level.weight) {
    if (next == queue.size()) {
      while (restart < n && seen[at(restart)]) ++restart;
      if (restart == n) break;
      enter(restart);
    }
    const int v = queue[next++];
    level.part[at(v)] = 0;
    weight += graph.weights[at(v)];
    for (const int u : graph.of(v)) {
      if (!seen[at(u)]) enter(u);
    }
  }
  for (std::size_t k = 0; k < next; ++k) {
    for (const int u : graph.of(queue[k])) {
      if (level.part[at(u)] == 1) level.part[at(u)] = separator;
    }
  }
}

/// The last vertex that a breadth-first search reaches.
int farthest(const Graph& graph, int start) {
  std::vector<bool> seen(at(graph.vertices()));
  std::vector<int> queue{start};
  seen[at(start)] = true;
  for (std::size_t next = 0; next < queue.size(); ++next) {
    for (const int u : graph.of(queue[next])) {
      if (!seen[at(u)]) {
        seen[at(u)] = true;
        queue.push_back(u);
      }
    }
  }
  return queue.back();
}

void bisectCoarsest(Level& level, const Random& random) {
  constexpr int tries = 8;
  double best = INFINITY;
  std::vector<std::uint8_t> bestPart;
  const int n = level.graph.vertices();
  for (int t = 0; t < tries; ++t) {
    int start = static_cast<int>(random.below(1000000 + static_cast<std::uint64_t>(t), static_cast<std::uint32_t>(n)));
    if (t % 2 == 0) start = farthest(level.graph, start);
    grow(level, start);
    SeparatorRefinement refinement(level);
    refinement.run(6);
    if (refinement.cost() < best) {
      best = refinement.cost();
      bestPart = level.part;
    }
  }
  level.part = std::move(bestPart);
}

/// Parts and separator of a graph.
std::vector<std::uint8_t> bisect(Graph graph) {
  constexpr int coarsest = 100;
  const Random random(20, 7);
  std::vector<Level> levels(1);
  levels[0].graph = std::move(graph);
  levels[0].edgeWeights.assign(levels[0].graph.neighbours.size(), 1);
  for (const int w : levels[0].graph.weights) levels[0].weight += w;
  const long long heaviest = std::max<long long>(1, levels[0].weight * 3 / (2 * coarsest));
  while (levels.back().graph.vertices() > coarsest) {
    Level next = coarsen(levels.back(), heaviest, random);
    if (next.graph.vertices() > 0.95 * levels.back().graph.vertices()) break;
    levels.push_back(std::move(next));
  }
  bisectCoarsest(levels.back(), random);
  for (std::size_t l = levels.size() - 1; l-- > 0;) {
    levels[l].part.resize(at(levels[l].graph.vertices()));
    for (std::size_t v = 0; v < levels[l].part.size(); ++v) {
      levels[l].part[v] = levels[l + 1].part[at(levels[l].coarse[v])];
    }
    SeparatorRefinement(levels[l]).run(4);
  }
  return std::move(levels[0].part);
}

/// The part of the graph on `vertices`; `place` is scratch with -1 everywhere, before and after.
Graph subgraph(const Graph& graph, const std::vector<int>& vertices, std::vector<int>& place) {
  Graph out;
  for (std::size_t k = 0; k < vertices.size(); ++k) place[at(vertices[k])] = static_cast<int>(k);
  out.weights.reserve(vertices.size());
  out.offsets.reserve(vertices.size() + 1);
  for (const int v : vertices) {
    for (const int u : graph.of(v)) {
      if (place[at(u)] >= 0) out.neighbours.push_back(place[at(u)]);
    }
    out.offsets.push_back(static_cast<int>(out.neighbours.size()));
    out.weights.push_back(graph.weights[at(v)]);
  }
  for (const int v : vertices) place[at(v)] = -1;
  return out;
}

/// Appends an order of the graph's vertices, by the names they have in `names`.
void dissect(const Graph& graph, const std::vector<int>& names, std::vector<int>& order) {
  constexpr int small = 150;
  const auto plain = [&] {
    for (const int v : minimumDegree(graph)) order.push_back(names[at(v)]);
  };
  if (graph.vertices() <= small) return plain();
  const std::vector<std::uint8_t> part = bisect(graph);
  std::array<std::vector<int>, 3> sides;
  for (int v = 0; v < graph.vertices(); ++v) sides[part[at(v)]].push_back(v);
  const std::size_t least = at(graph.vertices() / 10);
  if (sides[0].size() < least || sides[1].size() < least || sides[separator].size() > at(graph.vertices() / 3)) {
    return plain();  // no good separator
  }
  for (const int side : {0, 1}) {
    std::vector<int> place(at(graph.vertices()), -1);
    const std::vector<int>& vertices = sides[at(side)];
    std::vector<int> sideNames;
    sideNames.reserve(vertices.size());
    for (const int v : vertices) sideNames.push_back(names[at(v)]);
    dissect(subgraph(graph, vertices, place), sideNames, order);
  }
  for (const int v : sides[separator]) order.push_back(names[at(v)]);
}

/// Vertices with at most one neighbour left, again and again: they go first, without fill.
std::vector<int> peel(const Graph& graph) {
  std::vector<int> degree(at(graph.vertices())), out;
  for (int v = 0; v < graph.vertices(); ++v) {
    degree[at(v)] = graph.degree(v);
    if (degree[at(v)] <= 1) out.push_back(v);
  }
  for (std::size_t next = 0; next < out.size(); ++next) {
    for (const int u : graph.of(out[next])) {
      if (degree[at(u)]-- == 2) out.push_back(u);
    }
  }
  return out;
}

}  // namespace

std::vector<int> nestedDissection(const Graph& graph) {
  std::vector<int> order = peel(graph);
  std::vector<int> place(at(graph.vertices()), -1), rest;
  for (const int v : order) place[at(v)] = 0;
  for (int v = 0; v < graph.vertices(); ++v) {
    if (place[at(v)] < 0) rest.push_back(v);
  }
  for (const int v : order) place[at(v)] = -1;
  dissect(subgraph(graph, rest, place), rest, order);
  return order;
}

std::vector<int> fillReducingOrder(const Graph& graph) {
  std::vector<int> order;
  Fill fill{.flops = INFINITY};
  const auto tryOrder = [&](std::vector<int> candidate) {
    const Fill found = fillOf(graph, candidate);
    if (found.flops >= fill.flops) return;
    fill = found;
    order = std::move(candidate);
  };
  tryOrder(minimumDegree(graph));
  tryOrder(minimumFill(graph));
  const double dissection = 3e4 * (graph.vertices() + static_cast<double>(graph.neighbours.size()));
  if (fill.flops > dissection) tryOrder(nestedDissection(graph));
  return order;
}

}  // namespace nonconvex
