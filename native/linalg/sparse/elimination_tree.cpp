#include "linalg/sparse/elimination_tree.hpp"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <utility>

namespace nonconvex {
namespace {

constexpr std::size_t verticesAtOnce = 1 << 15;  // between two looks

std::vector<int> inverseOf(std::span<const int> order) {
  std::vector<int> place(order.size());
  for (std::size_t k = 0; k < order.size(); ++k) place[static_cast<std::size_t>(order[k])] = static_cast<int>(k);
  return place;
}

/// Liu's algorithm with compressed paths ("The role of elimination trees in sparse factorization", 1990).
std::vector<int> parentsOf(const Adjacency& graph, const std::vector<int>& order, const std::vector<int>& place,
                           const std::function<void()>& look) {
  std::vector<int> parent(order.size(), -1);
  std::vector<int> ancestor(order.size(), -1);
  for (int k = 0; k < static_cast<int>(order.size()); ++k) {
    if (static_cast<std::size_t>(k) % verticesAtOnce == 0) look();
    for (const int neighbour : graph.of(order[static_cast<std::size_t>(k)])) {
      int i = place[static_cast<std::size_t>(neighbour)];
      while (i < k) {
        int& up = ancestor[static_cast<std::size_t>(i)];
        const int next = up;
        up = k;
        if (next < 0) {
          parent[static_cast<std::size_t>(i)] = k;
          break;
        }
        i = next;
      }
    }
  }
  return parent;
}

/// The root above v, by links that lead upwards and end at a root's own number; they are made shorter on the way.
int rootAbove(int v, std::vector<int>& up) {
  int root = v;
  while (up[static_cast<std::size_t>(root)] != root) root = up[static_cast<std::size_t>(root)];
  while (up[static_cast<std::size_t>(v)] != root) v = std::exchange(up[static_cast<std::size_t>(v)], root);
  return root;
}

/// The least descendant of each vertex of a tree in postorder, itself included.
std::vector<int> firstDescendants(const std::vector<int>& parent) {
  std::vector<int> first(parent.size(), 0);
  std::iota(first.begin(), first.end(), 0);
  for (std::size_t k = 0; k < parent.size(); ++k) {
    if (parent[k] < 0) continue;
    const auto up = static_cast<std::size_t>(parent[k]);
    first[up] = std::min(first[up], first[k]);
  }
  return first;
}

/// The weight that each column adds to the counts of itself and all above it (Gilbert, Ng and Peyton, "An efficient
/// algorithm to compute row and column counts for sparse Cholesky factorization", 1994). Row i of the factor is the
/// subtree between i and its neighbours; its leaves add the weight of i, and what two leaves would count twice is taken
/// off where their paths meet.
std::vector<double> weightsOfLeaves(const Adjacency& graph, const std::vector<int>& order,
                                    const std::vector<int>& parent, const std::function<void()>& look) {
  const std::size_t n = order.size();
  const std::vector<int> place = inverseOf(order);
  look();
  const std::vector<int> first = firstDescendants(parent);
  look();
  std::vector<double> count(n, 0.0);
  std::vector<int> largestFirst(n, -1);  // over the neighbours seen of a row
  look();
  std::vector<int> lastLeaf(n, -1);
  std::vector<int> up(n);  // a column that is done leads to its parent
  std::iota(up.begin(), up.end(), 0);
  for (int j = 0; j < static_cast<int>(n); ++j) {
    const auto at = static_cast<std::size_t>(j);
    if (at % verticesAtOnce == 0) look();
    const double own = graph.weights[static_cast<std::size_t>(order[at])];
    if (first[at] == j) count[at] += own;  // j is a leaf of its own row
    for (const int neighbour : graph.of(order[at])) {
      const int i = place[static_cast<std::size_t>(neighbour)];
      const auto row = static_cast<std::size_t>(i);
      if (i <= j || first[at] <= largestFirst[row]) continue;  // j is no leaf of the row's subtree
      largestFirst[row] = first[at];
      const double weight = graph.weights[static_cast<std::size_t>(neighbour)];
      count[at] += weight;
      if (lastLeaf[row] >= 0) count[static_cast<std::size_t>(rootAbove(lastLeaf[row], up))] -= weight;
      lastLeaf[row] = j;
    }
    // Row j ends at column j: what its leaves carried up is taken off at the parent.
    if (parent[at] >= 0) {
      count[static_cast<std::size_t>(parent[at])] -= own;
      up[at] = parent[at];
    }
  }
  return count;
}

/// Entries of each column of the factor.
std::vector<double> countEntries(const Adjacency& graph, const std::vector<int>& order, const std::vector<int>& parent,
                                 const std::function<void()>& look) {
  std::vector<double> count = weightsOfLeaves(graph, order, parent, look);
  look();
  for (std::size_t j = 0; j < count.size(); ++j) {
    if (parent[j] >= 0) count[static_cast<std::size_t>(parent[j])] += count[j];
  }
  return count;
}

}  // namespace

std::vector<int> postorder(std::span<const int> parent, const std::function<void()>& look) {
  const int n = static_cast<int>(parent.size());
  std::vector<int> child(parent.size(), -1), sibling(parent.size(), -1), out, path;
  out.reserve(parent.size());
  for (int v = n - 1; v >= 0; --v) {
    const int up = parent[static_cast<std::size_t>(v)];
    if (up < 0) continue;
    sibling[static_cast<std::size_t>(v)] = std::exchange(child[static_cast<std::size_t>(up)], v);
  }
  look();
  for (int root = 0; root < n; ++root) {
    if (parent[static_cast<std::size_t>(root)] >= 0) continue;
    path.push_back(root);
    while (!path.empty()) {
      const auto v = static_cast<std::size_t>(path.back());
      if (child[v] >= 0) {
        path.push_back(std::exchange(child[v], sibling[static_cast<std::size_t>(child[v])]));
      } else {
        out.push_back(static_cast<int>(v));
        path.pop_back();
        if (out.size() % verticesAtOnce == 0) look();
      }
    }
  }
  return out;
}

EliminationTree eliminationTree(const Adjacency& graph, std::vector<int>& order, const std::function<void()>& look) {
  const std::size_t n = order.size();
  std::vector<int> parent = parentsOf(graph, order, inverseOf(order), look);
  look();
  const std::vector<int> post = postorder(parent, look);
  look();
  const std::vector<int> place = inverseOf(post);
  look();
  std::vector<int> newOrder(n), newParent(n);
  for (std::size_t k = 0; k < n; ++k) {
    const auto old = static_cast<std::size_t>(post[k]);
    newOrder[k] = order[old];
    newParent[k] = parent[old] < 0 ? -1 : place[static_cast<std::size_t>(parent[old])];
  }
  order = std::move(newOrder);
  EliminationTree tree;
  look();
  tree.entries = countEntries(graph, order, newParent, look);
  tree.parent = std::move(newParent);
  return tree;
}

Fill fillOf(const Adjacency& graph, std::vector<int> order) {
  const EliminationTree tree = eliminationTree(graph, order);
  return fillOf(graph, order, tree);
}

Fill fillOf(const Adjacency& graph, const std::vector<int>& order, const EliminationTree& tree) {
  Fill fill;
  for (std::size_t k = 0; k < order.size(); ++k) {
    for (int t = 0; t < graph.weights[static_cast<std::size_t>(order[k])]; ++t) {
      const double column = tree.entries[k] - t;
      fill.entries += column;
      fill.flops += column * column;
    }
  }
  return fill;
}

}  // namespace nonconvex
