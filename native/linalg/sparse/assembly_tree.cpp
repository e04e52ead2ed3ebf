#include "linalg/sparse/assembly_tree.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

#include "core/in_pieces.hpp"
#include "core/index.hpp"
#include "linalg/sparse/ordering.hpp"

namespace nonconvex {
namespace {

/// Checks at every `most`-th step of a loop whether the solve is to end.
class LookNowAndThen {
 public:
  explicit LookNowAndThen(const Cpu& la) : la_(la) {}

  void operator()(int k) const {
    if (k % most == 0) la_.checkpoint();
  }
  void operator()() const { la_.checkpoint(); }

 private:
  static constexpr int most = 1 << 15;  // steps between two checks

  const Cpu& la_;
};

/// The graph of the matrix with partners as one vertex, with edges that occur twice.
Adjacency joined(const SparsePattern& lower, const std::vector<int>& vertexOf, int vertices,
                 const LookNowAndThen& look) {
  Adjacency loose;
  resizeInPieces(loose.offsets, at(vertices) + 1, look);
  const auto forEdges = [&](auto&& f) {
    for (int j = 0; j < lower.lines; ++j) {
      look(j);
      for (const int i : lower.line(j)) {
        const int u = vertexOf[at(i)], v = vertexOf[at(j)];
        if (u != v) f(u, v);
      }
    }
  };
  forEdges([&](int u, int v) {
    ++loose.offsets[at(u) + 1];
    ++loose.offsets[at(v) + 1];
  });
  look();
  for (std::size_t v = 0; v < at(vertices); ++v) loose.offsets[v + 1] += loose.offsets[v];
  resizeInPieces(loose.neighbours, at(loose.offsets.back()), look);
  std::vector<int> next(loose.offsets.begin(), loose.offsets.end() - 1);
  forEdges([&](int u, int v) {
    loose.neighbours[at(next[at(u)]++)] = v;
    loose.neighbours[at(next[at(v)]++)] = u;
  });
  look();
  loose.weights.assign(at(vertices), 0);
  for (const int v : vertexOf) ++loose.weights[at(v)];
  return loose;
}

/// The graph with each edge once.
Adjacency compress(const SparsePattern& lower, const std::vector<int>& vertexOf, int vertices,
                   const LookNowAndThen& look) {
  const Adjacency loose = joined(lower, vertexOf, vertices, look);
  Adjacency graph;
  graph.weights = loose.weights;
  graph.offsets.reserve(at(vertices) + 1);
  graph.neighbours.reserve(loose.neighbours.size());
  std::vector<int> seenBy(at(vertices), -1);
  for (int v = 0; v < vertices; ++v) {
    look(v);
    for (const int u : loose.of(v)) {
      if (std::exchange(seenBy[at(u)], v) != v) graph.neighbours.push_back(u);
    }
    graph.offsets.push_back(static_cast<int>(graph.neighbours.size()));
  }
  return graph;
}

double trapezoid(double columns, double order) { return columns * order - columns * (columns - 1) / 2; }

/// Groups of vertices that are eliminated in one front: chains of equal structure, then small fronts joined with their
/// parents where that brings few zeros.
class Amalgamation {
 public:
  Amalgamation(const Adjacency& graph, const std::vector<int>& order, const EliminationTree& tree,
               const LookNowAndThen& look) {
    const int n = graph.vertices();
    groupOf_.resize(at(n));
    for (int k = 0; k < n; ++k) {
      look(k);
      const double weight = graph.weights[at(order[at(k)])];
      if (k > 0 && tree.parent[at(k) - 1] == k &&
          tree.entries[at(k) - 1] - graph.weights[at(order[at(k) - 1])] == tree.entries[at(k)]) {
        groups_.back().columns += weight;
        groups_.back().last = k;
      } else {
        groups_.push_back({.columns = weight, .order = tree.entries[at(k)], .last = k});
      }
      groupOf_[at(k)] = static_cast<int>(groups_.size()) - 1;
    }
    Lists children = childrenOf(tree, look);
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      look(static_cast<int>(g));
      const std::span<int> mine = children.of(g);
      if (mine.size() > 1) {
        std::stable_sort(mine.begin(), mine.end(),
                         [&](int a, int b) { return groups_[at(a)].order > groups_[at(b)].order; });
      }
      for (const int child : mine) tryToJoin(child, static_cast<int>(g));
    }
  }

