// Largest matchings of two sides with a capacity for each node, and the covers that prove them.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "linalg/cpu.hpp"

namespace nonconvex {

/// The edges of a bipartite graph: those of left node i go to `to[begin[i]]`, ..., `to[begin[i + 1] - 1]`.
struct BipartiteEdges {
  std::vector<std::size_t> begin;
  std::vector<int> to;
};

/// max sum_e f_e over f >= 0 where the edges of each node carry at most its capacity. Each phase augments along
/// shortest paths until none of their length is left; at any time f is feasible.
///
/// J. Hopcroft, R. Karp, "An n^(5/2) algorithm for maximum matchings in bipartite graphs", SIAM J. Comput. 2, 1973;
/// with capacities the phases of E. Dinic, "Algorithm for solution of a problem of maximum flow in networks", Soviet
/// Math. Dokl. 11, 1970.
class BipartiteMatching {
 public:
  /// Capacities are at least 0. The edges must outlive this.
  BipartiteMatching(const Cpu& la, std::vector<double> left, std::vector<double> right, const BipartiteEdges& edges);

  /// Bytes that a matching needs beside its edges.
  static double bytes(double nodes, double edges);

  /// Augments along all paths of the least length; returns false once there are none: the matching is the largest then,
  /// and the cover its proof. Throws Interrupted where the solve is to end; the flow is feasible then, too.
  bool phase();

  /// f, one number for each edge in the order of the edges.
  std::span<const double> flow() const { return flow_; }
  double total() const;
  /// Returns true if a node is in the least cover: each edge has one that is, and their capacities sum to the total.
  bool leftInCover(int i) const { return leftLevel_[static_cast<std::size_t>(i)] < 0; }
  bool rightInCover(int j) const { return rightLevel_[static_cast<std::size_t>(j)] >= 0; }

 private:
  struct Tuning {
    static constexpr int nodesBetweenLooks = 1024;  ///< safeguard: a look at the clock takes as long as some nodes
  };

  bool findLevels();
  void augmentFrom(int source);
  bool advanceFromLeft(int source);
  bool advanceFromRight();
  void augment(int source);

  const Cpu& la_;
  const BipartiteEdges& edges_;
  std::vector<double> left_, right_;  // capacities that are left
  std::vector<double> flow_;
  std::vector<std::size_t> inBegin_, in_;  // edges that come into each right node
  std::vector<int> from_;                  // the left node of each edge
  std::vector<int> leftLevel_, rightLevel_, queue_;
  std::vector<std::size_t> leftNext_, rightNext_;  // the edge that a search takes next
  std::vector<std::size_t> path_;                  // edges of the path that is searched, forward and backward in turn
};

}  // namespace nonconvex
