// Convexity of a weighted sum of the functions of a graph, within bounds of the variables, by rules of composition and,
// of what is quadratic, by a factorisation.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "expressions/convexity_rules.hpp"
#include "expressions/graph.hpp"

namespace nonconvex {

/// The part of a sum that the rules leave: a quadratic polynomial, whose Hessian decides.
struct QuadraticRest {
  std::vector<int> nodes;                    ///< the nodes in it; none: the rules have decided
  std::vector<std::vector<double>> weights;  ///< weights of the entries of each of these nodes
  bool whole = false;                        ///< nothing but polynomials up to degree 2 is in the sum
};

/// sigma f + weights^T c is convex within the bounds if the rest is; nothing where the rules do not say so.
/// `parameters` are the values of all of them.
std::optional<QuadraticRest> convexityOf(const Graph& graph, std::span<const Interval> bounds,
                                         std::span<const double> parameters, double sigma,
                                         std::span<const double> weights);

/// The graph whose objective is the rest, without constraints.
Graph graphOf(const QuadraticRest& rest, const Graph& graph);

}  // namespace nonconvex