  /// The group of the k-th vertex of the order.
  int groupOf(int k) const { return top(groupOf_[at(k)]); }
  int groups() const { return static_cast<int>(groups_.size()); }
  bool kept(int g) const { return groups_[at(g)].joined < 0; }
  int parentOf(int g) const { return groups_[at(g)].parent < 0 ? -1 : top(groups_[at(g)].parent); }

 private:
  struct Group {
    double columns = 0;
    double order = 0;
    double zeros = 0;
    int last = 0;
    int parent = -1;
    int joined = -1;
  };

  struct Lists {
    std::vector<int> begins, items;
    std::span<int> of(std::size_t g) { return std::span(items).subspan(at(begins[g]), at(begins[g + 1] - begins[g])); }
  };

  /// Sets the groups' parents; returns their children, in order.
  Lists childrenOf(const EliminationTree& tree, const LookNowAndThen& look) {
    Lists lists;
    std::vector<int>& begins = lists.begins;  // one place further until the items are there
    resizeInPieces(begins, groups_.size() + 2, look);
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      look(static_cast<int>(g));
      const int up = tree.parent[at(groups_[g].last)];
      groups_[g].parent = up < 0 ? -1 : groupOf_[at(up)];
      if (up >= 0) ++begins[at(groups_[g].parent) + 2];
    }
    look();
    std::partial_sum(begins.begin(), begins.end(), begins.begin());
    resizeInPieces(lists.items, at(begins.back()), look);
    for (std::size_t g = 0; g < groups_.size(); ++g) {
      look(static_cast<int>(g));
      const int up = groups_[g].parent;
      if (up >= 0) lists.items[at(begins[at(up) + 1]++)] = static_cast<int>(g);
    }
    return lists;
  }

  int top(int g) const {
    while (groups_[at(g)].joined >= 0) g = groups_[at(g)].joined;
    return g;
  }

  void tryToJoin(int c, int g) {
    Group& child = groups_[at(c)];
    Group& group = groups_[at(g)];
    const double columns = child.columns + group.columns;
    const double order = child.columns + group.order;
    const double size = trapezoid(columns, order);
    const double zeros = size - (trapezoid(child.columns, child.order) - child.zeros) -
                         (trapezoid(group.columns, group.order) - group.zeros);
    const double share = zeros / size;
    if (!(columns <= 4 || (columns <= 16 && share < 0.4) || (columns <= 64 && share < 0.1) || share < 0.03)) return;
    group.columns = columns;
    group.order = order;
    group.zeros = zeros;
    child.joined = g;
  }

  std::vector<Group> groups_;
  std::vector<int> groupOf_;
};

class Planner {
 public:
  Planner(const SparsePattern& lower, std::span<const int> partner, const Cpu& la, OrderSearch search)
      : lower_(lower), look_(la) {
    const int n = lower.lines;
    std::vector<int> vertexOf(at(n), -1), variable;
    for (int i = 0; i < n; ++i) {
      look_(i);
      if (vertexOf[at(i)] >= 0) continue;
      vertexOf[at(i)] = vertexOf[at(partner[at(i)])] = static_cast<int>(variable.size());
      variable.push_back(i);
    }
    const Adjacency graph = compress(lower, vertexOf, static_cast<int>(variable.size()), look_);
    look_();
    const Ordering ordering = fillReducingOrder(graph, la, search);
    look_();
    const Amalgamation amalgamation(graph, ordering.order, ordering.tree, look_);
    const std::vector<int> frontOfGroup = makeFronts(amalgamation);
    std::vector<int> frontOfVertex(ordering.order.size());
    for (std::size_t k = 0; k < frontOfVertex.size(); ++k) {
      look_(static_cast<int>(k));
      frontOfVertex[k] = frontOfGroup[at(amalgamation.groupOf(static_cast<int>(k)))];
    }
    orderVariables(frontOfVertex, ordering.order, variable, partner);
    look_();
    linkChildren();
    findRows();
    placeEntries();
    findTridiagonals();
    look_();
    chooseSubtrees();
    look_();
    placeContributions();
    look_();
    findChains();
    look_();
  }

