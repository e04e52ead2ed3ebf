// Facts about a directed graph that do not depend on how it was found.
#pragma once

#include <vector>

#include "solvers/discrete/learnDag/problem.hpp"

namespace nonconvex {

/// The class of graphs that have the same edges, whatever their directions, and the same pairs of parents without an
/// edge between them: edges that all of them direct in the same way are directed. By the rules 1 to 3 of C. Meek,
/// "Causal inference and causal explanation with background knowledge", UAI 1995.
std::vector<PatternEdge> patternOf(const std::vector<std::vector<int>>& parents);

/// The share of pairs of nodes, by lengths of paths between them, of which the second has the larger variance; ties
/// count half. NaN without edges. A. Reisach, C. Seiler, S. Weichwald, "Beware of the simulated DAG!", NeurIPS 2021.
double varsortabilityOf(const std::vector<std::vector<int>>& parents, const std::vector<double>& variances);

}  // namespace nonconvex
