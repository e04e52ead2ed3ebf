// Activation patterns 1[X g >= 0] of a matrix X: for given directions g, for random ones, or all that exist.
#pragma once

#include <cstdint>

#include "linalg/cpu.hpp"

namespace nonconvex {

struct Patterns {
  HostMatrix<double> gates;     ///< d x P: one direction g a column
  HostMatrix<double> patterns;  ///< n x P: 1[<x_k, g_i> >= 0], columns distinct and none all zero
};

/// The distinct, not all-zero patterns of the given directions, in their order. `xt` is d x n: column k is x_k.
Patterns patternsOf(const Cpu& la, Mat<const double> xt, Mat<const double> gates);

/// `count` directions in R^d, standard normal.
HostMatrix<double> normalDirections(int d, int count, std::uint64_t seed);

/// How many patterns n rows in general position of rank r have: 2 sum_{k < r} C(n - 1, k) (Cover 1965), at least.
double patternCount(int n, int rank);

/// All patterns of nonempty interior, each with a direction inside its cell. Throws a RangeError that names the count
/// when there can be more than `most`.
Patterns allPatterns(const Cpu& la, Mat<const double> xt, int most);

}  // namespace nonconvex