  AssemblyTree take() { return std::move(plan_); }

 private:
  FrontPlan& front(int f) { return plan_.fronts[at(f)]; }

  /// Makes a front of each group that is kept, in a postorder of their tree; returns the front of each such group.
  std::vector<int> makeFronts(const Amalgamation& amalgamation) {
    std::vector<int> name(at(amalgamation.groups()), -1), group;  // among those kept
    for (int g = 0; g < amalgamation.groups(); ++g) {
      look_(g);
      if (!amalgamation.kept(g)) continue;
      name[at(g)] = static_cast<int>(group.size());
      group.push_back(g);
    }
    std::vector<int> parent;
    look_();
    for (const int g : group) parent.push_back(amalgamation.parentOf(g) < 0 ? -1 : name[at(amalgamation.parentOf(g))]);
    look_();
    const std::vector<int> post = postorder(parent, [this] { look_(); });
    look_();
    std::vector<int> place(post.size());
    for (std::size_t k = 0; k < post.size(); ++k) place[at(post[k])] = static_cast<int>(k);
    look_();
    resizeInPieces(plan_.fronts, post.size(), look_);
    for (std::size_t k = 0; k < post.size(); ++k) {
      look_(static_cast<int>(k));
      const int up = parent[at(post[k])];
      plan_.fronts[k].parent = up < 0 ? -1 : place[at(up)];
    }
    look_();
    for (const int g : group) name[at(g)] = place[at(name[at(g)])];
    return name;
  }

  /// Variables front by front, within a front as they were in `order`, partners side by side.
  void orderVariables(const std::vector<int>& frontOfVertex, const std::vector<int>& order,
                      const std::vector<int>& variable, std::span<const int> partner) {
    for (std::size_t k = 0; k < order.size(); ++k) {
      look_(static_cast<int>(k));
      const int i = variable[at(order[k])];
      front(frontOfVertex[k]).columns += partner[at(i)] == i ? 1 : 2;
    }
    int first = 0;
    std::vector<int> next;
    look_();
    for (FrontPlan& f : plan_.fronts) {
      f.first = first;
      next.push_back(first);
      first += f.columns;
    }
    for (std::vector<int>* const each : {&plan_.order, &frontOf_, &place_}) resizeInPieces(*each, at(first), look_);
    for (std::size_t k = 0; k < order.size(); ++k) {
      look_(static_cast<int>(k));
      const int f = frontOfVertex[k];
      const auto put = [&](int i) {
        const int to = next[at(f)]++;
        place_[at(i)] = to;
        frontOf_[at(to)] = f;
        plan_.order[at(to)] = i;
      };
      const int i = variable[at(order[k])];
      put(i);
      if (partner[at(i)] != i) put(partner[at(i)]);
    }
  }

  /// Children of each front, in order.
  void linkChildren() {
    for (const FrontPlan& f : plan_.fronts) {
      if (f.parent >= 0) ++front(f.parent).children;
    }
    look_();
    std::size_t childrenAt = 0;
    for (FrontPlan& f : plan_.fronts) {
      f.childrenAt = childrenAt;
      childrenAt += at(std::exchange(f.children, 0));
    }
    resizeInPieces(plan_.children, childrenAt, look_);
    for (std::size_t k = 0; k < plan_.fronts.size(); ++k) {
      look_(static_cast<int>(k));
      if (plan_.fronts[k].parent < 0) continue;
      FrontPlan& up = front(plan_.fronts[k].parent);
      plan_.children[up.childrenAt + at(up.children++)] = static_cast<int>(k);
    }
  }

