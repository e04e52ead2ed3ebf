// Orders of elimination with little fill.
#pragma once

#include <span>
#include <vector>

#include "linalg/cpu.hpp"
#include "linalg/sparse/elimination_tree.hpp"

namespace nonconvex {

/// order[k] is the vertex to eliminate as the k-th. Approximate minimum degree (Amestoy, Davis and Duff, "An
/// approximate minimum degree ordering algorithm", 1996): a quotient graph with supervariables, mass elimination and
/// aggressive absorption; vertices with very many neighbours come last.
std::vector<int> minimumDegree(const Adjacency& graph, const Cpu& la = Cpu());

/// An order as minimumDegree makes it, with the approximate fill as the measure of a vertex. `stages`, if there are
/// any: vertices of a higher one come later.
std::vector<int> minimumFill(const Adjacency& graph, std::span<const int> stages = {}, const Cpu& la = Cpu());

/// Nested dissection: separators by multilevel bisection (Karypis and Kumar 1998; Hendrickson and Rothberg 1998) down
/// to parts of at most `small` vertices, which minimum fill orders, as it does the separators.
std::vector<int> nestedDissection(const Adjacency& graph, const Cpu& la = Cpu(), int small = 6000);

struct Ordering {
  std::vector<int> order;
  EliminationTree tree;
  Fill fill;
};

/// How long to look for a good order: `thorough` pays where there will be many factorisations.
enum class OrderSearch { brief, thorough };

/// Minimum fill, or what is better where a factorisation costs so much that looking for it pays.
Ordering fillReducingOrder(const Adjacency& graph, const Cpu& la = Cpu(), OrderSearch search = OrderSearch::brief);

}  // namespace nonconvex
