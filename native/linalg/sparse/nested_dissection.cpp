#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <span>
#include <utility>

#include "core/index.hpp"
#include "core/random.hpp"
#include "linalg/sparse/ordering.hpp"

namespace nonconvex {
namespace {

/// Two parts without an edge between them, and the separator.
constexpr int separator = 2;

constexpr int verticesBetweenLooks = 1 << 14;  // between two looks at whether to go on

/// A level of the multilevel scheme: edges carry how many they stand for.
struct Level {
  Adjacency graph;
  std::vector<int> edgeWeights;
  std::vector<int> coarse;         ///< vertex of the next level
  std::vector<std::uint8_t> part;  ///< 0, 1 or separator
  long long weight = 0;
};

/// An order of visits that jumps about: steps of about the golden section.
class Jumps {
 public:
  explicit Jumps(int n) : n_(n), step_(static_cast<int>(0.618 * n) | 1) {
    while (std::gcd(step_, n_) != 1) ++step_;
  }
  int next() {
    place_ += step_;
    if (place_ >= n_) place_ -= n_;
    return place_;
  }

 private:
  int n_;
  int step_;
  int place_ = 0;
};

/// Mates of the vertices: the free neighbour along the heaviest edge, the lightest among equals, or the vertex itself
/// where none is free or both together would weigh more than `heaviest`: heavy edge matching (Karypis and Kumar, "A
/// fast and high quality multilevel scheme for partitioning irregular graphs", 1998).
std::vector<int> heavyEdgeMatching(const Level& fine, long long heaviest, const Cpu& la) {
  const Adjacency& graph = fine.graph;
  const int n = graph.vertices();
  std::vector<int> mate(at(n), -1);
  const auto match = [&](int v) {
    int best = v;
    int bestWeight = 0;
    int bestSize = 0;
    for (int k = graph.offsets[at(v)]; k < graph.offsets[at(v) + 1]; ++k) {
      const int u = graph.neighbours[at(k)];
      if (mate[at(u)] >= 0 || fine.edgeWeights[at(k)] < bestWeight) continue;
      const int size = graph.weights[at(u)];
      if (size + graph.weights[at(v)] > heaviest || (fine.edgeWeights[at(k)] == bestWeight && size >= bestSize))
        continue;
      best = u;
      bestWeight = fine.edgeWeights[at(k)];
      bestSize = size;
    }
    mate[at(v)] = best;
    mate[at(best)] = v;
  };
  Jumps jumps(n);
  for (int i = 0; i < n; ++i) {
    if (i % verticesBetweenLooks == 0) la.checkpoint();
    const int v = jumps.next();
    if (mate[at(v)] < 0) match(v);
  }
  return mate;
}

/// Numbers coarse vertices in the order of the fine ones, for locality, in `fine.coarse`; returns the first vertex of
/// each.
std::vector<int> numberCoarse(Level& fine, std::span<const int> mate) {
  std::vector<int> leader;
  leader.reserve(mate.size());
  fine.coarse.resize(mate.size());
  for (int v = 0; v < static_cast<int>(mate.size()); ++v) {
    if (mate[at(v)] < v) {
      fine.coarse[at(v)] = fine.coarse[at(mate[at(v)])];
    } else {
      fine.coarse[at(v)] = static_cast<int>(leader.size());
      leader.push_back(v);
    }
  }
  return leader;
}

/// The graph whose vertices are pairs of mates: edges between two pairs become one of their weight.
Level contract(const Level& fine, std::span<const int> mate, std::span<const int> leader, const Cpu& la) {
  const Adjacency& graph = fine.graph;
  Level out;
  out.weight = fine.weight;
  const int m = static_cast<int>(leader.size());
  out.graph.weights.reserve(at(m));
  out.graph.offsets.reserve(at(m) + 1);
  out.graph.neighbours.reserve(graph.neighbours.size());
  out.edgeWeights.reserve(graph.neighbours.size());
  std::vector<int> place(at(m), -1);
  for (int c = 0; c < m; ++c) {
    if (c % verticesBetweenLooks == 0) la.checkpoint();
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

Level coarsen(Level& fine, long long heaviest, const Cpu& la) {
  const std::vector<int> mate = heavyEdgeMatching(fine, heaviest, la);
  la.checkpoint();
  const std::vector<int> leader = numberCoarse(fine, mate);
  return contract(fine, mate, leader, la);
}

/// Vertices by their gain, the largest first; among equals the one with the lower number.
class Queue {
 public:
  explicit Queue(std::size_t vertices) : place_(vertices, -1), gain_(vertices) {}

  bool empty() const { return heap_.empty(); }
  int top() const { return heap_.front(); }
  int gain(int v) const { return gain_[at(v)]; }
  bool has(int v) const { return place_[at(v)] >= 0; }

  void push(int v, int gain) {
    gain_[at(v)] = gain;
    place_[at(v)] = static_cast<int>(heap_.size());
    heap_.push_back(v);
    up(place_[at(v)]);
  }
  void change(int v, int by) {
    gain_[at(v)] += by;
    by > 0 ? up(place_[at(v)]) : down(place_[at(v)]);
  }
  void remove(int v) {
    const int hole = std::exchange(place_[at(v)], -1);
    const int last = heap_.back();
    heap_.pop_back();
    if (last == v) return;
    heap_[at(hole)] = last;
    place_[at(last)] = hole;
    up(hole);
    down(place_[at(last)]);
  }
  void clear() {
    for (const int v : heap_) place_[at(v)] = -1;
    heap_.clear();
  }

 private:
  bool before(int u, int v) const { return gain_[at(u)] != gain_[at(v)] ? gain_[at(u)] > gain_[at(v)] : u < v; }
  void put(int place, int v) {
    heap_[at(place)] = v;
    place_[at(v)] = place;
  }
  void up(int place) {
    const int v = heap_[at(place)];
    for (int parent = (place - 1) / 2; place > 0 && before(v, heap_[at(parent)]); parent = (place - 1) / 2) {
      put(place, heap_[at(parent)]);
      place = parent;
    }
    put(place, v);
  }
  void down(int place) {
    const int v = heap_[at(place)];
    const int size = static_cast<int>(heap_.size());
    for (int child = 2 * place + 1; child < size; child = 2 * place + 1) {
      if (child + 1 < size && before(heap_[at(child + 1)], heap_[at(child)])) ++child;
      if (!before(heap_[at(child)], v)) break;
      put(place, heap_[at(child)]);
      place = child;
    }
    put(place, v);
  }

  std::vector<int> heap_, place_, gain_;
};

/// Moves separator vertices into a part, where their neighbours in the other part take their place, as long as that
/// pays off: Fiduccia and Mattheyses' scheme for vertex separators (Hendrickson and Rothberg, "Improving the run time
/// and quality of nested dissection ordering", 1998).
class SeparatorRefinement {
 public:
  explicit SeparatorRefinement(Level& level)
      : graph_(level.graph), part_(level.part), queues_{Queue(level.part.size()), Queue(level.part.size())} {
    moved_.assign(part_.size(), 0);
    total_ = static_cast<double>(level.weight);
    reset();
  }

  /// After a new start in `level.part`.
  void reset() {
    weight_ = {};
    separator_.clear();
    listed_.assign(part_.size(), 0);
    int heaviest = 0;
    for (int v = 0; v < graph_.vertices(); ++v) {
      weight_[part_[at(v)]] += graph_.weights[at(v)];
      heaviest = std::max(heaviest, graph_.weights[at(v)]);
      if (part_[at(v)] == separator) list(v);
    }
    most_ = static_cast<long long>(0.6 * total_) + heaviest;
  }

  void run(int passes, const Cpu& la) {
    while (passes-- > 0 && pass()) la.checkpoint();
  }
  /// Cost of the separator: its weight, and more for parts of unequal size.
  double cost() const {
    const double larger = static_cast<double>(std::max(weight_[0], weight_[1]));
    const double over = std::max(0.0, larger - static_cast<double>(most_));
    return static_cast<double>(weight_[separator]) * (1 + 0.3 * larger / total_) + 2 * over;
  }

 private:
  /// True if the separator became better.
  bool pass() {
    const int mostInVain = 30 + static_cast<int>(separator_.size()) / 4;
    ++stamp_;
    history_.clear();
    for (const int v : separator_) offer(v);
    const double before = cost();
    double best = before;
    std::size_t bestLength = 0;
    for (int inVain = 0; inVain < mostInVain;) {
      const int side = choose();
      if (side < 0) break;
      const int v = queues_[at(side)].top();
      move(v, side);
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
      set(v, from);
    }
    for (Queue& queue : queues_) queue.clear();
    std::erase_if(separator_, [&](int v) {
      listed_[at(v)] = part_[at(v)] == separator ? 1 : 0;
      return listed_[at(v)] == 0;
    });
    return best < before;
  }

  /// The side of the best move that keeps the balance; -1 if no move does.
  int choose() {
    int best = -1;
    for (const int side : {0, 1}) {
      if (queues_[at(side)].empty()) continue;
      const int v = queues_[at(side)].top();
      const bool fits = weight_[at(side)] + graph_.weights[at(v)] <= most_ || weight_[at(side)] < weight_[at(1 - side)];
      if (!fits) continue;
      if (best < 0) {
        best = side;
        continue;
      }
      const int gain = queues_[1].gain(v), other = queues_[0].gain(queues_[0].top());
      if (gain > other || (gain == other && weight_[1] < weight_[0])) best = 1;
    }
    return best;
  }

  void offer(int v) {
    std::array<int, 2> pull{};
    for (const int u : graph_.of(v)) {
      if (part_[at(u)] != separator) pull[part_[at(u)]] += graph_.weights[at(u)];
    }
    for (const int side : {0, 1}) queues_[at(side)].push(v, graph_.weights[at(v)] - pull[at(1 - side)]);
  }

  void move(int v, int side) {
    const int other = 1 - side;
    moved_[at(v)] = stamp_;
    for (Queue& queue : queues_) queue.remove(v);
    change(v, side);
    for (const int u : graph_.of(v)) {
      if (part_[at(u)] == separator) {
        if (queues_[0].has(u)) queues_[at(other)].change(u, -graph_.weights[at(v)]);
      } else if (part_[at(u)] == other) {
        change(u, separator);
        list(u);
        for (const int t : graph_.of(u)) {
          if (part_[at(t)] == separator && queues_[0].has(t)) queues_[at(side)].change(t, graph_.weights[at(u)]);
        }
        if (moved_[at(u)] != stamp_) offer(u);
      }
    }
  }

  void list(int v) {
    if (!std::exchange(listed_[at(v)], std::uint8_t{1})) separator_.push_back(v);
  }

  void change(int v, int to) {
    history_.emplace_back(v, part_[at(v)]);
    set(v, to);
  }

  void set(int v, int to) {
    weight_[part_[at(v)]] -= graph_.weights[at(v)];
    weight_[at(to)] += graph_.weights[at(v)];
    part_[at(v)] = static_cast<std::uint8_t>(to);
  }

  const Adjacency& graph_;
  std::vector<std::uint8_t>& part_;
  std::array<long long, 3> weight_{};
  double total_ = 0;
  long long most_ = 0;
  std::array<Queue, 2> queues_;
  std::vector<int> separator_;        ///< and perhaps former members
  std::vector<std::uint8_t> listed_;  ///< there
  std::vector<int> moved_;
  int stamp_ = 0;
  std::vector<std::pair<int, std::uint8_t>> history_;
};

/// Grows part 0 from a vertex, breadth first, to half the weight; its neighbours are the separator.
void grow(Level& level, int start) {
  const Adjacency& graph = level.graph;
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
int farthest(const Adjacency& graph, int start) {
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

void bisectCoarsest(Level& level, const Cpu& la) {
  constexpr int tries = 6;
  const Random random(20, 7);
  const int n = level.graph.vertices();
  double best = INFINITY;
  std::vector<std::uint8_t> bestPart;
  level.part.resize(at(n));
  SeparatorRefinement refinement(level);
  for (int t = 0; t < tries; ++t) {
    int start = static_cast<int>(random.below(static_cast<std::uint64_t>(t), static_cast<std::uint32_t>(n)));
    if (t % 2 == 0) start = farthest(level.graph, start);
    grow(level, start);
    refinement.reset();
    refinement.run(4, la);
    if (refinement.cost() < best) {
      best = refinement.cost();
      bestPart = level.part;
    }
  }
  level.part = std::move(bestPart);
}

/// Parts and separator of a graph.
std::vector<std::uint8_t> bisect(Adjacency graph, const Cpu& la) {
  constexpr int coarsest = 100;
  std::vector<Level> levels(1);
  levels[0].graph = std::move(graph);
  levels[0].edgeWeights.assign(levels[0].graph.neighbours.size(), 1);
  for (const int w : levels[0].graph.weights) levels[0].weight += w;
  const long long heaviest = std::max<long long>(1, levels[0].weight * 3 / (2 * coarsest));
  while (levels.back().graph.vertices() > coarsest) {
    Level next = coarsen(levels.back(), heaviest, la);
    if (next.graph.vertices() > 0.95 * levels.back().graph.vertices()) break;
    levels.push_back(std::move(next));
  }
  bisectCoarsest(levels.back(), la);
  for (std::size_t l = levels.size() - 1; l-- > 0;) {
    la.checkpoint();
    levels[l].part.resize(at(levels[l].graph.vertices()));
    for (std::size_t v = 0; v < levels[l].part.size(); ++v) {
      levels[l].part[v] = levels[l + 1].part[at(levels[l].coarse[v])];
    }
    la.checkpoint();
    SeparatorRefinement(levels[l]).run(4, la);
  }
  return std::move(levels[0].part);
}

/// The part of the graph on `vertices`, which increase; `place` is scratch.
Adjacency subgraph(const Adjacency& graph, const std::vector<int>& vertices, std::vector<int>& place, const Cpu& la) {
  Adjacency out;
  place.assign(at(graph.vertices()), -1);
  for (std::size_t k = 0; k < vertices.size(); ++k) place[at(vertices[k])] = static_cast<int>(k);
  out.weights.reserve(vertices.size());
  out.offsets.reserve(vertices.size() + 1);
  for (const int v : vertices) {
    if (v % verticesBetweenLooks == 0) la.checkpoint();
    for (const int u : graph.of(v)) {
      if (place[at(u)] >= 0) out.neighbours.push_back(place[at(u)]);
    }
    out.offsets.push_back(static_cast<int>(out.neighbours.size()));
    out.weights.push_back(graph.weights[at(v)]);
  }
  return out;
}

/// Writes the depth of the separators; other vertices keep theirs.
void dissect(const Cpu& la, const Adjacency& graph, int small, const std::vector<int>& names, int depth,
             std::vector<int>& depths) {
  if (graph.vertices() <= small) return;
  la.checkpoint();
  const std::vector<std::uint8_t> part = bisect(graph, la);
  la.checkpoint();
  std::array<std::vector<int>, 3> sides;
  for (int v = 0; v < graph.vertices(); ++v) sides[part[at(v)]].push_back(v);
  const std::size_t least = at(graph.vertices() / 10);
  if (sides[0].size() < least || sides[1].size() < least || sides[separator].size() > at(graph.vertices() / 3)) {
    return;  // no good separator
  }
  for (const int v : sides[separator]) depths[at(names[at(v)])] = depth;
  la.tasks(
      2,
      [&](int side) {
        const std::vector<int>& vertices = sides[at(side)];
        std::vector<int> place, sideNames;
        sideNames.reserve(vertices.size());
        for (const int v : vertices) sideNames.push_back(names[at(v)]);
        dissect(la, subgraph(graph, vertices, place, la), small, sideNames, depth + 1, depths);
      },
      1000.0 * graph.vertices());
}

/// Vertices that are left when those with at most one neighbour are removed, again and again, and those with very many.
std::vector<int> core(const Adjacency& graph, const Cpu& la) {
  const double dense = std::max(16.0, 10 * std::sqrt(static_cast<double>(graph.vertices())));
  std::vector<int> degree(at(graph.vertices())), queue, out;
  const auto remove = [&](int v) {
    for (const int u : graph.of(v)) {
      if (degree[at(u)]-- == 2) queue.push_back(u);
    }
    degree[at(v)] = -1;
  };
  for (int v = 0; v < graph.vertices(); ++v) degree[at(v)] = graph.degree(v);
  for (int v = 0; v < graph.vertices(); ++v) {
    if (graph.degree(v) <= 1) queue.push_back(v);
  }
  for (int v = 0; v < graph.vertices(); ++v) {
    if (graph.degree(v) > dense) remove(v);
  }
  for (std::size_t next = 0; next < queue.size(); ++next) {
    if (next % at(verticesBetweenLooks) == 0) la.checkpoint();
    if (degree[at(queue[next])] >= 0) remove(queue[next]);
  }
  la.checkpoint();
  for (int v = 0; v < graph.vertices(); ++v) {
    if (degree[at(v)] >= 0) out.push_back(v);
  }
  return out;
}

}  // namespace

std::vector<int> nestedDissection(const Adjacency& graph, const Cpu& la, int small) {
  std::vector<int> place, depths(at(graph.vertices()), -1);
  la.checkpoint();
  const std::vector<int> vertices = core(graph, la);
  la.checkpoint();
  dissect(la, subgraph(graph, vertices, place, la), small, vertices, 0, depths);
  // Stages from the leaves up.
  const int most = depths.empty() ? 0 : *std::max_element(depths.begin(), depths.end());
  for (int& depth : depths) depth = depth < 0 ? 0 : most + 1 - depth;
  return minimumFill(graph, depths, la);
}

Ordering fillReducingOrder(const Adjacency& graph, const Cpu& la, OrderSearch search) {
  Ordering best;
  best.fill.flops = INFINITY;
  const auto tryOrder = [&](std::vector<int> order) {
    la.checkpoint();
    EliminationTree tree = eliminationTree(graph, order, [&] { la.checkpoint(); });
    la.checkpoint();
    const Fill fill = fillOf(graph, order, tree);
    if (fill.flops < best.fill.flops) best = {std::move(order), std::move(tree), fill};
  };
  // Operations of a factorisation for each vertex and neighbour from which on it pays to look for a better order.
  constexpr double manyForDegree = 2500;
  constexpr double manyForDissection = 8000;
  constexpr double manyForFineDissection = 100;
  constexpr int fine = 60;
  const double size = graph.vertices() + static_cast<double>(graph.neighbours.size());
  tryOrder(minimumFill(graph, {}, la));
  if (best.fill.flops > manyForDissection * size) {
    tryOrder(nestedDissection(graph, la));
  } else if (best.fill.flops > manyForDegree * size) {
    tryOrder(minimumDegree(graph, la));
  }
  if (search == OrderSearch::thorough && best.fill.flops > manyForFineDissection * size) {
    tryOrder(nestedDissection(graph, la, fine));
  }
  return best;
}

}  // namespace nonconvex