  /// Rows of a front: of its entries and of its children, but for its own variables.
  void findRows() {
    const int n = lower_.lines;
    // Entries by the front that takes them: the one that eliminates the earlier of their two variables.
    std::vector<std::size_t> next(plan_.fronts.size() + 1, 0);
    forEntries([&](int f, int, int, int) { ++next[at(f) + 1]; });
    look_();
    for (std::size_t f = 0; f + 1 < next.size(); ++f) next[f + 1] += next[f];
    for (std::size_t f = 0; f < plan_.fronts.size(); ++f) {
      plan_.fronts[f].entriesAt = next[f];
      plan_.fronts[f].entries = next[f + 1] - next[f];
    }
    resizeInPieces(plan_.entries, next.back(), look_);
    forEntries([&](int f, int value, int row, int column) { plan_.entries[next[at(f)]++] = {value, row, column}; });

    std::vector<int> seenBy(at(n), -1);
    for (int f = 0; f < static_cast<int>(plan_.fronts.size()); ++f) {
      look_(f);
      FrontPlan& me = front(f);
      me.rowsAt = plan_.rows.size();
      const int end = me.first + me.columns;
      const auto add = [&](int row) {
        if (row >= end && std::exchange(seenBy[at(row)], f) != f) plan_.rows.push_back(row);
      };
      for (std::size_t k = 0; k < me.entries; ++k) add(plan_.entries[me.entriesAt + k].row);
      for (int c = 0; c < me.children; ++c) {
        const FrontPlan& child = front(plan_.children[me.childrenAt + at(c)]);
        for (int k = 0; k < child.rows; ++k) add(plan_.rows[child.rowsAt + at(k)]);
      }
      std::sort(plan_.rows.begin() + static_cast<std::ptrdiff_t>(me.rowsAt), plan_.rows.end());
      me.rows = static_cast<int>(plan_.rows.size() - me.rowsAt);
      me.factorAt = plan_.factorSize;
      plan_.factorSize += (at(me.order()) * at(me.columns) + 7) / 8 * 8;  // fronts begin on cache lines
      plan_.flops += me.flops();
    }
  }

  template <class F>
  void forEntries(F&& f) {
    for (int j = 0; j < lower_.lines; ++j) {
      look_(j);
      for (int k = lower_.offsets[at(j)]; k < lower_.offsets[at(j) + 1]; ++k) {
        const auto [column, row] = std::minmax({place_[at(j)], place_[at(lower_.indices[at(k)])]});
        f(frontOf_[at(column)], k, row, column);
      }
    }
  }

  /// Turns places in the order into places in the front.
  void placeEntries() {
    std::vector<int> place(at(lower_.lines));
    resizeInPieces(plan_.places, plan_.rows.size(), look_);
    for (std::size_t each = 0; each < plan_.fronts.size(); ++each) {
      look_(static_cast<int>(each));
      FrontPlan& f = plan_.fronts[each];
      for (int k = 0; k < f.columns; ++k) place[at(f.first + k)] = k;
      for (int k = 0; k < f.rows; ++k) place[at(plan_.rows[f.rowsAt + at(k)])] = f.columns + k;
      for (std::size_t k = 0; k < f.entries; ++k) {
        AssemblyTree::Entry& entry = plan_.entries[f.entriesAt + k];
        entry.row = place[at(entry.row)];
        entry.column -= f.first;
      }
      for (int c = 0; c < f.children; ++c) {
        FrontPlan& child = front(plan_.children[f.childrenAt + at(c)]);
        child.runsAt = plan_.runs.size();
        for (int k = 0; k < child.rows; ++k) {
          const int to = place[at(plan_.rows[child.rowsAt + at(k)])];
          plan_.places[child.rowsAt + at(k)] = to;
          const bool inColumns = to < f.columns;
          if (k > 0 && to == plan_.runs.back().to + plan_.runs.back().length && to != f.columns) {
            ++plan_.runs.back().length;
          } else {
            plan_.runs.push_back({.from = k, .to = to, .length = 1});
            ++child.runs;
            child.runsInColumns += inColumns ? 1 : 0;
          }
        }
      }
    }
  }

