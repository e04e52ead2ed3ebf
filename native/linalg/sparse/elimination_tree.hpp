// The elimination tree of a symmetric sparse matrix in a given order, and how many entries each column of its factor
// has.
#pragma once

#include <functional>
#include <span>
#include <vector>

namespace nonconvex {

/// An undirected graph: every edge in the lists of both its ends, no loops.
struct Adjacency {
  std::vector<int> offsets = {0};
  std::vector<int> neighbours;
  std::vector<int> weights;  ///< how many variables each vertex stands for

  int vertices() const { return static_cast<int>(weights.size()); }
  int degree(int v) const { return offsets[static_cast<std::size_t>(v) + 1] - offsets[static_cast<std::size_t>(v)]; }
  std::span<const int> of(int v) const {
    return std::span(neighbours)
        .subspan(static_cast<std::size_t>(offsets[static_cast<std::size_t>(v)]), static_cast<std::size_t>(degree(v)));
  }
};

/// Vertices are known by their place in the order.
struct EliminationTree {
  std::vector<int> parent;      ///< -1 for roots; children come before parents, subtrees together
  std::vector<double> entries;  ///< weights of the vertices in the column of the factor, itself included
};

/// Turns `order` (order[k] is eliminated as the k-th) into an equivalent postorder. Calls `look` now and then, which
/// may throw.
EliminationTree eliminationTree(
    const Adjacency& graph, std::vector<int>& order, const std::function<void()>& look = [] {});

/// The cost of a factorisation in this order.
struct Fill {
  double entries = 0;
  double flops = 0;  ///< multiplications and additions
};
Fill fillOf(const Adjacency& graph, std::vector<int> order);
Fill fillOf(const Adjacency& graph, const std::vector<int>& order, const EliminationTree& tree);

/// A postorder of a forest: out[k] is the vertex that comes k-th.
std::vector<int> postorder(
    std::span<const int> parent, const std::function<void()>& look = [] {});

}  // namespace nonconvex