  /// Finds the tridiagonal fronts, which chains of variables have: once in a row, they are a recurrence.
  void findTridiagonals() {
    fillInPieces(plan_.diagonals, 2 * place_.size(), -1, look_);
    for (std::size_t k = 0; k < plan_.fronts.size(); ++k) {
      look_(static_cast<int>(k));
      plan_.fronts[k].tridiagonal = isTridiagonal(plan_.fronts[k]);
    }
  }

  bool isTridiagonal(const FrontPlan& f) {
    const int expected = 2 * f.columns - 1 + f.rows;
    if (f.rows > 1 || f.children > 1 || f.entries != at(expected)) return false;
    if (f.children == 1) {
      const FrontPlan& child = front(plan_.children[f.childrenAt]);
      if (child.rows != 1 || plan_.places[child.rowsAt] != 0) return false;
    }
    for (std::size_t k = f.entriesAt; k < f.entriesAt + f.entries; ++k) {
      const AssemblyTree::Entry& entry = plan_.entries[k];
      if (entry.row > entry.column + 1) return false;
      plan_.diagonals[at(2 * (f.first + entry.column) + (entry.row - entry.column))] = entry.value;
    }
    return true;
  }

  /// Finds long chains of links within the fronts of a subtree or of the top.
  void findChains() {
    constexpr int fewest = 128;  // links: with fewer, parts would hardly be longer than what is done again
    std::vector<char> begins(plan_.fronts.size() + 1, 0);
    begins[0] = 1;
    for (const AssemblyTree::Subtree& tree : plan_.subtrees) begins[at(tree.begin)] = begins[at(tree.end)] = 1;
    const int count = static_cast<int>(plan_.fronts.size());
    for (int f = 0; f < count;) {
      int end = f;
      while (end < count && front(end).isLink() && (end == f || begins[at(end)] == 0)) ++end;
      if (end - f >= fewest) front(f).chain = front(end - 1).chainBehind = end - f;
      f = std::max(end, f + 1);
    }
  }

  /// Subtrees with at most a certain share of the work each, whatever the number of threads.
  void chooseSubtrees() {
    constexpr double share = 1.0 / 48;
    constexpr double leastFlops = 2e5;
    const int count = static_cast<int>(plan_.fronts.size());
    std::vector<double> flops(at(count));
    std::vector<int> size(at(count), 1);
    for (int f = 0; f < count; ++f) {
      look_(f);
      flops[at(f)] += front(f).flops() + 100.0 * front(f).order();
      if (front(f).parent >= 0) {
        flops[at(front(f).parent)] += flops[at(f)];
        size[at(front(f).parent)] += size[at(f)];
      }
    }
    double total = 0;
    for (int f = 0; f < count; ++f) total += front(f).parent < 0 ? flops[at(f)] : 0;
    const double most = std::max(leastFlops, share * total);
    std::vector<AssemblyTree::Subtree>& subtrees = plan_.subtrees;
    for (int f = count - 1; f >= 0; --f) {
      if (flops[at(f)] > most) {
        plan_.top.push_back(f);
        continue;
      }
      subtrees.push_back({.begin = f - size[at(f)] + 1, .end = f + 1, .flops = flops[at(f)]});
      f = subtrees.back().begin;
    }
    look_();
    std::reverse(plan_.top.begin(), plan_.top.end());
    std::reverse(subtrees.begin(), subtrees.end());
    std::vector<AssemblyTree::Subtree> joined = joinedWhereTiny(subtrees, most);
    std::stable_sort(joined.begin(), joined.end(), [](const auto& a, const auto& b) { return a.flops > b.flops; });
    subtrees = std::move(joined);
  }

  /// Many tiny trees, such as of a diagonal matrix, together.
  static std::vector<AssemblyTree::Subtree> joinedWhereTiny(const std::vector<AssemblyTree::Subtree>& subtrees,
                                                            double most) {
    std::vector<AssemblyTree::Subtree> joined;
    for (const AssemblyTree::Subtree& tree : subtrees) {
      if (!joined.empty() && joined.back().end == tree.begin && joined.back().flops + tree.flops <= most) {
        joined.back().end = tree.end;
        joined.back().flops += tree.flops;
      } else {
        joined.push_back(tree);
      }
    }
    return joined;
  }

  /// Contributions wait for their parents on two stacks, by the parity of the depth: so a front can begin its own while
  /// those of its children lie on the other. Contributions of subtrees to the top wait in memory of their own.
  void placeContributions() {
    const int count = static_cast<int>(plan_.fronts.size());
    odd_.assign(at(count), 0);
    for (int f = count - 1; f >= 0; --f) odd_[at(f)] = front(f).parent < 0 ? 0 : 1 - odd_[at(front(f).parent)];
    std::vector<int> range;
    for (const AssemblyTree::Subtree& tree : plan_.subtrees) {
      look_();
      range.resize(at(tree.end - tree.begin));
      std::iota(range.begin(), range.end(), tree.begin);
      const auto inside = [&](int f) { return front(f).parent >= 0 && front(f).parent < tree.end; };
      plan_.stackSize = std::max(plan_.stackSize, placeOnStacks(range, inside, 0));
      for (const int f : range) {
        if (inside(f)) continue;
        front(f).kept = true;
        front(f).contributionAt = plan_.keptSize;
        plan_.keptSize += sizeOfContribution(front(f));
      }
    }
    std::vector<bool> inTop(at(count), false);
    for (const int f : plan_.top) {
      front(f).kept = true;
      inTop[at(f)] = true;
    }
    const auto ofTop = [&](int f) { return inTop[at(f)]; };
    plan_.keptSize = placeOnStacks(plan_.top, ofTop, plan_.keptSize);
  }

  /// Rounded up to cache lines.
  static std::size_t sizeOfContribution(const FrontPlan& f) { return (at(f.rows) * at(f.rows) + 7) / 8 * 8; }

  /// Places the contributions of those fronts for which `onStack` holds in memory from `start` on, the second stack
  /// after the first; returns where that ends.
  template <class OnStack>
  std::size_t placeOnStacks(std::span<const int> fronts, OnStack&& onStack, std::size_t start) {
    std::size_t top[2] = {0, 0}, most[2] = {0, 0};
    for (const int f : fronts) {
      FrontPlan& me = front(f);
      const auto side = at(odd_[at(f)]);
      if (onStack(f)) {
        me.contributionAt = top[side];
        top[side] += sizeOfContribution(me);
        most[side] = std::max(most[side], top[side]);
      }
      for (int c = 0; c < me.children; ++c) {
        const int child = plan_.children[me.childrenAt + at(c)];
        if (!onStack(child)) continue;
        top[1 - side] = front(child).contributionAt;  // the first child lies below the others
        break;
      }
    }
    for (const int f : fronts) {
      if (onStack(f)) front(f).contributionAt += start + (odd_[at(f)] != 0 ? most[0] : 0);
    }
    return start + most[0] + most[1];
  }

  const SparsePattern& lower_;
  const LookNowAndThen look_;
  AssemblyTree plan_;
  std::vector<int> place_;    ///< place of a variable in the order
  std::vector<int> frontOf_;  ///< front of a place
  std::vector<char> odd_;     ///< whether a front's depth in the tree is odd
};

}  // namespace

double eliminationFlops(int columns, int order) {
  const auto squares = [](double k) { return k * (k + 1) * (2 * k + 1) / 6; };
  return squares(order) - squares(order - columns);
}

double FrontPlan::flops() const { return eliminationFlops(columns, order()); }

AssemblyTree planFactorisation(const SparsePattern& lower, std::span<const int> partner, const Cpu& la,
                               OrderSearch search) {
  return Planner(lower, partner, la, search).take();
}

}  // namespace nonconvex
